"""What no statement brought is fetched: politely, once, and after an absence of ours at once (R28-R30)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms_connectors.memory import Fault, MemoryPlatform
from service.jobs.completions import fetch_missing
from service.jobs.context import JobContext
from tests.support import walk
from tests.support.account_jobs import lacks, told
from tests.support.moodle_beside import jobs_beside, site_as_told
from tests.support.world import ENDS, LEARNERS, World
from workflows.models import Completion, CoursePoll, CourseProgress, Enrolment, Fact, JpEntry, Site
from workflows.ports import Concern, LearningFact, Permanent, Retryable

Visit = Callable[[str], FlaskClient]
EVERY = timedelta(hours=6)
DONE = datetime(2027, 4, 9, 3, tzinfo=UTC)


@pytest.fixture
def version(world: World) -> int:
    """A version that runs in course 7; all learners are enrolled there; it is the last evening."""
    version_id = walk.to_running(world)
    world.clock.go(ENDS, hour=20)
    return version_id


@pytest.fixture
def moodle(world: World, version: int) -> MemoryPlatform:
    return site_as_told(world)


@pytest.fixture
def jobs(app: Flask, moodle: MemoryPlatform) -> JobContext:
    return jobs_beside(app, moodle, poll_every=EVERY, poll_learners=3)


def rounds(jobs: JobContext, goes: int = 3) -> int:
    return sum(fetch_missing(jobs) for _ in range(goes))


def poll(world: World) -> CoursePoll:
    with world.trying() as session:
        row = session.scalars(select(CoursePoll)).one()
        session.expunge(row)
        return row


def completed(world: World) -> int:
    with world.trying() as session:
        credits = session.scalar(select(func.count()).select_from(JpEntry)) or 0
        assert credits == session.scalar(select(func.count()).select_from(Completion))
        return credits


def test_a_site_that_tells_all_by_statements_is_not_asked(
    world: World, moodle: MemoryPlatform, jobs: JobContext
) -> None:
    moodle.complete("7", walk.remote_id(world, "learner1"), DONE)
    with world.writing() as session:
        session.get_one(Site, world.site).completion_source = "xapi"
    assert rounds(jobs) == 0
    assert moodle.calls == []
    with world.writing() as session:
        session.get_one(Site, world.site).completion_source = "polling"
    assert rounds(jobs) == 1


def test_a_completion_that_no_statement_brought_is_credited_once(
    world: World, moodle: MemoryPlatform, jobs: JobContext
) -> None:
    moodle.complete("7", walk.remote_id(world, "learner1"), DONE)
    assert rounds(jobs) == 1
    world.clock.wait(hours=7)
    assert rounds(jobs) == 0
    assert completed(world) == 1
    with world.trying() as session:
        (row,) = session.scalars(select(Fact))
        assert (row.source, row.status, row.happened_at) == ("polling", "applied", DONE)
    assert poll(world).brought == 1


def test_both_ways_meet_in_one_effect(world: World, moodle: MemoryPlatform, jobs: JobContext) -> None:
    told = walk.fact(world, "learner1", DONE)
    moodle.complete("7", told.account, DONE)
    assert rounds(jobs) == 1
    walk.report(world, told)
    assert completed(world) == 1


def test_learners_are_asked_in_small_goes_and_the_course_rests_afterwards(
    moodle: MemoryPlatform, jobs: JobContext, world: World
) -> None:
    asked: list[list[str]] = []
    real = moodle.progress
    moodle.progress = lambda course, ids: (asked.append(list(ids)), real(course, ids))[1]  # type: ignore[method-assign]
    rounds(jobs, 6)
    assert [len(ids) for ids in asked] == [3, 3, 2]
    assert len({one for ids in asked for one in ids}) == len(LEARNERS)
    assert moodle.calls.count("grades") == 1
    assert poll(world).due_at == world.clock.real_now() + EVERY


def test_who_has_completed_is_not_asked_about_again(
    world: World, moodle: MemoryPlatform, jobs: JobContext
) -> None:
    for name in LEARNERS:
        moodle.complete("7", walk.remote_id(world, name), DONE)
    rounds(jobs)
    world.clock.wait(hours=7)
    moodle.calls.clear()
    rounds(jobs)
    assert moodle.calls == ["grades"]
    assert completed(world) == len(LEARNERS)


def test_a_course_that_cannot_change_is_left_alone(
    world: World, moodle: MemoryPlatform, jobs: JobContext
) -> None:
    rounds(jobs)
    moodle.calls.clear()
    world.clock.wait(hours=7)
    world.clock.go(ENDS + timedelta(days=31))
    rounds(jobs)
    assert moodle.calls == []


def test_a_report_outside_the_window_waits_once_for_a_person(
    world: World, moodle: MemoryPlatform, jobs: JobContext
) -> None:
    world.clock.go(ENDS + timedelta(days=3))
    moodle.complete("7", walk.remote_id(world, "learner2"), world.clock.now())
    for _ in range(3):
        rounds(jobs)
        world.clock.wait(hours=7)
    with world.trying() as session:
        (row,) = session.scalars(select(Fact))
        assert (row.status, row.reason) == ("waiting", "after_window")


def test_after_an_absence_of_ours_every_course_is_asked_at_once(
    world: World, moodle: MemoryPlatform, jobs: JobContext
) -> None:
    rounds(jobs)
    moodle.complete("7", walk.remote_id(world, "learner3"), DONE)
    world.clock.wait(minutes=10)
    assert rounds(jobs) == 0, "not due, and nobody was away"
    world.clock.wait(minutes=30)
    assert rounds(jobs) == 1


TROUBLES = {
    "down": (Retryable("timeout"), timedelta(minutes=2)),
    "no completion criteria": (Permanent("nocriteriaset"), EVERY),
}


@pytest.mark.parametrize(("error", "wait"), TROUBLES.values(), ids=TROUBLES)
def test_a_site_that_tells_nothing_is_asked_later_and_loses_nothing(
    world: World, moodle: MemoryPlatform, jobs: JobContext, error: Retryable | Permanent, wait: timedelta
) -> None:
    moodle.complete("7", walk.remote_id(world, "learner1"), DONE)
    moodle.faults.append(Fault(error))
    assert rounds(jobs) == 0
    assert (poll(world).trouble, poll(world).due_at) == (error.code, world.clock.real_now() + wait)
    world.clock.wait(seconds=wait.total_seconds() + 1)
    assert rounds(jobs) == 1
    assert poll(world).trouble == ""


def test_one_course_that_does_not_tell_is_no_alarm_and_two_are_one_that_ends_by_itself(
    world: World, moodle: MemoryPlatform, jobs: JobContext, visit: Visit
) -> None:
    """``cannotviewreport`` is said of a course that tracks nothing, and of all where the right is wanting."""
    moodle.add_course("Kelas", ref="8")
    hidden = Fault(Permanent("cannotviewreport", concerns=Concern.RIGHTS))
    moodle.faults.append(hidden)
    assert rounds(jobs, 1) == 0
    assert lacks(world) == []
    with world.writing() as session:
        for row in session.scalars(select(Enrolment).order_by(Enrolment.id).limit(4)):
            row.course_ref = "8"
    moodle.faults.append(hidden)
    assert rounds(jobs, 1) == 0
    assert lacks(world) == ["completion"]
    assert "Kami tidak boleh melihat siapa yang selesai" in visit("planner").get("/").text
    shown = visit("planner").get("/sinkron/lms").text
    assert "report/completion:view" in shown
    assert "xAPI" in shown, "what goes on meanwhile"
    for _ in range(3):
        world.clock.wait(minutes=6)
        moodle.faults.extend([hidden] * 2)
        moodle.calls.clear()
        rounds(jobs)
        assert moodle.calls.count("progress") == 1, "one course tries it"
        moodle.faults.clear()
    assert told(world, "site.lacks") == 1
    moodle.complete("7", walk.remote_id(world, "learner8"), DONE)
    world.clock.wait(minutes=6)
    assert rounds(jobs, 6) == 1, "the first that is answered frees the other at once"
    assert lacks(world) == []
    assert told(world, "site.lack_over") == 1
    assert "melihat siapa yang selesai" not in visit("planner").get("/sinkron/lms").text


def test_a_site_that_is_not_set_up_here_says_so(world: World, jobs: JobContext) -> None:
    def nowhere(site: Site) -> MemoryPlatform:
        raise ValueError("no token")

    assert fetch_missing(replace(jobs, platform_for=nowhere)) == 0
    assert poll(world).trouble == "not_set_up"


def test_a_second_worker_does_not_ask_about_the_same_course(
    world: World, moodle: MemoryPlatform, jobs: JobContext
) -> None:
    asked: list[int] = []
    real = moodle.progress

    def meanwhile(course: str, ids: object) -> object:
        moodle.progress = real  # type: ignore[method-assign]
        asked.append(fetch_missing(jobs))
        moodle.calls.append("second done")
        return real(course, list(ids))  # type: ignore[call-overload]

    moodle.progress = meanwhile  # type: ignore[method-assign,assignment]
    fetch_missing(jobs)
    assert asked == [0]
    assert moodle.calls.index("second done") == 0


def my_page(visit: Visit) -> str:
    return visit("learner1").get("/saya").get_data(as_text=True)


def test_progress_and_grade_stand_on_the_learners_page(
    world: World, moodle: MemoryPlatform, jobs: JobContext, visit: Visit
) -> None:
    ref = walk.remote_id(world, "learner1")
    moodle.complete("7", ref, DONE)
    moodle.courses["7"].grades[ref] = 87.5
    rounds(jobs)
    with world.trying() as session:
        (row,) = session.scalars(select(CourseProgress).where(CourseProgress.grade.is_not(None)))
        assert (row.steps_done, row.steps_total, row.grade) == (1, 1, 87.5)
    page = my_page(visit)
    assert "Nilai 87,5 dari 100." in page
    assert "1 dari 1" in page


def test_the_page_says_since_when_nothing_came(
    world: World, moodle: MemoryPlatform, jobs: JobContext, visit: Visit
) -> None:
    rounds(jobs)
    world.clock.go(ENDS + timedelta(days=5))
    world.clock.wait(hours=7)
    assert "menurut Moodle belum selesai" in my_page(visit)
    moodle.faults.append(Fault(Retryable("timeout")))
    rounds(jobs, 1)
    assert "belum tiba dari Moodle sejak 9 Apr" in my_page(visit)


def test_a_fact_has_what_a_statement_would_have_said(moodle: MemoryPlatform) -> None:
    ref = next(iter(moodle.courses["7"].enrolments))
    moodle.complete("7", ref, DONE)
    (told,) = moodle.progress("7", [ref])
    assert told.fact == LearningFact("course_completed", "http://lms.test", ref, "id", "7", DONE)
