"""A right that is wanting for a part of the work is one alarm: the rest goes on, and it ends by itself."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lms_connectors.sandbox import SandboxServer, SeedUser
from service.jobs.accounts import check_accounts, look_again
from service.jobs.context import JobContext
from service.jobs.enrolments import SyncSummary, sync_due
from tests.support import walk
from tests.support.account_jobs import (
    CREATE,
    UPDATE,
    account_of,
    calls,
    held,
    lacks,
    number_of,
    rename,
    states,
    told,
)
from tests.support.world import LEARNERS, World
from workflows.models import Enrolment, Site


@pytest.fixture
def version(world: World) -> int:
    """Three learners wished into course 7."""
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, LEARNERS[:3])
    return version_id


def test_many_accounts_gone_at_once_are_not_believed(
    world: World, moodle: SandboxServer, jobs: JobContext
) -> None:
    walk.enrol(world, walk.to_approved(world), LEARNERS)
    sync_due(jobs)
    moodle.app.site.lacking = {"moodle/user:viewdetails"}
    held(moodle, "DELETE FROM enrolments")
    held(moodle, "ALTER TABLE users RENAME TO hidden")
    held(moodle, "CREATE TABLE users AS SELECT * FROM hidden WHERE 0")
    world.clock.wait(hours=27)
    check_accounts(jobs)
    assert {state for state, _ in states(world)} == {"applied"}
    assert lacks(world) == ["view"]
    held(moodle, "DROP TABLE users")
    held(moodle, "ALTER TABLE hidden RENAME TO users")
    world.clock.wait(hours=2)
    check_accounts(jobs)
    assert lacks(world) == []


def test_without_the_right_to_make_accounts_found_people_go_on_and_it_is_one_alarm(
    world: World, moodle: SandboxServer, jobs: JobContext
) -> None:
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, LEARNERS[:6])
    for name in LEARNERS[:2]:
        moodle.app.seed_users([SeedUser(name, name, "Contoh", f"{name}@x.test", number_of(world, name))])
    moodle.app.site.lacking = {"moodle/user:create"}
    assert sync_due(jobs) == SyncSummary(applied=2, failed=4)
    assert states(world)[2:] == [("needs_account", "may_not_create")] * 4
    assert lacks(world) == ["create"]
    walk.enrol(world, version_id, LEARNERS[6:])
    for _ in range(3):
        look_again(jobs)
        sync_due(jobs)
    assert calls(moodle, CREATE) == 1, "who came later did not ask again"
    assert states(world)[6:] == [("needs_account", "may_not_create")] * 2
    for _ in range(2):
        world.clock.wait(minutes=6)
        assert look_again(jobs) == 1
        sync_due(jobs)
        assert look_again(jobs) == 0
    assert calls(moodle, CREATE) == 3, "one person tries it now and then"
    assert told(world, "site.lacks") == 1
    moodle.app.site.lacking = set()
    world.clock.wait(minutes=6)
    look_again(jobs)
    assert sync_due(jobs) == SyncSummary(applied=1)
    assert lacks(world) == []
    assert look_again(jobs) == 5
    assert sync_due(jobs) == SyncSummary(applied=5)
    assert {state for state, _ in states(world)} == {"applied"}
    assert told(world, "site.lack_over") == 1


def test_without_the_right_to_change_accounts_it_is_one_alarm_and_ends_by_itself(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    sync_due(jobs)
    moodle.app.site.lacking = {"moodle/user:update"}
    for number, name in enumerate(LEARNERS[:3]):
        rename(world, name, f"Nama Baru{number}", f"baru{number}@example.test")
    assert check_accounts(jobs) == 0
    assert lacks(world) == ["update"]
    assert {account_of(world, name).update_code for name in LEARNERS[:3]} == {"may_not_update"}
    for _ in range(3):
        look_again(jobs)
        check_accounts(jobs)
    assert calls(moodle, UPDATE) == 1
    moodle.app.site.lacking = set()
    world.clock.wait(minutes=6)
    look_again(jobs)
    assert check_accounts(jobs) == 1
    assert lacks(world) == []
    assert check_accounts(jobs) == 2
    assert {account_of(world, name).update_code for name in LEARNERS[:3]} == {""}


def test_without_the_right_to_take_people_out_everything_else_goes_on(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    sync_due(jobs)
    with world.writing() as session:
        first, second, _ = session.scalars(select(Enrolment).order_by(Enrolment.id)).all()
        first.desired, first.status = "removed", "waiting"
        second.desired, second.status = "suspended", "waiting"
    moodle.app.site.lacking = {"enrol/manual:unenrol"}
    assert sync_due(jobs) == SyncSummary(applied=1, failed=1)
    assert lacks(world) == ["unenrol"]
    assert [state for state, _ in states(world)] == ["waiting", "applied", "applied"]
    with world.trying() as session:
        assert not session.get_one(Site, world.site).closed
    moodle.app.site.lacking = set()
    world.clock.wait(minutes=2)
    assert sync_due(jobs) == SyncSummary(applied=1)
    assert lacks(world) == []
