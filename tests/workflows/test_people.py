"""What is entered about a person by hand: employment and assignments, dated (R3, R7)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.support.world import FIRST_DAY, World
from workflows.actions import people
from workflows.errors import Conflict, Denied, Refused, WorkflowError
from workflows.models import AssignmentKind, Employment, HistoryRow, Person
from workflows.people import employments_of

KIND = "data_steward"


@pytest.fixture
def kinds(world: World) -> World:
    with world.writing() as session:
        session.add(AssignmentKind(code=KIND, name="Pengelola data", name_en="Data steward"))
    return world


def employ(world: World, name: str, kind: str, since: date, *contract: date, by: str = "planner") -> None:
    begins, ends = (*contract, None, None)[:2]
    with world.writing() as session:
        people.record_employment(
            session,
            actor=world.actor(session, by),
            person_id=world.people[name],
            kind=kind,
            valid_from=since,
            contract_from=begins,
            contract_to=ends,
        )


def test_a_new_employment_ends_the_one_before(world: World) -> None:
    employ(world, "contract_clerk", "pppk_part_time", date(2025, 10, 1), date(2025, 10, 1), date(2026, 9, 30))
    employ(world, "contract_clerk", "pppk", date(2026, 10, 1), date(2026, 10, 1), date(2031, 9, 30))
    with world.trying() as session:
        rows = employments_of(session, world.people["contract_clerk"])
        assert [(row.kind, row.valid_to) for row in rows] == [
            ("pppk_part_time", date(2026, 9, 30)),
            ("pppk", None),
        ]
        assert session.get_one(Person, world.people["contract_clerk"]).employment_kind == "pppk"
        assert session.query(HistoryRow).filter_by(name="person.employed").count() == 2


@pytest.mark.parametrize(
    ("kind", "since", "contract", "code"),
    [
        ("honorary", FIRST_DAY, (), "employment_kind"),
        ("pns", FIRST_DAY, (FIRST_DAY,), "contract_pns"),
        ("pppk", FIRST_DAY, (FIRST_DAY, FIRST_DAY), "contract_dates"),
        ("pppk", FIRST_DAY + timedelta(days=1), (), "employment_ahead"),
    ],
)
def test_an_employment_that_cannot_be_is_refused(
    world: World, kind: str, since: date, contract: tuple[date, ...], code: str
) -> None:
    with pytest.raises(Refused) as caught:
        employ(world, "contract_clerk", kind, since, *contract)
    assert caught.value.code == code


def test_an_employment_does_not_begin_before_the_last_one(world: World) -> None:
    employ(world, "contract_clerk", "pppk", date(2026, 3, 1))
    with pytest.raises(Refused) as caught:
        employ(world, "contract_clerk", "pns", date(2026, 3, 1))
    assert caught.value.code == "employment_before"


@pytest.mark.parametrize("by", ["author", "inspector"])
def test_only_the_agency_and_the_administrator_enter_it(world: World, by: str) -> None:
    with pytest.raises(Denied):
        employ(world, "contract_clerk", "pppk", FIRST_DAY, by=by)
    with world.trying() as session:
        assert session.query(Employment).count() == 0


def assign(
    world: World, since: date, until: date | None = None, kind: str = KIND, letter: str = "800/1"
) -> int:
    with world.writing() as session:
        row = people.assign(
            session,
            actor=world.actor(session, "planner"),
            person_id=world.people["nurse"],
            kind_code=kind,
            letter_no=letter,
            valid_from=since,
            valid_to=until,
        )
        return row.id


def code_of(caught: pytest.ExceptionInfo[WorkflowError]) -> str:
    return caught.value.code


def test_an_assignment_runs_to_its_last_day_and_may_come_again(kinds: World) -> None:
    row_id = assign(kinds, FIRST_DAY)
    with pytest.raises(Conflict) as caught:
        assign(kinds, FIRST_DAY + timedelta(days=5))
    assert code_of(caught) == "assigned_already"
    with kinds.writing() as session:
        actor = kinds.actor(session, "planner")
        people.end_assignment(session, actor=actor, assignment_id=row_id, last_day=FIRST_DAY)
    assign(kinds, FIRST_DAY + timedelta(days=1))
    kinds.clock.go(FIRST_DAY + timedelta(days=2))
    with kinds.trying() as session:
        actor = kinds.actor(session, "planner")
        with pytest.raises(Conflict) as caught:
            people.end_assignment(session, actor=actor, assignment_id=row_id, last_day=FIRST_DAY)
    assert code_of(caught) == "assignment_over"


@pytest.mark.parametrize(
    ("kind", "letter", "until", "code"),
    [
        ("unheard", "800/1", None, "not_listed"),
        (KIND, " ", None, "letter"),
        (KIND, "8" * 121, None, "letter"),
        (KIND, "800/1", FIRST_DAY - timedelta(days=1), "dates"),
    ],
)
def test_an_assignment_needs_a_kind_a_letter_and_dates(
    kinds: World, kind: str, letter: str, until: date | None, code: str
) -> None:
    with pytest.raises(Refused) as caught:
        assign(kinds, FIRST_DAY, until, kind, letter)
    assert code_of(caught) == code
