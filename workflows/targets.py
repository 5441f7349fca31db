"""Whom a programme is for, as a query over the register: lines ``kind:code`` of a version (``target_rules``).

Rules of one kind are alternatives, rules of different kinds must all hold, and all of them on the same day: post, job
family, unit, kind of employment, assignment and leading others are dated. Unit and post are those of one posting.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from workflows.errors import N_, Refused
from workflows.models import (
    Assignment,
    AssignmentKind,
    Batch,
    Employment,
    JobField,
    Person,
    Posting,
    ProgrammeVersion,
    Unit,
)
from workflows.models.person import EMPLOYMENT_KINDS
from workflows.units import alive

KINDS = ("job_field", "unit", "employment", "assignment", "post", "leads")
"""``unit`` with all below it on that day; ``post`` is a title of the register; ``leads:yes`` is the direct
superior of somebody."""
LEADS = "yes"
LONGEST = 4000
Rules = Mapping[str, tuple[str, ...]]
_UNKNOWN = N_("Kelompok sasaran memuat %(what)s yang tidak dikenal. Pilih dari daftar.")


@dataclass(frozen=True, slots=True)
class Doubt:
    """A rule that selects nobody on that day: ``unit`` that has ended or not begun, ``assignment``, ``post``."""

    kind: str
    code: str
    ended: date | None = None
    successor: str = ""
    """Code of the unit that follows the ended one."""


def written(rules: Iterable[tuple[str, str]]) -> str:
    """The text of a version from pairs (kind, code): sorted, each once."""
    return "\n".join(sorted({f"{kind}:{code}" for kind, code in rules}))


def read(text: str) -> Rules:
    """Kind -> codes, of a text that ``written`` made; Refused for anything else."""
    parts = [line.partition(":") for line in text.split("\n") if line]
    pairs = [(kind, code) for kind, _sign, code in parts]
    strange = any(kind not in KINDS or not code for kind, code in pairs)
    if len(text) > LONGEST or strange or written(pairs) != text:
        raise _unknown(text[:80])
    return {kind: tuple(code for one, code in pairs if one == kind) for kind in dict(pairs)}


def must_be_known(session: Session, text: str) -> None:
    """Refused where a code stands in no table; the sentence names it."""
    rules = read(text)
    for kind, codes in rules.items():
        missing = sorted(set(codes) - _known(session, kind, codes))
        if missing:
            raise _unknown(missing[0])


def selects(text: str, day: date) -> Select[uuid.UUID]:
    """Ids of the people in service on ``day`` whom the rules select; no rules select nobody."""
    rules = read(text)
    query = select(Person.id).where(or_(Person.left_on.is_(None), Person.left_on > day))
    if not rules:
        return query.where(Person.id.is_(None))
    return query.where(*_conditions(rules, day))


def count(session: Session, text: str, day: date) -> int:
    return session.scalar(select(func.count()).select_from(selects(text, day).subquery())) or 0


def selected(
    session: Session, text: str, day: date, person_ids: Collection[uuid.UUID]
) -> frozenset[uuid.UUID]:
    """Those of these people whom the rules select on that day, in one query."""
    return frozenset(session.scalars(selects(text, day).where(Person.id.in_(list(person_ids)))))


def day_of(session: Session, version: ProgrammeVersion) -> date:
    """The day for which a version selects: the first day of its first batch, or the planned one."""
    first = select(Batch.starts_on).where(Batch.version_id == version.id)
    return session.scalar(first.order_by(Batch.starts_on).limit(1)) or version.starts_on


def must_belong(session: Session, version: ProgrammeVersion, person_ids: Collection[uuid.UUID]) -> None:
    """Where the version is only for its target group, everybody must be of it; pages flag them otherwise."""
    if not version.target_only or not version.target_rules:
        return
    inside = selected(session, version.target_rules, day_of(session, version), person_ids)
    outside = [person for person in person_ids if person not in inside]
    if outside:
        query = select(Person.name).where(Person.id.in_(outside)).order_by(Person.name).limit(1)
        raise Refused(
            "outside_target",
            N_(
                "Program ini hanya untuk kelompok sasarannya: %(count)s orang tidak termasuk, antara lain %(name)s. "
                "Pilih orang dari kelompok sasaran, atau periksa data pegawainya."
            ),
            rule="PP 11/2017 ps. 207",
            field="people",
            count=len(outside),
            name=session.scalar(query) or "",
        )


def doubts(session: Session, text: str, day: date) -> list[Doubt]:
    """What in the rules leads nowhere on that day: worth a warning, no refusal. At most three queries."""
    rules = read(text)
    found = [*_ended_units(session, rules.get("unit", ()), day)]
    if codes := rules.get("assignment", ()):
        held = select(AssignmentKind.code).join(Assignment).where(*_valid(Assignment, day))
        found += [Doubt("assignment", code) for code in _without(session, held, AssignmentKind.code, codes)]
    if titles := rules.get("post", ()):
        filled = select(Posting.post_title).where(*_valid(Posting, day))
        found += [Doubt("post", title) for title in _without(session, filled, Posting.post_title, titles)]
    return found


def _without(session: Session, query: Select[Any], column: Any, codes: Collection[str]) -> list[str]:
    return sorted(set(codes) - set(session.scalars(query.where(column.in_(codes)).distinct())))


def _ended_units(session: Session, codes: Collection[str], day: date) -> list[Doubt]:
    if not codes:
        return []
    following = aliased(Unit)
    rows = session.execute(
        select(Unit, following.code)
        .outerjoin(following, following.id == Unit.successor_id)
        .where(Unit.code.in_(codes), or_(Unit.valid_to < day, Unit.valid_from > day))
        .order_by(Unit.code)
    )
    return [Doubt("unit", unit.code, unit.valid_to, code or "") for unit, code in rows]


def _conditions(rules: Rules, day: date) -> list[ColumnElement[bool]]:
    made: list[ColumnElement[bool]] = []
    places = _places(rules, day)
    if places:
        made.append(exists().where(Posting.person_id == Person.id, *_valid(Posting, day), *places))
    if codes := rules.get("employment"):
        made.append(_employment_on(day).in_(codes))
    if codes := rules.get("assignment"):
        kinds = select(AssignmentKind.id).where(AssignmentKind.code.in_(codes))
        made.append(
            exists().where(
                Assignment.person_id == Person.id, Assignment.kind_id.in_(kinds), *_valid(Assignment, day)
            )
        )
    if "leads" in rules:
        made.append(_leads(day))
    return made


def _places(rules: Rules, day: date) -> list[ColumnElement[bool]]:
    """What is asked of one posting."""
    made: list[ColumnElement[bool]] = []
    if codes := rules.get("job_field"):
        made.append(Posting.job_field_id.in_(select(JobField.id).where(JobField.code.in_(codes))))
    if codes := rules.get("unit"):
        made.append(Posting.unit_id.in_(_tree(codes, day)))
    if titles := rules.get("post"):
        made.append(Posting.post_title.in_(titles))
    return made


def _tree(codes: Collection[str], day: date) -> Select[int]:
    """Units of these codes and all below them on that day, by the tree of today. UNION: a ring in it ends."""
    tree = select(Unit.id).where(Unit.code.in_(codes)).cte("target_units", recursive=True)
    below = select(Unit.id).join(tree, Unit.parent_id == tree.c.id)
    tree = tree.union(below.where(alive(day)))
    return select(tree.c.id)


def _employment_on(day: date) -> ColumnElement[str]:
    """The kind of employment of that day; where none is noted, the register's word."""
    noted = (
        select(Employment.kind)
        .where(Employment.person_id == Person.id, *_valid(Employment, day))
        .order_by(Employment.valid_from.desc(), Employment.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(noted, Person.employment_kind)


def _leads(day: date) -> ColumnElement[bool]:
    place, led = aliased(Posting), aliased(Person)
    return exists().where(
        place.superior_id == Person.id,
        *_valid(place, day),
        led.id == place.person_id,
        or_(led.left_on.is_(None), led.left_on > day),
    )


def _valid(table: Any, day: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.valid_from <= day, or_(table.valid_to.is_(None), table.valid_to >= day)


def _known(session: Session, kind: str, codes: Collection[str]) -> set[str]:
    if kind == "employment":
        return set(EMPLOYMENT_KINDS)
    if kind == "leads":
        return {LEADS}
    columns = {
        "job_field": JobField.code,
        "unit": Unit.code,
        "assignment": AssignmentKind.code,
        "post": Posting.post_title,
    }
    column = columns[kind]
    return set(session.scalars(select(column).where(column.in_(codes)).distinct()))


def _unknown(what: str) -> Refused:
    return Refused("target_unknown", _UNKNOWN, rule="PP 11/2017 ps. 207", field="targets", what=what)
