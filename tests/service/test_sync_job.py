"""Enrolments reach Moodle whatever it answers: the programme goes on, rows say why and when the next try is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lms_connectors.moodle.platform import MoodlePlatform
from lms_connectors.sandbox import SandboxServer, SeedCourse
from lms_connectors.sandbox import faults as trouble
from lms_connectors.sandbox.faults import Fault
from lms_connectors.sandbox.refusal import invalid_token
from service.config import BadSetting
from service.jobs.breaker import try_closed_sites
from service.jobs.context import JobContext
from service.jobs.enrolments import SyncSummary, sync_due
from tests.support import walk
from tests.support.world import LEARNERS, STARTS, World
from workflows.actions.enrolments import retry, start
from workflows.actions.sync import next_try
from workflows.models import Batch, CourseLease, Enrolment, ProgrammeVersion, Site

TOKEN = "t" * 32


@pytest.fixture
def version(world: World) -> int:
    """An approved version with all learners wished into course 7."""
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, LEARNERS)
    return version_id


def rows(world: World, version_id: int) -> list[Enrolment]:
    with world.trying() as session:
        found = session.scalars(select(Enrolment).join(Batch).where(Batch.version_id == version_id)).all()
        session.expunge_all()
    return list(found)


def enrolled(moodle: SandboxServer) -> list[int]:
    with moodle.app.site.store.reading() as db:
        return [row[0] for row in db.execute("SELECT user FROM enrolments WHERE course = 7")]


def test_everyone_is_enrolled_once_and_again_changes_nothing(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    assert sync_due(jobs) == SyncSummary(applied=8)
    assert sync_due(jobs) == SyncSummary()
    assert {(row.status, row.applied) for row in rows(world, version)} == {("applied", "active")}
    assert len(enrolled(moodle)) == len(set(enrolled(moodle))) == 8


FAULTS = {
    "down": (trouble.BAD_GATEWAY, "http_502"),
    "maintenance": (trouble.UNAVAILABLE, "http_503"),
    "a page instead of an answer": (trouble.HTML, "html"),
    "too slow": (Fault(seconds=2.5), "timeout"),
    "token gone": (Fault(refusal=invalid_token()), "invalidtoken"),
}


@pytest.mark.parametrize(("fault", "code"), FAULTS.values(), ids=FAULTS)
def test_trouble_makes_rows_wait_with_reason_and_next_try_and_the_programme_goes_on(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int, fault: Fault, code: str
) -> None:
    moodle.app.faults.always = fault
    summary = sync_due(jobs)
    assert (summary.applied, summary.waiting) == (0, 8)
    waiting = rows(world, version)
    assert {(row.status, row.error_code, row.attempts) for row in waiting} == {("waiting", code, 1)}
    with world.trying() as session:
        site = session.get_one(Site, world.site)
        assert all(next_try(row, site) > world.clock.real_now() for row in waiting)
        assert site.paused_code == ("invalidtoken" if code == "invalidtoken" else "")
        assert site.trouble_code == code
    assert sync_due(jobs) == SyncSummary(), "nothing is due before its time"
    world.clock.go(STARTS)
    with world.writing() as session:
        start(session, actor=world.actor(session, "planner"), version_id=version)
        assert session.get_one(ProgrammeVersion, version).state == "running"
    moodle.app.faults.clear()
    world.clock.wait(minutes=2)
    assert try_closed_sites(jobs) == (1 if code == "invalidtoken" else 0)
    assert sync_due(jobs) == SyncSummary(applied=8)
    assert sorted(enrolled(moodle)) == sorted(set(enrolled(moodle)))
    with world.trying() as session:
        site = session.get_one(Site, world.site)
        assert (site.paused_code, site.failures, site.try_after) == ("", 0, None)


def test_an_answer_lost_after_the_work_enrols_nobody_twice(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    lost = replace(trouble.GATEWAY_TIMEOUT_AFTER_WORK, function="enrol_manual_enrol_users")
    moodle.app.faults.next(lost)
    sync_due(jobs)
    world.clock.wait(hours=2)
    sync_due(jobs)
    assert {row.status for row in rows(world, version)} == {"applied"}
    assert len(enrolled(moodle)) == len(set(enrolled(moodle))) == 8


def test_a_person_can_have_it_tried_at_once(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    moodle.app.faults.always = trouble.BAD_GATEWAY
    sync_due(jobs)
    moodle.app.faults.clear()
    with world.writing() as session:
        assert retry(session, actor=world.actor(session, "planner"), version_id=version) == 8
    assert sync_due(jobs) == SyncSummary(applied=8)


def test_a_course_that_is_gone_fails_with_the_reason(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    with world.writing() as session:
        for row in session.scalars(select(Enrolment)):
            row.course_ref = "99"
    assert sync_due(jobs).failed == 8
    assert {(row.status, row.error_code) for row in rows(world, version)} == {("failed", "course_missing")}


def test_a_run_longer_than_its_lease_keeps_the_course(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    """The lease is renewed by the machine's time while the site is slow; the worker's end frees the course."""
    moodle.app.faults.always = Fault(seconds=0.5)
    short = replace(jobs, lease=timedelta(seconds=0.6))
    seen = []

    def until() -> None:
        with world.trying() as session:
            seen.append(session.scalars(select(CourseLease.until)).one())

    real = world.clock.real_now
    watching = replace(short, platform_for=lambda site: Watched(jobs.platform_for(site), until, world))
    assert sync_due(watching) == SyncSummary(applied=8)
    assert real() > seen[0]
    assert seen[-1] > seen[0], "renewed meanwhile"
    with world.trying() as session:
        assert session.scalars(select(CourseLease)).all() == []


class Watched:
    """A platform whose calls let the machine's clock run on, and look at the lease after each."""

    def __init__(self, platform: MoodlePlatform, look: Callable[[], None], world: World) -> None:
        self.platform, self.look, self.world = platform, look, world

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any) -> Any:
            answer = getattr(self.platform, name)(*args)
            self.world.clock.wait(seconds=0.5)
            time.sleep(0.3)
            self.look()
            return answer

        return call


