"""The columns of an HR export (SIMPEG-like), by the names that such exports give them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": (
        "nip",
        "nip baru",
        "nip nik pppk",
        "nip ni pppk",
        "ni pppk",
        "nomor induk",
        "nomor induk pegawai",
    ),
    "name": ("nama", "nama lengkap", "nama pegawai", "nama asn", "nama tanpa gelar"),
    "previous_number": ("nip lama", "nomor lama", "ni pppk lama", "nip sebelumnya"),
    "email": ("email", "e mail", "surel", "alamat email", "email dinas"),
    "employment": (
        "status pegawai",
        "status kepegawaian",
        "jenis pegawai",
        "kedudukan pns",
        "jenis asn",
        "status asn",
    ),
    "contract_from": (
        "tmt kontrak",
        "tmt perjanjian",
        "tanggal mulai kontrak",
        "awal kontrak",
        "mulai perjanjian",
    ),
    "contract_to": (
        "akhir kontrak",
        "tanggal akhir kontrak",
        "tat kontrak",
        "akhir perjanjian",
        "berakhir perjanjian",
    ),
    "unit": (
        "unit kerja",
        "unor",
        "unit organisasi",
        "nama unor",
        "opd",
        "skpd",
        "perangkat daerah",
        "instansi kerja",
    ),
    "post": ("jabatan", "nama jabatan", "jabatan nama", "nama jabatan terakhir"),
    "job_field": ("rumpun", "rumpun jabatan", "bidang jabatan"),
    "superior_number": ("nip atasan", "nip atasan langsung", "nip pejabat penilai"),
    "since": ("tmt jabatan", "tmt unit kerja", "tmt unor", "tmt mutasi"),
    "left_on": ("tanggal berhenti", "tmt berhenti", "tmt pensiun", "tanggal pensiun"),
    "assignments": ("tugas", "tugas tambahan"),
}
"""Field of ``PersonRecord`` -> names of columns, folded."""
KINDS: Mapping[str, tuple[str, ...]] = {
    "pns": ("pns", "cpns", "pns aktif", "pegawai negeri sipil"),
    "pppk": ("pppk", "p3k", "pppk penuh waktu", "pegawai pemerintah dengan perjanjian kerja"),
    "pppk_part_time": ("pppk paruh waktu", "p3k paruh waktu", "paruh waktu", "pppk part time"),
}
_NO_WORD = re.compile(r"[^0-9a-z]+")


def folded(text: str) -> str:
    """Small letters, and one space for whatever is no letter or figure: ``NIP_BARU`` -> ``nip baru``."""
    return _NO_WORD.sub(" ", text.casefold()).strip()


def guess(header: Sequence[str]) -> dict[str, int]:
    """Field -> number of its column, where the names tell; a column serves one field only."""
    names = [folded(name) for name in header]
    found: dict[str, int] = {}
    for field, known in COLUMNS.items():
        for name in (field.replace("_", " "), *known):
            if name in names and names.index(name) not in found.values():
                found[field] = names.index(name)
                break
    return found


def kind_of(text: str) -> str:
    """``pns``, ``pppk`` or ``pppk_part_time`` where the word is known, else the word as it stands."""
    word = folded(text)
    by_word = {known: kind for kind, words in KINDS.items() for known in (kind.replace("_", " "), *words)}
    return by_word.get(word, text.strip())
