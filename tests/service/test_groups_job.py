"""Groups of batches on a site that speaks Moodle's protocol, whatever it answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_connectors.sandbox import SandboxServer
from lms_connectors.sandbox import faults as trouble
from lms_connectors.sandbox.faults import Fault
from lms_connectors.sandbox.refusal import no_permission
from service.jobs.context import JobContext
from service.jobs.drift import compare_due
from service.jobs.enrolments import sync_due
from service.jobs.groups import place_due
from tests.support.world import LEARNERS, World
from tests.workflows.test_batches import act, move, put, two
from workflows.actions import drift
from workflows.models import CourseGrouping, DriftCheck, DriftFinding, Enrolment, Site


def groups(moodle: SandboxServer) -> dict[str, int]:
    """name -> members"""
    query = 'SELECT name, count(user) FROM groups LEFT JOIN group_members ON "group" = groups.id GROUP BY groups.id'
    with moodle.app.site.store.reading() as db:
        return {row[0]: row[1] for row in db.execute(query)}


def test_people_are_in_their_groups_and_follow_a_move(
    world: World, moodle: SandboxServer, jobs: JobContext
) -> None:
    version_id = two(world)
    ids = put(world, version_id, LEARNERS[:5], 1)
    put(world, version_id, LEARNERS[5:], 2)
    sync_due(jobs)
    assert place_due(jobs) == 1
    assert groups(moodle) == {"Angkatan 1 (2027)": 5, "Angkatan 2 (2027)": 3}
    assert place_due(jobs) == 0
    move(world, version_id, ids[:2], 2)
    sync_due(jobs)
    assert place_due(jobs) == 1
    assert groups(moodle) == {"Angkatan 1 (2027)": 3, "Angkatan 2 (2027)": 5}


@pytest.mark.parametrize("function", ["core_group_create_groups", "core_group_add_group_members"])
def test_answers_lost_after_the_work_make_nothing_twice(
    world: World, moodle: SandboxServer, jobs: JobContext, function: str
) -> None:
    put(world, two(world), LEARNERS, 1)
    sync_due(jobs)
    moodle.app.faults.next(replace(trouble.GATEWAY_TIMEOUT_AFTER_WORK, function=function))
    place_due(jobs)
    world.clock.wait(hours=2)
    place_due(jobs)
    assert groups(moodle) == {"Angkatan 1 (2027)": 8}
    with world.trying() as session:
        assert session.query(Enrolment).filter_by(placed_in="").count() == 0
        assert session.query(CourseGrouping).count() == 0


def test_without_the_right_to_make_groups_everybody_is_enrolled_all_the_same(
    world: World, moodle: SandboxServer, jobs: JobContext
) -> None:
    version_id = two(world)
    put(world, version_id, LEARNERS, 1)
    moodle.app.faults.always = Fault(
        refusal=no_permission("Manage groups"), function="core_group_create_groups"
    )
    assert sync_due(jobs).applied == 8
    assert place_due(jobs) == 1
    with world.trying() as session:
        site = session.get_one(Site, world.site)
        assert (site.closed, site.failures) == (False, 0)
        row = session.query(CourseGrouping).one()
        assert row.error_code == "nopermissions"
    assert place_due(jobs) == 0, "asked again later"
    moodle.app.faults.clear()
    world.clock.wait(hours=2)
    assert place_due(jobs) == 1
    assert groups(moodle) == {"Angkatan 1 (2027)": 8}


def test_whom_somebody_took_out_of_the_group_is_told_and_put_there_again_by_decision(
    world: World, moodle: SandboxServer, jobs: JobContext
) -> None:
    version_id = two(world)
    put(world, version_id, LEARNERS[:3], 1)
    sync_due(jobs)
    place_due(jobs)
    with moodle.app.site.store.writing() as db:
        db.execute("DELETE FROM group_members WHERE user = (SELECT min(user) FROM group_members)")
    act(world, drift.ask_check, version_id=version_id)
    assert compare_due(jobs) == 1
    with world.trying() as session:
        check = session.query(DriftCheck).one()
        assert (check.out_of_group, check.missing, check.foreign) == (1, 0, 0)
        finding = session.query(DriftFinding).one()
        assert finding.kind == "out_of_group"
        number = finding.id
    assert place_due(jobs) == 0, "nothing is repaired by itself"
    act(world, drift.repair, version_id=version_id, finding_ids=[number])
    assert place_due(jobs) == 1
    assert groups(moodle) == {"Angkatan 1 (2027)": 3}
    with world.trying() as session:
        assert {row.status for row in session.query(Enrolment)} == {"applied"}
    act(world, drift.ask_check, version_id=version_id)
    compare_due(jobs)
    with world.trying() as session:
        assert session.query(DriftFinding).filter_by(ended_at=None).count() == 0
