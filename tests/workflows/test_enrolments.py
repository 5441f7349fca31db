"""Participants: the wish is a row of ours, whatever Moodle does (R13, R26)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.support import walk
from tests.support.world import STARTS, World
from workflows.actions import enrolments
from workflows.errors import Conflict, Denied, NotFound, Refused
from workflows.models import Batch, Enrolment, HistoryRow, Person, ProgrammeVersion


def test_the_wish_is_a_row_that_waits(world: World) -> None:
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, ["learner1", "learner2", "learner1"])
    walk.enrol(world, version_id, ["learner2"])
    with world.trying() as session:
        rows = session.scalars(select(Enrolment)).all()
        assert [(r.desired, r.applied, r.status, r.course_ref) for r in rows] == [
            ("active", "none", "waiting", "7")
        ] * 2
        assert (session.query(Batch).one().starts_on, session.query(Batch).one().number) == (STARTS, 1)
        told = session.scalars(select(HistoryRow.name).where(HistoryRow.name == "enrolment.requested"))
        assert len(told.all()) == 1


def test_seats_are_not_exceeded_and_a_left_seat_is_free_again(world: World) -> None:
    version_id = walk.to_approved(world, seats=2)
    with pytest.raises(Refused) as caught:
        walk.enrol(world, version_id, ["learner1", "learner2", "learner3"])
    sentence = caught.value.sentence % caught.value.values
    assert sentence == "Tempat tidak cukup: 2 tempat, 0 terisi, 3 hendak ditambahkan."
    first, _ = walk.enrol(world, version_id, ["learner1", "learner2"])
    with pytest.raises(Refused):
        walk.enrol(world, version_id, ["learner3"])
    _withdraw(world, first)
    walk.enrol(world, version_id, ["learner3"])
    with pytest.raises(Refused):
        walk.enrol(world, version_id, ["learner1"])


def test_nobody_enters_the_own_enrolment(world: World) -> None:
    version_id = walk.to_approved(world)
    with pytest.raises(Denied) as caught:
        walk.enrol(world, version_id, ["learner1", "planner"])
    assert caught.value.rule == "R13"
    with world.trying() as session:
        assert session.query(Enrolment).count() == 0


def test_only_people_in_service_and_only_the_agency(world: World) -> None:
    version_id = walk.to_approved(world)
    with world.writing() as session:
        session.get_one(Person, world.people["learner1"]).left_on = STARTS
    with pytest.raises(NotFound):
        walk.enrol(world, version_id, ["learner1", "learner2"])
    with world.trying() as session, pytest.raises(Denied):
        enrolments.enrol(
            session,
            actor=world.actor(session, "quality"),
            version_id=version_id,
            person_ids=[world.people["learner2"]],
        )


def test_enrolling_needs_approval_and_a_course(world: World) -> None:
    with pytest.raises(Conflict, match="wrong_state"):
        walk.enrol(world, walk.to_proposed(world), ["learner1"])
    with pytest.raises(Refused) as caught:
        walk.enrol(world, walk.to_approved(world, site_id=None), ["learner1"])
    assert (caught.value.code, caught.value.rule) == ("no_course", "R26")


def _withdraw(world: World, enrolment_id: int, reason: str = "Pindah") -> None:
    with world.writing() as session:
        actor = world.actor(session, "planner")
        enrolments.withdraw(session, actor=actor, enrolment_id=enrolment_id, reason=reason)


def test_who_leaves_is_to_be_suspended_and_may_come_back(world: World) -> None:
    version_id = walk.to_approved(world)
    (row_id,) = walk.enrol(world, version_id, ["learner1"])
    walk.deliver(world)
    with pytest.raises(Refused):
        _withdraw(world, row_id, reason=" ")
    _withdraw(world, row_id)
    with pytest.raises(Conflict, match="already_off"):
        _withdraw(world, row_id)
    assert _row(world, row_id) == ("suspended", "active", "waiting")
    walk.deliver(world)
    assert _row(world, row_id) == ("suspended", "suspended", "applied")
    assert walk.enrol(world, version_id, ["learner1"]) == [row_id]
    assert _row(world, row_id) == ("active", "suspended", "waiting")
    with pytest.raises(NotFound):
        _withdraw(world, 99)


def _row(world: World, row_id: int) -> tuple[str, str, str]:
    with world.trying() as session:
        row = session.get_one(Enrolment, row_id)
        return row.desired, row.applied, row.status


def _start(world: World, version_id: int) -> None:
    with world.writing() as session:
        enrolments.start(session, actor=world.actor(session, "clock"), version_id=version_id)


def test_start_waits_for_its_day_and_for_a_participant_but_not_for_moodle(world: World) -> None:
    version_id = walk.to_approved(world)
    with pytest.raises(Refused, match="too_early"):
        _start(world, version_id)
    world.clock.go(STARTS, hour=0)
    with pytest.raises(Refused, match="no_participant"):
        _start(world, version_id)
    (row_id,) = walk.enrol(world, version_id, ["learner1"])
    _withdraw(world, row_id)
    with pytest.raises(Refused, match="no_participant"):
        _start(world, version_id)
    walk.enrol(world, version_id, ["learner1"])
    _start(world, version_id)
    with world.trying() as session:
        assert session.get_one(ProgrammeVersion, version_id).state == "running"
        assert session.scalars(select(Enrolment.applied)).all() == ["none"]


def test_a_person_sends_failed_rows_again(world: World) -> None:
    version_id = walk.to_approved(world)
    ids = walk.enrol(world, version_id, ["learner1", "learner2", "learner3"])
    with world.writing() as session:
        for row_id, status in zip(ids, ("failed", "needs_account", "applied"), strict=True):
            session.get_one(Enrolment, row_id).status = status
    with world.writing() as session:
        actor = world.actor(session, "administrator")
        assert enrolments.retry(session, actor=actor, version_id=version_id) == 2
    with world.trying() as session:
        assert session.scalars(select(Enrolment.status).order_by(Enrolment.id)).all() == [
            "waiting",
            "waiting",
            "applied",
        ]
        with pytest.raises(Denied):
            enrolments.retry(session, actor=world.actor(session, "quality"), version_id=version_id)
