"""A large course moves on the page while it is sent, and watching costs one small write every few seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from lms_connectors.memory import MemoryPlatform
from lms_connectors.moodle.platform import MoodlePlatform
from lms_connectors.sandbox import SandboxServer
from service.jobs.enrolments import SyncSummary, sync_due
from service.jobs.progress import telling
from tests.support import walk
from tests.support.moodle_beside import jobs_beside
from tests.support.sandbox_jobs import TOKEN
from tests.support.world import LEARNERS, World
from workflows.actions import leases
from workflows.models import CourseLease
from workflows.ports import AccountResult, DesiredEnrolment, LearnerAccount, RowResult, TellsProgress

SOON = timedelta(milliseconds=20)


class Slow(MemoryPlatform):
    """Answers for some of the rows, and then waits until somebody has looked."""

    def __init__(self, world: World) -> None:
        super().__init__("http://lms.test", now=world.clock.now)
        self.add_course("Kelas", ref="7")
        self.on_answered: Callable[[int], None] = lambda many: None
        self.answers: list[int] = []
        self.go_on = threading.Event()

    def _some(self, many: int) -> None:
        self.on_answered(many)
        self.answers.append(many)
        assert self.go_on.wait(20)
        self.go_on.clear()

    def resolve_accounts(self, people: Sequence[LearnerAccount]) -> Sequence[AccountResult]:
        self._some(2)
        return super().resolve_accounts(people)

    def apply(self, course_ref: str, rows: Sequence[DesiredEnrolment]) -> Sequence[RowResult]:
        self._some(5)
        return super().apply(course_ref, rows)


def until(world: World, wanted: tuple[str, int, int]) -> None:
    """The lease says this, within some seconds."""
    seen: object = None
    for _ in range(400):
        with world.trying() as session:
            seen = session.execute(select(CourseLease.doing, CourseLease.done, CourseLease.total)).first()
        if seen == wanted:
            return
        time.sleep(0.02)
    raise AssertionError(f"{seen} is not {wanted}")


def test_a_course_moves_while_it_is_sent(
    app: Flask, world: World, visit: Callable[[str], FlaskClient]
) -> None:
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, LEARNERS)
    slow, came = Slow(world), list[SyncSummary]()
    address, planner = f"/program/{version_id}/moodle/keadaan", visit("planner")
    assert isinstance(slow, TellsProgress)
    jobs = jobs_beside(app, slow, tell_every=SOON)
    run = threading.Thread(target=lambda: came.append(sync_due(jobs)))
    run.start()
    try:
        until(world, ("accounts", 2, 8))
        shown = planner.get(address).text
        assert "Akun dicari dan dibuat di Moodle sekarang" in shown
        assert "2 dari 8" in shown
        slow.go_on.set()
        until(world, ("send", 5, 8))
        shown = planner.get(address).text
        assert "Sudah dijawab Moodle" in shown
        assert "5 dari 8" in shown
        assert "0 dari 8" in shown, "nothing is said to be done before it is kept"
    finally:
        slow.go_on.set()
        run.join(20)
    assert came == [SyncSummary(applied=8)]
    shown = planner.get(address).text
    assert "8 dari 8" in shown
    assert "Sudah dijawab Moodle" not in shown


def test_a_moodle_tells_each_account_and_each_row_once(moodle: SandboxServer) -> None:
    told: list[int] = []
    platform = MoodlePlatform(moodle.url, TOKEN, home_page="http://lms.test", batch_size=2)
    platform.on_answered = told.append
    people = [LearnerAccount(f"k{n}", f"uji{n}", f"n{n}", f"uji{n}@x.test", "Uji", str(n)) for n in range(5)]
    ids = [one.remote_id or "" for one in platform.resolve_accounts(people)]
    assert sorted(told) == [1, 2, 2]
    told.clear()
    assert platform.resolve_accounts(people)[0].remote_id == ids[0]
    assert told == [], "who is found was not long in coming"
    platform.apply("7", [DesiredEnrolment(one, one) for one in [*ids, "98765"]])
    assert sum(told) == 6, "the bad row was answered as well"
    told.clear()
    platform.unenrol("7", [DesiredEnrolment(one, one) for one in ids])
    assert sum(told) == 5


def test_a_database_that_is_away_and_a_lease_that_is_lost_disturb_nobody(app: Flask, world: World) -> None:
    platform, tries = MemoryPlatform(now=world.clock.now), list[int]()
    given = jobs_beside(app, platform, tell_every=SOON)

    def breaking() -> Any:
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("UPDATE", {}, Exception("away"))
        return given.writing()

    with world.writing() as session:
        place = {"site_id": world.site, "course_ref": "7", "owner": "b"}
        assert leases.take(session, **place, lease=timedelta(minutes=1))

    class Work:
        place = {"site_id": world.site, "course_ref": "7", "owner": "a"}

    with telling(replace(given, writing=breaking), Work(), platform) as told:
        told.begin("send", 10)
        told.answered(4)
        for _ in range(200):
            if len(tries) > 1:
                break
            time.sleep(0.02)
    assert len(tries) > 1, "tried again after the database was away"
    with world.trying() as session:
        lease = session.scalars(select(CourseLease)).one()
        assert (lease.owner, lease.doing, lease.done, lease.total) == ("b", "", 0, 0)


def test_what_another_worker_told_is_forgotten_by_who_takes_the_course_over(world: World) -> None:
    place = {"site_id": world.site, "course_ref": "7"}
    with world.writing() as session:
        assert leases.take(session, **place, owner="a", lease=timedelta(seconds=-1))
        leases.tell(session, **place, owner="a", doing="send", done=3, total=9)
    with world.writing() as session:
        assert leases.take(session, **place, owner="b", lease=timedelta(minutes=1))
        lease = session.scalars(select(CourseLease)).one()
        assert (lease.owner, lease.doing, lease.done, lease.total) == ("b", "", 0, 0)


@pytest.mark.parametrize("many", [3, 99])
def test_no_more_is_told_than_there_is(many: int, app: Flask, world: World) -> None:
    platform = MemoryPlatform(now=world.clock.now)

    class Work:
        place = {"site_id": world.site, "course_ref": "7", "owner": "a"}

    with telling(jobs_beside(app, platform), Work(), platform) as told:
        told.begin("send", 10)
        told.answered(many)
        assert told.now() == ("send", min(many, 10), 10)
