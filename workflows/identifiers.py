"""The numbers that identify civil servants, checked by their structure (R7, DOMAIN.md 1.6)."""

from __future__ import annotations

import re
from datetime import date

from workflows.errors import N_, Refused

YOUNGEST = 17
"""Years between birth and appointment at the least: a sanity rule of ours, no law."""
_DIGITS = re.compile(r"[0-9]{18}")


def kind_of(text: str) -> str:
    """``nip`` or ``ni_pppk``, told by the structure, and checked. Raises Refused with the reason.

    The 13th and 14th figures of a NIP are a month; those of a NI PPPK begin with 2, which no month does.
    """
    _born(text)
    kind = "ni_pppk" if text[12] == "2" else "nip"
    (check_ni_pppk if kind == "ni_pppk" else check_nip)(text)
    return kind


def check_nip(text: str) -> None:
    """NIP: birth YYYYMMDD, appointment YYYYMM, sex 1 or 2, serial 001-999. Raises Refused with the reason."""
    born = _born(text)
    year, month = int(text[8:12]), int(text[12:14])
    if not 1 <= month <= 12:
        raise _refused(
            "nip_month", N_("Bulan pengangkatan pada NIP (angka ke-13 dan ke-14) adalah 01 sampai 12.")
        )
    if (year, month) < (born.year + YOUNGEST, born.month):
        raise _refused("nip_appointment", N_("Pengangkatan pada NIP terlalu dini untuk tanggal lahirnya."))
    _check_tail(text)


def check_ni_pppk(text: str) -> None:
    """NI PPPK: birth YYYYMMDD, year, ``2``, frequency 1-9, sex 1 or 2, serial 001-999. Raises Refused."""
    born = _born(text)
    if text[12] != "2":
        raise _refused("ni_pppk_mark", N_("Angka ke-13 pada NI PPPK harus 2."))
    if text[13] == "0":
        raise _refused("ni_pppk_frequency", N_("Frekuensi pada NI PPPK (angka ke-14) adalah 1 sampai 9."))
    if int(text[8:12]) < born.year + YOUNGEST:
        raise _refused("ni_pppk_year", N_("Tahun pada NI PPPK terlalu dini untuk tanggal lahirnya."))
    _check_tail(text)


def _born(text: str) -> date:
    if not _DIGITS.fullmatch(text):
        raise _refused("number_digits", N_("NIP dan NI PPPK terdiri dari 18 angka, tanpa spasi."))
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError as error:
        raise _refused("number_birth", N_("Delapan angka pertama bukan tanggal lahir yang benar.")) from error


def _check_tail(text: str) -> None:
    if text[14] not in "12":
        raise _refused("number_sex", N_("Angka ke-15 adalah 1 (laki-laki) atau 2 (perempuan)."))
    if text[15:] == "000":
        raise _refused("number_serial", N_("Nomor urut (tiga angka terakhir) adalah 001 sampai 999."))


def _refused(code: str, sentence: str) -> Refused:
    return Refused(code, sentence, rule="R7", field="number")
