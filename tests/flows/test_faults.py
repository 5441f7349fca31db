"""2,000 enrolments while everything between us and Moodle breaks in random order: each once, none lost, all explained.

The worker is a process of its own and is killed with -9 five times, and the database goes away twice. The order of the
faults follows from a number that is printed; ``BANGKOM_TEST_FAULT_SEED`` repeats it.
"""

from __future__ import annotations

import os
import random
import secrets
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from lms_connectors.sandbox import SandboxServer, SeedCourse, create_sandbox, serve_sandbox
from service.web.moodle_words import SENTENCES
from tests.structure.tree import ROOT
from tests.support import walk
from tests.support.crowd import add_people
from tests.support.databases import Databases
from tests.support.fault_proxy import FATES, Fate, FaultProxy
from tests.support.own_postgres import OwnPostgres
from tests.support.running import eventually
from tests.support.schema import make_schema
from tests.support.world import World, make_world
from workflows.audit import broken_links
from workflows.models import Batch, Enrolment, Site, SyncAttempt

pytestmark = pytest.mark.long
TOKEN = "t" * 32
PEOPLE, COURSES = 2_000, 4
SHARE = 0.12
"""Of calls that meet a fault."""
SHUT_SECONDS = 1.5
"""How long the site stays in maintenance when it is: a minute on the scale of the waits below."""
KILLS = (0.1, 0.25, 0.45, 0.65, 0.85)
"""Shares of the work after which the worker is killed; accounts and enrolments count alike."""
AWAY = (0.35, 0.75)
"""Shares after which the database goes away."""
AWAY_SECONDS = 2.0
PATIENCE = 300.0
LOCKER = """
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
held.execute("ROLLBACK")
"""


@dataclass
class Weather:
    """What becomes of each call, from one seed; ``calm`` lets everything pass."""

    proxy: FaultProxy
    seed: int
    calm: bool = False
    shut_until: float = 0.0
    chance: random.Random = field(init=False)
    deck: list[Fate] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def __call__(self, function: str) -> Fate:
        if self.calm:
            return "pass"
        if time.monotonic() < self.shut_until:
            return "unavailable"
        if self.chance.random() >= SHARE:
            return "pass"
        if not self.deck:  # dealt out, so that every kind comes about
            self.deck = [one for one in FATES if one != "pass"]
            self.chance.shuffle(self.deck)
        fate = self.deck.pop()
        if fate == "unavailable":
            self.shut_until = time.monotonic() + SHUT_SECONDS
        self.proxy.fields = self.chance.randint(12, 40)  # one row alone still fits
        return fate


@dataclass
class Town:
    world: World
    moodle: SandboxServer
    weather: Weather
    environment: dict[str, str]
    folder: Path
    away: Callable[[], None]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def work(self) -> None:
        with (self.folder / f"worker{len(self.workers)}.log").open("wb") as log:
            self.workers.append(
                subprocess.Popen(
                    [sys.executable, "-c", "from service.cli import main; main()", "worker"],
                    cwd=self.folder,
                    env=self.environment,
                    stdout=log,
                    stderr=log,
                    stdin=subprocess.DEVNULL,
                )  # fmt: skip
            )

    def kill(self) -> None:
        self.workers[-1].kill()
        self.workers[-1].wait()

    def done(self) -> float:
        """The share of accounts and enrolments that the site holds."""
        with self.moodle.app.site.store.reading() as db:
            counts = [
                db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("users", "enrolments")
            ]
        return sum(counts) / (2 * PEOPLE)

    def states(self) -> Counter[tuple[str, str, str, bool]]:
        """How many rows stand where; the last word: whether they are in the group of their batch."""
        with self.world.trying() as session:
            rows = session.execute(
                select(
                    Enrolment.status,
                    Enrolment.applied,
                    Enrolment.error_code,
                    Enrolment.placed_in == Batch.group_key,
                ).join(Batch)
            )
            return Counter((row[0], row[1], row[2], bool(row[3])) for row in rows)


@dataclass
class Store:
    """A database that can go away for a while."""

    url: str
    away: Callable[[], None]
    remove: Callable[[], None]


@pytest.fixture
def store(database_kind: str, databases_of: Callable[[str], Databases]) -> Iterator[Store]:
    made = _postgres() if database_kind == "postgresql" else _sqlite(databases_of("sqlite"))
    yield made
    made.remove()


def _postgres() -> Store:
    """Its server crashes and is started again; every connection of the worker breaks off."""
    server = OwnPostgres()
    server.start()
    make_schema(server.url)

    def away() -> None:
        server.crash()
        time.sleep(AWAY_SECONDS)
        server.start()

    return Store(server.url, away, server.remove)


