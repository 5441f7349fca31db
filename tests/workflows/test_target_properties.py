"""For any register, rules and day: one query selects whom a plain reading of the same rules selects."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.support.counting import statements
from tests.support.world import FIRST_DAY, World
from workflows.models import (
    Assignment,
    AssignmentKind,
    Employment,
    Person,
    Posting,
    Unit,
)
from workflows.targets import count, selected, selects, written

SPAN = 6
NORMAL, MANY = 40, 250
FIELDS, KINDS = ("health", "teaching"), ("data_steward", "technical_executor")
EMPLOYED, TITLES = ("pns", "pppk", "pppk_part_time"), ("Analis", "Perawat")
UNITS, PEOPLE = ("u0", "u1", "u2", "u3"), 5

Span = tuple[date, date | None]


@dataclass(frozen=True)
class Place:
    person: int
    unit: int
    job_field: str
    title: str
    superior: int | None
    span: Span


@dataclass(frozen=True)
class Register:
    """A made-up register. ``parents[n]`` is above unit n (a ring may come about); spans are first and last day."""

    parents: Sequence[int | None]
    unit_spans: Sequence[tuple[date | None, date | None]]
    kinds: Sequence[str]
    left: Sequence[date | None]
    places: Sequence[Place]
    employed: Sequence[tuple[int, str, Span]]
    assigned: Sequence[tuple[int, str, Span]]


@dataclass(frozen=True)
class Case:
    register: Register
    rules: Mapping[str, tuple[str, ...]]
    day: date

    @property
    def text(self) -> str:
        return written((kind, code) for kind, codes in self.rules.items() for code in codes)


def near() -> st.SearchStrategy[date]:
    return st.integers(-SPAN, SPAN).map(lambda n: FIRST_DAY + timedelta(days=n))


def span() -> st.SearchStrategy[Span]:
    length = st.one_of(st.none(), st.integers(0, SPAN))
    return st.builds(
        lambda first, n: (first, None if n is None else first + timedelta(days=n)), near(), length
    )


def none_or(other: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), other)


def a_person() -> st.SearchStrategy[int]:
    return st.integers(0, PEOPLE - 1)


def register() -> st.SearchStrategy[Register]:
    def each(one: st.SearchStrategy[Any], size: int) -> st.SearchStrategy[list[Any]]:
        return st.lists(one, min_size=size, max_size=size)

    fields, titles = st.sampled_from(FIELDS), st.sampled_from(TITLES)
    place = st.builds(Place, a_person(), st.integers(0, 3), fields, titles, none_or(a_person()), span())
    return st.builds(
        Register,
        each(none_or(st.integers(0, 3)), 4),
        each(st.tuples(none_or(near()), none_or(near())), 4),
        each(st.sampled_from(EMPLOYED), PEOPLE),
        each(st.one_of(st.none(), st.none(), near()), PEOPLE),
        st.lists(place, max_size=8),
        st.lists(st.tuples(a_person(), st.sampled_from(EMPLOYED), span()), max_size=6),
        st.lists(st.tuples(a_person(), st.sampled_from(KINDS), span()), max_size=6),
    )


def rules() -> st.SearchStrategy[dict[str, tuple[str, ...]]]:
    def some(codes: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
        return st.lists(st.sampled_from(codes), min_size=1, max_size=2, unique=True).map(tuple)

    known = {
        "job_field": some(FIELDS),
        "unit": some(UNITS),
        "employment": some(EMPLOYED),
        "assignment": some(KINDS),
        "post": some(TITLES),
        "leads": st.just(("yes",)),
    }
    alone = st.sampled_from(sorted(known)).flatmap(lambda kind: st.fixed_dictionaries({kind: known[kind]}))
    return st.one_of(alone, st.fixed_dictionaries({}, optional=known))


def holds(span_: Span, day: date) -> bool:
    return span_[0] <= day and (span_[1] is None or span_[1] >= day)


def plain(case: Case) -> set[int]:
    """Who is selected, by loops alone."""
    made, day, asked = case.register, case.day, case.rules
    if not asked:
        return set()
    units = below(made, [UNITS.index(code) for code in asked.get("unit", ())], day)
    found = set()
    for person in range(PEOPLE):
        left = made.left[person]
        if left is not None and left <= day:
            continue
        if all(check(made, person, day, units) for check in [CHECKS[kind](asked) for kind in asked]):
            found.add(person)
    if {"job_field", "unit", "post"} & asked.keys():
        found &= {
            one.person
            for one in made.places
            if holds(one.span, day)
            and ("job_field" not in asked or one.job_field in asked["job_field"])
            and ("unit" not in asked or one.unit in units)
            and ("post" not in asked or one.title in asked["post"])
        }
    return found


def below(made: Register, chosen: Sequence[int], day: date) -> set[int]:
    found = set(chosen)
    for _step in made.parents:
        for unit, parent in enumerate(made.parents):
            first, last = made.unit_spans[unit]
            if parent in found and (first is None or first <= day) and (last is None or last >= day):
                found.add(unit)
    return found


Check = Callable[[Register, int, date, set[int]], bool]


def _anything(_asked: Any) -> Check:
    return lambda made, person, day, units: True


def _employment(asked: Mapping[str, tuple[str, ...]]) -> Check:
    def check(made: Register, person: int, day: date, _units: set[int]) -> bool:
        valid = [
            (one_span[0], place, kind)
            for place, (one, kind, one_span) in enumerate(made.employed)
            if one == person and holds(one_span, day)
        ]
        return (max(valid)[2] if valid else made.kinds[person]) in asked["employment"]

    return check


def _assignment(asked: Mapping[str, tuple[str, ...]]) -> Check:
    return lambda made, person, day, units: any(
        one == person and kind in asked["assignment"] and holds(one_span, day)
        for one, kind, one_span in made.assigned
    )


def _leads(_asked: Any) -> Check:
    def check(made: Register, person: int, day: date, _units: set[int]) -> bool:
        return any(
            one.superior == person
            and holds(one.span, day)
            and (made.left[one.person] is None or made.left[one.person] > day)
            for one in made.places
        )

    return check


CHECKS: dict[str, Callable[[Mapping[str, tuple[str, ...]]], Check]] = {
    "job_field": _anything,
    "unit": _anything,
    "post": _anything,
    "employment": _employment,
    "assignment": _assignment,
    "leads": _leads,
}


def write_register(session: Session, world: World, made: Register) -> list[uuid.UUID]:
    units = [
        Unit(code=code, name=code, short_name=code, kind="department", valid_from=first, valid_to=last)
        for code, (first, last) in zip(UNITS, made.unit_spans, strict=True)
    ]
    kinds = {code: AssignmentKind(code=code, name=code, name_en=code) for code in KINDS}
    people = [
        Person(name=f"Orang {n}", email=f"r{n}@example.test", employment_kind=kind, left_on=left)
        for n, (kind, left) in enumerate(zip(made.kinds, made.left, strict=True))
    ]
    session.add_all([*units, *kinds.values(), *people])
    session.flush()
    for unit, parent in zip(units, made.parents, strict=True):
        unit.parent_id = units[parent].id if parent is not None else None
    session.add_all(
        Posting(
            person_id=people[one.person].id,
            unit_id=units[one.unit].id,
            job_field_id=world.fields[one.job_field],
            post_title=one.title,
            superior_id=people[one.superior].id if one.superior is not None else None,
            valid_from=one.span[0],
            valid_to=one.span[1],
        )
        for one in made.places
    )
    for person, kind, (first, last) in made.employed:
        row = Employment(person_id=people[person].id, kind=kind, valid_from=first, valid_to=last)
        session.add(row)
        session.flush()
    session.add_all(
        Assignment(
            person_id=people[person].id,
            kind_id=kinds[kind].id,
            letter_no="1",
            valid_from=first,
            valid_to=last,
        )
        for person, kind, (first, last) in made.assigned
    )
    session.flush()
    return [person.id for person in people]


def _compare(world: World, examples: int) -> None:
    sizes = []

    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.builds(Case, register(), rules(), near()))
    def compare(case: Case) -> None:
        with world.trying() as session:
            ids = write_register(session, world, case.register)
            with statements() as said:
                found = selected(session, case.text, case.day, ids)
            assert len(said) == 1
            assert {ids.index(one) for one in found} == plain(case), case.text
            everyone = set(session.scalars(selects(case.text, case.day)))
            assert len(everyone) == count(session, case.text, case.day)
            assert found <= everyone
            sizes.append(len(found))

    compare()
    assert any(sizes), "nobody was ever selected: the test would hold of anything"


def test_the_query_selects_whom_a_plain_reading_selects(world: World) -> None:
    _compare(world, NORMAL)


@pytest.mark.long
def test_the_query_selects_whom_a_plain_reading_selects_many_times(world: World) -> None:
    _compare(world, MANY)
