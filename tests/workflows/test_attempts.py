"""What was tried for each row is kept, without a secret, and not for ever; dates are sent again when ours change."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.support import walk
from tests.support.world import World
from workflows.actions import attempts, sync, sync_dates
from workflows.actions.enrolments import retry_one
from workflows.errors import Conflict
from workflows.models import Batch, Enrolment, SyncAttempt
from workflows.ports import AccountResult, AccountStatus, Concern, RowResult, RowStatus

FIRST = datetime(2027, 4, 4, 16, tzinfo=UTC)
"""Midnight of 5 April in the zone."""
AFTER_GRACE = datetime(2027, 5, 9, 16, tzinfo=UTC)


@pytest.fixture
def rows(world: World) -> list[int]:
    return walk.enrol(world, walk.to_approved(world), ["learner1", "learner2"])


def _claim(world: World) -> sync.CourseWork:
    with world.writing() as session:
        work = sync.claim(session, site_id=world.site, course_ref="7", owner="worker", lease=walk.LEASE)
    assert work is not None
    return work


def _tries(world: World, row: int) -> list[SyncAttempt]:
    with world.trying() as session:
        found = list(attempts.attempts_of(session, row, before=None, most=50))
        session.expunge_all()
        return found


def test_each_run_leaves_what_was_sent_and_what_came_back(world: World, rows: list[int]) -> None:
    work = _claim(world)
    with world.writing() as session:
        found = [
            AccountResult(one.key, AccountStatus.FOUND, str(50 + n)) for n, one in enumerate(work.unknown)
        ]
        wishes = sync.settle_accounts(session, work=work, results=found)
        results = [
            RowResult(str(rows[0]), RowStatus.APPLIED),
            RowResult(str(rows[1]), RowStatus.REFUSED, "invalidparameter", "user", Concern.ROW),
        ]
        sent = {wish.enrolment_id: wish for wish in wishes}
        sync.settle_rows(session, work=work, settled=[], results=results, sent=sent)
    (good,), (bad,) = _tries(world, rows[0]), _tries(world, rows[1])
    assert (good.doing, good.outcome, good.kind, good.run) == ("send", "applied", "", work.run)
    assert json.loads(good.sent) == {
        "account": "50",
        "wish": "active",
        "from": "2027-04-04T16:00+00:00",
        "to": "2027-05-09T16:00+00:00",
    }
    assert (bad.outcome, bad.code, bad.answer, bad.kind) == ("failed", "invalidparameter", "user", "row")


def test_a_run_that_ended_early_and_an_account_that_lacks_are_tries_as_well(
    world: World, rows: list[int]
) -> None:
    work = _claim(world)
    with world.writing() as session:
        sync.settle_waiting(session, work=work, code="http_502", message="The site broke off")
        sync.release_course(session, work=work)
    world.clock.wait(minutes=2)
    work = _claim(world)
    with world.writing() as session:
        missing = [AccountResult(one.key, AccountStatus.MISSING) for one in work.unknown]
        sync.settle_accounts(session, work=work, results=missing)
    newest, first = _tries(world, rows[0])
    assert (first.doing, first.code, first.kind, first.sent) == ("none", "http_502", "transient", "")
    assert (newest.doing, newest.outcome, newest.code) == ("account", "needs_account", "missing")
    assert newest.run != first.run


def test_old_tries_are_forgotten_and_young_ones_stay(world: World, rows: list[int]) -> None:
    walk.deliver(world)
    world.clock.work += timedelta(days=181)
    with world.writing() as session:
        session.get_one(Enrolment, rows[0]).status = "waiting"
    walk.deliver(world)
    with world.writing() as session:
        assert attempts.forget_old(session) == 2
        assert attempts.forget_old(session) == 0
        assert session.scalar(select(func.count()).select_from(SyncAttempt)) == 1


def test_dates_of_the_batch_go_along_and_what_was_given_is_kept(world: World, rows: list[int]) -> None:
    walk.deliver(world)
    with world.trying() as session:
        row = session.get_one(Enrolment, rows[0])
        assert (row.applied_starts_at, row.applied_ends_at) == (FIRST, AFTER_GRACE)
        assert sync_dates.renew_dates(session) == 0


def test_rows_are_due_again_when_our_dates_change_and_only_those_of_that_batch(
    world: World, rows: list[int]
) -> None:
    walk.deliver(world)
    with world.writing() as session:
        batch = session.scalars(select(Batch)).one()
        batch.ends_on += timedelta(days=2)
        session.flush()
        assert sync_dates.renew_dates(session) == 2
    with world.trying() as session:
        assert set(session.scalars(select(Enrolment.status))) == {"waiting"}
    walk.deliver(world)
    with world.trying() as session:
        row = session.get_one(Enrolment, rows[0])
        assert row.applied_ends_at == AFTER_GRACE + timedelta(days=2)
        assert sync_dates.renew_dates(session) == 0


def test_a_longer_grace_is_sent_as_well_and_a_batch_long_over_is_left_alone(
    world: World, rows: list[int]
) -> None:
    walk.deliver(world)
    world.set_parameter("completion.grace_days", 40)
    with world.trying() as session:
        assert sync_dates.renew_dates(session) == 2
    world.clock.work += timedelta(days=400)
    with world.trying() as session:
        assert sync_dates.renew_dates(session) == 0


def test_one_row_is_sent_again_by_hand_and_a_settled_one_is_not(world: World, rows: list[int]) -> None:
    walk.deliver(world)
    with world.writing() as session:
        session.get_one(Enrolment, rows[1]).status = "failed"
    with world.writing() as session:
        planner = world.actor(session, "planner")
        assert retry_one(session, actor=planner, enrolment_id=rows[1]).status == "waiting"
        with pytest.raises(Conflict):
            retry_one(session, actor=planner, enrolment_id=rows[0])


def test_a_run_that_never_came_to_its_end_is_told_by_the_next(world: World, rows: list[int]) -> None:
    _claim(world)
    assert _tries(world, rows[0]) == []
    world.clock.wait(seconds=61)
    with world.writing() as session:
        work = sync.claim(session, site_id=world.site, course_ref="7", owner="other", lease=walk.LEASE)
        assert work is not None
        sync.release_course(session, work=work)
    for row in rows:
        (told,) = _tries(world, row)
        assert (told.code, told.outcome, told.kind) == ("run_interrupted", "waiting", "transient")
    work = _claim(world)
    assert len(_tries(world, rows[0])) == 1, "one that was given back is no interruption"
