"""A person's own: lesson hours against the law, courses on Moodle, needs and their way."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from service.dates import short_date
from service.web.person_words import IDENTIFIERS
from workflows.cap import Standing, standings
from workflows.clock import local_day
from workflows.errors import Refused
from workflows.models import (
    Batch,
    Enrolment,
    Identifier,
    JpEntry,
    LegalParameter,
    Need,
    Person,
    Programme,
    ProgrammeVersion,
)
from workflows.parameters import parameter_on

FLOOR = "jp.floor_pns"
"""What measures the calendar year of a PNS (R2); contract staff have a cap in the year of their agreement (R3)."""
NEEDS = {
    "filed": (_l("menunggu badan kepegawaian"), "sea", "clock"),
    "taken_up": (_l("dijadikan program"), "leaf", "check"),
    "declined": (_l("tidak dilanjutkan"), "plain", "cross"),
    "withdrawn": (_l("ditarik pengusul"), "plain", "cross"),
}


@dataclass(frozen=True, slots=True)
class Year:
    """Lesson hours of one year; ``limit`` None while the number of law is not entered.

    ``contract``: of contract staff, where they stand in the year of their agreement; its days may be unknown.
    """

    year: int
    jp: int
    limit: int | None
    is_floor: bool
    source: str
    verified: bool
    contract: Standing | None = None

    @property
    def missing(self) -> int:
        return max((self.limit or 0) - self.jp, 0)


def year_of(session: Session, person: Person, day: date, entries: list[JpEntry]) -> Year:
    done = sum(entry.jp for entry in entries if entry.year == day.year)
    contract = standings(session, {person.id: day}).get(person.id)
    if contract is not None:
        jp = done if contract.since is None else contract.earned
        return Year(day.year, jp, contract.cap, False, contract.source, contract.verified, contract)
    found = _measure(session, day)
    return Year(
        day.year,
        done,
        int(found.value) if found else None,
        True,
        found.source_document if found else "",
        found.verified if found else False,
    )


def _measure(session: Session, day: date) -> LegalParameter | None:
    try:
        return parameter_on(session, FLOOR, day)
    except Refused:
        return None


def jp_entries(session: Session, person_id: uuid.UUID) -> list[JpEntry]:
    """The ledger, newest first."""
    return list(
        session.scalars(
            select(JpEntry)
            .where(JpEntry.person_id == person_id)
            .order_by(JpEntry.effective_on.desc(), JpEntry.id.desc())
        )
    )


def courses_of(session: Session, person_id: uuid.UUID) -> list[Enrolment]:
    return list(
        session.scalars(
            select(Enrolment)
            .where(Enrolment.person_id == person_id)
            .options(
                joinedload(Enrolment.batch).joinedload(Batch.version),
                joinedload(Enrolment.completion),
            )
            .order_by(Enrolment.id.desc())
        )
    )


def needs_of(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    rows = session.scalars(select(Need).where(Need.author_id == person_id).order_by(Need.id.desc())).all()
    versions = _newest_versions(session, {row.programme_id for row in rows if row.programme_id})
    return [_need(session, row, versions.get(row.programme_id or 0)) for row in rows]


def identifier_words(person: Person, day: date) -> tuple[str, str]:
    """(kind, number with only its end in sight), of the number valid today."""
    valid = [one for one in person.identifiers if _holds(one, day)]
    return (IDENTIFIERS[valid[0].kind], "•" * 14 + valid[0].value[-4:]) if valid else ("NIP", "–")


def _need(session: Session, row: Need, version: ProgrammeVersion | None) -> dict[str, Any]:
    word, tone, sign = NEEDS[row.status]
    return {
        "problem": row.problem,
        "day": short_date(local_day(session, row.filed_at)),
        "word": str(word),
        "tone": tone,
        "sign": sign,
        "answer": row.answer,
        "url": url_for("needs.show", need_id=row.id),
        "version": version,
        "version_url": url_for("programmes.show", version_id=version.id) if version else "",
    }


def _newest_versions(session: Session, ids: set[int]) -> dict[int, ProgrammeVersion]:
    programmes = session.scalars(
        select(Programme).where(Programme.id.in_(ids)).options(selectinload(Programme.versions))
    )
    return {one.id: one.versions[-1] for one in programmes}


def _holds(one: Identifier, day: date) -> bool:
    return one.valid_from <= day and (one.valid_to is None or one.valid_to >= day)
