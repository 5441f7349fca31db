"""The breach register and its clock (UU 27/2022 art. 46): from when it runs, who may write, when it rings."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.support.world import World
from workflows.actions import breaches
from workflows.actions.breaches import Account
from workflows.actor import CLOCK
from workflows.audit import broken_links
from workflows.clock import now
from workflows.errors import Conflict, Denied, NotFound, Refused, WorkflowError
from workflows.models import Breach, HistoryRow, HistoryValue, LegalParameter

ACCOUNT = Account("Berkas peserta terkirim ke alamat yang salah.", "Nama dan JP 40 peserta", 40, "")
DONE = Account(
    ACCOUNT.happened, ACCOUNT.revealed, 40, "Penerima diminta menghapus; alamat diperiksa dua orang."
)


def report(
    world: World, by: str = "officer", ago: timedelta = timedelta(hours=5), account: Account = ACCOUNT
) -> int:
    with world.writing() as session:
        known_at = now(session) - ago
        found = breaches.report_breach(
            session, actor=world.actor(session, by), known_at=known_at, account=account
        )
        return found.id


def amend(session: Session, world: World, breach_id: int, by: str = "officer") -> None:
    breaches.amend_breach(session, actor=world.actor(session, by), breach_id=breach_id, account=DONE)


def told(
    session: Session, world: World, breach_id: int, to: str, at: datetime | None = None, by: str = "officer"
) -> None:
    breaches.note_notice(
        session,
        actor=world.actor(session, by),
        breach_id=breach_id,
        to=to,
        sent_at=at or now(session),
        note="Surat 480/12",
    )


def close(session: Session, world: World, breach_id: int, how: str = "handled", by: str = "officer") -> None:
    breaches.close_breach(
        session,
        actor=world.actor(session, by),
        breach_id=breach_id,
        closed_as=how,
        conclusion="Sudah diatasi",
    )


def state(world: World, breach_id: int) -> tuple[str, str | None]:
    with world.trying() as session:
        row = session.get_one(Breach, breach_id)
        return row.status, row.closed_as


def events(world: World) -> list[str]:
    with world.trying() as session:
        query = select(HistoryRow.name).where(HistoryRow.stream == "register:privacy")
        return list(session.scalars(query.order_by(HistoryRow.seq)))


def test_the_clock_runs_from_when_it_was_known_not_from_the_entry(world: World) -> None:
    breach_id = report(world, ago=timedelta(hours=70))
    with world.trying() as session:
        row = session.get_one(Breach, breach_id)
        assert row.deadline_at - row.known_at == timedelta(hours=72)
        assert row.deadline_at - now(session) == timedelta(hours=2)


def test_the_hours_are_those_of_the_day_on_which_it_was_known(world: World) -> None:
    first = report(world)
    world.set_parameter("breach.notice_hours", 24)
    second = report(world)
    with world.trying() as session:
        hours = [
            (row.deadline_at - row.known_at) / timedelta(hours=1)
            for row in (session.get_one(Breach, first), session.get_one(Breach, second))
        ]
    assert hours == [72, 24]


def test_without_the_number_of_law_nothing_is_guessed(world: World) -> None:
    with world.writing() as session:
        session.execute(
            update(LegalParameter).where(LegalParameter.key == "breach.notice_hours").values(key="gone")
        )
    with pytest.raises(Refused, match="parameter_missing"):
        report(world)


@pytest.mark.parametrize("by", ["officer", "planner", "administrator"])
def test_the_officer_the_agency_and_the_administrator_report(world: World, by: str) -> None:
    assert state(world, report(world, by)) == ("open", None)
    assert events(world) == ["breach.reported"]


@pytest.mark.parametrize("by", ["stranger", "inspector", "quality", "finance_officer"])
def test_others_do_not(world: World, by: str) -> None:
    with pytest.raises(Denied):
        report(world, by)
    assert events(world) == []


@pytest.mark.parametrize("by", ["planner", "administrator", "inspector", "stranger", "clock"])
def test_only_the_officer_goes_on(world: World, by: str) -> None:
    breach_id = report(world)
    for wish in (amend, lambda s, w, b, by: told(s, w, b, "people", by=by), close):
        with pytest.raises(Denied), world.writing() as session:
            wish(session, world, breach_id, by=by)
    assert events(world) == ["breach.reported"]


@pytest.mark.parametrize(
    ("field", "account", "ahead"),
    [
        ("happened", Account(" ", "x", None, ""), 0),
        ("revealed", Account("x", "", None, ""), 0),
        ("people_count", Account("x", "x", -1, ""), 0),
        ("happened", Account("x" * 4001, "x", None, ""), 0),
        ("known_at", ACCOUNT, 1),
    ],
)
def test_what_cannot_be_is_refused_and_says_where(
    world: World, field: str, account: Account, ahead: int
) -> None:
    with pytest.raises(Refused) as caught:
        report(world, ago=timedelta(minutes=-ahead), account=account)
    assert caught.value.field == field


def test_it_is_notified_only_when_both_were_told_and_closed_only_then(world: World) -> None:
    breach_id = report(world)
    with pytest.raises(Refused, match="no_measures"), world.writing() as session:
        told(session, world, breach_id, "authority")
    with world.writing() as session:
        amend(session, world, breach_id)
        told(session, world, breach_id, "authority")
    assert state(world, breach_id) == ("open", None)
    with pytest.raises(Refused, match="not_told") as caught, world.writing() as session:
        close(session, world, breach_id)
    assert caught.value.rule == "UU 27/2022 pasal 46"
    with world.writing() as session:
        told(session, world, breach_id, "people")
    assert state(world, breach_id) == ("notified", None)
    with world.writing() as session:
        close(session, world, breach_id)
    assert state(world, breach_id) == ("closed", "handled")
    assert events(world) == [
        "breach.reported", "breach.amended", "breach.told", "breach.told", "breach.closed",
    ]  # fmt: skip


def test_a_notice_is_neither_of_the_future_nor_before_it_was_known(world: World) -> None:
    breach_id = report(world)
    with world.writing() as session:
        amend(session, world, breach_id)
    for hours in (1, -6):
        with pytest.raises(Refused) as caught, world.writing() as session:
            told(session, world, breach_id, "people", now(session) + timedelta(hours=hours))
        assert caught.value.field == "sent_at"


def test_a_false_alarm_is_closed_as_one_unless_somebody_was_told(world: World) -> None:
    first, second = report(world), report(world)
    with world.writing() as session:
        close(session, world, first, "no_breach")
        amend(session, world, second)
        told(session, world, second, "authority")
    assert state(world, first) == ("closed", "no_breach")
    with pytest.raises(Refused, match="told"), world.writing() as session:
        close(session, world, second, "no_breach")


def test_a_closed_one_stays_closed(world: World) -> None:
    breach_id = report(world)
    with world.writing() as session:
        close(session, world, breach_id, "no_breach")
    wishes = (amend, lambda s, w, b: told(s, w, b, "people"), close)
    for wish in wishes:
        with pytest.raises(Conflict), world.writing() as session:
            wish(session, world, breach_id)
    assert len(events(world)) == 2


def test_an_unknown_one_is_not_found(world: World) -> None:
    with pytest.raises(NotFound), world.writing() as session:
        amend(session, world, 99)


def test_the_alarm_is_noted_once_and_only_when_the_time_is_over(world: World) -> None:
    late, early, done = report(world, ago=timedelta(hours=73)), report(world), report(world)
    with world.writing() as session:
        close(session, world, done, "no_breach")
    for expected in (1, 0):
        with world.writing() as session:
            assert breaches.note_overdue(session, actor=CLOCK) == expected
    world.clock.work += timedelta(hours=68)
    with world.writing() as session:
        assert breaches.note_overdue(session, actor=CLOCK) == 1
    assert events(world).count("breach.overdue") == 2
    with world.trying() as session:
        noted = {row.id for row in session.scalars(select(Breach).where(Breach.overdue_at.is_not(None)))}
    assert noted == {late, early}


def test_only_the_clock_rings(world: World) -> None:
    with pytest.raises(Denied), world.writing() as session:
        breaches.note_overdue(session, actor=world.actor(session, "officer"))


def test_what_was_written_before_stays_in_the_history_and_the_chain_is_whole(world: World) -> None:
    breach_id = report(world)
    with world.writing() as session:
        amend(session, world, breach_id)
    with world.trying() as session:
        kept = session.scalars(select(HistoryValue.value).where(HistoryValue.key == "measures")).all()
        assert kept == [DONE.measures]
        assert list(broken_links(session)) == []


def test_a_refusal_leaves_nothing_behind(world: World) -> None:
    breach_id = report(world)
    with pytest.raises(WorkflowError), world.writing() as session:
        close(session, world, breach_id)
    assert events(world) == ["breach.reported"]
