"""The demo is killed with -9 in the middle of an enrolment sync; started again, everyone is enrolled once."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

import service.db  # noqa: F401  its engine events: BEGIN IMMEDIATE
from service.demo.clock import MovableClock
from service.demo.places import Places, Ports
from service.profiles import default_name, load_profile
from service.survey_secrets import FileSecrets
from tests.structure.tree import ROOT
from tests.support.running import eventually
from workflows.actions.enrolments import enrol
from workflows.actor import load_actor
from workflows.audit import broken_links
from workflows.models import Batch, Enrolment, Person, ProgrammeVersion, RoleGrant

SLOW = "0.4"


@contextmanager
def demo(places: Places, seconds: str) -> Iterator[subprocess.Popen[str]]:
    ports = [str(port) for port in (places.ports.app, places.ports.provider, places.ports.sandbox)]
    command = [sys.executable, "-m", "tests.support.demo_process", str(places.folder), *ports, seconds]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        assert any(line.strip() == "ready" for line in process.stdout)
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def bangkom(places: Places) -> Iterator[Session]:
    """Our database, from outside of the demo's process."""
    engine = create_engine(f"sqlite:///{places.database}")
    with Session(engine) as session, session.begin():
        clock = MovableClock()
        clock.load(session)
        zone = load_profile(default_name()).zone
        session.info.update(clock=clock, zone=zone, secrets=FileSecrets(places.survey_secrets))
        yield session
    engine.dispose()


def moodle(places: Places, course: str) -> list[int]:
    """User ids enrolled in the course, as the stand-in's own file holds them (a row each)."""
    connection = sqlite3.connect(places.folder / "moodle.sqlite3", timeout=20)
    try:
        rows = connection.execute("SELECT * FROM enrolments WHERE course = ?", (course,)).fetchall()
        names = [column[0] for column in connection.execute("SELECT * FROM enrolments LIMIT 0").description]
    finally:
        connection.close()
    return [row[names.index("user")] for row in rows]


def wish_everyone(places: Places) -> tuple[int, str, int]:
    """Enrol all who can be: (version, course, how many are wished in all)."""
    with bangkom(places) as session:
        version = session.scalars(select(ProgrammeVersion).where(ProgrammeVersion.state == "approved")).one()
        version.seats = 500
        agency = session.scalars(select(RoleGrant.person_id).where(RoleGrant.role == "hrd_agency")).first()
        assert agency is not None
        people = session.scalars(select(Person.id).where(Person.left_on.is_(None), Person.id != agency)).all()
        enrol(
            session,
            actor=load_actor(session, agency),
            version_id=version.id,
            person_ids=people,
            cap_reason="Uji",
        )
        return version.id, version.course_ref, len(people)


@pytest.mark.long
def test_killed_in_the_middle_of_a_sync_everyone_is_enrolled_once(tmp_path: Path) -> None:
    places = Places(tmp_path, Ports.free())
    with demo(places, SLOW) as process:
        before = len(moodle(places, course_of(places)))
        version, course, wished = wish_everyone(places)
        eventually(lambda: before < len(moodle(places, course)), patience=60)
        process.send_signal(signal.SIGKILL)
        process.wait()
    reached = len(moodle(places, course))
    assert before < reached < wished, "it was not killed in the middle"
    begun = time.monotonic()
    with demo(places, "0"):
        assert time.monotonic() - begun < 30
        eventually(lambda: _all_applied(places, version), patience=60)
    enrolled = Counter(moodle(places, course))
    assert len(enrolled) == wished
    assert set(enrolled.values()) == {1}
    with bangkom(places) as session:
        assert list(broken_links(session)) == []


def course_of(places: Places) -> str:
    with bangkom(places) as session:
        return session.scalars(
            select(ProgrammeVersion.course_ref).where(ProgrammeVersion.state == "approved")
        ).one()


def _all_applied(places: Places, version: int) -> bool:
    with bangkom(places) as session:
        rows = session.execute(
            select(Enrolment.status, Enrolment.applied).join(Batch).where(Batch.version_id == version)
        ).all()
    return {tuple(row) for row in rows} == {("applied", "active")}
