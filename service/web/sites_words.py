"""Settings of a site in words: their labels, hints and choices on the page."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from workflows.models import Site
from workflows.site_settings import BY_NAME, Setting

NUMBER, PERSON = _l("NIP atau NI PPPK"), _l("nomor acak kami, yang tetap sama")
CHOICES: dict[str, dict[str, Any]] = {
    "account_policy": {
        "create": _l("Cari; buatkan akun bagi yang belum punya"),
        "find": _l("Hanya cari; tidak pernah membuat akun"),
    },
    "auth": {
        "oauth2": _l("SSO (OAuth 2)"),
        "oidc": _l("SSO (OpenID Connect)"),
        "manual": _l("Sandi Moodle, dikirim Moodle lewat surel"),
        "email": _l("Sandi Moodle, pendaftaran lewat surel"),
    },
    "username_from": {"number": NUMBER, "email": _l("Alamat surel")},
    "idnumber_from": {"number": NUMBER, "person": PERSON, "none": _l("Tidak diisi")},
    "email_from": {"email": _l("Alamat surel"), "none": _l("Tidak diberitahukan")},
    "completion_source": {
        "both": _l("Pernyataan xAPI, dilengkapi dengan bertanya"),
        "xapi": _l("Hanya pernyataan xAPI"),
        "polling": _l("Hanya dengan bertanya"),
    },
    "account_kind": {
        "id": _l("Nomor akun di Moodle"),
        "username": _l("Username"),
        "email": _l("Alamat surel"),
    },
}
LABELS = {
    "name": _l("Nama situs"),
    "account_policy": _l("Akun peserta"),
    "auth": _l("Cara masuk akun baru"),
    "username_from": _l("Username diisi dengan"),
    "idnumber_from": _l("ID number diisi dengan"),
    "email_from": _l("Surel diisi dengan"),
    "role_id": _l("Nomor peran peserta"),
    "category_ref": _l("Nomor kategori kelas baru"),
    "batch_size": _l("Baris per panggilan"),
    "connections": _l("Panggilan bersamaan"),
    "calls_per_second": _l("Panggilan per detik, paling banyak"),
    "brake_least": _l("Orang yang selalu boleh dihentikan"),
    "brake_most": _l("Orang, paling banyak tanpa diperiksa"),
    "brake_percent": _l("Persen peserta kelas, paling banyak tanpa diperiksa"),
    "brake_hours": _l("Dihitung bersama selama (jam)"),
    "completion_source": _l("Laporan selesai datang lewat"),
    "account_kind": _l("Orang dalam pernyataan dikenali dari"),
}
HINTS = {
    "auth": _l("Metode ini harus aktif di Moodle; kalau tidak, akun baru tidak dapat dipakai masuk."),
    "username_from": _l("Akun yang sudah ada dicari dengan isian ini juga."),
    "role_id": _l("Tampak di alamat halaman peran di Moodle (roleid=5). Biasanya 5: siswa."),
    "category_ref": _l(
        "Tampak di alamat kategori di Moodle (categoryid=6). Kosong: kelas tidak dibuat dari sini."
    ),
    "batch_size": _l("50 sampai 100 paling cepat."),
    "connections": _l("2 sampai 4 paling cepat."),
    "brake_least": _l("Sampai sebanyak ini tidak pernah ditahan, juga di kelas kecil."),
    "brake_percent": _l("100: bagian kelas tidak dihitung, hanya jumlah orang."),
    "calls_per_second": _l("0: tanpa batas. Batasi bila Moodle melambat saat kami mengirim."),
}
GROUPS = (
    (_l("Akun"), ("account_policy", "auth", "username_from", "idnumber_from", "email_from")),
    (_l("Pendaftaran dan kelas"), ("role_id", "category_ref")),
    (_l("Kecepatan"), ("batch_size", "connections", "calls_per_second")),
    (_l("Rem"), ("brake_least", "brake_most", "brake_percent", "brake_hours")),
    (_l("Laporan selesai"), ("completion_source", "account_kind")),
)


def shown(site: Site) -> list[tuple[str, list[tuple[str, str]]]]:
    """The settings in groups: label and value in words."""
    return [(title, [(LABELS[name], _value(site, name)) for name in names]) for title, names in GROUPS]


def _value(site: Site, name: str) -> str:
    value = getattr(site, name)
    if name in CHOICES:
        return str(CHOICES[name][value])
    if name == "calls_per_second" and value == 0:
        return str(_l("tanpa batas"))
    return str(value) if value != "" else str(_l("belum diisi"))


def fields(typed: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The same groups for the form: what the macro ``field`` wants, filled with ``typed``."""
    return [(title, [_field(BY_NAME[name], typed) for name in names]) for title, names in GROUPS]


def _field(setting: Setting, typed: dict[str, Any]) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": setting.name,
        "label": LABELS[setting.name],
        "hint": HINTS.get(setting.name),
        "value": typed.get(setting.name, ""),
        "required": not setting.digits,
    }
    if setting.choices:
        return field | {"type": "radio", "options": list(CHOICES[setting.name].items())}
    if setting.bounds:
        return field | {"type": "number", "min": setting.bounds[0], "max": setting.bounds[1]}
    return field | {"inputmode": "numeric", "short": True, "maxlength": setting.longest}
