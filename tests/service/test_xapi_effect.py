"""What real Moodle sent, through the end point into the ledger: once, however often and in whatever order."""

from __future__ import annotations

import base64
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, update

from service.current import bangkom
from service.jobs.records import read_statements
from service.xapi import hash_secret
from tests.connectors.xapi import recorded
from tests.support import walk
from tests.support.world import World
from workflows.content import write_content
from workflows.models import (
    Batch,
    Completion,
    Enrolment,
    Fact,
    JpEntry,
    LmsAccount,
    Programme,
    ProgrammeVersion,
    Site,
    Statement,
    XapiCredential,
)

HOME = "http://moodle.test"
KINDS = ("id", "username")
PARTICIPANTS = (
    ("learner1", "id", "21", "11", None),
    ("learner2", "username", "20", "200", "199012212015032012"),
    ("learner2", "username", "22", "200", "199012212015032012"),
)


@pytest.fixture
def moodle(world: World) -> World:
    """The people of the recordings take part in the courses that they completed there on 24 November 2026."""
    world.clock.go(date(2026, 11, 24), hour=15)
    with world.writing() as session:
        sites = {
            kind: Site(code=f"moodle-{kind}", name=kind, url=HOME, home_page=HOME, account_kind=kind)
            for kind in KINDS
        }
        session.add_all(sites.values())
        session.flush()
        for kind, site in sites.items():
            session.add(XapiCredential(key=kind, secret_sha256=hash_secret("secret"), site_id=site.id))
        accounts: set[tuple[str, str]] = set()
        for name, kind, course, remote, username in PARTICIPANTS:
            if (name, kind) not in accounts:
                session.add(
                    LmsAccount(
                        site_id=sites[kind].id,
                        person_id=world.people[name],
                        remote_id=remote,
                        username=username,
                        status="found",
                        checked_at=world.clock.now(),
                    )  # fmt: skip
                )
                accounts.add((name, kind))
            session.add(_enrolment(world, name, sites[kind].id, course))
    return world


def _enrolment(world: World, name: str, site_id: int, course: str) -> Enrolment:
    programme = Programme(owner_unit_id=world.units["dinas"])
    version = ProgrammeVersion(
        programme=programme, number=1, created_at=world.clock.now(), state="running", jp=12
    )
    write_content(version, walk.content(world, course_ref=course, site_id=site_id))
    batch = Batch(version=version, number=1, starts_on=date(2026, 11, 23), ends_on=date(2026, 11, 27))
    return Enrolment(
        batch=batch, person_id=world.people[name], site_id=site_id, course_ref=course, applied="active",
        status="applied", enrolled_at=world.clock.now(),
    )  # fmt: skip


def post(app: Flask, kind: str, name: str) -> None:
    request = recorded.load(name)
    key = base64.b64encode(f"{kind}:secret".encode()).decode()
    headers = {**request.headers, "Authorization": f"Basic {key}"}
    answer = app.test_client().post("/xapi/statements", data=request.body, headers=headers)
    assert answer.status_code == 200
    assert len(answer.json) == len(request.statements)


def credits(world: World) -> list[tuple[str, int, int]]:
    with world.trying() as session:
        rows = session.scalars(select(JpEntry).order_by(JpEntry.id))
        return sorted((world.name_of(row.person_id), row.jp, row.year) for row in rows)


@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "in reverse"])
def test_every_recorded_request_sent_three_times_credits_once(
    app: Flask, moodle: World, backwards: bool
) -> None:
    names = sorted(recorded.NAMES, reverse=backwards)
    for name in [one for one in names for _ in range(3)]:
        post(app, recorded.load(name).account_kind, name)
    with app.app_context():
        read_statements(bangkom().jobs)
        read_statements(bangkom().jobs)
    assert credits(moodle) == [("learner1", 12, 2026), ("learner2", 12, 2026), ("learner2", 12, 2026)]
    with moodle.trying() as session:
        assert len(session.scalars(select(Completion)).all()) == 3
        sent = sum(len(recorded.load(name).statements) for name in names)
        assert len(session.scalars(select(Statement.id)).all()) == 3 * sent
        assert session.scalars(select(Statement.id).where(Statement.read_at.is_(None))).all() == []
        facts = session.scalars(select(Fact.status)).all()
        assert sorted(facts) == ["applied"] * 3 + ["duplicate"] * 6


def test_a_completion_of_somebody_unknown_waits_and_then_applies_itself(app: Flask, moodle: World) -> None:
    with moodle.writing() as session:
        account = session.scalars(select(LmsAccount).where(LmsAccount.remote_id == "11")).one()
        account.remote_id = None
    post(app, "id", "quiz_attempt_submitted")
    with app.app_context():
        read_statements(bangkom().jobs)
    with moodle.trying() as session:
        assert [(f.status, f.reason) for f in session.scalars(select(Fact))] == [
            ("waiting", "unknown_account")
        ]
    with moodle.writing() as session:
        session.scalars(
            select(LmsAccount).where(LmsAccount.person_id == moodle.people["learner1"])
        ).one().remote_id = "11"
    with app.app_context():
        read_statements(bangkom().jobs)
    assert credits(moodle) == [("learner1", 12, 2026)]


def test_a_wrong_key_stores_nothing(app: Flask, moodle: World) -> None:
    key = base64.b64encode(b"id:other").decode()
    request = recorded.load("course_viewed")
    headers = {**request.headers, "Authorization": f"Basic {key}"}
    assert app.test_client().post("/xapi/statements", data=request.body, headers=headers).status_code == 401
    with moodle.trying() as session:
        assert session.scalars(select(Statement.id)).all() == []


def test_statements_of_a_site_that_is_asked_instead_are_kept_without_effect(
    app: Flask, moodle: World
) -> None:
    with moodle.writing() as session:
        session.execute(update(Site).values(completion_source="polling"))
    for name in recorded.NAMES:
        post(app, recorded.load(name).account_kind, name)
    with app.app_context():
        read_statements(bangkom().jobs)
    assert credits(moodle) == []
    with moodle.trying() as session:
        assert session.scalars(select(Fact.id)).all() == []
        assert session.scalars(select(Statement.id)).first() is not None
