"""Made-up people, units and programmes for the gallery."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

PLACES = [
    {"label": "Beranda", "url": "/home", "current": False},
    {"label": "Perlu keputusan", "url": "/task", "current": True, "count": 3},
    {"label": "Program", "url": "/table", "current": False},
    {"label": "Saya", "url": "/form", "current": False},
]


def frame() -> dict[str, Any]:
    return {
        "profile": {"short_name": "Kota Contoh", "name": "Pemerintah Kota Contoh"},
        "person": {"name": "Dra. Ratna Puspita, M.Si.", "office": "Sekretaris Daerah"},
        "tasks_waiting": 3,
        "waiting_url": "/home",
        "places": PLACES,
        "language": "id",
        "language_url": "/bahasa",
        "logout_url": "/keluar",
        "demo_clock": {"now": "Selasa, 16 Maret 2027", "url": "/peragaan/jam"},
    }


STEPS = [
    {
        "label": "Diusulkan",
        "status": "done",
        "detail": "20 Jan 2027",
        "who": "Badan kepegawaian, atas 7 usulan kebutuhan",
        "when": "Rabu, 20 Januari 2027",
        "why": "Kesenjangan manajemen proyek pada 12 orang; 4 dari 9 paket terlambat.",
    },
    {
        "label": "Menunggu persetujuan (4 dari 5)",
        "status": "now",
        "detail": "tenggat 18 Mar 2027",
        "who": "Sekretaris Daerah",
        "when": "paling lambat Kamis, 18 Maret 2027",
        "why": "Tiga paraf sudah ada; setelah ini penetapan kepala daerah.",
    },
    {"label": "Disetujui", "status": "todo", "who": "Kepala daerah menetapkan"},
    {"label": "Berjalan", "status": "todo", "when": "19–28 April 2027"},
    {"label": "Dievaluasi", "status": "todo"},
    {"label": "Diperbarui", "status": "todo"},
]
ON_HOLD = [STEPS[0], {**STEPS[1], "label": "Ditunda sampai 1 April"}, *STEPS[2:]]
CLOSED = [
    STEPS[0],
    {**STEPS[1], "label": "Ditolak pada langkah keuangan", "detail": "18 Feb 2027"},
    *STEPS[2:],
]

FIELDS = [
    {"name": "Administrator", "inputs": 11, "heard": True},
    {"name": "Pelaksana", "inputs": 19, "heard": True},
    {"name": "Guru", "inputs": 8, "heard": True},
    {"name": "Tenaga kesehatan", "inputs": 12, "heard": True},
    {"name": "Teknis pekerjaan umum", "inputs": 9, "heard": True},
    {"name": "PPPK kecamatan", "inputs": 4, "heard": True},
    {"name": "Penyuluh pertanian", "inputs": 0, "heard": False},
]

PRIMARY = {"verb": "Paraf", "url": "/putuskan", "fields": {"outcome": "approve"}}
SECONDARIES = [
    {
        "verb": "Tolak",
        "url": "/putuskan",
        "fields": {"outcome": "reject"},
        "tone": "danger",
        "reason_label": "Mengapa ditolak",
        "reason_hint": "Pengusul membaca alasan ini. Program ditutup dan dananya dilepas.",
    },
    {
        "verb": "Kembalikan",
        "url": "/putuskan",
        "fields": {"outcome": "return"},
        "options": [("unit_head", "Kepala unit pemilik"), ("finance", "Petugas keuangan")],
        "reason_label": "Apa yang perlu diperbaiki",
    },
]

EVENTS = [
    {
        "what": "Disetujui petugas keuangan",
        "who": "Andi Baso, Kepala Bidang Anggaran (Plt)",
        "when": "Selasa, 16 Maret 2027 pukul 10.12 WIB",
        "why": "Sesuai sisa pagu sub kegiatan; Rp94.500.000 dicadangkan.",
        "tone": "leaf",
        "sign": "check",
    },
    {
        "what": "Dikembalikan ke badan kepegawaian",
        "who": "Andi Baso, Kepala Bidang Anggaran (Plt)",
        "when": "Kamis, 18 Februari 2027",
        "why": "Biaya Rp140.500.000 melampaui sisa pagu Rp95.000.000.",
        "tone": "sun",
        "sign": "return",
    },
    {"what": "Pembahasan bersama ditutup", "who": "Badan kepegawaian", "when": "Jumat, 12 Februari 2027"},
]

COLUMNS = [
    {"label": "Program"},
    {"label": "Keadaan"},
    {"label": "Peserta", "numeric": True},
    {"label": "Biaya", "numeric": True},
]


def chip_cell(word: str, tone: str) -> Markup:
    return Markup('<span class="chip tone-{}">{}</span>').format(tone, word)


ROWS: list[list[Any]] = [
    [
        {"text": "Pelatihan Manajemen Proyek", "url": "/task"},
        chip_cell("Menunggu persetujuan", "sun"),
        40,
        "Rp94.500.000",
    ],
    [
        {"text": "Bimtek Pengelolaan Data Publik", "url": "/task"},
        chip_cell("Berjalan", "sea"),
        62,
        "Rp58.200.000",
    ],
    [
        {"text": "Pelayanan Publik Ramah Lansia", "url": "/task"},
        chip_cell("Dievaluasi", "leaf"),
        30,
        "Rp41.000.000",
    ],
    [
        {"text": "Studi banding luar daerah", "url": "/task"},
        chip_cell("Ditolak", "rust"),
        12,
        "Rp210.000.000",
    ],
]
ERRORS = [
    {"text": "Tuliskan apa yang sulit dalam pekerjaan Anda", "field": "hard"},
    {
        "text": "Pilih sejak kapan kesulitan ini terasa",
        "field": "since",
        "rule": "Peraturan tentang dasar usulan, pasal 206",
        "rule_url": "/parts",
    },
]
