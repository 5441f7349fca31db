"""Several Celery workers on PostgreSQL and a real Valkey: a killed worker's course is finished by another, and no
course is owned by two at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lms_connectors.sandbox.faults import Fault
from tests.support.celery_town import ENROL, LEASE_SECONDS, PATIENCE, Town, beat, celery_town, done, worker
from tests.support.databases import Databases
from tests.support.running import eventually
from tests.support.world import LEARNERS
from workflows.audit import broken_links
from workflows.models import RunnerClaim

pytestmark = pytest.mark.long


@pytest.fixture
def town(tmp_path: Path, databases_of: Callable[[str], Databases]) -> Iterator[Town]:
    with celery_town(tmp_path, databases_of("postgresql")) as town:
        yield town


def test_a_killed_workers_course_is_finished_by_another_after_the_lease(town: Town, tmp_path: Path) -> None:
    town.wish(courses=1)
    town.moodle.app.faults.always = Fault(seconds=0.7, function=ENROL)
    with beat(town, tmp_path), worker(town, tmp_path, "one") as first:
        eventually(lambda: len(town.enrolled()) > 0, patience=PATIENCE)
        first.kill()
        killed, reached, dead = time.monotonic(), len(town.enrolled()), town.leases()
        assert reached < len(LEARNERS), "it was not killed in the middle"
        assert len(dead) == 1
        town.moodle.app.faults.clear()
        with worker(town, tmp_path, "two") as second:
            eventually(lambda: done(town), patience=PATIENCE)
            assert time.monotonic() - killed > LEASE_SECONDS / 2
            assert second.process.poll() is None
    assert len(town.enrolled()) == len(set(town.enrolled())) == len(LEARNERS)
    with town.world.trying() as session:
        assert list(broken_links(session)) == []


def test_no_course_is_owned_by_two_workers_and_all_take_part(town: Town, tmp_path: Path) -> None:
    town.wish(courses=6)
    town.moodle.app.faults.always = Fault(seconds=0.4, function=ENROL)
    owners: set[str] = set()

    def all_done() -> bool:
        owners.update(town.leases().values())
        return done(town)

    with beat(town, tmp_path), worker(town, tmp_path, "one"), worker(town, tmp_path, "two"):
        eventually(all_done, patience=PATIENCE)
    assert len({owner.split(":")[1] for owner in owners}) == 2, "both processes took part"
    assert set(town.calls.most.values()) == {1}, "one owner speaks of a course at a time, on one connection"
    assert len(town.enrolled()) == len(set(town.enrolled())) == 6 * len(LEARNERS)


def test_a_worker_refuses_beside_an_embedded_runner(town: Town, tmp_path: Path) -> None:
    with town.world.writing() as session:
        session.add(RunnerClaim(name="embedded", owner="somebody", until=datetime(2999, 1, 1, tzinfo=UTC)))
    with worker(town, tmp_path, "one") as refused:
        assert refused.process.wait(timeout=PATIENCE) != 0
    assert "an embedded runner works on this database" in refused.log.read_text()
