"""One person with the dated history: numbers, employment, postings, assignments, roles, offices."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from service.dates import moment, short_date
from service.web.person_words import EMPLOYMENT, IDENTIFIERS
from service.web.profile_words import in_words, office_name
from service.web.told import sentence
from service.web.words import _
from workflows.actor import Actor
from workflows.clock import today
from workflows.errors import N_, NotFound
from workflows.events import person_stream
from workflows.models import (
    Assignment,
    HistoryRow,
    Identifier,
    OfficeHolding,
    Person,
    Posting,
    RoleGrant,
)
from workflows.people import employments_of, postings_on
from workflows.rules import ROLE_WORDS, allowed

SHOWN = 20
Section = dict[str, Any]
"""title, what (head of the first column), empty (said when there is nothing), acts (a fourth column), rows:
[[what, from, to, act]]"""


def get_person(session: Session, person_id: uuid.UUID) -> Person:
    found = session.get(Person, person_id)
    if found is None:
        raise NotFound("no_person", N_("Orang ini tidak ada."))
    return found


def shown(session: Session, person: Person, me: Actor) -> dict[str, Any]:
    """The page of a person; whoever may only look sees the end of a number alone."""
    day, may_change = today(session), allowed(me, "person.change")
    posting = postings_on(session, [person.id], day).get(person.id)
    superior = session.get(Person, posting.superior_id) if posting and posting.superior_id else None
    return {
        "one": person,
        "kind": str(EMPLOYMENT[person.employment_kind]),
        "posting": posting,
        "superior": superior,
        "sections": [
            _numbers(person, day, may_change, me),
            _employment(session, person),
            _postings(session, person),
            _assignments(session, person, day, may_change),
            _roles(session, person, day, allowed(me, "role.grant") and me.person_id != person.id),
            _offices(session, person),
        ],
        "events": _events(session, person),
        "may_change": may_change and person.left_on is None,
        "may_number": may_change and person.left_on is None and me.person_id != person.id,
        "may_grant": allowed(me, "role.grant") and me.person_id != person.id and person.left_on is None,
        "may_end_sessions": allowed(me, "session.end"),
    }


def _section(title: str, what: str, empty: str, rows: Iterable[list[Any]]) -> Section:
    listed = list(rows)
    acts = any(row[-1] for row in listed)
    return {
        "title": title,
        "what": what,
        "empty": empty,
        "acts": acts,
        "rows": [row if acts else row[:-1] for row in listed],
    }


def _dates(row: Any) -> list[str]:
    return [short_date(row.valid_from), short_date(row.valid_to) if row.valid_to else _("sekarang")]


def _numbers(person: Person, day: date, whole: bool, me: Actor) -> Section:
    rows = sorted(person.identifiers, key=lambda one: one.valid_from, reverse=True)
    may_end = whole and me.person_id != person.id
    return _section(
        _("Nomor induk"),
        _("Nomor"),
        _("Belum ada nomor yang tercatat."),
        (
            [
                f"{IDENTIFIERS[row.kind]} {_number(row, whole)}",
                *_dates(row),
                _act(
                    row,
                    day,
                    may_end and row.valid_to is None,
                    _("Akhiri"),
                    "numbers.ending",
                    identifier_id=row.id,
                ),
            ]
            for row in rows
        ),
    )


def _number(row: Identifier, whole: bool) -> str:
    return row.value if whole else "•" * 14 + row.value[-4:]


def _employment(session: Session, person: Person) -> Section:
    rows = reversed(employments_of(session, person.id))
    return _section(
        _("Hubungan kerja"),
        _("Jenis"),
        _("Tanggal dan masa perjanjian belum tercatat; batas JP belum dapat dihitung."),
        ([_contract(row), *_dates(row), ""] for row in rows),
    )


def _contract(row: Any) -> str:
    word = str(EMPLOYMENT[row.kind])
    if row.contract_from is None:
        return word
    begins = short_date(row.contract_from)
    if row.contract_to is None:
        return str(_("%(kind)s, perjanjian sejak %(begins)s", kind=word, begins=begins))
    ends = short_date(row.contract_to)
    return str(_("%(kind)s, perjanjian %(begins)s sampai %(ends)s", kind=word, begins=begins, ends=ends))


def _postings(session: Session, person: Person) -> Section:
    rows = session.scalars(
        select(Posting)
        .where(Posting.person_id == person.id)
        .options(joinedload(Posting.unit), joinedload(Posting.job_field))
        .order_by(Posting.valid_from.desc(), Posting.id.desc())
    )
    return _section(
        _("Jabatan dan unit kerja"),
        _("Jabatan, unit, rumpun"),
        _("Unit kerja belum tercatat."),
        ([f"{row.post_title} · {row.unit.name} · {in_words(row.job_field.name)}", *_dates(row), ""] for row in rows),
    )  # fmt: skip


def _assignments(session: Session, person: Person, day: date, may_change: bool) -> Section:
    rows = session.scalars(
        select(Assignment)
        .where(Assignment.person_id == person.id)
        .options(joinedload(Assignment.kind))
        .order_by(Assignment.valid_from.desc(), Assignment.id.desc())
    )
    return _section(
        _("Tugas tambahan"),
        _("Tugas dan surat"),
        _("Belum ada tugas tambahan."),
        (
            [
                f"{in_words(row.kind.name)} · {row.letter_no}" if row.letter_no else in_words(row.kind.name),
                *_dates(row),
                _act(row, day, may_change, _("Akhiri"), "persons.ending_assignment", assignment_id=row.id),
            ]
            for row in rows
        ),
    )


def _roles(session: Session, person: Person, day: date, may_grant: bool) -> Section:
    rows = session.scalars(
        select(RoleGrant)
        .where(RoleGrant.person_id == person.id)
        .order_by(RoleGrant.valid_from.desc(), RoleGrant.id.desc())
    )
    return _section(
        _("Peran yang diberikan"),
        _("Peran dan alasan"),
        _("Belum ada peran yang diberikan. Peran yang melekat pada jabatan terlihat pada jabatannya."),
        (
            [
                f"{role_word(row.role)} · {row.reason}" if row.reason else role_word(row.role),
                *_dates(row),
                _act(row, day, may_grant, _("Akhiri"), "roles.ending", grant_id=row.id),
            ]
            for row in rows
        ),
    )


def role_word(role: str) -> str:
    """What people call a role, in their language."""
    return str(_(ROLE_WORDS[role])) if role in ROLE_WORDS else role


def _act(row: Any, day: date, may: bool, word: str, endpoint: str, **values: Any) -> Any:
    if not may or (row.valid_to is not None and row.valid_to < day):
        return ""
    return {"text": word, "url": url_for(endpoint, **values)}


def _offices(session: Session, person: Person) -> Section:
    rows = session.scalars(
        select(OfficeHolding)
        .where(OfficeHolding.person_id == person.id)
        .options(joinedload(OfficeHolding.office))
        .order_by(OfficeHolding.valid_from.desc(), OfficeHolding.id.desc())
    )
    return _section(
        _("Jabatan yang menandatangani"),
        _("Jabatan, mandat, surat"),
        _("Tidak memegang jabatan yang menandatangani."),
        (
            [f"{office_name(row.office.title)} · {_mandate(row.kind)} · {row.letter_no}", *_dates(row), ""]
            for row in rows
        ),
    )


def _mandate(kind: str) -> str:
    return _("definitif") if kind == "definitive" else kind.capitalize()


def _events(session: Session, person: Person) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(HistoryRow)
        .where(HistoryRow.stream == person_stream(person.id))
        .options(joinedload(HistoryRow.actor), selectinload(HistoryRow.values))
        .order_by(HistoryRow.seq.desc())
        .limit(SHOWN)
    )
    return [
        {"what": sentence(row), "who": row.actor.name if row.actor else _("Sistem"), "when": moment(row.at)}
        for row in rows
    ]
