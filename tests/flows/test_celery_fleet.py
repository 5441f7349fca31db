"""Workers as docs/skala.md has them started, on two machines, under blows: a child or a whole machine killed, a worker
that stands still, a broker that is away or empty. Each course has one owner at a time, and all ends as wished."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from lms_connectors.sandbox.faults import Fault
from tests.support.celery_town import ENROL, PATIENCE, Town, beat, celery_town, done, worker
from tests.support.databases import Databases
from tests.support.lease_log import keep_log, overlaps, owned
from tests.support.running import eventually
from tests.support.world import LEARNERS
from workflows.actions import enrolments
from workflows.audit import broken_links
from workflows.models import Batch, Enrolment, Site

pytestmark = pytest.mark.long
POOL = ("--concurrency", "2")


@pytest.fixture
def town(tmp_path: Path, databases_of: Callable[[str], Databases]) -> Iterator[Town]:
    with celery_town(tmp_path, databases_of("postgresql")) as town:
        keep_log(town.world.engine)
        yield town


def slow(town: Town, seconds: float = 0.6) -> None:
    """Each enrolling call takes so long; a course needs four."""
    town.moodle.app.faults.always = Fault(seconds=seconds, function=ENROL)


def process_of(owner: str) -> int:
    return int(owner.split(":")[1])


def ended_well(town: Town, courses: int) -> None:
    intervals = owned(town.world.engine)
    assert len({one.course for one in intervals}) == courses
    assert overlaps(intervals) == []
    assert len(town.enrolled()) == len(set(town.enrolled())) == courses * len(LEARNERS)
    with town.world.trying() as session:
        assert list(broken_links(session)) == []


def test_a_child_and_then_a_whole_machine_are_killed_in_mid_course(town: Town, tmp_path: Path) -> None:
    town.wish(courses=4)
    slow(town)
    with beat(town, tmp_path), worker(town, tmp_path, "one", *POOL) as first:
        leases = eventually(lambda: len(town.leases()) == 2 and town.leases(), patience=PATIENCE)
        assert first.process.pid not in map(process_of, leases.values()), "children do the work"
        assert len(set(map(process_of, leases.values()))) == 2
        course, owner = sorted(leases.items())[0]
        os.kill(process_of(owner), signal.SIGKILL)
        eventually(lambda: town.leases().get(course, owner) != owner, patience=PATIENCE)
        after_child = [one for one in owned(town.world.engine) if one.course[1] == course]
        assert after_child[1].start >= after_child[0].end, "not before the lease had run out"
        eventually(lambda: len(town.leases()) == 2, patience=PATIENCE)
        assert not done(town)
        assert first.alive()
        first.kill()
        left = town.leases()
        assert left, "nobody gave anything back"
        with worker(town, tmp_path, "two", *POOL):
            eventually(lambda: done(town), patience=PATIENCE)
    for course, owner in left.items():
        mine = [one.owner for one in owned(town.world.engine) if one.course[1] == course]
        assert mine[-1] != owner, "another finished it"
    ended_well(town, courses=4)


def test_the_broker_is_emptied_goes_away_and_comes_back(town: Town, tmp_path: Path) -> None:
    """A service manager tends the workers: one in the middle of a task may end when its broker goes (Kombu's Redis
    transport then falls over what it would put back)."""
    town.wish(courses=6)
    slow(town)
    with (
        beat(town, tmp_path) as first_beat,
        beat(town, tmp_path, "beat2") as second_beat,
        worker(town, tmp_path, "one", *POOL) as first,
        worker(town, tmp_path, "two", *POOL) as second,
    ):
        eventually(lambda: len(town.enrolled()) > 0, patience=PATIENCE)
        town.broker_emptied()
        town.valkey.stop()
        time.sleep(2)
        before = len(owned(town.world.engine))
        assert not done(town)
        town.broker_again()

        def done_with_both() -> bool:
            first.tend()
            second.tend()
            return done(town)

        eventually(done_with_both, patience=PATIENCE)
        assert len(owned(town.world.engine)) > before, "what was left was taken after the broker came back"
        assert first_beat.alive()
        assert second_beat.alive()
    machines = {process_of(one.owner) for one in owned(town.world.engine)}
    assert len(machines) > 2, "children of both"
    ended_well(town, courses=6)


def test_a_worker_that_stood_still_writes_nothing_when_it_goes_on(town: Town, tmp_path: Path) -> None:
    """Meanwhile a wish changes and another worker carries it out; the late one must not undo it."""
    town.wish(courses=1)
    slow(town)
    with beat(town, tmp_path), worker(town, tmp_path, "still") as still:
        eventually(lambda: len(town.enrolled()) > 0, patience=PATIENCE)
        still.send(signal.SIGSTOP)
        with town.world.trying() as session:
            last = session.scalars(select(Enrolment.id).order_by(Enrolment.id.desc())).first()
        with town.world.writing() as session:
            planner = town.world.actor(session, "planner")
            enrolments.withdraw(session, actor=planner, enrolment_id=last, reason="sakit")
        with worker(town, tmp_path, "other"):
            wished = {("applied", "active"), ("applied", "suspended")}
            eventually(lambda: town.states() == wished, patience=PATIENCE)
            still.send(signal.SIGCONT)
            eventually(lambda: "another worker took over" in still.log.read_text(), patience=PATIENCE)
            eventually(lambda: town.states() == wished and town.shut() == 1, patience=PATIENCE)
            assert still.alive()
    intervals = owned(town.world.engine)
    assert len({process_of(one.owner) for one in intervals}) == 2
    assert overlaps(intervals) == []


def test_a_site_with_many_courses_keeps_another_waiting_for_one_course_only(
    town: Town, tmp_path: Path
) -> None:
    town.wish(courses=5)
    with town.world.writing() as session:
        site = session.get_one(Site, town.world.site)
        other = Site(code="other", name="Lain", url=site.url, home_page="http://lain.test")
        session.add(other)
        session.flush()
        batch = session.scalars(select(Batch.id).order_by(Batch.id.desc())).first()
        moved = session.scalars(select(Enrolment).where(Enrolment.batch_id == batch)).all()
        for row in moved:
            row.site_id = other.id
    town.environment["BANGKOM_SITE_OTHER_TOKEN"] = town.environment["BANGKOM_SITE_LMS_TOKEN"]
    slow(town, 0.2)
    with beat(town, tmp_path), worker(town, tmp_path, "one"):
        eventually(lambda: done(town), patience=PATIENCE)
    begun = list(dict.fromkeys(one.course for one in owned(town.world.engine)))
    assert [site_id for site_id, _ in begun].index(other.id) == 1, begun
    assert len(begun) == 5


def test_an_embedded_worker_refuses_beside_celery(town: Town, tmp_path: Path) -> None:
    town.wish(courses=1)
    with beat(town, tmp_path), worker(town, tmp_path, "one"):
        eventually(lambda: done(town), patience=PATIENCE)
        refused = subprocess.run(
            [sys.executable, "-c", "from service.cli import main; main()", "worker"],
            cwd=tmp_path, env=town.environment, capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip
    assert refused.returncode == 1
    assert "another runner works on this database" in refused.stderr