@pytest.mark.parametrize("error", [BadSetting("no token"), LookupError("no package")])
def test_a_site_without_a_token_does_not_hold_up_the_others(
    world: World, jobs: JobContext, version: int, error: Exception
) -> None:
    def platform_for(site: Site) -> MoodlePlatform:
        raise error

    assert sync_due(replace(jobs, platform_for=platform_for)) == SyncSummary(waiting=8)
    assert {(row.status, row.error_code) for row in rows(world, version)} == {("waiting", "not_set_up")}
    with world.trying() as session:
        assert session.get_one(Site, world.site).paused_code == "not_set_up"


def test_after_three_failures_only_one_cheap_call_a_minute_goes_out_and_then_all_is_sent(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    with world.writing() as session:
        for number, row in enumerate(session.scalars(select(Enrolment))):
            row.course_ref = str(7 + number % 4)
    moodle.app.seed_courses([SeedCourse(fullname=f"K{n}", shortname=f"k{n}", ref=n) for n in (8, 9, 10)])
    moodle.app.faults.always = trouble.BAD_GATEWAY
    assert sync_due(jobs).waiting == 6, "the fourth course was not even tried"
    moodle.app.faults.calls.clear()
    for _ in range(5):
        assert try_closed_sites(jobs) == 0
        assert sync_due(jobs) == SyncSummary()
        world.clock.wait(seconds=30)
    assert list(moodle.app.faults.calls) == ["core_course_get_courses_by_field"] * 2
    moodle.app.faults.clear()
    world.clock.wait(seconds=61)
    assert try_closed_sites(jobs) == 1
    assert sync_due(jobs) == SyncSummary(applied=8)


def test_a_role_taken_away_is_one_alarm_and_rows_wait(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    sync_due(jobs)
    with world.writing() as session:
        for row in session.scalars(select(Enrolment)):
            row.desired, row.status, row.stop_agreed = "suspended", "waiting", "suspended"
    moodle.app.site.capable = False
    assert sync_due(jobs).waiting == 8
    assert {row.status for row in rows(world, version)} == {"waiting"}
    with world.trying() as session:
        assert session.get_one(Site, world.site).paused_code == "errorcoursecontextnotvalid"
    for _ in range(3):
        world.clock.wait(seconds=61)
        assert try_closed_sites(jobs) == 0, "the site answers, but a row does not go through"
    moodle.app.site.capable = True
    world.clock.wait(seconds=61)
    assert try_closed_sites(jobs) == 1
    assert sync_due(jobs) == SyncSummary(applied=7)


def test_a_site_with_many_courses_keeps_another_waiting_for_one_course_only(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    """One process does it all, and asks anew after each course: the sites take turns all the same."""
    with world.writing() as session:
        other = Site(code="other", name="Lain", url="http://lain.test", home_page="http://lain.test")
        session.add(other)
        session.flush()
        second = other.id
        for number, row in enumerate(session.scalars(select(Enrolment).order_by(Enrolment.id)).all()):
            row.course_ref = f"{7 + number}"
            row.site_id = second if number > 5 else world.site
    spoken: list[int] = []

    def platform_for(site: Site) -> MoodlePlatform:
        spoken.append(site.id)
        return MoodlePlatform(moodle.url, TOKEN, home_page="http://lms.test", timeouts=(1.0, 2.0))

    sync_due(replace(jobs, platform_for=platform_for))
    assert spoken == [world.site, second, world.site, second, *[world.site] * 4]
