"""What people call the kinds of units and what letters do to them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

KINDS = {
    "secretariat": _l("Sekretariat"),
    "department": _l("Dinas"),
    "regional_agency": _l("Badan"),
    "inspectorate": _l("Inspektorat"),
    "district": _l("Kecamatan"),
    "ward": _l("Kelurahan"),
    "hospital": _l("Rumah sakit"),
    "health_centre": _l("Puskesmas"),
    "technical_unit": _l("UPTD"),
    "school": _l("Sekolah"),
    "division": _l("Bagian"),
    "other": _l("Unit lain"),
}
TITLES = {
    "added": _l("Bentuk unit baru"),
    "renamed": _l("Ganti nama"),
    "moved": _l("Pindahkan ke bawah unit lain"),
    "merged": _l("Gabungkan unit"),
    "closed": _l("Tutup unit"),
}
CHANGES = {
    "added": _l("Dibentuk"),
    "renamed": _l("Berganti nama"),
    "moved": _l("Berpindah tempat"),
    "merged": _l("Digabung"),
    "closed": _l("Ditutup"),
}
DONE = {
    "added": _l("Unit baru sudah dicatat."),
    "renamed": _l("Nama baru sudah dicatat; nama lama tetap terbaca untuk hari-hari sebelumnya."),
    "moved": _l("Tempat unit sudah dicatat."),
    "merged": _l("Penggabungan sudah dicatat."),
    "closed": _l("Penutupan sudah dicatat."),
}
