"""A site that is restored from a backup: nothing is sent, nobody wrong is enrolled, a person decides (R26)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms_connectors.memory import MemoryCourse, MemoryPlatform, MemoryUser
from service.current import bangkom
from service.jobs import rewind as looking
from service.jobs.context import JobContext
from service.jobs.enrolments import SyncSummary, sync_due
from tests.service.test_english_pages import english, left_over
from tests.support import walk
from tests.support.world import LEARNERS, World
from workflows.actions import enrolments, rewind, sync
from workflows.errors import Conflict, Denied, Refused
from workflows.models import Enrolment, Fact, HistoryRow, LmsAccount, Site, SiteRewind

Visit = Callable[[str], FlaskClient]
Run = Callable[[], SyncSummary]
Backup = tuple[dict[str, MemoryUser], dict[str, MemoryCourse]]


@pytest.fixture
def moodle(world: World) -> MemoryPlatform:
    platform = MemoryPlatform("http://lms.test", now=world.clock.now)
    platform.add_course("Kelas", ref="7")
    return platform


@pytest.fixture
def jobs(app: Flask, moodle: MemoryPlatform) -> JobContext:
    with app.app_context():
        return replace(bangkom().jobs, platform_for=lambda site: moodle)


@pytest.fixture
def run(app: Flask, jobs: JobContext) -> Run:
    def once() -> SyncSummary:
        with app.app_context():
            return sync_due(jobs)

    return once


@pytest.fixture
def backup(world: World, moodle: MemoryPlatform, run: Run) -> Backup:
    """Taken before anybody of ours was there; since then six were enrolled."""
    kept = copy.deepcopy((moodle.users, moodle.courses))
    walk.enrol(world, walk.to_approved(world), LEARNERS[:6])
    assert run() == SyncSummary(applied=6)
    return kept


def restore(moodle: MemoryPlatform, backup: Backup, strangers: int = 0) -> None:
    """The site as it was; then strangers sign up and get the next numbers."""
    free = sorted(set(moodle.users) - set(backup[0]), key=int)
    moodle.users, moodle.courses = copy.deepcopy(backup)
    free += [str(int(free[-1]) + more) for more in range(1, strangers)] if free else []
    for number in free[:strangers]:
        moodle.users[number] = MemoryUser(
            number, f"tamu{number}", f"tamu-{number}", f"tamu{number}@example.test"
        )


def one_more(world: World) -> None:
    with world.trying() as session:
        version_id = session.scalars(select(Enrolment)).first().batch.version_id
    walk.enrol(world, version_id, LEARNERS[6:7])


def is_back(world: World) -> bool:
    with world.trying() as session:
        return session.get_one(Site, world.site).went_back


def repair(world: World, by: str = "administrator", reason: str = "Dipulihkan dari cadangan") -> int:
    with world.writing() as session:
        return rewind.repair(session, actor=world.actor(session, by), code="lms", reason=reason)


@pytest.mark.parametrize("strangers", [0, 1, 6, 9])
def test_after_a_restore_nothing_is_sent_and_one_alarm_says_so(
    world: World, moodle: MemoryPlatform, run: Run, backup: Backup, strangers: int
) -> None:
    restore(moodle, backup, strangers)
    one_more(world)
    moodle.calls.clear()
    run()
    assert moodle.calls == ["show_accounts"] * (2 if 0 < strangers < 6 else 1), (
        "who lacks is asked for once more"
    )
    assert moodle.courses["7"].enrolments == {}
    assert is_back(world)
    moodle.calls.clear()
    assert run() == SyncSummary()
    assert moodle.calls == []
    with world.trying() as session:
        found = session.scalars(select(SiteRewind)).one()
        assert (found.looked, found.gone, found.moved) == (6, max(6 - strangers, 0), min(strangers, 6))
        assert found.course_ref == "7"
        assert session.query(HistoryRow).filter_by(name="site.went_back").count() == 1
        assert sync.due_courses(session) == []
        waiting = session.scalars(select(Enrolment.status).order_by(Enrolment.id)).all()
        assert waiting == ["applied"] * 6 + ["waiting"], "nothing is lost and nothing counts as tried"


def test_a_question_that_was_cut_silently_is_no_restore(
    world: World, moodle: MemoryPlatform, run: Run, backup: Backup, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = moodle.show_accounts
    monkeypatch.setattr(moodle, "show_accounts", lambda ids: whole(list(ids)[:2]))
    one_more(world)
    assert run() == SyncSummary(applied=1)
    assert not is_back(world)


def test_a_deleted_account_is_no_restore(
    world: World, moodle: MemoryPlatform, run: Run, backup: Backup
) -> None:
    del moodle.users[max(moodle.users, key=int)]
    one_more(world)
    assert run() == SyncSummary(applied=1)
    assert not is_back(world)


def test_when_the_restore_is_undone_a_second_look_lets_all_go_on(
    app: Flask, world: World, moodle: MemoryPlatform, run: Run, jobs: JobContext, backup: Backup
) -> None:
    today = copy.deepcopy((moodle.users, moodle.courses))
    restore(moodle, backup, 6)
    one_more(world)
    run()

    def look() -> bool:
        with world.trying() as session:
            actor = world.actor(session, "administrator")
        with app.app_context():
            return looking.look_again(jobs, actor, "lms")

    assert not look()
    restore(moodle, today)
    assert look()
    assert not is_back(world)
    assert run() == SyncSummary(applied=1)
    with pytest.raises(Conflict, match="not_back"):
        look()


def test_taken_as_it_is_everybody_is_looked_up_anew_and_no_stranger_is_touched(
    world: World, moodle: MemoryPlatform, run: Run, backup: Backup
) -> None:
    restore(moodle, backup, 6)
    strangers = set(moodle.users)
    one_more(world)
    run()
    for name in ("quality", "inspector", "stranger"):
        with pytest.raises(Denied):
            repair(world, by=name)
    with pytest.raises(Refused, match="reason_missing"):
        repair(world, reason=" ")
    assert repair(world) == 7
    assert run() == SyncSummary(applied=7)
    enrolled = set(moodle.courses["7"].enrolments)
    assert len(enrolled) == 7
    assert not enrolled & strangers
    with world.trying() as session:
        held = {account.remote_id: account.username for account in session.scalars(select(LmsAccount))}
        assert held == {one: moodle.users[one].username for one in enrolled}
    assert not is_back(world)
    with pytest.raises(Conflict, match="not_back"):
        repair(world)


def test_who_was_stopped_is_stopped_again_without_a_second_question(
    world: World, moodle: MemoryPlatform, run: Run, backup: Backup
) -> None:
    middle = copy.deepcopy((moodle.users, moodle.courses))
    with world.writing() as session:
        session.get_one(Site, world.site).brake_percent = 100
        ids = session.scalars(select(Enrolment.id).order_by(Enrolment.id)).all()
        for row_id in ids[:5]:
            actor = world.actor(session, "planner")
            enrolments.withdraw(session, actor=actor, enrolment_id=row_id, reason="Pindah")
    run()
    with world.writing() as session:
        session.get_one(Site, world.site).brake_percent = 20
    restore(moodle, middle)
    for user in list(moodle.users.values())[-3:]:
        user.username, user.idnumber, user.email = f"lain-{user.remote_id}", "", f"{user.remote_id}@lain.test"
    one_more(world)
    run()
    assert is_back(world)
    repair(world)
    run()
    with world.trying() as session:
        states = session.execute(select(Enrolment.desired, Enrolment.applied, Enrolment.status)).all()
        assert all(desired == applied and status == "applied" for desired, applied, status in states)
    active = [row for row in moodle.courses["7"].enrolments.values() if not row.suspended]
    ours = [row for row in active if not moodle.users[row.remote_id].username.startswith("lain-")]
    assert len(ours) == 2


def test_a_report_by_number_waits_while_numbers_cannot_be_trusted(
    world: World, moodle: MemoryPlatform, run: Run, backup: Backup
) -> None:
    with world.trying() as session:
        number = session.scalars(select(LmsAccount.remote_id).order_by(LmsAccount.id)).first()
    restore(moodle, backup, 6)
    one_more(world)
    run()
    walk.report(world, walk.fact(world, "learner1", account=number))
    with world.trying() as session:
        fact = session.scalars(select(Fact)).one()
        assert (fact.status, fact.reason) == ("waiting", "unknown_account")


def test_the_pages_say_what_is_gone_and_take_the_decision(
    app: Flask, world: World, moodle: MemoryPlatform, run: Run, backup: Backup, visit: Visit
) -> None:
    client = visit("administrator")
    assert "Situs tidak mundur" in client.get("/sinkron/lms/mundur").text
    restore(moodle, backup, 2)
    one_more(world)
    run()
    assert "Moodle tampak mundur ke keadaan lama (Kelas)" in visit("planner").get("/").text
    assert "mundur" not in visit("nurse").get("/").text
    shown = client.get("/sinkron/lms/mundur").text
    assert "Learner1 Contoh" in shown
    assert "nomornya kini milik orang lain" in shown
    assert "tamu" not in shown
    assert "Terima dan perbaiki" not in visit("inspector").get("/sinkron/lms/mundur").text
    assert visit("stranger").get("/sinkron/lms/mundur").status_code == 403
    report = client.get("/sinkron/lms/laporan").text
    assert (
        "Dari 6 akun terbaru yang kami kenal, 4 tidak ada lagi dan 2 nomornya kini milik orang lain."
        in report
    )
    assert "Beri tahu kami apakah situs dipulihkan dari cadangan" in report
    assert "menerima pendaftaran" not in report
    assert "mencoba sekali semenit" not in report
    assert "sampai seseorang memutuskan" in visit("planner").get("/").text
    for verb in ("lihat", "perbaiki"):
        assert visit("stranger").post(f"/sinkron/lms/mundur/{verb}", data={"reason": "x"}).status_code == 403
    assert client.post("/sinkron/lms/mundur/perbaiki", data={"reason": ""}).status_code == 422
    talk = english(visit, "planner")
    assert left_over(world, talk, "/sinkron/lms/mundur", "/sinkron/lms", "/sinkron", "/") == []
    assert client.post("/sinkron/lms/mundur/perbaiki", data={"reason": "Cadangan"}).status_code == 303
    assert client.post("/sinkron/lms/mundur/perbaiki", data={"reason": "Cadangan"}).status_code == 409
    assert left_over(world, talk, "/sinkron/lms/mundur") == []
    assert run() == SyncSummary(applied=7)
