"""Why somebody has no account that can be used, in groups: a title, and what to do where in Moodle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

DIFFERS = "differs"
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Group:
    """Reasons that are mended in the same way. ``codes``: of ``LmsAccount.reason``."""

    key: str
    codes: Sequence[str]
    title: Any
    todo: Any


GROUPS = (
    Group(
        "missing",
        ("missing",),
        _l("Belum punya akun"),
        _l(
            "Situs ini diatur hanya mencari akun. Di Moodle: Site administration > Users > Add a new user,"
            " dengan ID number berisi NIP atau NI PPPK. Atau izinkan pembuatan akun pada pengaturan situs."
        ),
    ),
    Group(
        "may_not_create",
        ("may_not_create", "trial"),
        _l("Kami tidak boleh membuat akun"),
        _l(
            "Di Moodle: Users > Permissions > Define roles, izinkan moodle/user:create bagi peran layanan"
            " Bangkom. Orang yang akunnya sudah ada tetap didaftarkan; yang lain menyusul dengan sendirinya."
        ),
    ),
    Group(
        "double",
        ("ambiguous", "two_with_id", "two_with_idnumber", "two_with_username", "other_idnumber"),
        _l("Lebih dari satu akun cocok"),
        _l(
            "Di Moodle: Users > Browse list of users, cari NIP atau NI PPPK. Kosongkan ID number akun yang"
            " bukan miliknya, sampai tinggal satu."
        ),
    ),
    Group(
        "shared",
        ("shared_account", "twice_in_request"),
        _l("Satu akun untuk dua orang"),
        _l(
            "Dua orang di data kami mengarah ke satu akun. Betulkan nomornya di data kepegawaian, atau"
            " pisahkan akunnya di Moodle."
        ),
    ),
    Group(
        "suspended",
        ("suspended",),
        _l("Akunnya ditangguhkan"),
        _l("Di Moodle: Users > Browse list of users, cari orangnya, lalu aktifkan kembali akunnya."),
    ),
    Group(
        "deleted",
        ("deleted",),
        _l("Akunnya dihapus di Moodle"),
        _l(
            "Akun yang kami kenal tidak ada lagi. Buatkan akun baru di Moodle dengan ID number yang sama,"
            " atau izinkan kami membuatnya."
        ),
    ),
    Group(
        "email",
        ("email_in_use",),
        _l("Surelnya dipakai akun lain"),
        _l(
            "Di Moodle: Users > Browse list of users, cari alamat surelnya. Bila itu akunnya, isi ID number"
            " dengan NIP atau NI PPPK; bila bukan, ganti surel akun itu atau betulkan surel di data"
            " kepegawaian."
        ),
    ),
    Group(
        "number",
        ("no_number", "id_refused", "idnumber_refused", "username_refused"),
        _l("Nomornya tidak ada atau ditolak"),
        _l(
            "Lengkapi atau betulkan NIP atau NI PPPK di data kepegawaian; setelah itu akunnya dicari dengan"
            " sendirinya."
        ),
    ),
    Group(
        OTHER,
        (),
        _l("Ditolak Moodle"),
        _l(
            "Periksa nama, surel, dan nomornya di data kepegawaian; Moodle menolak isian dengan tanda khusus"
            " atau surel yang tidak sah."
        ),
    ),
)
BY_CODE = {code: group for group in GROUPS for code in group.codes}
BY_KEY = {group.key: group for group in GROUPS}
KNOWN = frozenset(BY_CODE)


def group_of(reason: str) -> Group:
    return BY_CODE.get(reason, BY_KEY[OTHER])


def differing(names: str) -> str:
    """``name email`` in words."""
    words = {"name": _("nama"), "email": _("alamat surel"), "idnumber": _("nomor induk (ID number)")}
    return str(_(" dan ").join(words[one] for one in names.split() if one in words))
