"""Who prepares for an office: appointed by its holder or the agency, for some days, and ended (R8, R12)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.support import walk
from tests.support.world import FIRST_DAY, World
from tests.workflows.test_leaves import announce
from tests.workflows.test_preparations import DOES, ROLES, appoint, mark, task_id
from workflows.actions import preparers
from workflows.clock import today
from workflows.errors import Conflict, Denied, NotFound, Refused
from workflows.letters import Letter
from workflows.models import Preparer
from workflows.preparations import prepared_by


def test_whoever_appoints_is_the_agency_the_administrator_or_the_office_s_holder(world: World) -> None:
    may = {"planner2", "administrator", "unit_head", "hrd_agency_head"}
    for name in (*ROLES, "deputy"):
        given = {
            "office_id": world.offices["unit_head"],
            "person_id": world.people["superior"],
            "valid_from": FIRST_DAY,
        }
        with world.trying() as session:
            if name in may:
                preparers.appoint_preparer(session, actor=world.actor(session, name), **given)
            else:
                with pytest.raises(Denied):
                    preparers.appoint_preparer(session, actor=world.actor(session, name), **given)


def test_a_plh_appoints_for_the_office_and_the_one_away_does_not(world: World) -> None:
    announce(world)
    appoint(world, "superior", by="deputy")
    with pytest.raises(Denied):
        appoint(world, "nurse", by="unit_head")


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("preparer_days", {"valid_from": FIRST_DAY - timedelta(days=1)}),
        ("preparer_days", {"valid_to": FIRST_DAY - timedelta(days=1)}),
        ("prepares_for_self", {"name": "unit_head"}),
        ("own_letter", {"name": "planner"}),
        ("letter_missing", {"letter": Letter(" ", FIRST_DAY)}),
        ("letter_day", {"letter": Letter("800/1", FIRST_DAY + timedelta(days=1))}),
    ],
)
def test_an_appointment_is_refused_with_its_reason(
    world: World, code: str, changes: dict[str, object]
) -> None:
    with pytest.raises(Refused) as refused:
        appoint(world, **changes)
    assert refused.value.code == code
    assert refused.value.rule


def test_nobody_prepares_twice_at_once_and_an_ended_one_may_come_again(world: World) -> None:
    first = appoint(world, valid_to=date(2027, 3, 1), letter=Letter("800/7", FIRST_DAY))
    with pytest.raises(Conflict):
        appoint(world, valid_from=date(2027, 3, 1))
    appoint(world, valid_from=date(2027, 3, 2))
    task = task_id(world, walk.to_approval(world))
    with world.writing() as session:
        preparers.end_preparer(
            session, actor=world.actor(session, "unit_head"), preparer_id=first, reason="Pindah"
        )
    with pytest.raises(Denied):
        mark(world, task)
    with world.writing() as session, pytest.raises(Conflict):
        preparers.end_preparer(
            session, actor=world.actor(session, "planner"), preparer_id=first, reason="Lagi"
        )
    with world.writing() as session, pytest.raises(NotFound):
        preparers.end_preparer(
            session, actor=world.actor(session, "planner"), preparer_id=999, reason="Tidak ada"
        )
    appoint(world, valid_to=date(2027, 3, 1))
    mark(world, task)
    with world.trying() as session:
        row = session.get_one(Preparer, first)
        assert (row.letter_no, row.last_day, row.end_reason) == (
            "800/7",
            FIRST_DAY - timedelta(days=1),
            "Pindah",
        )


def test_a_preparer_prepares_only_within_the_dates_and_while_in_service(world: World) -> None:
    task = task_id(world, walk.to_approval(world))
    appoint(world, valid_from=FIRST_DAY + timedelta(days=1), valid_to=FIRST_DAY + timedelta(days=2))
    for days, may in ((0, False), (1, True), (2, True), (3, False)):
        world.clock.go(FIRST_DAY + timedelta(days=days))
        with world.trying() as session:
            assert bool(prepared_by(session, world.people["superior"], today(session))) is may
            if may:
                DOES["mark"](session, world, "superior", task)
            else:
                with pytest.raises(Denied):
                    DOES["mark"](session, world, "superior", task)
