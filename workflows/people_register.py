"""What the register holds about everybody, read in a fixed number of queries, for comparing a whole export."""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflows.models import (
    Assignment,
    AssignmentKind,
    Employment,
    Identifier,
    JobField,
    OfficeHolding,
    Person,
    Posting,
    Unit,
)
from workflows.units import changes_in_force, heirs, is_alive

_SPACES = re.compile(r"\s+")


def folded(text: str) -> str:
    """One space between words and small letters: how words of a file are compared with ours."""
    return _SPACES.sub(" ", text).strip().casefold()


@dataclass(slots=True)
class Placed:
    """The newest posting of a person."""

    id: int
    unit_id: int
    job_field_id: int
    post: str
    superior_id: uuid.UUID | None
    valid_from: date
    valid_to: date | None


@dataclass(slots=True)
class Employed:
    id: int
    kind: str
    contract_from: date | None
    contract_to: date | None
    valid_from: date


@dataclass(slots=True)
class Known:
    """One person of the register."""

    id: uuid.UUID
    name: str
    email: str
    kind: str
    left_on: date | None
    numbers: list[tuple[int, str, str, date, date | None]] = field(default_factory=list)
    """(id, kind, value, from, to)"""
    placed: Placed | None = None
    employed: Employed | None = None
    assigned: set[int] = field(default_factory=set)
    in_office: bool = False


@dataclass(slots=True)
class Register:
    """Everybody by id, by number (of any day) and by e-mail; units and job fields by folded word.

    ``units`` knows former names too, and leads from a unit that was merged to the one after it; ``ended_units`` are
    words of those that ended without one, with their last day.
    """

    day: date
    people: dict[uuid.UUID, Known]
    by_number: dict[str, set[uuid.UUID]]
    by_email: dict[str, uuid.UUID]
    by_birth: dict[tuple[str, str], uuid.UUID]
    """(folded name, eight figures of the birth date) -> somebody"""
    units: dict[str, int]
    ended_units: dict[str, date]
    unit_names: dict[int, str]
    job_fields: dict[str, int]
    job_field_names: dict[int, str]
    assignment_kinds: dict[str, int]
    assignment_names: dict[int, str]

    @property
    def in_service(self) -> int:
        return sum(known.left_on is None for known in self.people.values())


def read_register(session: Session, day: date) -> Register:
    """Ten queries, whatever the size."""
    people = {
        row[0]: Known(*row)
        for row in session.execute(
            select(Person.id, Person.name, Person.email, Person.employment_kind, Person.left_on)
        )
    }
    by_number = _numbers(session, people)
    _places(session, people)
    _assignments_and_offices(session, people, day)
    units = unit_words(session, day)
    fields = session.execute(select(JobField.id, JobField.code, JobField.name, JobField.name_en)).all()
    kinds = session.execute(
        select(AssignmentKind.id, AssignmentKind.code, AssignmentKind.name, AssignmentKind.name_en)
    ).all()
    return Register(
        day,
        people,
        by_number,
        {known.email.casefold(): known.id for known in people.values()},
        {
            (folded(known.name), number[2][:8]): known.id
            for known in people.values()
            for number in known.numbers
        },
        units.current,
        units.ended,
        units.names,
        _words((row[0], row[1:]) for row in fields),
        {row[0]: row[2] for row in fields},
        _words((row[0], row[1:]) for row in kinds),
        {row[0]: row[2] for row in kinds},
    )


def _numbers(session: Session, people: dict[uuid.UUID, Known]) -> dict[str, set[uuid.UUID]]:
    found: dict[str, set[uuid.UUID]] = defaultdict(set)
    query = select(
        Identifier.person_id,
        Identifier.id,
        Identifier.kind,
        Identifier.value,
        Identifier.valid_from,
        Identifier.valid_to,
    ).order_by(Identifier.valid_from, Identifier.id)
    for person_id, key, kind, value, begins, ends in session.execute(query):
        people[person_id].numbers.append((key, kind, value, begins, ends))
        found[value].add(person_id)
    return found


def _places(session: Session, people: dict[uuid.UUID, Known]) -> None:
    """The newest posting and employment of each, also one that begins later than today."""
    places = select(
        Posting.person_id,
        Posting.id,
        Posting.unit_id,
        Posting.job_field_id,
        Posting.post_title,
        Posting.superior_id,
        Posting.valid_from,
        Posting.valid_to,
    )
    for place in session.execute(places.order_by(Posting.valid_from, Posting.id)):
        values: tuple[Any, ...] = tuple(place)
        people[values[0]].placed = Placed(*values[1:])
    jobs = select(
        Employment.person_id,
        Employment.id,
        Employment.kind,
        Employment.contract_from,
        Employment.contract_to,
        Employment.valid_from,
    )
    for job in session.execute(jobs.order_by(Employment.valid_from, Employment.id)):
        values = tuple(job)
        people[values[0]].employed = Employed(*values[1:])


def _assignments_and_offices(session: Session, people: dict[uuid.UUID, Known], day: date) -> None:
    rows = select(Assignment.person_id, Assignment.kind_id).where(
        or_(Assignment.valid_to.is_(None), Assignment.valid_to >= day)
    )
    for person_id, kind_id in session.execute(rows):
        people[person_id].assigned.add(kind_id)
    held = select(OfficeHolding.person_id).where(
        or_(OfficeHolding.valid_to.is_(None), OfficeHolding.valid_to >= day),
        or_(OfficeHolding.ended_on.is_(None), OfficeHolding.ended_on >= day),
    )
    for person_id in session.scalars(held):
        people[person_id].in_office = True


@dataclass(frozen=True, slots=True)
class UnitWords:
    """Folded words of units: ``current`` -> id of who is there today, ``ended`` -> last day; ``names`` by id."""

    current: dict[str, int]
    ended: dict[str, date]
    names: dict[int, str]


def unit_words(session: Session, day: date) -> UnitWords:
    """A word of a unit of today wins; then former names; then units that ended, for whoever came after them."""
    units = {unit.id: unit for unit in session.scalars(select(Unit).order_by(Unit.id))}
    today = {key: unit for key, unit in units.items() if is_alive(unit, day)}
    after = heirs(units, day)
    former = [
        (after.get(change.unit_id, change.unit_id), (change.name_before, change.short_name_before))
        for change in changes_in_force(session, ["renamed"])
    ]
    gone = [(after[key], (units[key].code, units[key].name, units[key].short_name)) for key in after]
    current = _words((key, (unit.code, unit.name, unit.short_name)) for key, unit in today.items())
    known = {folded(word) for unit in today.values() for word in (unit.code, unit.name, unit.short_name)}
    older = _words((key, words) for key, words in (*former, *gone) if key in today)
    current.update({word: key for word, key in older.items() if word not in known})
    ended = {
        folded(word): unit.valid_to
        for unit in units.values()
        if unit.valid_to is not None and unit.valid_to < day and after.get(unit.id) not in today
        for word in (unit.code, unit.name, unit.short_name)
    }
    return UnitWords(
        current,
        {word: last for word, last in ended.items() if word not in current},
        {key: unit.name for key, unit in units.items()},
    )


def _words(rows: Iterable[tuple[int, Iterable[str]]]) -> dict[str, int]:
    """Folded code, name and short name -> id; a word that two share leads to neither."""
    found: dict[str, set[int]] = defaultdict(set)
    for key, words in rows:
        for word in words:
            found[folded(word)].add(key)
    return {word: next(iter(keys)) for word, keys in found.items() if len(keys) == 1}
