"""Rows of the history in an auditor's words: who, for whom, by which letter, what and why, from where, when."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.dates import moment
from service.web.approvals_said import proof
from service.web.audit_form import args_of
from service.web.mandate_words import office_with_kind
from service.web.profile_words import office_name
from service.web.told import sentence
from service.web.words import _
from workflows.actions.seals import seals_of
from workflows.audit_trail import Wish, groups, trail
from workflows.events import PRIVACY_REGISTER, STREAM_OF_AUDIT, STREAM_OF_PEOPLE, STREAM_OF_SEALS
from workflows.models import HistoryRow, Office, Person, ProgrammeVersion, Site, Unit
from workflows.origin import ADDRESS, DEVICE

PAGE = 40
GROUP_WORDS = {
    "need": _l("Kebutuhan"),
    "programme": _l("Program"),
    "review": _l("Pembahasan bersama"),
    "batch": _l("Angkatan"),
    "approval": _l("Persetujuan"),
    "budget": _l("Dana"),
    "enrolment": _l("Pendaftaran ke Moodle"),
    "account": _l("Akun Moodle"),
    "course": _l("Kelas Moodle"),
    "drift": _l("Beda dengan Moodle"),
    "sync": _l("Pengiriman ke Moodle"),
    "completion": _l("Tuntas belajar"),
    "fact": _l("Laporan selesai"),
    "site": _l("Situs Moodle"),
    "office": _l("Jabatan"),
    "unit": _l("Unit kerja"),
    "preparation": _l("Penyiapan"),
    "person": _l("Orang"),
    "people": _l("Impor pegawai"),
    "role": _l("Peran"),
    "privacy": _l("Pelindungan data"),
    "request": _l("Permintaan tentang data pribadi"),
    "breach": _l("Insiden data pribadi"),
    "history": _l("Segel riwayat"),
    "audit": _l("Unduhan riwayat"),
    "survey": _l("Survei"),
}
"""The first word of an event's name -> what people call it."""
WAYS = {"web": _l("lewat laman"), "command": _l("baris perintah"), "system": _l("sistem")}
"""``via`` of a row -> words; a row of before it was noted has none."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row, ready to be shown or written to a file; empty where there is nothing to say."""

    at: datetime
    real_at: datetime
    who: str
    person_id: uuid.UUID | None
    office: str
    letter: str
    behalf: str
    what: str
    why: str
    thing: str
    thing_url: str
    source: str
    """On which way it was done: a page, the command line, the service itself."""
    device: str
    address: str
    proof: str
    event: str
    place: int
    digest: str

    @property
    def machine(self) -> str:
        """The machine's clock where it shows another time than the clock of the work."""
        return moment(self.real_at) if abs((self.at - self.real_at).total_seconds()) > 60 else ""


def audit_page(session: Session, wish: Wish, before: int | None) -> dict[str, Any]:
    """``lines`` of one page, ``next`` = the id to go on from; choices of the filter; the newest seal's number."""
    rows = trail(session, wish, before, PAGE + 1)
    seals = seals_of(session).names()
    return {
        "lines": lines_of(session, rows[:PAGE]),
        "next": rows[PAGE - 1].id if len(rows) > PAGE else None,
        "wish": wish,
        "fields": args_of(wish),
        "offices": [(key, office_name(title)) for key, title in session.execute(_offices())],
        "groups": [(group, str(GROUP_WORDS.get(group, group))) for group in groups()],
        "seal": seals[-1] if seals else None,
    }


def lines_of(session: Session, rows: Sequence[HistoryRow]) -> list[Line]:
    """In the order of the rows; at most four queries for what they are about."""
    things = _things(session, {row.stream for row in rows})
    return [_line(row, *things.get(row.stream, (row.stream, ""))) for row in rows]


def _line(row: HistoryRow, thing: str, thing_url: str) -> Line:
    decision = row.decision
    values = {value.key: value.value for value in row.values}
    payload = json.loads(row.payload)
    erased = payload.get("personal", {}).keys() - values.keys()
    way = payload.get("via", "" if row.actor_id else "system")
    seen = json.loads(decision.evidence) if decision and decision.evidence else {}
    gone = _("(dihapus)")
    reason = values.get("reason", gone if "reason" in erased else "")
    behalf = values.get("behalf_of", gone if "behalf_of" in erased else "")
    return Line(
        at=row.at,
        real_at=row.real_at,
        who=row.actor.name if row.actor else _doer(way),
        person_id=row.actor_id,
        office=office_with_kind(decision.office_title, decision.mandate_kind) if decision else "",
        letter=decision.letter_no if decision else "",
        behalf=decision.behalf_of.name if decision and decision.behalf_of else behalf,
        what=sentence(row),
        why=(decision.reason if decision else "") or reason,
        thing=thing,
        thing_url=thing_url,
        source=str(WAYS.get(way, "")),
        device=seen.get("device") or values.get(DEVICE, gone if DEVICE in erased else ""),
        address=seen.get("address") or values.get(ADDRESS, gone if ADDRESS in erased else ""),
        proof=proof(decision) if decision else "",
        event=row.name,
        place=row.seq,
        digest=row.digest,
    )


def _doer(way: str) -> str:
    """Who did what no person did."""
    return _("Pengelola mesin") if way == "command" else _("Sistem")


def _things(session: Session, streams: set[str]) -> dict[str, tuple[str, str]]:
    """Stream -> (what people call it, address). One query a kind of stream that is there."""
    found: dict[str, tuple[str, str]] = {STREAM_OF_SEALS: (_("Segel riwayat"), url_for("seals.index"))}
    found[STREAM_OF_AUDIT] = (_("Unduhan riwayat"), "")
    found[STREAM_OF_PEOPLE] = (_("Data pegawai"), "")
    found[PRIVACY_REGISTER] = (_("Data pribadi"), "")
    ids: dict[str, dict[str, str]] = {}
    for stream in streams:
        kind, colon, key = stream.partition(":")
        if colon:
            ids.setdefault(kind, {})[key] = stream
    for key, stream in ids.get("need", {}).items():
        found[stream] = (_("Kebutuhan nomor %(number)s", number=key), url_for("needs.show", need_id=key))
    for kind, query in _named(ids).items():
        for key, name in session.execute(query):
            shown = office_name(name) if kind in ("office", "preparation") else name
            found[ids[kind][str(key)]] = (shown, _address(kind, key))
    return found


def _named(ids: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Queries of (id, name) for the kinds of streams that are there."""
    tables: dict[str, tuple[Any, Any]] = {
        "version": (ProgrammeVersion.id, ProgrammeVersion.title),
        "office": (Office.id, Office.title),
        "preparation": (Office.id, Office.title),
        "site": (Site.id, Site.name),
        "unit": (Unit.id, Unit.name),
        "person": (Person.id, Person.name),
    }
    return {
        kind: select(column, name).where(column.in_([_key(kind, key) for key in ids[kind]]))
        for kind, (column, name) in tables.items()
        if kind in ids
    }


def _key(kind: str, text: str) -> int | uuid.UUID:
    return uuid.UUID(text) if kind == "person" else int(text)


def _address(kind: str, key: Any) -> str:
    return url_for("history.show", version_id=key) if kind == "version" else ""


def _offices() -> Any:
    return select(Office.id, Office.title).order_by(Office.title, Office.id)
