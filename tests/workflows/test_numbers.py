"""Numbers of a person entered and ended by hand: checked, dated, of nobody else, never in the history (R7, R12)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.support.snapshot import snapshot
from tests.support.world import FIRST_DAY, World
from workflows.actions import numbers
from workflows.audit import broken_links
from workflows.errors import Conflict, Denied, NotFound, Refused, WorkflowError
from workflows.models import HistoryRow, Identifier, Person
from workflows.people import persons_with_number

NIP, OTHER = "198503152010011002", "199005052025212003"


def enter(world: World, name: str, number: str, since: date = FIRST_DAY, by: str = "planner") -> int:
    with world.writing() as session:
        actor, person = world.actor(session, by), world.people[name]
        return numbers.enter_number(
            session, actor=actor, person_id=person, number=number, valid_from=since
        ).id


def end(world: World, number_id: int, last_day: date, reason: str = "keliru", by: str = "planner") -> None:
    with world.writing() as session:
        actor = world.actor(session, by)
        numbers.end_number(session, actor=actor, identifier_id=number_id, last_day=last_day, reason=reason)


def carriers(world: World, number: str, day: date) -> list[str]:
    with world.trying() as session:
        names = {key: name for name, key in world.people.items()}
        return [names[key] for key in persons_with_number(session, number, day)]


def test_a_new_number_ends_the_one_before_and_the_person_stays(world: World) -> None:
    enter(world, "contract_clerk", f"{OTHER[:8]} {OTHER[8:]}")
    assert carriers(world, OTHER, FIRST_DAY) == ["contract_clerk"]
    with world.trying() as session:
        person = session.get_one(Person, world.people["contract_clerk"])
        rows = sorted(person.identifiers, key=lambda one: one.valid_from)
        assert [row.valid_to for row in rows] == [FIRST_DAY - timedelta(days=1), None]
        assert rows[-1].kind == "ni_pppk"
        told = session.scalars(select(HistoryRow).where(HistoryRow.name == "person.number_entered")).one()
        assert OTHER not in told.payload
        assert not list(broken_links(session))


@pytest.mark.parametrize(
    ("number", "since", "code"),
    [
        ("123", FIRST_DAY, "number_digits"),
        ("198513152010011002", FIRST_DAY, "number_birth"),
        ("198503152010131002", FIRST_DAY, "nip_month"),
        (NIP, FIRST_DAY + timedelta(days=1), "number_ahead"),
        (NIP, date(1990, 1, 1), "number_before"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(world: World, number: str, since: date, code: str) -> None:
    before = snapshot(world.engine)
    with pytest.raises(Refused) as caught:
        enter(world, "nurse", number, since)
    assert caught.value.code == code
    assert snapshot(world.engine) == before


def test_a_number_is_one_person_s_alone_also_of_one_who_left(world: World) -> None:
    enter(world, "nurse", NIP)
    with world.writing() as session:
        session.get_one(Person, world.people["nurse"]).left_on = FIRST_DAY
    for name in ("author", "nurse"):
        with pytest.raises(WorkflowError) as caught:
            enter(world, name, NIP)
        assert caught.value.code == {"author": "number_taken", "nurse": "person_left"}[name]


def test_a_wrong_number_ends_and_may_be_given_to_whom_it_belongs(world: World) -> None:
    """Two people with one number cannot sign in; the one with the wrong one is told apart from that day."""
    right = enter(world, "nurse", NIP)
    with world.writing() as session:
        wrong = Identifier(person_id=world.people["author"], kind="nip", value=NIP, valid_from=FIRST_DAY)
        session.add(wrong)
        session.flush()
        wrong_id = wrong.id
    assert len(carriers(world, NIP, FIRST_DAY)) == 2
    end(world, wrong_id, FIRST_DAY - timedelta(days=1))
    assert carriers(world, NIP, FIRST_DAY) == ["nurse"]
    with world.trying() as session:
        told = session.scalars(select(HistoryRow).where(HistoryRow.name == "person.number_ended")).one()
        assert NIP not in told.payload
        assert [value.value for value in told.values] == ["keliru"]
    with pytest.raises(Conflict) as over:
        end(world, wrong_id, FIRST_DAY)
    assert over.value.code == "number_over"
    end(world, right, FIRST_DAY)
    assert carriers(world, NIP, FIRST_DAY + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("last_day", "reason", "code"),
    [
        (FIRST_DAY + timedelta(days=1), "keliru", "number_last_day"),
        (FIRST_DAY - timedelta(days=2), "keliru", "number_last_day"),
        (FIRST_DAY, " ", "reason_missing"),
        (FIRST_DAY, "x" * 201, "too_long"),
    ],
)
def test_an_end_that_cannot_be_is_refused(world: World, last_day: date, reason: str, code: str) -> None:
    number = enter(world, "nurse", NIP)
    with pytest.raises(Refused) as caught:
        end(world, number, last_day, reason)
    assert caught.value.code == code
    with pytest.raises(NotFound):
        end(world, 10**6, FIRST_DAY)


@pytest.mark.parametrize("by", ["author", "inspector", "unit_head", "clock"])
def test_only_the_agency_and_the_administrator_do_it(world: World, by: str) -> None:
    number = enter(world, "nurse", NIP, by="administrator")
    with pytest.raises(Denied):
        enter(world, "contract_clerk", OTHER, by=by)
    with pytest.raises(Denied):
        end(world, number, FIRST_DAY, by=by)


def test_nobody_gives_a_number_to_themselves_nor_ends_their_own(world: World) -> None:
    with pytest.raises(Denied) as caught:
        enter(world, "planner", NIP)
    assert caught.value.code == "own_number"
    number = enter(world, "planner", NIP, by="planner2")
    with pytest.raises(Denied):
        end(world, number, FIRST_DAY)
