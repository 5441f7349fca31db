"""A site's breaker: opens after some failures, one alarm for a refusal, a trial a minute, then all is due at once."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.support import walk
from tests.support.world import World
from workflows.actions import breaker, pauses, sync
from workflows.errors import Conflict, Denied, Refused
from workflows.models import Enrolment, HistoryRow, Site
from workflows.ports import Concern, RowResult, RowStatus
from workflows.sync_plan import Wish


@pytest.fixture
def rows(world: World) -> list[int]:
    return walk.enrol(world, walk.to_approved(world), ["learner1", "learner2"])


def _fail(world: World, times: int, code: str = "http_502") -> None:
    for _ in range(times):
        with world.writing() as session:
            breaker.run_failed(session, site_id=world.site, code=code)


def _site(world: World) -> Site:
    with world.trying() as session:
        site = session.get_one(Site, world.site)
        session.expunge(site)
        return site


def _trials(world: World) -> list[breaker.Trial]:
    with world.writing() as session:
        return breaker.claim_trials(session)


def _due(world: World) -> list[tuple[int, str]]:
    with world.trying() as session:
        return sync.due_courses(session)


def _told(world: World, name: str) -> int:
    with world.trying() as session:
        return session.scalar(select(func.count()).where(HistoryRow.name == name)) or 0


def test_it_opens_after_three_failures_in_a_row_and_not_before(world: World, rows: list[int]) -> None:
    _fail(world, 2)
    assert _site(world).open_since is None
    assert _due(world) == [(world.site, "7")]
    with world.writing() as session:
        breaker.site_answers(session, site_id=world.site)
    _fail(world, 2)
    assert not _site(world).closed, "an answer between them starts the count again"
    _fail(world, 1)
    assert _site(world).open_since == world.clock.now()
    assert _due(world) == []
    _fail(world, 5)
    assert _told(world, "site.unreachable") == 1


def test_one_trial_a_minute_and_one_worker_has_it(world: World, rows: list[int]) -> None:
    _fail(world, 3)
    assert _trials(world) == [], "the failure that opened it was the first look"
    world.clock.wait(seconds=61)
    assert _trials(world) == [breaker.Trial(world.site, "7", by_row=False)]
    assert _trials(world) == []
    with world.writing() as session:
        breaker.trial_failed(session, site_id=world.site, code="http_503", refused=False)
    assert (_site(world).trouble_code, _site(world).trials) == ("http_503", 1)
    world.clock.wait(seconds=61)
    assert len(_trials(world)) == 1


def test_at_the_first_success_every_waiting_row_is_due_at_once(world: World, rows: list[int]) -> None:
    with world.writing() as session:
        for row in session.scalars(select(Enrolment)):
            row.next_attempt_at = world.clock.real_now().replace(year=2099)
    _fail(world, 3)
    with world.writing() as session:
        breaker.site_answers(session, site_id=world.site)
    assert _due(world) == [(world.site, "7")]
    site = _site(world)
    assert (site.open_since, site.failures, site.trouble_code, site.try_after) == (None, 0, "", None)
    assert _told(world, "site.answered") == 1


def test_an_answer_of_one_course_does_not_make_another_impatient(world: World, rows: list[int]) -> None:
    later = world.clock.real_now().replace(year=2099)
    with world.writing() as session:
        session.get_one(Enrolment, rows[0]).next_attempt_at = later
    _fail(world, 1)
    with world.writing() as session:
        breaker.site_answers(session, site_id=world.site)
    with world.trying() as session:
        assert session.get_one(Enrolment, rows[0]).next_attempt_at == later


def test_a_refusal_of_every_call_is_one_alarm_however_often_it_is_met(world: World, rows: list[int]) -> None:
    for _ in range(4):
        with world.writing() as session:
            breaker.site_refuses(session, site_id=world.site, code="invalidtoken")
    assert _told(world, "site.refuses") == 1
    assert _due(world) == []
    world.clock.wait(seconds=61)
    assert _trials(world) == [breaker.Trial(world.site, "7", by_row=False)]
    with world.writing() as session:
        breaker.trial_failed(session, site_id=world.site, code="accessexception", refused=True)
    assert _site(world).paused_code == "accessexception"
    assert _told(world, "site.refuses") == 2, "another cause is another alarm"


def test_a_wanting_right_pauses_all_and_rows_wait_instead_of_failing(world: World, rows: list[int]) -> None:
    with world.writing() as session:
        work = sync.claim(session, site_id=world.site, course_ref="7", owner="a", lease=walk.LEASE)
        assert work is not None
        refused = [
            RowResult(str(row), RowStatus.REFUSED, "nopermissions", concerns=Concern.RIGHTS) for row in rows
        ]
        sync.settle_rows(
            session,
            work=work,
            settled=[],
            results=refused,
            sent={row: Wish(row, "9", "active") for row in rows},
        )
        breaker.run_over(session, site_id=world.site, course_ref="7", results=refused, settled=0)
        sync.release_course(session, work=work)
    with world.trying() as session:
        assert set(session.scalars(select(Enrolment.status))) == {"waiting"}
    site = _site(world)
    assert (site.paused_code, site.paused_course) == ("nopermissions", "7")
    world.clock.wait(seconds=61)
    assert _trials(world) == [breaker.Trial(world.site, "7", by_row=True)]
    with world.writing() as session:
        work = sync.claim(
            session, site_id=world.site, course_ref="7", owner="a", lease=walk.LEASE, trial=True
        )
        assert work is not None
        assert len(work.rows) == 1


def test_a_right_that_lacks_in_one_course_only_fails_its_rows_and_frees_the_others(
    world: World, rows: list[int]
) -> None:
    with world.writing() as session:
        session.get_one(Enrolment, rows[1]).course_ref = "8"
        breaker.site_refuses(session, site_id=world.site, code="requireloginerror", course_ref="7")
    world.clock.wait(seconds=61)
    assert _trials(world) == [breaker.Trial(world.site, "8", by_row=True)], "another course is tried"
    with world.writing() as session:
        breaker.site_answers(session, site_id=world.site, course_ref="8")
    with world.trying() as session:
        row = session.get_one(Enrolment, rows[0])
        assert (row.status, row.error_code) == ("failed", "requireloginerror")
        assert session.get_one(Enrolment, rows[1]).status == "waiting"
    assert not _site(world).closed


def test_a_person_pauses_and_resumes_and_nothing_is_sent_meanwhile(world: World, rows: list[int]) -> None:
    with world.writing() as session:
        pauses.pause_sync(
            session, actor=world.actor(session, "planner"), site_id=world.site, reason="Ujian di Moodle"
        )
    assert _due(world) == []
    _fail(world, 3)
    world.clock.wait(hours=1)
    assert _trials(world) == []
    with world.writing() as session:
        pauses.resume_sync(session, actor=world.actor(session, "administrator"), site_id=world.site)
    assert len(_trials(world)) == 1


def test_one_course_can_be_paused_alone(world: World, rows: list[int]) -> None:
    with world.writing() as session:
        session.get_one(Enrolment, rows[1]).course_ref = "8"
        planner = world.actor(session, "planner")
        pauses.pause_sync(session, actor=planner, site_id=world.site, course_ref="8", reason="Disusun ulang")
    assert _due(world) == [(world.site, "7")]
    with world.writing() as session:
        assert sync.claim(session, site_id=world.site, course_ref="8", owner="a", lease=walk.LEASE) is None


def test_a_pause_has_a_reason_and_is_no_strangers_business(world: World) -> None:
    with world.trying() as session:
        planner, stranger = world.actor(session, "planner"), world.actor(session, "stranger")
        with pytest.raises(Denied):
            pauses.pause_sync(session, actor=stranger, site_id=world.site, reason="x")
        with pytest.raises(Refused):
            pauses.pause_sync(session, actor=planner, site_id=world.site, reason=" ")
        with pytest.raises(Conflict):
            pauses.resume_sync(session, actor=planner, site_id=world.site)
        pauses.pause_sync(session, actor=planner, site_id=world.site, reason="x")
        session.flush()
        with pytest.raises(Conflict):
            pauses.pause_sync(session, actor=planner, site_id=world.site, reason="x")
