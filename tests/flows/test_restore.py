"""A Moodle is restored from last week's copy of its database: stopped before anything is sent, decided on the page,
and afterwards everybody is enrolled exactly once (R26). Over a wire; the copy is the file of the stand-in itself.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, select

from lms_connectors.moodle.platform import MoodlePlatform
from service.jobs.drift import compare_due
from service.jobs.enrolments import SyncSummary, sync_due
from tests.support import walk
from tests.support.sandbox_jobs import TOKEN, jobs_beside, sandbox_beside
from tests.support.web import browser, running_app
from tests.support.world import LEARNERS, World, make_world
from workflows.models import Enrolment, HistoryRow, LmsAccount, Site
from workflows.ports import LearnerAccount

STRANGERS = 3
FILE = "moodle.sqlite3"


def test_a_site_put_back_to_last_week_stops_and_ends_with_everybody_enrolled_once(
    engine: Engine, tmp_path: Path
) -> None:
    world = make_world(engine)
    with running_app(world, tmp_path) as app, sandbox_beside(world, tmp_path) as moodle:
        site = MoodlePlatform(moodle.url, TOKEN, home_page="http://lms.test", account_policy="create")
        version_id = walk.to_approved(world)
        with jobs_beside(app, moodle) as jobs:
            walk.enrol(world, version_id, LEARNERS[:2])
            assert sync_due(jobs) == SyncSummary(applied=2)
            copy_of(tmp_path / FILE, tmp_path / "backup.sqlite3")
            walk.enrol(world, version_id, LEARNERS[2:7])
            assert sync_due(jobs) == SyncSummary(applied=5)

            copy_of(tmp_path / "backup.sqlite3", tmp_path / FILE)
            strangers = sign_up(site)
            assert len(site.roster("7")) == 2
            with world.trying() as session:
                ours = set(session.scalars(select(LmsAccount.remote_id)))
            assert set(strangers) <= ours, "their numbers were ours"

            walk.enrol(world, version_id, LEARNERS[7:])
            sync_due(jobs)
            compare_due(jobs)
            assert sync_due(jobs) == SyncSummary(), "nor is it tried again"
            assert len(site.roster("7")) == 2, "nothing was sent"
            assert went_back(world)

        page, client = "/sinkron/lms/mundur", browser(app, world, "administrator")
        shown = client.get(page).text
        assert "nomornya kini milik orang lain" in shown
        assert "Tamu" not in shown, "strangers are nobody's business"
        assert client.post(f"{page}/perbaiki", data={"reason": ""}).status_code == 422
        assert client.post(f"{page}/perbaiki", data={"reason": "Cadangan hari Minggu"}).status_code == 303

        with jobs_beside(app, moodle) as jobs:
            assert sync_due(jobs) == SyncSummary(applied=8)
            assert sync_due(jobs) == SyncSummary()
        roster = site.roster("7")
        assert len(roster) == 8
        with closing(sqlite3.connect(tmp_path / FILE)) as file:
            rows = file.execute("SELECT user, suspended FROM enrolments WHERE course = 7").fetchall()
        assert sorted(rows) == sorted((int(ref), 0) for ref in roster), "each once, and nobody suspended"
        assert not set(roster) & set(strangers)
        with world.trying() as session:
            held = {row.remote_id: row.username for row in session.scalars(select(LmsAccount))}
            assert held == {ref: seen.username for ref, seen in site.show_accounts(list(roster)).items()}
            assert set(session.scalars(select(Enrolment.status))) == {"applied"}
            told = session.scalars(select(HistoryRow.name).order_by(HistoryRow.id)).all()
        assert [name for name in told if name.startswith(("site.went", "site.rewind"))] == [
            "site.went_back",
            "site.rewind_repaired",
        ]


def copy_of(source: Path, target: Path) -> None:
    """All of one database over the other, as a restore does, while the site runs."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def sign_up(site: MoodlePlatform) -> list[str]:
    """Strangers get accounts on the restored site; their numbers."""
    people = [
        LearnerAccount(f"s{n}", f"tamu{n}", f"T-{n}", f"tamu{n}@example.test", "Tamu", f"Nomor {n}")
        for n in range(STRANGERS)
    ]
    return [str(made.remote_id) for made in site.resolve_accounts(people)]


def went_back(world: World) -> bool:
    with world.trying() as session:
        return session.get_one(Site, world.site).went_back
