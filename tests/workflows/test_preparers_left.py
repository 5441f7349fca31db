"""A unit merges or closes: its preparers end with its head's office, wait to be appointed anew, and are not lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.support import walk
from tests.support.unit_letters import LETTER, YESTERDAY, close, fresh_head, merge, sweep
from tests.support.world import FIRST_DAY, World
from tests.workflows.test_on_behalf import make_operator
from tests.workflows.test_preparations import appoint, mark, task_id
from workflows.audit import broken_links
from workflows.clock import today
from workflows.errors import Denied
from workflows.models import HistoryRow, Office, Person, Preparer, Unit
from workflows.on_behalf import units_of
from workflows.preparations import prepared_by
from workflows.preparers_left import left_for, preparers_left
from workflows.unit_effects import effects_of

TOMORROW = FIRST_DAY + timedelta(days=1)


def names_left(world: World) -> list[tuple[str, int | None]]:
    with world.trying() as session:
        found = preparers_left(session, today(session))
        return [
            (world.name_of(one.preparer.person_id), one.office.id if one.office else None) for one in found
        ]


def test_a_merger_ends_the_preparers_of_the_closing_office_and_moves_none(world: World) -> None:
    ends = appoint(world, "superior")
    later = appoint(world, "nurse", valid_from=FIRST_DAY + timedelta(days=9))
    task = task_id(world, walk.to_approval(world))
    mark(world, task)
    fresh = fresh_head(world)
    with world.trying() as session:
        shown = effects_of(session, session.get_one(Unit, world.units["dinas"]), FIRST_DAY)
        assert [one.id for one in shown.preparers] == [ends, later], "the page says so before"
    merge(world, ["dinas"], fresh)
    with world.trying() as session:
        for key in (ends, later):
            row = session.get_one(Preparer, key)
            assert (row.ended_on, LETTER.number in row.end_reason) == (YESTERDAY, True)
        assert prepared_by(session, world.people["superior"], today(session)) == []
        told = select(HistoryRow.name).where(HistoryRow.stream == f"office:{world.offices['unit_head']}")
        assert list(session.scalars(told)).count("office.preparer_ended") == 2
        assert not list(broken_links(session))
    with pytest.raises(Denied):
        mark(world, task)


def test_they_wait_for_the_successors_head_until_somebody_appoints_them(world: World) -> None:
    appoint(world, "superior")
    appoint(world, "nurse", valid_to=date(2027, 12, 31))
    merge(world, ["dinas"], fresh_head(world))
    assert names_left(world) == [
        ("superior", world.offices["new_head"]),
        ("nurse", world.offices["new_head"]),
    ]
    again = appoint(world, "superior", office="new_head", by="deputy")
    assert names_left(world) == [("nurse", world.offices["new_head"])]
    with world.writing() as session:
        row = session.get_one(Preparer, again)
        row.ended_on, row.end_reason = YESTERDAY, "Salah pilih"
    assert names_left(world) == [("nurse", world.offices["new_head"])], "somebody has seen to it"
    with world.writing() as session:
        session.get_one(Person, world.people["nurse"]).left_on = FIRST_DAY
    world.clock.go(TOMORROW)
    assert names_left(world) == [], "whoever left the service is not waited for"


def test_the_queue_shows_only_those_of_the_office_and_not_for_ever(world: World) -> None:
    appoint(world, "superior")
    merge(world, ["dinas"], fresh_head(world))
    with world.trying() as session:
        new = session.get_one(Office, world.offices["new_head"])
        other = session.get_one(Office, world.offices["finance_officer"])
        assert [one.preparer.person_id for one in left_for(session, new, FIRST_DAY)] == [
            world.people["superior"]
        ]
        assert left_for(session, other, FIRST_DAY) == ()
    world.clock.go(FIRST_DAY + timedelta(days=29))
    assert len(names_left(world)) == 1
    world.clock.go(FIRST_DAY + timedelta(days=31))
    assert names_left(world) == []


def test_a_successor_without_a_head_is_shown_as_such(world: World) -> None:
    appoint(world, "superior")
    merge(world, ["dinas"], world.units["agency"])
    assert names_left(world) == [("superior", None)]


def test_whoever_ended_before_the_merger_does_not_come_back(world: World) -> None:
    row = appoint(world, "superior")
    appoint(world, "nurse", valid_to=FIRST_DAY)
    fresh = fresh_head(world)
    with world.writing() as session:
        old = session.get_one(Preparer, row)
        old.ended_on, old.end_reason = FIRST_DAY - timedelta(days=3), "Pindah"
    world.clock.go(TOMORROW)
    merge(world, ["dinas"], fresh, TOMORROW)
    assert names_left(world) == []
    with world.trying() as session:
        assert session.get_one(Preparer, row).end_reason == "Pindah"


def test_a_clock_that_comes_late_ends_them_the_day_before_it_came(world: World) -> None:
    """What they did meanwhile they did as preparers."""
    key = appoint(world, "superior")
    merge(world, ["dinas"], fresh_head(world), TOMORROW)
    task = task_id(world, walk.to_approval(world))
    world.clock.go(FIRST_DAY + timedelta(days=5))
    mark(world, task)
    assert sweep(world) == 1
    with world.trying() as session:
        assert session.get_one(Preparer, key).ended_on == FIRST_DAY + timedelta(days=4)
    assert [name for name, _ in names_left(world)] == ["superior"]


def test_a_unit_that_closes_takes_its_preparers_with_it_and_nobody_waits_for_them(world: World) -> None:
    fresh = fresh_head(world)
    world.end_mandate("new_head", FIRST_DAY)
    key = appoint(world, "superior", office="new_head")
    world.clock.go(TOMORROW)
    close(world, fresh, TOMORROW)
    with world.trying() as session:
        row = session.get_one(Preparer, key)
        assert (row.ended_on, LETTER.number in row.end_reason) == (FIRST_DAY, True)
    assert names_left(world) == []


def test_the_operator_of_a_merged_unit_enters_for_the_unit_they_work_in_from_that_day(world: World) -> None:
    """The role stays with the person, its reach follows the posting: nobody enters for a unit that is no more."""
    make_operator(world, "learner1")
    with world.trying() as session:
        assert units_of(session, world.actor(session, "learner1")) == {world.units["dinas"]}
    merge(world, ["dinas"], fresh := fresh_head(world))
    with world.trying() as session:
        assert units_of(session, world.actor(session, "learner1")) == {fresh}
