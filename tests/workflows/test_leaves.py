"""Absence announced in advance: tasks go to the stand-in and back, both names are kept (R8-R11)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.support import walk
from tests.support.world import FIRST_DAY, World
from tests.workflows.test_offices import acting, code
from workflows.actions import leaves
from workflows.actions.leaves import StandIn
from workflows.clock import today
from workflows.errors import Conflict, Denied, Refused
from workflows.letters import Letter
from workflows.models import Decision, HistoryRow, OfficeHolding, OfficeLeave
from workflows.signers import orphan_tasks, signer_of, tasks_for

LETTER = Letter("850/7/2027", FIRST_DAY)
FRIDAY = date(2027, 1, 29)
"""Ten working days from ``FIRST_DAY``."""


def announce(
    world: World, stand_in: str | None = "deputy", last: date = FRIDAY, by: str = "planner", **more: Any
) -> int:
    kind, role = more.pop("kind", "plh"), more.pop("role", "unit_head")
    letter = Letter("851/8/2027", FIRST_DAY)
    with world.writing() as session:
        leave = leaves.announce_leave(
            session,
            actor=world.actor(session, by),
            office_id=world.offices[role],
            first_day=more.get("first", FIRST_DAY),
            last_day=last,
            letter=LETTER,
            stand_in=StandIn(world.people[stand_in], kind, letter) if stand_in else None,
        )
        return leave.id


def end(world: World, leave: int, last: date, by: str = "planner") -> None:
    with world.writing() as session:
        actor = world.actor(session, by)
        leaves.end_leave(session, actor=actor, leave_id=leave, last_day=last, reason="Kembali lebih awal")


def name_later(world: World, leave: int, name: str) -> None:
    with world.writing() as session:
        actor = world.actor(session, "planner")
        stand_in = StandIn(world.people[name], "plh", LETTER)
        leaves.name_stand_in(session, actor=actor, leave_id=leave, stand_in=stand_in)


def signer(world: World, version_id: int, role: str = "unit_head") -> tuple[str, str, str]:
    """(who signs, why not the holder, on whose behalf)."""
    with world.trying() as session:
        found = signer_of(session, walk.task_of(session, version_id, role), today(session))
        names = [world.name_of(one.person_id) if one else "" for one in (found.holding, found.behalf)]
        return names[0], found.why, names[1]


def test_tasks_go_to_the_stand_in_within_the_letter_and_back_after_it(world: World) -> None:
    announce(world)
    version_id = walk.to_approval(world)
    seen = []
    for day in (FIRST_DAY - timedelta(days=1), FIRST_DAY, FRIDAY, FRIDAY + timedelta(days=1)):
        world.clock.go(day)
        seen.append((signer(world, version_id)[0], signer(world, version_id)[2]))
    assert seen == [("unit_head", ""), ("deputy", "unit_head"), ("deputy", "unit_head"), ("unit_head", "")]


def test_the_decision_keeps_both_names(world: World) -> None:
    announce(world)
    version_id = walk.to_approval(world)
    assert isinstance(walk.decide(world, "unit_head", version_id, "unit_head").error, Denied)
    assert walk.decide(world, "deputy", version_id, "unit_head").error is None
    with world.trying() as session:
        kept = session.scalars(select(Decision)).one()
        assert (world.name_of(kept.person_id), world.name_of(kept.behalf_of_id)) == ("deputy", "unit_head")
        assert (kept.mandate_kind, kept.letter_no) == ("plh", "851/8/2027")
        row = session.scalars(select(HistoryRow).where(HistoryRow.name == "approval.granted")).one()
        assert json.loads(row.payload)["mandate"] == "plh"
        assert [value.value for value in row.values] == ["Unit_head Contoh"]


def test_a_plt_signs_on_nobodys_behalf(world: World) -> None:
    world.end_mandate("unit_head", FIRST_DAY - timedelta(days=1))
    world.appoint("unit_head", "deputy", "plt", FIRST_DAY, FRIDAY)
    assert signer(world, walk.to_approval(world)) == ("deputy", "", "")


def test_a_long_absence_without_a_letter_waits_in_the_queue_until_there_is_one(world: World) -> None:
    leave = announce(world, stand_in=None)
    version_id = walk.to_approval(world)
    assert signer(world, version_id) == ("", "on_leave", "")
    assert isinstance(walk.decide(world, "unit_head", version_id, "unit_head").error, Denied)
    with world.trying() as session:
        assert [why for _task, why in orphan_tasks(session, today(session))] == ["on_leave"]
    name_later(world, leave, "deputy")
    assert signer(world, version_id) == ("deputy", "", "unit_head")


def test_a_short_absence_leaves_the_tasks_where_they_are(world: World) -> None:
    announce(world, stand_in=None, last=date(2027, 1, 22))
    assert signer(world, walk.to_approval(world)) == ("unit_head", "", "")


@pytest.mark.parametrize(
    ("role", "kind", "last", "expected"),
    [
        ("unit_head", "plh", date(2027, 1, 25), "absence_too_short"),
        ("unit_head", "plt", FRIDAY, "for_vacancy"),
        ("unit_head", "pjs", FRIDAY, "kind_unknown"),
        ("authorised_official", "plh", date(2027, 2, 5), "absence_too_long"),
        ("authorised_official", "pj", FRIDAY, "absence_too_short"),
    ],
)
def test_the_length_of_the_absence_decides_the_kind(
    world: World, role: str, kind: str, last: date, expected: str
) -> None:
    with pytest.raises(Refused) as error:
        announce(world, role=role, kind=kind, last=last)
    assert code(error) == expected
    with world.trying() as session:
        assert session.scalars(select(OfficeLeave)).all() == []


@pytest.mark.parametrize(
    ("role", "kind", "last"),
    [
        ("unit_head", "plh", date(2027, 1, 26)),
        ("authorised_official", "plh", date(2027, 2, 4)),
        ("authorised_official", "pj", date(2027, 2, 5)),
    ],
)
def test_the_threshold_itself_is_enough(world: World, role: str, kind: str, last: date) -> None:
    announce(world, role=role, kind=kind, last=last)


def test_a_holiday_is_no_working_day(world: World) -> None:
    world.set_parameter("calendar.holidays", ["2027-01-25"])
    with pytest.raises(Refused) as error:
        announce(world, last=date(2027, 1, 26))
    assert code(error) == "absence_too_short"


def test_one_absence_covers_every_office_of_the_person(world: World) -> None:
    world.end_mandate("hrd_agency_head", FIRST_DAY - timedelta(days=1))
    world.appoint("hrd_agency_head", "unit_head", "definitive", FIRST_DAY, None)
    announce(world)
    version_id = walk.to_approval(world)
    assert signer(world, version_id) == ("deputy", "", "unit_head")
    assert walk.decide(world, "deputy", version_id, "unit_head").error is None
    assert signer(world, version_id, "hrd_agency_head") == ("authorised_official", "counted_twice", "")


def test_back_early_the_tasks_go_back_the_day_after(world: World) -> None:
    leave = announce(world)
    version_id = walk.to_approval(world)
    tuesday = FIRST_DAY + timedelta(days=1)
    end(world, leave, tuesday)
    world.clock.go(tuesday)
    assert signer(world, version_id)[0] == "deputy"
    world.clock.go(tuesday + timedelta(days=1))
    assert signer(world, version_id) == ("unit_head", "", "")
    with world.trying() as session:
        assert not tasks_for(session, world.people["deputy"], today(session))


def test_an_announcement_is_taken_back_before_its_first_day(world: World) -> None:
    leave = announce(world)
    end(world, leave, FIRST_DAY - timedelta(days=1))
    assert acting(world, FIRST_DAY) == "unit_head"
    announce(world)
    assert acting(world, FIRST_DAY) == "deputy"


def test_a_leave_does_not_end_before_what_the_stand_in_decided(world: World) -> None:
    leave = announce(world)
    walk.decide(world, "deputy", walk.to_approval(world), "unit_head")
    with pytest.raises(Refused) as error:
        end(world, leave, FIRST_DAY - timedelta(days=1))
    assert code(error) == "decided_later"
    assert acting(world, FIRST_DAY) == "deputy"


def test_one_absence_at_a_time_and_one_stand_in(world: World) -> None:
    leave = announce(world)
    with pytest.raises(Refused) as error:
        announce(world, stand_in=None, last=date(2027, 1, 20))
    assert code(error) == "away_already"
    with pytest.raises(Refused) as twice:
        name_later(world, leave, "stranger")
    assert code(twice) == "already_stood_in"
    with pytest.raises(Refused) as away:
        announce(world, stand_in="unit_head", role="hrd_agency_head")
    assert code(away) == "stand_in_away"


def test_who_is_away_does_not_stand_in_for_themselves(world: World) -> None:
    with pytest.raises(Refused) as error:
        announce(world, stand_in="unit_head")
    assert code(error) == "stands_in_for_self"
    with world.trying() as session:
        assert session.scalars(select(OfficeHolding).where(OfficeHolding.kind == "plh")).all() == []


def test_days_that_are_over_or_swapped_and_a_vacant_office_are_refused(world: World) -> None:
    cases = (
        (date(2027, 1, 15), date(2027, 1, 4), "leave_over"),
        (date(2027, 1, 15), FIRST_DAY, "days_swapped"),
    )
    for last, first, expected in cases:
        with pytest.raises(Refused) as error:
            announce(world, stand_in=None, last=last, first=first)
        assert code(error) == expected
    world.end_mandate("unit_head", FIRST_DAY - timedelta(days=1))
    with pytest.raises(Refused) as vacant:
        announce(world)
    assert code(vacant) == "nobody_to_leave"


def test_a_leave_that_is_over_takes_no_stand_in(world: World) -> None:
    leave = announce(world, stand_in=None)
    world.clock.go(FRIDAY + timedelta(days=1))
    with pytest.raises(Conflict):
        name_later(world, leave, "deputy")


@pytest.mark.parametrize("name", ["unit_head", "quality", "administrator", "inspector", "author"])
def test_absences_are_entered_by_the_agency_alone(world: World, name: str) -> None:
    leave = announce(world)
    with pytest.raises(Denied):
        announce(world, by=name)
    with pytest.raises(Denied):
        end(world, leave, FIRST_DAY, by=name)
