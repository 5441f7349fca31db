"""What a refusal rests on, in words: the rule that a code names, or the law itself."""

from __future__ import annotations

from workflows.errors import N_

LAWS = ("PP ", "UU ", "Permen", "PerLAN", "Perpres")

BASES: dict[str, str] = {
    "DOMAIN 3.1": N_("tahapan program (PP 11/2017 pasal 203-207)"),
    "R1": N_("angka hukum berlaku menurut tanggal dan sumbernya"),
    "R3": N_("JP PPPK dihitung menurut tahun perjanjian kerja (PP 49/2018 pasal 40)"),
    "R4": N_("konversi JP menurut bentuk (PerLAN 10/2018, naskahnya belum diverifikasi)"),
    "R7": N_("nomor induk dan riwayat jabatan pegawai"),
    "R8": N_("riwayat jabatan dan surat penunjukan (SE BKN 2/SE/VII/2019)"),
    "R10": N_("pelaksana tidak mengambil keputusan strategis (UU 30/2014 pasal 14)"),
    "R11": N_("mandat harus berlaku pada hari itu (UU 30/2014 pasal 14)"),
    "R12": N_("pengusul tidak memutuskan usulannya sendiri"),
    "R13": N_("kepesertaan sendiri diputuskan orang lain"),
    "R14": N_("pengembalian dan penolakan harus beralasan"),
    "R18": N_("rantai persetujuan yang berlaku saat diajukan"),
    "R19": N_("masuk ulang lewat SSO untuk daftar yang ditampilkan"),
    "R20": N_("satu tugas diputuskan satu kali, atas isi yang dilihat"),
    "R21": N_("pagu tahun anggaran tidak boleh terlampaui"),
    "R22": N_("kekurangan dana diselesaikan sebelum disetujui"),
    "R23": N_("pelaksanaan di dalam tanggal yang disetujui, yang dicakup naskah mitra"),
    "R25": N_("jumlah uang dalam rupiah bulat"),
    "R26": N_("pendaftaran ke kelas Moodle"),
    "R27": N_("perbandingan dengan Moodle; perbaikan disetujui orang"),
    "R28": N_("satu pernyataan, satu isi"),
    "R29": N_("masa tunggu laporan tuntas belajar"),
    "R30": N_("laporan tuntas bagi yang bukan peserta"),
    "R32": N_("keterwakilan dalam pembahasan"),
    "R33": N_("setiap masukan dijawab resmi"),
    "R34": N_("survei sebelum dan sesudah dengan alat ukur yang sama"),
    "R36": N_("ambang dampak ditetapkan sebelum pelatihan"),
    "R38": N_("versi baru memerlukan temuan, sebab, dan perubahan"),
    "R39": N_("riwayat yang utuh, dan data pribadi menurut keperluannya"),
}


def basis_of(rule: str) -> str:
    """The sentence for a rule's code, to be translated; a law speaks for itself."""
    return rule if rule.startswith(LAWS) else BASES.get(rule, "")