def _sqlite(databases: Databases) -> Store:
    """Another process keeps it locked."""
    database = databases.migrated()

    def away() -> None:
        command = [sys.executable, "-c", LOCKER, database.url.removeprefix("sqlite:///"), str(AWAY_SECONDS)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as held:
            assert held.stdout is not None
            assert held.stdout.readline() == b"held\n"
        assert held.returncode == 0

    return Store(database.url, away, lambda: databases.drop(database))


@pytest.fixture
def town(tmp_path: Path, store: Store) -> Iterator[Town]:
    seed = int(os.environ.get("BANGKOM_TEST_FAULT_SEED") or secrets.randbelow(10**6))
    print(f"BANGKOM_TEST_FAULT_SEED={seed}")
    engine = create_engine(store.url, pool_pre_ping=True)
    app = create_sandbox(
        tmp_path / "moodle.sqlite3", purpose="test", token=TOKEN, home_page="http://lms.test",
        clock=lambda: datetime.now(UTC), xapi_endpoint="http://127.0.0.1:9/xapi", xapi_key="k", xapi_secret="s",
        max_input_vars=1000,
    )  # fmt: skip
    app.seed_courses(
        SeedCourse(fullname=f"Kelas {n}", shortname=f"kelas{n}", ref=7 + n) for n in range(COURSES)
    )
    moodle = serve_sandbox(app, "127.0.0.1", 0, resend_every=600)
    with FaultProxy(moodle.port, latency=0.03) as proxy:
        proxy.fate_of = weather = Weather(proxy, seed)
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",
            "BANGKOM_DATABASE_URL": store.url,
            "BANGKOM_SECRET_KEY": "k" * 32,
            "BANGKOM_SSO_ISSUER": "http://127.0.0.1:9",
            "BANGKOM_SURVEY_SECRETS": str(tmp_path / "secrets"),
            "BANGKOM_SEALS": str(tmp_path / "seals"),
            "BANGKOM_SITE_LMS_TOKEN": TOKEN,
            "BANGKOM_SITE_SECONDS": "2,2,1",
            "BANGKOM_LEASE_SECONDS": "3",
            "BANGKOM_SWEEP_SECONDS": "0.3",
            "BANGKOM_SYNC_BACK_OFF": "0.005,0.01,0.02",
            "BANGKOM_SYNC_TRIAL_SECONDS": "0.5",
            "BANGKOM_ACCOUNT_LOOK_AGAIN": "0.05",
            "BANGKOM_POLL_MINUTES": "0",
            "BANGKOM_LOG_LEVEL": "WARNING",
        }
        town = Town(make_world(engine), moodle, weather, environment, tmp_path, store.away)
        try:
            yield town
        finally:
            print(town.states(), proxy.fates())
            with town.world.trying() as session:
                site = session.get_one(Site, town.world.site)
                print(
                    {
                        name: getattr(site, name)
                        for name in ("went_back", "paused_code", "open_since", "try_after")
                    }
                )
            for worker in town.workers:
                worker.kill()
                worker.wait()
            moodle.stop()
            engine.dispose()


def wish_everyone(town: Town) -> None:
    names = add_people(town.world, PEOPLE)
    version_id = walk.to_approved(town.world, seats=PEOPLE)
    walk.enrol(town.world, version_id, names)
    with town.world.writing() as session:
        site = session.get_one(Site, town.world.site)
        site.url, site.batch_size, site.connections = town.weather.proxy.url, 10, 2
        for number, row in enumerate(session.scalars(select(Enrolment).order_by(Enrolment.id))):
            row.course_ref = str(7 + number % COURSES)


def test_two_thousand_are_enrolled_once_whatever_happens(town: Town) -> None:
    wish_everyone(town)
    town.work()
    for share in sorted((*KILLS, *AWAY)):
        eventually(lambda share=share: town.done() >= share, patience=PATIENCE)
        if share in KILLS:
            town.kill()
            town.work()
        else:
            town.away()
    eventually(lambda: town.done() >= 1, patience=PATIENCE)
    assert set(town.weather.proxy.fates()) == set(FATES), "every fault was met"
    town.weather.calm = True
    eventually(lambda: set(town.states()) == {("applied", "active", "", True)}, patience=60)

    with town.moodle.app.site.store.reading() as db:
        enrolled = [tuple(row) for row in db.execute("SELECT course, user FROM enrolments")]
        users = [row[0] for row in db.execute("SELECT idnumber FROM users")]
        grouped = [row[0] for row in db.execute("SELECT user FROM group_members")]
    assert len(enrolled) == len(set(enrolled)) == PEOPLE
    assert len(users) == len(set(users)) == PEOPLE
    assert len(grouped) == len(set(grouped)) == PEOPLE
    with town.world.trying() as session:
        assert list(broken_links(session)) == []
        tries: dict[tuple[int, bool], list[tuple[str, str]]] = defaultdict(list)
        columns = (SyncAttempt.enrolment_id, SyncAttempt.sent, SyncAttempt.outcome, SyncAttempt.code)
        for row, sent, outcome, code in session.execute(select(*columns).order_by(SyncAttempt.id)):
            tries[row, '"group"' in sent].append((outcome, code))
    assert len({row for row, group in tries if not group}) == PEOPLE
    for told in tries.values():
        assert all(code in SENTENCES for _, code in told[:-1]), told
        assert told[-1] == ("applied", "")
    codes = Counter(code for told in tries.values() for _, code in told[:-1])
    print(codes)
    assert codes["run_interrupted"], "killed and cut off from the database in the middle"
