"""A version's course is made once from a template, or named while the site is away; whoever waits sees why (R26)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lms_connectors.memory import Fault, MemoryPlatform
from tests.support import walk
from tests.support.snapshot import snapshot
from tests.support.world import STARTS, World
from tests.workflows.test_batches import FIRST, ROLES, act, add
from workflows.actions import course_making, courses, pauses, programmes, rewind
from workflows.actions.course_making import CourseWork
from workflows.actions.courses import Chosen
from workflows.actions.leases import LeaseLost
from workflows.errors import Conflict, Denied, NotFound, Refused
from workflows.models import CourseOrder, FirstRun, HistoryRow, ProgrammeVersion, Site
from workflows.ports import Permanent, Retryable
from workflows.rewind import Verdict

LEASE = timedelta(seconds=60)
TEMPLATE, CATEGORY = Chosen("7", "Templat pelatihan"), Chosen("6", "Pengembangan Kompetensi")


def without_course(world: World) -> int:
    return walk.to_approved(world, course_ref="", course_title="")


def order(world: World, version_id: int, by: str = "planner", **changes: Any) -> None:
    given = {"site_id": world.site, "template": TEMPLATE, "category": CATEGORY}
    act(world, courses.order_course, by, version_id=version_id, **(given | changes))


def site() -> MemoryPlatform:
    platform = MemoryPlatform("http://lms.test")
    platform.add_course("Templat pelatihan", ref="7")
    return platform


def claim(world: World, owner: str = "w") -> CourseWork | None:
    with world.writing() as session:
        return course_making.claim(session, owner=owner, lease=LEASE)


def work_off(world: World, platform: MemoryPlatform) -> bool:
    """What the job does with the next order; False when none is due."""
    work = claim(world)
    if work is None:
        return False
    try:
        course = platform.create_course(work.new) if work.new else platform.find_course(work.course_ref)
        with world.writing() as session:
            course_making.settle_linked(session, work=work, course=course)
    except (Retryable, Permanent) as error:
        lasting = isinstance(error, Permanent)
        with world.writing() as session:
            course_making.settle_missed(
                session, work=work, code=error.code, left=error.message, lasting=lasting
            )
    with world.writing() as session:
        course_making.release(session, work=work)
    return True


def seen(world: World, version_id: int) -> tuple[str, str, str]:
    """(state of the order, its cause, course of the version)"""
    with world.trying() as session:
        row = session.scalars(select(CourseOrder).where(CourseOrder.version_id == version_id)).one()
        return row.state, row.error_code, session.get_one(ProgrammeVersion, version_id).course_ref


def test_a_course_is_made_and_linked_with_the_dates_of_the_version(world: World) -> None:
    version_id, platform = without_course(world), site()
    order(world, version_id)
    assert seen(world, version_id) == ("wanted", "", "")
    assert work_off(world, platform)
    state, cause, ref = seen(world, version_id)
    assert (state, cause) == ("linked", "")
    made = platform.courses[ref]
    assert (made.ref.title, made.ref.idnumber[:8]) == ("Pengelolaan data publik", "bangkom-")
    assert made.starts_at is not None
    assert made.ends_at is not None
    assert made.ends_at - made.starts_at == timedelta(days=5), (
        "from the first midnight to the one after the last day"
    )
    assert not work_off(world, platform)
    with world.trying() as session:
        told = session.scalars(
            select(HistoryRow.name).where(HistoryRow.name.like("course.%")).order_by(HistoryRow.id)
        ).all()
        assert told == ["course.ordered", "course.made"]
    walk.enrol(world, version_id, ["learner1"])


def test_a_lost_answer_makes_no_second_course(world: World) -> None:
    version_id, platform = without_course(world), site()
    order(world, version_id)
    platform.faults.append(Fault(Retryable("http_504", doubtful=True), after_work=True))
    work_off(world, platform)
    assert seen(world, version_id) == ("wanted", "http_504", "")
    assert not work_off(world, platform), "not before its time"
    world.clock.wait(minutes=2)
    work_off(world, platform)
    assert seen(world, version_id)[0] == "linked"
    assert len(platform.courses) == 2


def test_a_refusal_is_told_and_a_person_tries_again(world: World) -> None:
    version_id, platform = without_course(world), site()
    order(world, version_id, template=Chosen("99", "Hilang"))
    work_off(world, platform)
    assert seen(world, version_id) == ("failed", "template_missing", "")
    world.clock.wait(days=1)
    assert not work_off(world, platform), "by itself it is not repeated"
    with world.trying() as session:
        key = session.scalars(select(CourseOrder.idnumber)).one()
    order(world, version_id)
    work_off(world, platform)
    assert seen(world, version_id)[0] == "linked"
    assert {course.ref.idnumber for course in platform.courses.values()} == {"", key}, "the key stays"


def test_trying_again_needs_something_that_waits(world: World) -> None:
    version_id, platform = without_course(world), site()
    with pytest.raises(NotFound):
        act(world, courses.retry_course, version_id=version_id)
    order(world, version_id)
    platform.faults.append(Fault(Retryable("timeout")))
    work_off(world, platform)
    act(world, courses.retry_course, version_id=version_id)
    assert work_off(world, platform)
    with pytest.raises(NotFound):
        act(world, courses.retry_course, version_id=version_id)


def test_a_course_named_while_the_site_is_away_is_linked_once_it_was_seen(world: World) -> None:
    version_id, platform = without_course(world), site()
    act(world, courses.name_course, version_id=version_id, site_id=world.site, course_ref="7")
    assert seen(world, version_id) == ("wanted", "", "")
    platform.faults.append(Fault(Retryable("http_502")))
    work_off(world, platform)
    world.clock.wait(minutes=2)
    work_off(world, platform)
    assert seen(world, version_id) == ("linked", "", "7")
    with world.trying() as session:
        assert session.get_one(ProgrammeVersion, version_id).course_title == "Templat pelatihan"


def test_a_course_that_was_named_and_is_not_there_is_told(world: World) -> None:
    version_id, platform = without_course(world), site()
    act(world, courses.name_course, version_id=version_id, site_id=world.site, course_ref="404")
    work_off(world, platform)
    assert seen(world, version_id) == ("failed", "course_missing", "")
    act(
        world, programmes.choose_course, version_id=version_id, site_id=world.site, course_ref="7", course_title="T"
    )  # fmt: skip
    assert seen(world, version_id) == ("failed", "replaced", "7")


def test_while_it_is_made_nothing_else_is_chosen(world: World) -> None:
    version_id = without_course(world)
    order(world, version_id)
    work = claim(world)
    assert work is not None
    assert claim(world, "other") is None
    with pytest.raises(Conflict, match="being_made"):
        order(world, version_id)
    with pytest.raises(Conflict, match="being_made"):
        act(
            world, programmes.choose_course, version_id=version_id, site_id=world.site, course_ref="7", course_title=""
        )  # fmt: skip


def test_a_dead_worker_s_order_is_finished_by_another(world: World) -> None:
    version_id, platform = without_course(world), site()
    order(world, version_id)
    first = claim(world, "dead")
    assert first is not None
    assert first.new is not None
    platform.create_course(first.new)
    world.clock.wait(minutes=2)
    assert work_off(world, platform)
    assert seen(world, version_id)[0] == "linked"
    assert len(platform.courses) == 2
    with pytest.raises(LeaseLost), world.writing() as session:
        course_making.settle_missed(session, work=first, code="late", lasting=True)
    assert seen(world, version_id)[0] == "linked"


@pytest.mark.parametrize("trouble", ["open", "paused", "first_run", "went_back", "stopped"])
def test_a_site_that_is_closed_gets_no_course(world: World, trouble: str) -> None:
    version_id = without_course(world)
    order(world, version_id)
    with world.writing() as session:
        row = session.get_one(Site, world.site)
        if trouble == "open":
            row.open_since = world.clock.now()
        elif trouble == "paused":
            row.paused_code = "invalidtoken"
        elif trouble == "went_back":
            rewind.stop(session, site_id=world.site, course_ref="7", verdict=Verdict(3, gone=(1, 2, 3)))
        elif trouble == "stopped":
            pauses.pause_sync(
                session, actor=world.actor(session, "planner"), site_id=world.site, reason="Ujian"
            )
        else:
            session.add(FirstRun(site_id=world.site))
    assert claim(world) is None


def test_a_version_that_ended_meanwhile_gets_no_course(world: World) -> None:
    version_id = without_course(world)
    order(world, version_id)
    with world.writing() as session:
        session.get_one(ProgrammeVersion, version_id).closed_as = "cancelled"
    assert claim(world) is None
    assert seen(world, version_id) == ("failed", "not_wanted", "")
    with pytest.raises(Conflict):
        order(world, version_id)


def test_only_what_is_approved_and_unused_gets_a_course_and_by_the_agency_alone(world: World) -> None:
    proposed, version_id = walk.to_proposed(world), walk.to_approved(world)
    with pytest.raises(Conflict, match="wrong_state"):
        order(world, proposed)
    before = snapshot(world.engine)
    for by in ROLES:
        if by != "planner2":
            with pytest.raises(Denied):
                order(world, version_id, by)
            with pytest.raises(Denied):
                act(world, courses.name_course, by, version_id=version_id, site_id=world.site, course_ref="7")
            with pytest.raises(Denied):
                act(world, courses.retry_course, by, version_id=version_id)
    assert snapshot(world.engine) == before
    for changes, code in (
        ({"site_id": 99}, "no_site"),
        ({"template": Chosen("", "")}, "no_template"),
        ({"category": Chosen("", "")}, "no_category"),
    ):
        with pytest.raises(Refused, match=code):
            order(world, version_id, **changes)
    walk.enrol(world, version_id, ["learner1"])
    with pytest.raises(Conflict, match="course_in_use"):
        order(world, version_id)


def test_other_dates_are_sent_to_a_course_that_was_made_and_to_no_other(world: World) -> None:
    version_id, platform = without_course(world), site()
    order(world, version_id)
    work_off(world, platform)
    ref = seen(world, version_id)[2]
    assert dates_due(world) is None
    add(world, version_id, FIRST)
    work = dates_due(world)
    assert work is not None
    assert work.new is not None
    assert work.new.ends_at - work.new.starts_at == timedelta(days=2)
    with world.writing() as session:
        course_making.settle_missed(session, work=work, code="timeout", lasting=False)
        course_making.release(session, work=work)
    assert seen(world, version_id) == ("linked", "timeout", ref)
    assert dates_due(world) is None
    world.clock.wait(minutes=2)
    again = dates_due(world)
    assert again is not None
    assert again.new is not None
    platform.set_course_dates(again.course_ref, again.new.starts_at, again.new.ends_at)
    with world.writing() as session:
        course_making.settle_dates(session, work=again)
    assert dates_due(world) is None
    assert platform.courses[ref].ends_at == again.new.ends_at
    assert seen(world, version_id) == ("linked", "", ref)
    linked = walk.to_approved(world)
    add(world, linked, (STARTS, STARTS))
    assert dates_due(world) is None, "a course of somebody else keeps its dates"


def dates_due(world: World) -> CourseWork | None:
    with world.writing() as session:
        return course_making.claim_dates(session, owner="w", lease=LEASE)
