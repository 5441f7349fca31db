"""Many stops at once wait for a person; everything else goes on, and what was read is exactly what is sent (R26)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms_connectors.memory import MemoryPlatform
from service.current import bangkom
from service.jobs.enrolments import SyncSummary, sync_due
from tests.service.test_english_pages import english, left_over
from tests.support import walk
from tests.support.counting import statements
from tests.support.world import LEARNERS, World
from workflows.actions import brake, drift, enrolments, holds, unenrolling
from workflows.errors import Conflict, Denied, NotFound, Refused
from workflows.models import (
    DriftFinding,
    Enrolment,
    HistoryRow,
    Site,
    SyncAttempt,
    SyncHold,
    SyncHoldRow,
)

Visit = Callable[[str], FlaskClient]
Sync = Callable[[], SyncSummary]


@pytest.fixture
def moodle(world: World) -> MemoryPlatform:
    platform = MemoryPlatform("http://lms.test", now=world.clock.now)
    platform.add_course("Kelas", ref="7")
    return platform


@pytest.fixture
def sync(app: Flask, moodle: MemoryPlatform) -> Sync:
    """One run of the job, each in a context of its own, as the worker does it."""

    def run() -> SyncSummary:
        with app.app_context():
            return sync_due(replace(bangkom().jobs, platform_for=lambda site: moodle))

    return run


@pytest.fixture
def ids(world: World, sync: Sync) -> list[int]:
    """Eight people in the course, delivered."""
    found = walk.enrol(world, walk.to_approved(world), LEARNERS)
    assert sync() == SyncSummary(applied=8)
    return found


def stop(world: World, ids: list[int], by: str = "planner") -> None:
    for row_id in ids:
        with world.writing() as session:
            actor = world.actor(session, by)
            enrolments.withdraw(session, actor=actor, enrolment_id=row_id, reason=f"Pindah {row_id}")


def states(world: World, ids: list[int]) -> list[tuple[str, str, str]]:
    with world.trying() as session:
        rows = session.scalars(select(Enrolment).where(Enrolment.id.in_(ids)).order_by(Enrolment.id))
        return [(row.desired, row.applied, row.status) for row in rows]


def suspended(moodle: MemoryPlatform) -> int:
    return sum(row.suspended for row in moodle.courses["7"].enrolments.values())


def the_hold(world: World) -> tuple[int, str]:
    with world.trying() as session:
        hold_id = session.scalars(select(SyncHold.id).where(SyncHold.status == "open")).one()
        return hold_id, holds.print_of(session, hold_id)


def decide(world: World, verb: str, by: str = "administrator", reason: str = "Sudah diperiksa") -> int:
    hold_id, fingerprint = the_hold(world)
    with world.writing() as session:
        actor = world.actor(session, by)
        act = {"approve": holds.approve, "decline": holds.decline}[verb]
        return act(session, actor=actor, hold_id=hold_id, fingerprint=fingerprint, reason=reason)


def test_a_few_pass_and_many_wait_while_the_rest_goes_on(
    world: World, sync: Sync, moodle: MemoryPlatform, ids: list[int]
) -> None:
    stop(world, ids[:3])
    assert sync() == SyncSummary(applied=3)
    assert suspended(moodle) == 3
    with world.trying() as session:
        version_id = session.get_one(Enrolment, ids[0]).batch.version_id
    walk.enrol(world, version_id, [LEARNERS[0]])
    stop(world, ids[3:])
    summary = sync()
    assert (summary.applied, suspended(moodle)) == (1, 2), "who comes back is let in all the same"
    assert set(states(world, ids[3:])) == {("suspended", "active", "held")}
    moodle.calls.clear()
    assert sync() == SyncSummary()
    assert moodle.calls == [], "what is held is not tried again and again"
    with world.trying() as session:
        hold = session.scalars(select(SyncHold)).one()
        assert (hold.reached, hold.base, hold.crossed) == (7, 7, "share")
        causes = session.execute(select(SyncHoldRow.desired, SyncHoldRow.cause).distinct()).all()
        assert causes == [("suspended", "decision")]
        told = session.scalars(select(HistoryRow).where(HistoryRow.name == "sync.held")).one()
        assert '"count":5' in told.payload
        outcomes = session.scalar(select(func.count()).where(SyncAttempt.outcome == "held"))
        assert outcomes == 5


def test_small_plans_on_one_day_are_counted_together_and_on_the_next_day_anew(
    world: World, sync: Sync, moodle: MemoryPlatform, ids: list[int]
) -> None:
    for row_id in ids[:3]:
        stop(world, [row_id])
        assert sync() == SyncSummary(applied=1)
    stop(world, ids[3:4])
    sync()
    assert states(world, ids[3:4]) == [("suspended", "active", "held")]
    stop(world, ids[4:5])
    sync()
    assert states(world, ids[4:5]) == [("suspended", "active", "held")], "it joins those that wait"
    assert decide(world, "decline") == 2
    world.clock.wait(hours=25)
    stop(world, ids[5:8])
    sync()
    assert set(states(world, ids[5:8])) == {("suspended", "suspended", "applied")}


def test_what_was_approved_is_sent_and_not_counted_again(
    world: World, sync: Sync, moodle: MemoryPlatform, ids: list[int]
) -> None:
    stop(world, ids[:5])
    sync()
    assert suspended(moodle) == 0
    assert decide(world, "approve") == 5
    assert sync() == SyncSummary(applied=5)
    assert suspended(moodle) == 5
    stop(world, ids[5:8])
    assert sync() == SyncSummary(applied=3), "people have read those five: they do not count"
    with world.trying() as session:
        assert set(session.scalars(select(Enrolment.stop_agreed))) == {""}, "an approval is used up"
        told = session.scalars(select(HistoryRow).where(HistoryRow.name == "sync.hold_approved")).all()
        assert len(told) == 2, "in the programme and at the site"
        assert not any("Sudah diperiksa" in row.payload for row in told)


def test_an_approval_is_for_what_was_read(world: World, sync: Sync, ids: list[int]) -> None:
    stop(world, ids[:4])
    sync()
    hold_id, fingerprint = the_hold(world)
    stop(world, ids[4:5])
    sync()
    with world.writing() as session:
        actor = world.actor(session, "administrator")
        with pytest.raises(Conflict, match="hold_changed"):
            holds.approve(session, actor=actor, hold_id=hold_id, fingerprint=fingerprint, reason="x")
    assert decide(world, "approve") == 5
    with world.writing() as session:
        actor = world.actor(session, "planner")
        for row_id in ids[:5]:
            unenrolling.unenrol(session, actor=actor, enrolment_id=row_id, reason="Salah orang")
    sync()
    assert set(states(world, ids[:5])) == {("removed", "active", "held")}, "another wish is held again"


def test_turned_down_nobody_is_stopped(
    world: World, sync: Sync, moodle: MemoryPlatform, ids: list[int]
) -> None:
    stop(world, ids[:5])
    sync()
    assert decide(world, "decline", by="planner") == 5
    assert set(states(world, ids)) == {("active", "active", "applied")}
    assert sync() == SyncSummary()
    assert suspended(moodle) == 0
    with pytest.raises(NotFound, match="no_hold"), world.trying() as session:
        holds.hold_of(session, 99)


def test_turned_down_after_the_seats_were_given_away_is_refused(
    world: World, sync: Sync, ids: list[int]
) -> None:
    stop(world, ids[:5])
    sync()
    with world.trying() as session:
        version_id = session.get_one(Enrolment, ids[0]).batch.version_id
    walk.enrol(world, version_id, ["nurse", "teacher", "builder"])
    with pytest.raises(Refused, match="no_seat_back"):
        decide(world, "decline")
    assert set(states(world, ids[:5])) == {("suspended", "active", "held")}
    assert decide(world, "approve") == 5


def test_who_is_enrolled_again_meanwhile_leaves_the_plan(
    world: World, sync: Sync, moodle: MemoryPlatform, ids: list[int]
) -> None:
    stop(world, ids[:4])
    sync()
    with world.trying() as session:
        version_id = session.get_one(Enrolment, ids[0]).batch.version_id
    walk.enrol(world, version_id, [LEARNERS[0]])
    sync()
    assert states(world, ids[:1]) == [("active", "active", "applied")]
    assert decide(world, "approve") == 3
    sync()
    assert suspended(moodle) == 3


def test_an_approved_repair_of_many_is_held_too_and_turned_down_it_is_a_difference_again(
    world: World, sync: Sync, moodle: MemoryPlatform, ids: list[int]
) -> None:
    with world.writing() as session:
        session.get_one(Site, world.site).brake_percent = 100
    stop(world, ids[:5])
    sync()
    assert suspended(moodle) == 5
    for remote_id, row in moodle.courses["7"].enrolments.items():
        moodle.courses["7"].enrolments[remote_id] = replace(row, suspended=False)
    world.clock.wait(hours=25)
    with world.writing() as session:
        session.get_one(Site, world.site).brake_percent = 20
        session.query(Enrolment).update({Enrolment.stopped_at: None})
        version_id = session.get_one(Enrolment, ids[0]).batch.version_id
        findings = [
            DriftFinding(
                site_id=world.site, course_ref="7", kind="still_active", remote_id=str(row_id), enrolment_id=row_id,
                first_seen=world.clock.now(), last_seen=world.clock.now(),
            )
            for row_id in ids[:5]
        ]  # fmt: skip
        session.add_all(findings)
        session.flush()
        drift.repair(
            session,
            actor=world.actor(session, "planner"),
            version_id=version_id,
            finding_ids=[one.id for one in findings],
        )
    sync()
    assert set(states(world, ids[:5])) == {("suspended", "none", "held")}
    decide(world, "decline")
    assert set(states(world, ids[:5])) == {("suspended", "suspended", "applied")}
    assert suspended(moodle) == 0


def test_a_confirmed_preview_passes_without_a_second_question(
    world: World, sync: Sync, moodle: MemoryPlatform, ids: list[int]
) -> None:
    stop(world, ids)
    with world.writing() as session:
        brake.agree(session, ids)
    assert sync() == SyncSummary(applied=8)
    assert suspended(moodle) == 8


def test_only_who_may_and_never_about_oneself_and_only_once(world: World, sync: Sync, ids: list[int]) -> None:
    stop(world, ids[:5])
    sync()
    for name in ("quality", "inspector", "stranger"):
        with pytest.raises(Denied):
            decide(world, "approve", by=name)
    with pytest.raises(Refused, match="reason_missing"):
        decide(world, "approve", reason=" ")
    hold_id, fingerprint = the_hold(world)
    with world.writing() as session:
        session.get_one(Enrolment, ids[0]).person_id = world.people["planner"]
    with pytest.raises(Denied) as caught:
        decide(world, "approve", by="planner")
    assert caught.value.rule == "R13"
    assert decide(world, "approve", by="planner2") == 5
    with pytest.raises(Conflict, match="hold_decided"), world.trying() as session:
        holds.approve(
            session,
            actor=world.actor(session, "planner2"),
            hold_id=hold_id,
            fingerprint=fingerprint,
            reason="lagi",
        )


def test_the_pages_show_names_and_causes_and_take_the_decision(
    world: World, sync: Sync, ids: list[int], visit: Visit
) -> None:
    client = visit("planner")
    assert "Tidak ada yang ditahan" in client.get("/sinkron/lms/rem").text
    stop(world, ids[:5])
    sync()
    assert "5 pemberhentian ditahan (Kelas)" in client.get("/").text
    assert "pemberhentian ditahan" not in visit("nurse").get("/").text
    assert "5 orang hendak dihentikan" in client.get("/sinkron/lms/rem").text
    hold_id, fingerprint = the_hold(world)
    page = f"/sinkron/lms/rem/{hold_id}"
    shown = client.get(page).text
    assert "Learner1 Contoh" in shown
    assert "Learner8 Contoh" not in shown
    assert f"Pindah {ids[0]}" in shown, "the reason of the event"
    assert "20% dari 8 peserta" in shown
    inspected = visit("inspector").get(page).text
    assert f"Pindah {ids[0]}" not in inspected
    assert "Setujui dan kirim" not in inspected
    assert visit("stranger").get(page).status_code == 403
    assert visit("stranger").post(f"{page}/setuju", data={"reason": "x"}).status_code == 403
    assert client.post(f"{page}/setuju", data={"fingerprint": fingerprint}).status_code == 422
    wrong = {"fingerprint": "0", "reason": "Sudah dibaca"}
    refused = client.post(f"{page}/setuju", data=wrong)
    assert refused.status_code == 409
    assert "Sudah dibaca" in refused.text
    right = {"fingerprint": fingerprint, "reason": "Angkatan dibatalkan"}
    assert client.post(f"{page}/tolak", data=right).status_code == 303
    assert "Angkatan dibatalkan" in client.get("/sinkron/lms/rem").text
    assert client.get("/sinkron/lms/rem/99").status_code == 404
    assert client.get("/sinkron/other/rem").status_code == 404


def test_a_long_plan_costs_no_more_queries(world: World, sync: Sync, ids: list[int], visit: Visit) -> None:
    def asked(page: str) -> int:
        client.get(page)
        with statements() as said:
            assert client.get(page).status_code == 200
        return len(said)

    stop(world, ids[:4])
    sync()
    hold_id, _ = the_hold(world)
    client = visit("planner")
    pages = ("/sinkron/lms/rem", f"/sinkron/lms/rem/{hold_id}")
    few = [asked(page) for page in pages]
    stop(world, ids[4:])
    sync()
    assert [asked(page) for page in pages] == few


def test_in_english_nothing_indonesian_is_left(
    world: World, sync: Sync, ids: list[int], visit: Visit
) -> None:
    stop(world, ids[:5])
    sync()
    hold_id, _ = the_hold(world)
    with world.trying() as session:
        version_id = session.get_one(Enrolment, ids[0]).batch.version_id
    client = english(visit, "planner")
    pages = (
        "/sinkron/lms/rem",
        f"/sinkron/lms/rem/{hold_id}",
        f"/program/{version_id}/moodle",
        f"/sinkron/baris/{ids[0]}",
    )
    assert left_over(world, client, *pages) == []
