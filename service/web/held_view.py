"""What is held about a person, in words: categories of the profile with the rows of every table behind them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from service.current import bangkom
from service.dates import moment, short_date
from service.languages import chosen
from service.logs import mask
from service.profiles.profile import PrivacyCategory
from service.sso import held as sso_held
from service.web.words import _
from workflows import held_tables
from workflows.clock import today
from workflows.errors import Refused
from workflows.events import EVENTS
from workflows.held import Held, held_about
from workflows.held_words import RAW
from workflows.parameters import whole_number

TABLES: tuple[Held, ...] = (*held_tables.TABLES, *sso_held.TABLES)
SHOWN = 10
"""Rows of one table on the page; the file has all."""
LONGEST = 300
_PLACE = re.compile(r"%\(\w+\)s")
CODES = {
    "missing": _l("tidak ada di kelas"),
    "inactive": _l("tidak aktif di kelas"),
    "still_active": _l("masih ikut serta"),
    "out_of_group": _l("di luar kelompok angkatannya"),
    "foreign": _l("didaftarkan langsung di Moodle"),
    "user_gone": _l("akunnya tidak ada lagi"),
    "pns": "PNS",
    "pppk": "PPPK",
    "pppk_part_time": _l("PPPK paruh waktu"),
    "nip": "NIP",
    "ni_pppk": "NI PPPK",
    "definitive": _l("definitif"),
    "plt": "Plt.",
    "plh": "Plh.",
    "pj": "Pj.",
    "pjs": "Pjs.",
    "filed": _l("menunggu badan kepegawaian"),
    "taken_up": _l("dijadikan program"),
    "declined": _l("tidak dilanjutkan"),
    "withdrawn": _l("ditarik pengusul"),
    "comment": _l("komentar"),
    "amendment": _l("usulan perubahan"),
    "objection": _l("keberatan"),
    "accepted": _l("diterima"),
    "rejected": _l("ditolak"),
    "noted": _l("dicatat"),
    "before": _l("sebelum"),
    "after": _l("sesudah"),
    "self": _l("diri sendiri"),
    "superior": _l("atasan langsung"),
    "active": _l("terdaftar"),
    "suspended": _l("dihentikan"),
    "removed": _l("dikeluarkan"),
    "none": _l("belum ada"),
    "credit": _l("dicatat"),
    "reversal": _l("koreksi"),
    "found": _l("ditemukan"),
    "made": _l("dibuat"),
    "applied": _l("berlaku"),
    "duplicate": _l("sudah pernah"),
    "waiting": _l("menunggu"),
    "dismissed": _l("dikesampingkan"),
    "approve": _l("disetujui"),
    "return": _l("dikembalikan"),
    "reject": _l("ditolak"),
    "content": _l("isi"),
    "cost": _l("biaya"),
    "wanted": _l("menunggu"),
    "making": _l("sedang dibuat"),
    "linked": _l("tertaut"),
    "failed": _l("gagal"),
    "improved": _l("kinerja membaik"),
    "no_improvement": _l("belum ada perbaikan"),
    "inconclusive": _l("belum dapat disimpulkan"),
}


def held_sections(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """Every category, also an empty one: what, why, by which right, how long, and the newest rows of each table."""
    found = held_about(session, TABLES, person_id, SHOWN + 1)
    return [
        {
            **category_words(session, category),
            "tables": [_table(held, rows) for held, rows in found if held.category == category.code],
        }
        for category in bangkom().profile.privacy
    ]


def category_words(session: Session, category: PrivacyCategory) -> dict[str, Any]:
    language, retention = chosen(), bangkom().profile.retention_of(category)
    return {
        "code": category.code,
        "title": category.title.in_(language),
        "what": category.what.in_(language),
        "purpose": category.purpose.in_(language),
        "basis": category.basis,
        "retention": retention.title.in_(language),
        "months": kept_months(session, retention.parameter),
        "source": category.source_document,
        "verified": category.verified and retention.verified,
    }


def kept_months(session: Session, parameter: str) -> int | None:
    """None: the class has no term, or nobody has entered one."""
    try:
        return whole_number(session, parameter, today(session)) if parameter else None
    except Refused:
        return None


def shown_value(value: Any) -> str:
    """A value for people; of a number that identifies somebody only the end, as a screen is seen by others."""
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, bool):
        return _("ya") if value else _("tidak")
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return short_date(value)
    return _text(value) if isinstance(value, str) else str(value)


def _text(value: str) -> str:
    if value in CODES:
        return str(CODES[value])
    if value in EVENTS:
        return _PLACE.sub("…", gettext(EVENTS[value]))
    title = bangkom().profile.titles.get(value)
    if title is not None:
        return title.in_(chosen())
    masked = mask(value)
    return masked if len(masked) <= LONGEST else f"{masked[:LONGEST]}…"


def _table(held: Held, rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    return {
        "title": gettext(held.title),
        "columns": [{"label": label} for label in _shown(held, [gettext(word) for word in held.words])],
        "rows": [list(_shown(held, [shown_value(value) for value in row])) for row in rows[:SHOWN]],
        "more": len(rows) > SHOWN,
    }


def _shown(held: Held, cells: list[str]) -> Iterator[str]:
    """Without the columns that are for programs."""
    for word, cell in zip(held.words, cells, strict=True):
        if word not in RAW:
            yield cell
