"""Bringing a site in step: leases, outcomes, back-off, pauses (R26). Times here are the machine's."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support import walk
from tests.support.counting import statements
from tests.support.world import World
from workflows.actions import enrolments, leases, sync
from workflows.actions.leases import LeaseLost
from workflows.actions.sync import CourseWork
from workflows.models import CourseLease, Enrolment, HistoryRow, Identifier, LmsAccount, Site
from workflows.ports import AccountResult, AccountStatus, RowResult, RowStatus
from workflows.sync_plan import Wish

LEASE = timedelta(seconds=60)


@pytest.fixture
def rows(world: World) -> list[int]:
    """Three wishes that wait; their accounts are known but for the last."""
    ids = walk.enrol(world, walk.to_approved(world), ["learner1", "learner2", "learner3"])
    with world.writing() as session:
        session.add_all(
            LmsAccount(
                site_id=world.site,
                person_id=world.people[name],
                remote_id=walk.remote_id(world, name),
                status="found",
                checked_at=world.clock.now(),
            )
            for name in ("learner1", "learner2")
        )
    return ids


def _claim(world: World, owner: str = "a") -> CourseWork | None:
    with world.writing() as session:
        return sync.claim(session, site_id=world.site, course_ref="7", owner=owner, lease=LEASE)


def _due(world: World) -> list[tuple[int, str]]:
    with world.trying() as session:
        return sync.due_courses(session)


def _row(world: World, row_id: int) -> Enrolment:
    with world.trying() as session:
        row = session.get_one(Enrolment, row_id)
        session.expunge(row)
        return row


def _settle(world: World, work: CourseWork, *results: RowResult, settled: list[Wish] | None = None) -> None:
    with world.writing() as session:
        sent = {wish.enrolment_id: wish for wish in work.wishes}
        sync.settle_rows(session, work=work, settled=settled or [], results=results, sent=sent)


def test_a_claim_brings_wishes_and_unknown_people(world: World, rows: list[int]) -> None:
    assert _due(world) == [(world.site, "7")]
    work = _claim(world)
    assert work.wishes == (
        Wish(rows[0], walk.remote_id(world, "learner1"), "active"),
        Wish(rows[1], walk.remote_id(world, "learner2"), "active"),
    )
    (unknown,) = work.unknown
    assert unknown.key == str(world.people["learner3"])
    assert unknown.username == unknown.idnumber
    assert (unknown.given_name, unknown.family_name) == ("Learner3", "Contoh")


def test_one_worker_at_a_time_and_a_dead_workers_lease_runs_out(world: World, rows: list[int]) -> None:
    assert _claim(world, "a") is not None
    assert _claim(world, "b") is None
    assert _claim(world, "a") is not None
    world.clock.wait(seconds=61)
    taken = _claim(world, "b")
    assert taken is not None
    with world.writing() as session:
        sync.release_course(session, work=CourseWork(world.site, "7", "a", (), (), (), {}))
        assert session.query(CourseLease).one().owner == "b"
        sync.release_course(session, work=taken)
    with world.trying() as session:
        assert session.query(CourseLease).count() == 0


def test_two_workers_at_once_and_one_gets_the_course(world: World, rows: list[int]) -> None:
    barrier = threading.Barrier(2)

    def take(owner: str) -> bool:
        barrier.wait()
        return _claim(world, owner) is not None

    with ThreadPoolExecutor(2) as pool:
        for _ in range(10):
            assert sorted(pool.map(take, ("a", "b"))) == [False, True]
            world.clock.wait(seconds=61)


def test_a_lease_is_renewed_by_its_owner_only(world: World, rows: list[int]) -> None:
    work = _claim(world, "a")
    world.clock.wait(seconds=40)
    with world.writing() as session:
        assert leases.renew(session, **work.place, lease=LEASE)
        assert not leases.renew(session, site_id=world.site, course_ref="7", owner="b", lease=LEASE)
    world.clock.wait(seconds=40)
    assert _claim(world, "b") is None, "40 s after it was renewed"
    world.clock.wait(seconds=21)
    assert _claim(world, "b") is not None
    with world.writing() as session:
        assert not leases.renew(session, **work.place, lease=LEASE)


def test_who_lost_the_course_writes_nothing_about_it(world: World, rows: list[int]) -> None:
    work = _claim(world, "a")
    world.clock.wait(seconds=61)
    assert _claim(world, "b") is not None
    with pytest.raises(LeaseLost):
        _settle(world, work, RowResult(str(rows[0]), RowStatus.APPLIED))
    with pytest.raises(LeaseLost), world.writing() as session:
        sync.settle_waiting(session, work=work, code="timeout", message="")
    row = _row(world, rows[0])
    assert (row.status, row.applied, row.attempts) == ("waiting", "none", 0)


def test_sites_take_turns(world: World, rows: list[int]) -> None:
    with world.writing() as session:
        other = Site(code="other", name="Lain", url="http://o.test", home_page="http://o.test")
        session.add(other)
        session.flush()
        batch, people = session.get_one(Enrolment, rows[0]).batch_id, iter(world.people.values())
        for site_id, course in [(world.site, "8"), (world.site, "9"), (other.id, "1"), (other.id, "2")]:
            session.add(
                Enrolment(
                    batch_id=batch, person_id=next(people), site_id=site_id, course_ref=course,
                    enrolled_at=world.clock.now(),
                )
            )  # fmt: skip
        second = other.id
    first = world.site
    turns = [(first, "7"), (second, "1"), (first, "8"), (second, "2"), (first, "9")]
    assert _due(world) == turns
    with world.trying() as session:
        assert sync.due_courses(session, after=first)[0] == (second, "1"), (
            "asked anew after the first one's course"
        )
        assert sync.due_courses(session, after=second)[0] == (first, "7")
    _claim(world, "a")
    assert _due(world)[:2] == [(second, "1"), (first, "7")], (
        "the site that fewer workers speak to comes first"
    )


def test_the_statements_of_a_run_do_not_grow_with_its_rows(world: World, rows: list[int]) -> None:
    work = _claim(world)
    results = [RowResult(str(row), RowStatus.APPLIED) for row in rows[:2]]
    counts = []
    for some in (results[:1], results):
        with statements() as said:
            _settle(world, work, *some)
        counts.append(len(said))
    assert counts[0] == counts[1]


def test_the_history_tells_by_which_codes_rows_wait(world: World, rows: list[int]) -> None:
    work = _claim(world)
    _settle(
        world,
        work,
        RowResult(str(rows[0]), RowStatus.RETRY, "timeout"),
        RowResult(str(rows[1]), RowStatus.APPLIED),
    )
    with world.writing() as session:
        sync.settle_waiting(session, work=work, code="http_503", message="")
    with world.trying() as session:
        told = (
            select(HistoryRow.payload).where(HistoryRow.name == "enrolment.synced").order_by(HistoryRow.seq)
        )
        assert [json.loads(payload)["causes"] for payload in session.scalars(told)] == [
            {"timeout": 1},
            {"http_503": 2},
        ]


def test_an_applied_row_is_done_and_a_changed_wish_stays_due(world: World, rows: list[int]) -> None:
    work = _claim(world)
    with world.writing() as session:
        enrolments.withdraw(
            session, actor=world.actor(session, "planner"), enrolment_id=rows[1], reason="Pindah"
        )
    _settle(world, work, RowResult(str(rows[0]), RowStatus.APPLIED), settled=[work.wishes[1]])
    done, changed = _row(world, rows[0]), _row(world, rows[1])
    assert (done.status, done.applied, done.attempts, done.applied_at) == (
        "applied",
        "active",
        0,
        world.clock.now(),
    )
    assert (changed.status, changed.applied, changed.desired) == ("waiting", "active", "suspended")
    with world.trying() as session:
        told = select(HistoryRow.payload).where(HistoryRow.name == "enrolment.synced")
        assert session.scalars(told).one() == '{"applied":1,"failed":0,"via":"system","waiting":1}'


def test_a_row_backs_off_and_says_why(world: World, rows: list[int]) -> None:
    for minutes in (1, 5, 15, 60, 60):
        work = _claim(world)
        _settle(world, work, RowResult(str(rows[0]), RowStatus.RETRY, "timeout", "lambat"))
        row = _row(world, rows[0])
        assert (row.status, row.error_code, row.error_text) == ("waiting", "timeout", "lambat")
        pause = row.next_attempt_at - world.clock.real_now()
        assert timedelta(minutes=0.9 * minutes) <= pause <= timedelta(minutes=1.1 * minutes)
        assert rows[0] not in [wish.enrolment_id for wish in _claim(world).wishes]
        world.clock.wait(minutes=1.2 * minutes)
        assert rows[0] in [wish.enrolment_id for wish in _claim(world).wishes]


def test_a_refused_row_waits_for_a_person(world: World, rows: list[int]) -> None:
    _settle(world, _claim(world), RowResult(str(rows[0]), RowStatus.REFUSED, "invalidparameter", "user"))
    row = _row(world, rows[0])
    assert (row.status, row.error_code, row.attempts) == ("failed", "invalidparameter", 1)
    world.clock.wait(days=30)
    assert rows[0] not in [wish.enrolment_id for wish in _claim(world).wishes]


@pytest.mark.parametrize("status", [AccountStatus.AMBIGUOUS, AccountStatus.MISSING, AccountStatus.SUSPENDED])
def test_an_account_that_cannot_be_used_is_a_case_for_a_person(
    world: World, rows: list[int], status: AccountStatus
) -> None:
    work = _claim(world)
    result = AccountResult(work.unknown[0].key, status, reason="dua akun")
    with world.writing() as session:
        assert sync.settle_accounts(session, work=work, results=[result]) == []
    row = _row(world, rows[2])
    assert (row.status, row.error_code, row.error_text) == ("needs_account", status.value, "dua akun")
    assert [wish.enrolment_id for wish in _claim(world).wishes] == rows[:2]


def test_an_account_found_makes_the_wish_sendable(world: World, rows: list[int]) -> None:
    work = _claim(world)
    result = AccountResult(work.unknown[0].key, AccountStatus.MADE, "900", "198")
    with world.writing() as session:
        assert sync.settle_accounts(session, work=work, results=[result]) == [Wish(rows[2], "900", "active")]
    assert Wish(rows[2], "900", "active") in _claim(world).wishes


def test_an_account_belongs_to_one_person(world: World, rows: list[int]) -> None:
    work = _claim(world)
    taken = walk.remote_id(world, "learner1")
    with world.writing() as session:
        result = AccountResult(work.unknown[0].key, AccountStatus.FOUND, taken, "198")
        assert sync.settle_accounts(session, work=work, results=[result]) == []
    row = _row(world, rows[2])
    assert (row.status, row.error_code, row.error_text) == ("needs_account", "ambiguous", "shared_account")


def test_one_without_a_number_does_not_hold_back_the_others(world: World, rows: list[int]) -> None:
    with world.writing() as session:
        session.query(Identifier).filter_by(person_id=world.people["learner3"]).delete()
    work = _claim(world)
    assert ([wish.enrolment_id for wish in work.wishes], work.unknown) == (rows[:2], ())
    row = _row(world, rows[2])
    assert (row.status, row.error_code) == ("needs_account", "no_number")


def test_rows_of_a_run_that_ended_early_wait_and_say_why(world: World, rows: list[int]) -> None:
    work = _claim(world)
    with world.writing() as session:
        sync.settle_waiting(session, work=work, code="html", message="page")
    assert _due(world) == []
    row = _row(world, rows[0])
    assert (row.status, row.error_code, row.error_text, row.attempts) == ("waiting", "html", "page", 1)
    world.clock.wait(minutes=2)
    assert _due(world) == [(world.site, "7")]


def test_a_course_that_is_gone_fails_its_rows(world: World, rows: list[int]) -> None:
    work = _claim(world)
    with world.writing() as session:
        sync.course_refused(session, work=work, code="course_missing", message="hilang")
    with world.trying() as session:
        assert set(session.scalars(select(Enrolment.status))) == {"failed"}
    assert _due(world) == []
