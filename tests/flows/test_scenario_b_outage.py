"""Scenario B, 5 and 6 April 2027: Moodle is down for 30.5 hours while the first class begins.

Calls go over a wire, through a gateway in front of a site that is switched off. Both clocks run on together, and the
jobs of the sweep run twice a minute: through all of the outage (long), or through its first and its last hour.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from lms_connectors.moodle.platform import MoodlePlatform
from lms_connectors.sandbox import SandboxServer, SeedCourse, create_sandbox, serve_sandbox
from service.current import bangkom
from service.jobs.breaker import try_closed_sites
from service.jobs.context import JobContext
from service.jobs.drift import compare_due
from service.jobs.enrolments import renew_dates, sync_due
from tests.support import walk
from tests.support.crowd import add_people
from tests.support.fault_proxy import FaultProxy
from tests.support.outside import ZONE
from tests.support.web import browser, running_app
from tests.support.world import World, make_world
from workflows.audit import broken_links
from workflows.models import ApprovalTask, Batch, Enrolment, HistoryRow, ProgrammeVersion, Site, SyncAttempt

TOKEN = "t" * 32
ENROL = "enrol_manual_enrol_users"
DOWN = datetime(2027, 4, 5, 8, 10, tzinfo=ZONE).astimezone(UTC)
UP = datetime(2027, 4, 6, 14, 40, tzinfo=ZONE).astimezone(UTC)
MORNING = datetime(2027, 4, 6, 7, 30, tzinfo=ZONE).astimezone(UTC)
CLASS = (date(2027, 4, 6), date(2027, 4, 9))
SWEEP = timedelta(seconds=30)
PARTICIPANTS = 20


@dataclass
class Town:
    """The regency, its Moodle and the gateway between them. ``sweep`` until ``end`` runs both clocks on."""

    world: World
    app: Flask
    jobs: JobContext
    moodle: SandboxServer
    gateway: FaultProxy

    def go(self, moment: datetime) -> None:
        self.world.clock.machine += moment - self.world.clock.work
        self.world.clock.work = moment

    def sweep_until(self, end: datetime) -> None:
        with self.app.app_context():
            while self.world.clock.work < end:
                for job in (try_closed_sites, renew_dates, sync_due):
                    job(self.jobs)
                self.go(self.world.clock.work + SWEEP)

    def switch_on(self) -> None:
        """The same site with the same data, at the port where the gateway looks for it."""
        self.moodle = serve_sandbox(self.moodle.app, "127.0.0.1", self.gateway.behind, resend_every=600)

    def browser(self, name: str) -> FlaskClient:
        return browser(self.app, self.world, name)

    def rows(self, version_id: int) -> list[Enrolment]:
        with self.world.trying() as session:
            mine = select(Enrolment).join(Batch).where(Batch.version_id == version_id)
            rows = session.scalars(mine.order_by(Enrolment.id)).all()
            session.expunge_all()
        return list(rows)

    def held(self) -> list[tuple[int, int]]:
        with self.moodle.app.site.store.reading() as db:
            return [
                tuple(row) for row in db.execute("SELECT user, suspended FROM enrolments WHERE course = 7")
            ]


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Iterator[Town]:
    world = make_world(engine)
    app = create_sandbox(
        tmp_path / "moodle.sqlite3", purpose="test", token=TOKEN, home_page="http://lms.test", clock=world.clock.now,
        xapi_endpoint="http://127.0.0.1:9/xapi", xapi_key="k", xapi_secret="s",
    )  # fmt: skip
    app.seed_courses([SeedCourse(fullname="Satu Data", shortname="satu-data", ref=7)])
    moodle = serve_sandbox(app, "127.0.0.1", 0, resend_every=600)
    with running_app(world, tmp_path) as service, FaultProxy(moodle.port) as gateway:

        def platform_for(site: Site) -> MoodlePlatform:
            return MoodlePlatform(
                gateway.url, TOKEN, home_page="http://lms.test", batch_size=50, timeouts=(1.0, 5.0)
            )

        with service.app_context():
            jobs = replace(bangkom().jobs, platform_for=platform_for)
        town = Town(world, service, jobs, moodle, gateway)
        yield town
        town.moodle.stop()


@pytest.mark.parametrize(
    "hours", [pytest.param(1, id="an hour"), pytest.param(23, id="all of it", marks=pytest.mark.long)]
)
def test_outage_of_scenario_b(town: Town, hours: int) -> None:
    world, planner = town.world, town.browser("planner")
    version_id = walk.to_approved(world, seats=PARTICIPANTS, starts_on=CLASS[0], ends_on=CLASS[1])
    other = walk.to_approval(world)

    # Monday 08:10: Moodle goes down; twenty participants are put on the list in the pages
    town.go(DOWN)
    town.moodle.stop()
    names = add_people(world, PARTICIPANTS)
    people = [str(world.people[name]) for name in names]
    assert planner.post(f"/program/{version_id}/peserta", data={"person_ids": people}).status_code == 303
    town.sweep_until(DOWN + timedelta(minutes=10))
    assert {(row.status, row.applied) for row in town.rows(version_id)} == {("waiting", "none")}
    assert "Kelas tidak menjawab sejak 5 Apr" in planner.get("/").text
    with world.trying() as session:
        assert session.get_one(Site, world.site).open_since is not None
        told = session.scalars(select(HistoryRow.name).where(HistoryRow.name.like("site.%"))).all()
        assert told == ["site.unreachable"]

    # the breaker is open: one cheap call a minute, and nothing else
    before = len(town.gateway.seen)
    town.sweep_until(world.clock.work + timedelta(hours=hours))
    calls = town.gateway.seen[before:]
    assert abs(len(calls) - 60 * hours) <= 1
    assert {function for function, _ in calls} == {"core_course_get_courses_by_field"}

    # Tuesday: the class begins, somebody leaves and somebody joins, an approval is given; Moodle blocks nothing
    town.go(max(world.clock.work, MORNING))
    assert planner.post(f"/program/{version_id}/mulai").status_code == 303
    with world.trying() as session:
        assert session.get_one(ProgrammeVersion, version_id).state == "running"
    leaver = town.rows(version_id)[0]
    left = planner.post(f"/program/{version_id}/peserta/{leaver.id}/berhenti", data={"reason": "sakit"})
    assert left.status_code == 303
    late = str(world.people["learner1"])
    assert planner.post(f"/program/{version_id}/peserta", data={"person_ids": [late]}).status_code == 303
    _approve(town, other)

    # 14:40 it is up again; at 14:41 everything is delivered, although the first answer was lost after the work
    town.go(max(world.clock.work, UP - timedelta(hours=min(hours, 7))))
    town.sweep_until(UP)
    assert town.held() == []
    town.switch_on()
    before = len(town.gateway.seen)
    town.gateway.next("gateway_timeout", function=ENROL)
    town.sweep_until(UP + timedelta(minutes=1))
    calls = town.gateway.seen[before:]
    assert [fate for function, fate in calls if function == ENROL] == ["gateway_timeout", "pass"]
    rows = town.rows(version_id)
    assert {row.status for row in rows} == {"applied"}
    active = [user for user, suspended in town.held() if not suspended]
    assert len(active) == len(set(active)) == PARTICIPANTS
    assert len(town.held()) == PARTICIPANTS, "who left before anything was sent was never enrolled"
    assert "tidak menjawab" not in planner.get("/").text

    # every row says why it was tried more than once
    with world.trying() as session:
        for row in rows:
            tries = session.scalars(
                select(SyncAttempt).where(SyncAttempt.enrolment_id == row.id).order_by(SyncAttempt.id)
            ).all()
            assert {one.code for one in tries[:-1]} <= {"http_502"}
            assert (tries[-1].outcome, tries[-1].code) == ("applied", "")
        assert list(broken_links(session)) == []

    # reconciliation: 20 of 20
    with town.app.app_context():
        compare_due(town.jobs)
    page = planner.get(f"/program/{version_id}/moodle/beda").text
    figures = re.findall(r'figure-value">(\d+)<', page)
    assert figures == ["21", "20", "0"], "one who left and 20 in; 20 in the course; no difference"


def _approve(town: Town, version_id: int) -> None:
    """The next signature of another programme, in the pages."""
    with town.world.trying() as session:
        task = walk.task_of(session, version_id, "unit_head").id
        item = walk.item_for(session, version_id, "unit_head")
    given = {"task": task, f"shown-{task}": item.shown, "outcome": "approve"}
    assert town.browser("unit_head").post("/keputusan", data=given).status_code == 200
    with town.world.trying() as session:
        assert session.get_one(ApprovalTask, task).status == "granted"
