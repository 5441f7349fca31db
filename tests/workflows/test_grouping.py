"""Each batch has its group; only ours are put in and taken out; a site without groups hinders nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms_connectors.memory import Fault, MemoryPlatform
from tests.support import walk
from tests.support.world import LEARNERS, World
from tests.workflows.test_batches import FIRST, act, move, put, two
from workflows.actions import drift, enrolments, grouping
from workflows.grouping import Placing, plan_groups
from workflows.models import Batch, CourseGrouping, Enrolment, SyncAttempt
from workflows.patience import Patience
from workflows.ports import (
    Concern,
    CourseGroup,
    DesiredEnrolment,
    Permanent,
    Retryable,
    RowResult,
    RowStatus,
)

LEASE = timedelta(seconds=60)


def site_of(world: World) -> MemoryPlatform:
    """Course 7 with all learners in it under the numbers that ``walk.deliver`` gives them."""
    platform = MemoryPlatform("http://lms.test", now=world.clock.now)
    platform.add_course("Data publik", ref="7")
    for name in LEARNERS:
        number = walk.remote_id(world, name)
        platform.courses["7"].enrolments[number] = DesiredEnrolment(name, number)
    return platform


def place(world: World, platform: MemoryPlatform, owner: str = "w") -> bool:
    """What the job does; True when there was something to do."""
    with world.writing() as session:
        courses = grouping.due_courses(session)
        if not courses:
            return False
        work = grouping.claim(session, site_id=world.site, course_ref="7", owner=owner, lease=LEASE)
    assert work is not None
    try:
        held = dict(platform.groups("7"))
        held |= platform.ensure_groups("7", {k: n for k, n in work.wanted.items() if k not in held})
        plan = plan_groups(work.rows, held)
        results = [*platform.join_groups("7", plan.join), *platform.leave_groups("7", plan.leave)]
        with world.writing() as session:
            grouping.settle(session, work=work, settled=plan.settled, results=results)
    except (Retryable, Permanent) as error:
        with world.writing() as session:
            grouping.settle_trouble(session, work=work, code=error.code, lasting=isinstance(error, Permanent))
    with world.writing() as session:
        grouping.release(session, work=work)
    return True


def members(world: World, platform: MemoryPlatform) -> dict[str, set[str]]:
    names = {walk.remote_id(world, name): name for name in LEARNERS}
    return {
        group.name: {names.get(one, one) for one in group.members}
        for group in platform.courses["7"].groups.values()
    }


def test_each_is_put_into_the_group_of_the_own_batch_once(world: World) -> None:
    version_id, platform = two(world), site_of(world)
    put(world, version_id, LEARNERS[:2], 1)
    put(world, version_id, LEARNERS[2:3], 2)
    assert not place(world, platform), "nobody is enrolled on the site yet"
    walk.deliver(world)
    assert place(world, platform)
    assert members(world, platform) == {
        "Angkatan 1 (2027)": {"learner1", "learner2"},
        "Angkatan 2 (2027)": {"learner3"},
    }
    assert not place(world, platform)
    with world.trying() as session:
        sent = session.scalars(select(SyncAttempt.sent).where(SyncAttempt.sent.contains("group"))).all()
        assert len(sent) == 3


def test_who_moves_leaves_the_old_group_and_whom_a_teacher_put_there_stays(world: World) -> None:
    version_id, platform = two(world), site_of(world)
    ids = put(world, version_id, LEARNERS[:2], 1)
    walk.deliver(world)
    place(world, platform)
    group = next(iter(platform.courses["7"].groups.values()))
    platform.courses["7"].groups[group.idnumber] = replace(group, members=group.members | {"999"})
    move(world, version_id, ids[:1], 2)
    walk.deliver(world)
    place(world, platform)
    assert members(world, platform) == {
        "Angkatan 1 (2027)": {"learner2", "999"},
        "Angkatan 2 (2027)": {"learner1"},
    }
    move(world, version_id, ids[:1], 1)
    walk.deliver(world)
    place(world, platform)
    assert members(world, platform)["Angkatan 2 (2027)"] == set()


@pytest.mark.parametrize("call", ["ensure_groups", "join_groups"])
def test_an_answer_lost_after_the_work_makes_no_second_group(world: World, call: str) -> None:
    version_id, platform = two(world), site_of(world)
    put(world, version_id, LEARNERS[:2], 1)
    walk.deliver(world)
    lost = Fault(Retryable("timeout", doubtful=True), after_work=True)
    meet = platform._meet

    def losing(name: str, work: object) -> object:
        if name == call:
            platform._meet = meet  # type: ignore[method-assign]
            platform.faults.append(lost)
        return meet(name, work)  # type: ignore[arg-type]

    platform._meet = losing  # type: ignore[method-assign,assignment]
    assert place(world, platform)
    assert not place(world, platform), "not before its time"
    world.clock.wait(minutes=2)
    assert place(world, platform)
    assert members(world, platform) == {"Angkatan 1 (2027)": {"learner1", "learner2"}}
    with world.trying() as session:
        assert session.scalars(select(CourseGrouping)).all() == []


def test_a_site_without_groups_hinders_no_enrolment_and_is_asked_seldom(world: World) -> None:
    version_id, platform = two(world), site_of(world)
    put(world, version_id, LEARNERS[:2], 1)
    walk.deliver(world)
    platform.faults.append(Fault(Permanent("nopermissions", concerns=Concern.RIGHTS)))
    assert place(world, platform)
    with world.trying() as session:
        assert set(session.scalars(select(Enrolment.status))) == {"applied"}
        row = session.scalars(select(CourseGrouping)).one()
        assert (row.error_code, row.attempts) == ("nopermissions", 1)
    world.clock.wait(minutes=20)
    assert not place(world, platform)
    with world.writing() as session:
        enrolments.retry(session, actor=world.actor(session, "planner"), version_id=version_id)
    assert place(world, platform), "a person had it tried"


def test_whom_the_site_refuses_stands_alone_and_waits_for_a_person(world: World) -> None:
    version_id, platform = two(world), site_of(world)
    put(world, version_id, LEARNERS[:2], 1)
    walk.deliver(world)
    del platform.courses["7"].enrolments[walk.remote_id(world, "learner1")]
    assert place(world, platform)
    assert members(world, platform) == {"Angkatan 1 (2027)": {"learner2"}}
    assert not place(world, platform)
    with world.trying() as session:
        assert session.scalars(select(Enrolment.place_error).order_by(Enrolment.id)).all() == [
            "invalidparameter",
            "",
        ]
    platform.courses["7"].enrolments["x"] = DesiredEnrolment("x", walk.remote_id(world, "learner1"))
    with world.writing() as session:
        enrolments.retry(session, actor=world.actor(session, "planner"), version_id=version_id)
    assert place(world, platform)


def test_who_is_sent_anew_after_a_difference_is_placed_anew(world: World) -> None:
    version_id, platform = two(world), site_of(world)
    put(world, version_id, LEARNERS[:1], 1)
    walk.deliver(world)
    place(world, platform)
    with world.writing() as session:
        drift.ask_check(session, actor=world.actor(session, "planner"), version_id=version_id)
        work = drift.claim_check(session, hold=LEASE)
        assert work is not None
        drift.settle_check(session, work=work, roster={})
    with world.writing() as session:
        from workflows.models import DriftFinding

        findings = session.scalars(select(DriftFinding.id)).all()
        actor = world.actor(session, "planner")
        drift.repair(session, actor=actor, version_id=version_id, finding_ids=findings)
    with world.trying() as session:
        assert session.scalars(select(Enrolment.placed_in)).one() == ""


def test_a_batch_that_is_over_and_another_worker_s_course_are_left_alone(world: World) -> None:
    version_id, platform = two(world), site_of(world)
    put(world, version_id, LEARNERS[:1], 1)
    walk.deliver(world)
    with world.writing() as session:
        assert grouping.claim(session, site_id=world.site, course_ref="7", owner="other", lease=LEASE)
        assert grouping.claim(session, site_id=world.site, course_ref="7", owner="w", lease=LEASE) is None
    world.clock.wait(minutes=2)
    world.clock.go(FIRST[1] + timedelta(days=1))
    assert not place(world, platform)
    assert members(world, platform) == {}


def test_keys_of_groups_differ_by_chance(world: World) -> None:
    version_id = two(world)
    act(world, enrolments.retry, version_id=version_id)
    with world.trying() as session:
        keys = session.scalars(select(Batch.group_key)).all()
        assert len(set(keys)) == 2
        assert all(len(key) == 19 for key in keys)


def test_the_plan_touches_only_groups_of_the_version() -> None:
    held = {key: CourseGroup(f"g-{key}", key, key, frozenset({"5"})) for key in ("a", "b", "last-year")}
    plan = plan_groups([Placing(1, "5", "a", frozenset({"a", "b"}))], held)
    assert (plan.join, [one.group_ref for one in plan.leave], plan.settled) == ([], ["g-b"], [])
    settled = plan_groups([Placing(1, "5", "a", frozenset({"a"}))], held)
    assert (settled.leave, settled.settled) == ([], [1])


def test_one_refusal_of_two_calls_is_enough(world: World) -> None:
    """Joined and not left: the row is not done, and says why."""
    version_id = two(world)
    (row,) = put(world, version_id, LEARNERS[:1], 1)
    walk.deliver(world)
    with world.writing() as session:
        work = grouping.claim(session, site_id=world.site, course_ref="7", owner="w", lease=LEASE)
        assert work is not None
        results = [RowResult(str(row), RowStatus.APPLIED), RowResult(str(row), RowStatus.RETRY, "http_503")]
        patience = Patience(back_off=(3,), jitter=0)
        grouping.settle(session, work=work, settled=[], results=results, patience=patience)
    with world.trying() as session:
        assert session.get_one(Enrolment, row).placed_in == ""
        course = session.scalars(select(CourseGrouping)).one()
        assert course.next_attempt_at == world.clock.real_now() + timedelta(minutes=3)
