"""A course is compared with the site each day and on demand; people decide what is repaired (R27)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms_connectors.memory import Fault, MemoryPlatform
from service.jobs.context import JobContext
from service.jobs.drift import compare_due
from service.jobs.enrolments import sync_due
from tests.support import walk
from tests.support.moodle_beside import jobs_beside, site_as_told
from tests.support.queries import counted
from tests.support.world import LEARNERS, STARTS, World
from workflows.actions import drift
from workflows.errors import Denied, NotFound, Refused
from workflows.models import DriftCheck, DriftCourse, DriftFinding, Enrolment, HistoryRow, Site
from workflows.ports import DesiredEnrolment, Permanent, Retryable

Visit = Callable[[str], FlaskClient]


@pytest.fixture
def version(world: World) -> int:
    """A version that runs in course 7 and whose learners are all enrolled there."""
    return walk.to_running(world)


@pytest.fixture
def moodle(world: World, version: int) -> MemoryPlatform:
    return site_as_told(world)


@pytest.fixture
def jobs(app: Flask, moodle: MemoryPlatform) -> JobContext:
    return jobs_beside(app, moodle)


def spoil(world: World, moodle: MemoryPlatform) -> None:
    """Five differences: one each of missing, inactive, account gone, and two foreign."""
    rows = moodle.courses["7"].enrolments
    refs = [walk.remote_id(world, name) for name in LEARNERS]
    del rows[refs[0]]
    rows[refs[1]] = DesiredEnrolment(refs[1], refs[1], suspended=True)
    del rows[refs[2]]
    del moodle.users[refs[2]]
    for ref in ("901", "902"):
        rows[ref] = DesiredEnrolment(ref, ref)


def open_kinds(world: World) -> list[str]:
    with world.trying() as session:
        rows = session.scalars(select(DriftFinding).where(DriftFinding.ended_at.is_(None)))
        return sorted(row.kind for row in rows)


def findings(world: World, *kinds: str) -> list[int]:
    with world.trying() as session:
        rows = session.scalars(select(DriftFinding).order_by(DriftFinding.id))
        return [row.id for row in rows if row.ended_at is None and (not kinds or row.kind in kinds)]


def decide(world: World, version: int, who: str, ids: list[int]) -> int:
    with world.writing() as session:
        actor = world.actor(session, who)
        return drift.repair(session, actor=actor, version_id=version, finding_ids=ids)


def test_a_course_in_step_shows_no_difference_and_is_compared_once_a_day(
    world: World, moodle: MemoryPlatform, jobs: JobContext
) -> None:
    assert compare_due(jobs) == 1
    assert open_kinds(world) == []
    assert compare_due(jobs) == 0
    world.clock.go(STARTS + timedelta(days=1), hour=1)
    assert compare_due(jobs) == 1
    with world.trying() as session:
        held = [(check.held, check.on_site) for check in session.scalars(select(DriftCheck))]
    assert held == [(8, 8), (8, 8)]
    assert set(moodle.calls) == {"roster"}


def test_every_kind_is_told_apart_both_ways(world: World, moodle: MemoryPlatform, jobs: JobContext) -> None:
    spoil(world, moodle)
    compare_due(jobs)
    assert open_kinds(world) == ["foreign", "foreign", "inactive", "missing", "user_gone"]
    with world.trying() as session:
        check = session.scalars(select(DriftCheck)).one()
        numbers = (check.missing, check.inactive, check.user_gone, check.foreign, check.still_active)
    assert numbers == (1, 1, 1, 2, 0)


def test_nothing_is_repaired_before_somebody_approves(
    world: World, moodle: MemoryPlatform, jobs: JobContext
) -> None:
    spoil(world, moodle)
    compare_due(jobs)
    before = dict(moodle.courses["7"].enrolments)
    sync_due(jobs)
    assert moodle.courses["7"].enrolments == before


def test_an_approved_repair_brings_our_rows_back_and_leaves_foreign_ones_alone(
    world: World, version: int, moodle: MemoryPlatform, jobs: JobContext
) -> None:
    spoil(world, moodle)
    foreign = {ref: moodle.courses["7"].enrolments[ref] for ref in ("901", "902")}
    compare_due(jobs)
    assert decide(world, version, "planner", findings(world)) == 3
    sync_due(jobs)
    world.clock.go(STARTS + timedelta(days=1))
    compare_due(jobs)
    assert open_kinds(world) == ["foreign", "foreign"]
    rows = moodle.courses["7"].enrolments
    assert {ref: rows[ref] for ref in foreign} == foreign
    with world.trying() as session:
        assert {(row.status, row.applied) for row in session.scalars(select(Enrolment))} == {
            ("applied", "active")
        }
        told = session.scalars(select(HistoryRow).where(HistoryRow.name == "drift.repair_approved")).one()
        assert told.actor_id == world.people["planner"]


def test_a_repair_that_did_not_hold_is_open_again(
    world: World, version: int, moodle: MemoryPlatform, jobs: JobContext
) -> None:
    ref = walk.remote_id(world, "learner1")
    del moodle.courses["7"].enrolments[ref]
    compare_due(jobs)
    decide(world, version, "planner", findings(world))
    sync_due(jobs)
    del moodle.courses["7"].enrolments[ref]
    world.clock.go(STARTS + timedelta(days=1))
    compare_due(jobs)
    with world.trying() as session:
        (row,) = session.scalars(select(DriftFinding))
        assert (row.status, row.ended_at) == ("open", None)


def test_a_row_that_changes_meanwhile_is_no_difference(
    world: World, moodle: MemoryPlatform, jobs: JobContext
) -> None:
    real = moodle.roster

    def slow(course: str) -> object:
        with world.writing() as session:
            row = session.scalars(select(Enrolment).order_by(Enrolment.id)).first()
            assert row is not None
            row.desired, row.status = "suspended", "waiting"
        found = dict(real(course))
        found.pop(walk.remote_id(world, "learner1"))
        return found

    moodle.roster = slow  # type: ignore[method-assign,assignment]
    compare_due(jobs)
    assert open_kinds(world) == []


def test_a_course_that_is_gone_is_one_difference(
    world: World, moodle: MemoryPlatform, jobs: JobContext
) -> None:
    moodle.courses.clear()
    compare_due(jobs)
    assert open_kinds(world) == ["course_gone"]


@pytest.mark.parametrize("error", [Retryable("http_503"), Permanent("nopermissions")])
def test_a_site_that_does_not_show_itself_is_tried_again_and_says_why(
    world: World, moodle: MemoryPlatform, jobs: JobContext, error: Retryable | Permanent
) -> None:
    moodle.faults.append(Fault(error))
    compare_due(jobs)
    with world.trying() as session:
        course = session.scalars(select(DriftCourse)).one()
        assert (course.trouble, course.checked_at) == (error.code, None)
    world.clock.wait(minutes=16)
    compare_due(jobs)
    with world.trying() as session:
        course = session.scalars(select(DriftCourse)).one()
        assert (course.trouble, course.checked_on) == ("", STARTS)


def test_a_site_that_is_not_set_up_here_says_so_and_holds_up_nothing(
    world: World, moodle: MemoryPlatform, jobs: JobContext
) -> None:
    def nowhere(site: Site) -> MemoryPlatform:
        raise LookupError("no token")

    assert compare_due(replace(jobs, platform_for=nowhere)) == 1
    with world.trying() as session:
        assert session.scalars(select(DriftCourse)).one().trouble == "not_set_up"


def test_who_may_repair_and_only_this_courses_differences(
    world: World, version: int, moodle: MemoryPlatform, jobs: JobContext
) -> None:
    spoil(world, moodle)
    compare_due(jobs)
    for who in ("learner1", "inspector", "quality"):
        with pytest.raises(Denied):
            decide(world, version, who, findings(world, "missing"))
    with pytest.raises(NotFound):
        decide(world, version, "planner", [987654])
    with pytest.raises(Refused):
        decide(world, version, "planner", findings(world, "foreign"))
    assert decide(world, version, "administrator", findings(world, "missing")) == 1


def test_page_names_people_and_what_can_be_done(
    world: World, version: int, moodle: MemoryPlatform, jobs: JobContext, visit: Visit
) -> None:
    spoil(world, moodle)
    compare_due(jobs)
    shown = visit("planner").get(f"/program/{version}/moodle/beda").text
    for word in ("Learner1 Contoh", "Tidak ada di kelas", "Akunnya tidak ada lagi", "Akun Moodle nomor 901"):
        assert word in shown
    assert "Tanggal ikut serta tidak dapat dibaca dari Moodle" in shown
    assert "Perbaiki yang dipilih" not in visit("inspector").get(f"/program/{version}/moodle/beda").text
    assert visit("learner1").get(f"/program/{version}/moodle/beda").status_code == 403
    assert "5 beda dengan Moodle" in visit("planner").get(f"/program/{version}/moodle").text


def test_sync_pages_count_what_differs_and_no_longer_what_was_left(
    world: World, version: int, moodle: MemoryPlatform, jobs: JobContext, visit: Visit
) -> None:
    def shown(path: str) -> set[str]:
        found = re.findall(
            r'data-label="Berbeda"[^>]*><span class="cell">(\d+)<', visit("planner").get(path).text
        )
        assert len(found) == 1
        return set(found)

    pages = ("/sinkron", "/sinkron/lms")
    assert [shown(path) for path in pages] == [{"0"}, {"0"}]
    spoil(world, moodle)
    compare_due(jobs)
    assert [shown(path) for path in pages] == [{"5"}, {"5"}]
    left = {"finding": findings(world, "foreign"), "reason": "Pengajar"}
    assert visit("planner").post(f"/program/{version}/moodle/beda/biarkan", data=left).status_code == 303
    assert [shown(path) for path in pages] == [{"3"}, {"3"}]


def test_page_repairs_leaves_with_a_reason_and_keeps_what_was_chosen(
    world: World, version: int, moodle: MemoryPlatform, jobs: JobContext, visit: Visit
) -> None:
    spoil(world, moodle)
    compare_due(jobs)
    client, url = visit("planner"), f"/program/{version}/moodle/beda"
    foreign = findings(world, "foreign")
    answer = client.post(f"{url}/biarkan", data={"finding": foreign, "reason": " "})
    assert answer.status_code == 422
    assert f'value="{foreign[0]}" checked' in answer.text
    assert client.post(f"{url}/biarkan", data={"finding": foreign, "reason": "Pengajar"}).status_code == 303
    mine = findings(world, "missing", "inactive", "user_gone")
    assert client.post(f"{url}/perbaiki", data={"finding": mine}).status_code == 303
    shown = client.get(url).text
    assert shown.count("sedang diperbaiki") == 3
    assert "Pengajar" in shown
    assert client.post(f"{url}/periksa").status_code == 303
    assert "Sedang dibandingkan" in client.get(url).text
    assert compare_due(jobs) == 1, "wanted by a person, on the same day"


def test_page_asks_the_same_number_of_queries_whatever_the_length(
    world: World, version: int, moodle: MemoryPlatform, jobs: JobContext, visit: Visit, app: Flask
) -> None:
    client, url = visit("planner"), f"/program/{version}/moodle/beda"
    compare_due(jobs)
    with counted(app) as few:
        client.get(url)
    for number in range(60):
        moodle.courses["7"].enrolments[str(2000 + number)] = DesiredEnrolment("x", str(2000 + number))
    world.clock.go(STARTS + timedelta(days=1))
    compare_due(jobs)
    with counted(app) as many:
        assert "Akun Moodle nomor 2059" in client.get(url).text
    assert len(many) == len(few)
