"""Finding people to put on the list: by unit, job field or name; never by NIP in an address."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from service.languages import chosen
from service.web.cap_view import Flag, flags_ahead
from service.web.targets_view import outsiders
from workflows.actions.versions import get_version
from workflows.clock import today
from workflows.models import Batch, Enrolment, JobField, Person, Posting, ProgrammeVersion, Unit
from workflows.models.person import EMPLOYMENT_KINDS
from workflows.targets import day_of, selects
from workflows.units import alive

PAGE = 50
_NUMBER = re.compile(r"\d{6,}")
_CODE = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked for. ``text`` holds no long number: a NIP does not belong in an address."""

    unit: int | None = None
    field: int | None = None
    text: str = ""
    page: int = 1
    employment: str = ""
    assignment: str = ""
    target: bool = False

    @property
    def asked(self) -> bool:
        return bool(self.unit or self.field or self.text or self.employment or self.assignment or self.target)

    @property
    def whole_unit(self) -> bool:
        return bool(self.unit) and self == Search(unit=self.unit, page=self.page)

    def as_args(self, page: int | None = None) -> dict[str, Any]:
        """Arguments for an address that asks the same again."""
        given = {"unit": self.unit, "field": self.field, "q": self.text, "page": page}
        given |= {"employment": self.employment, "assignment": self.assignment, "sasaran": int(self.target)}
        return {key: value for key, value in given.items() if value}


def search_of(given: Mapping[str, str]) -> Search:
    """From an address or a form; what is no number is no filter."""
    text = " ".join(_NUMBER.sub("", given.get("q", "")).split())[:80]
    employment, assignment = given.get("employment", ""), given.get("assignment", "")
    return Search(
        _number(given.get("unit")),
        _number(given.get("field")),
        text,
        _number(given.get("page")) or 1,
        employment if employment in EMPLOYMENT_KINDS else "",
        assignment if _CODE.fullmatch(assignment) else "",
        given.get("sasaran") == "1",
    )


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isdecimal() and len(value) < 9 else None


def candidates(session: Session, version_id: int, search: Search, me: uuid.UUID) -> dict[str, Any]:
    """``found`` (options of a form), whether more follow, and the two lists to choose from.

    ``measured``: whose JP are shown here.
    """
    query = _matching(session, version_id, search, me).order_by(Person.name, Person.id)
    query = query.options(joinedload(Posting.person), joinedload(Posting.unit), joinedload(Posting.job_field))
    found = (
        session.scalars(query.offset((search.page - 1) * PAGE).limit(PAGE + 1)).all() if search.asked else []
    )
    units = session.scalars(select(Unit).where(alive(today(session))).order_by(Unit.name)).all()
    fields = session.scalars(select(JobField)).all()
    version, ids = get_version(session, version_id), [row.person_id for row in found[:PAGE]]
    flags, outside = flags_ahead(session, version, ids), outsiders(session, version, ids)
    return {
        "found": [_option(row, outside.get(row.person_id), flags.get(row.person_id)) for row in found[:PAGE]],
        "measured": list(flags),
        "asks_cap_reason": any(flag.asks for flag in flags.values()),
        "more": len(found) > PAGE,
        "suggested": _suggested(session, version, me),
        "units": [(unit.id, unit.name) for unit in units],
        "job_fields": sorted(((field.id, _name(field)) for field in fields), key=lambda pair: pair[1]),
    }


def _suggested(session: Session, version: ProgrammeVersion, me: uuid.UUID) -> int | None:
    """How many of the target group are not on the list yet; None where the group stands in words alone."""
    if not version.target_rules:
        return None
    waiting = _matching(session, version.id, Search(target=True), me).with_only_columns(Person.id).distinct()
    return session.scalar(select(func.count()).select_from(waiting.subquery()))


def _option(row: Posting, *flags: Flag | None) -> dict[str, Any]:
    hint = f"{row.post_title} · {row.unit.short_name} · {_name(row.job_field)}"
    known = [flag for flag in flags if flag is not None]
    return {"value": str(row.person_id), "label": row.person.name, "hint": hint, "flags": known}


def _name(field: JobField) -> str:
    return field.name_en if chosen() == "en" else field.name


def people_of_unit(session: Session, version_id: int, unit_id: int, me: uuid.UUID) -> list[uuid.UUID]:
    """Everyone who works there today and is not on the list; the one who asks is left to a colleague (R13)."""
    rows = session.scalars(_matching(session, version_id, Search(unit=unit_id), me).order_by(Person.name))
    return [row.person_id for row in rows]


def _matching(session: Session, version_id: int, search: Search, me: uuid.UUID) -> Select[Posting]:
    day = today(session)
    taken = (
        select(Enrolment.person_id)
        .join(Batch)
        .where(Batch.version_id == version_id, Enrolment.desired == "active")
    )
    query = (
        select(Posting)
        .join(Person, Person.id == Posting.person_id)
        .where(
            Posting.valid_from <= day,
            or_(Posting.valid_to.is_(None), Posting.valid_to >= day),
            Person.left_on.is_(None),
            Person.id.not_in(taken),
            Person.id != me,
        )
    )
    if search.unit:
        query = query.where(Posting.unit_id == search.unit)
    if search.field:
        query = query.where(Posting.job_field_id == search.field)
    if search.target:
        version = get_version(session, version_id)
        query = query.where(Person.id.in_(selects(version.target_rules, day_of(session, version))))
    for word in search.text.split():
        query = query.where(Person.name.icontains(word, autoescape=True))
    return query
