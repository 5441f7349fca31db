"""Taking somebody out of a course for good: by decision, with a reason, never what is learnt (R26, R27)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support import walk
from tests.support.world import LEARNERS, STARTS, World
from workflows.actions import enrolments, unenrolling
from workflows.clock import now
from workflows.errors import Conflict, Denied, NotFound, Refused
from workflows.models import Completion, CourseProgress, Enrolment, HistoryRow, JpEntry


def unenrol(world: World, row_id: int, by: str = "planner", reason: str = "Salah orang") -> None:
    with world.writing() as session:
        unenrolling.unenrol(session, actor=world.actor(session, by), enrolment_id=row_id, reason=reason)


def row_of(world: World, row_id: int) -> tuple[str, str, str]:
    with world.trying() as session:
        row = session.get_one(Enrolment, row_id)
        return row.desired, row.applied, row.status


def suspend(world: World, row_id: int) -> None:
    with world.writing() as session:
        actor = world.actor(session, "planner")
        enrolments.withdraw(session, actor=actor, enrolment_id=row_id, reason="Pindah")


@pytest.fixture
def row_id(world: World) -> int:
    (found,) = walk.enrol(world, walk.to_approved(world), LEARNERS[:1])
    walk.deliver(world)
    return found


def test_who_has_begun_nothing_is_taken_out_with_a_reason(world: World, row_id: int) -> None:
    with pytest.raises(Refused, match="reason_missing"):
        unenrol(world, row_id, reason=" ")
    unenrol(world, row_id)
    assert row_of(world, row_id) == ("removed", "active", "waiting")
    with pytest.raises(Conflict, match="already_removed"):
        unenrol(world, row_id)
    walk.deliver(world)
    assert row_of(world, row_id) == ("removed", "removed", "applied")
    with world.trying() as session:
        told = session.scalars(select(HistoryRow).where(HistoryRow.name == "enrolment.unenrolled")).one()
        assert f'"enrolment":{row_id}' in told.payload
        assert "Salah orang" not in told.payload


@pytest.mark.parametrize(("steps", "grade"), [(1, None), (0, 40.0)])
def test_who_has_begun_is_suspended_first(world: World, row_id: int, steps: int, grade: float | None) -> None:
    with world.writing() as session:
        session.add(
            CourseProgress(
                enrolment_id=row_id, steps_done=steps, steps_total=4, grade=grade, read_at=now(session)
            )
        )
    with pytest.raises(Refused, match="has_begun"):
        unenrol(world, row_id)
    suspend(world, row_id)
    unenrol(world, row_id)
    assert row_of(world, row_id) == ("removed", "active", "waiting")


def test_what_was_completed_stays_with_its_hours(world: World) -> None:
    version_id = walk.to_running(world, LEARNERS[:2])
    world.clock.go(walk.FINISHED.date() + timedelta(days=1))
    walk.report(world, walk.fact(world, "learner1"))
    with world.trying() as session:
        row_id = walk.enrolment_of(session, world, version_id, "learner1").id
        assert session.query(Completion).count() == session.query(JpEntry).count() == 1
    with pytest.raises(Refused, match="has_begun"):
        unenrol(world, row_id)
    suspend(world, row_id)
    unenrol(world, row_id)
    with world.trying() as session:
        assert session.query(Completion).count() == session.query(JpEntry).count() == 1


def test_they_can_be_enrolled_again(world: World, row_id: int) -> None:
    unenrol(world, row_id)
    walk.deliver(world)
    with world.trying() as session:
        version_id = session.get_one(Enrolment, row_id).batch.version_id
    assert walk.enrol(world, version_id, LEARNERS[:1]) == [row_id]
    assert row_of(world, row_id) == ("active", "removed", "waiting")


def test_only_the_agency_and_never_the_own_row(world: World, row_id: int) -> None:
    for name in ("administrator", "quality", "inspector", "stranger"):
        with pytest.raises(Denied):
            unenrol(world, row_id, by=name)
    with pytest.raises(NotFound):
        unenrol(world, 9_999)
    version_id = walk.to_approved(world)
    with world.writing() as session:
        other = world.actor(session, "planner2")
        (own,) = enrolments.enrol(
            session, actor=other, version_id=version_id, person_ids=[world.people["planner"]]
        )
        session.flush()
        own_id = own.id
    with pytest.raises(Denied) as caught:
        unenrol(world, own_id)
    assert caught.value.rule == "R13"


def test_a_programme_that_is_over_is_not_touched(world: World) -> None:
    version_id = walk.to_evaluated(world)
    with world.trying() as session:
        row_id = session.scalars(select(Enrolment.id).order_by(Enrolment.id)).first()
    assert row_id is not None
    assert version_id
    with pytest.raises(Conflict, match="wrong_state"):
        unenrol(world, row_id)
    assert world.clock.now().date() > STARTS
