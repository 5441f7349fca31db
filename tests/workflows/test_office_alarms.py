"""Never silence: an office without anybody who may sign is noted once, with its owner, and once when mended (R11)."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select

from tests.support.snapshot import snapshot
from tests.support.world import FIRST_DAY, LONG_AGO, World
from tests.workflows.test_leaves import announce
from workflows.actions.office_alarms import note_alarms
from workflows.clock import today
from workflows.models import HistoryRow, Office, OfficeAlarm, OfficeHolding, Person
from workflows.office_alarms import alarms_on

YESTERDAY = FIRST_DAY - timedelta(days=1)


def alarms(world: World) -> list[tuple[str, str, date]]:
    """(office, kind, from when on nobody may sign)."""
    with world.trying() as session:
        return [(one.office.code, one.kind, one.day) for one in alarms_on(session, today(session))]


def sweep(world: World) -> int:
    with world.writing() as session:
        return note_alarms(session)


def told(world: World) -> list[tuple[str, str]]:
    with world.trying() as session:
        rows = session.scalars(
            select(HistoryRow).where(HistoryRow.name.like("office.alarm%")).order_by(HistoryRow.id)
        )
        return [(row.name.removeprefix("office.alarm_"), json.loads(row.payload)["alarm"]) for row in rows]


def test_all_offices_held_no_alarm(world: World) -> None:
    assert alarms(world) == []
    assert sweep(world) == 0


@pytest.mark.parametrize(
    ("left", "expected"), [(31, []), (30, ["expiring"]), (1, ["expiring"]), (0, ["expired"])]
)
def test_a_mandate_that_runs_out_is_told_from_the_set_number_of_days(
    world: World, left: int, expected: list[str]
) -> None:
    world.end_mandate("unit_head", date(2026, 11, 1))
    last = FIRST_DAY + timedelta(days=left - 1)
    world.appoint("unit_head", "deputy", "plt", date(2026, 11, 2), last)
    assert [kind for _office, kind, _day in alarms(world)] == expected
    assert all(day == last + timedelta(days=1) for _office, _kind, day in alarms(world))


def test_an_end_with_a_successor_is_no_alarm(world: World) -> None:
    world.appoint("unit_head", "deputy", "plh", FIRST_DAY, FIRST_DAY + timedelta(days=9))
    assert alarms(world) == []


def test_an_office_that_nobody_ever_held_is_vacant(world: World) -> None:
    with world.writing() as session:
        session.add(Office(code="new", role="unit_head", title="Kepala Baru", unit_id=world.units["agency"]))
    assert alarms(world) == [("new", "vacant", FIRST_DAY)]
    assert sweep(world) == 1


def test_a_long_leave_without_stand_in_is_told_before_it_begins(world: World) -> None:
    announce(world, stand_in=None, first=date(2027, 2, 8), last=date(2027, 2, 19))
    assert alarms(world) == [("unit_head", "on_leave", date(2027, 2, 8))]


def test_a_leave_after_the_letter_of_the_stand_in_is_told(world: World) -> None:
    """The stand-in's mandate was ended; the rest of the leave has nobody."""
    announce(world)
    assert alarms(world) == []
    with world.writing() as session:
        plh = session.scalars(select(OfficeHolding).where(OfficeHolding.kind == "plh")).one()
        plh.ended_on, plh.end_reason = date(2027, 1, 20), "Mutasi"
    assert alarms(world) == [("unit_head", "on_leave", date(2027, 1, 21))]


def test_who_leaves_the_service_empties_the_office(world: World) -> None:
    with world.writing() as session:
        session.get_one(Person, world.people["unit_head"]).left_on = FIRST_DAY + timedelta(days=3)
    assert alarms(world) == [("unit_head", "expiring", FIRST_DAY + timedelta(days=4))]
    world.clock.go(FIRST_DAY + timedelta(days=4))
    assert alarms(world) == [("unit_head", "vacant", FIRST_DAY + timedelta(days=4))]


def test_each_alarm_is_recorded_once_and_once_when_it_is_mended(world: World) -> None:
    world.end_mandate("unit_head", date(2026, 11, 1))
    world.appoint("unit_head", "deputy", "plt", date(2026, 11, 2), date(2027, 2, 2))
    assert [sweep(world), sweep(world)] == [1, 0]
    before = snapshot(world.engine)
    assert sweep(world) == 0
    assert snapshot(world.engine) == before
    world.clock.go(date(2027, 2, 3))
    assert [sweep(world), sweep(world)] == [2, 0]
    world.appoint("unit_head", "deputy", "plt", date(2027, 2, 3), date(2027, 5, 2))
    assert [sweep(world), sweep(world)] == [1, 0]
    assert told(world) == [
        ("raised", "expiring"),
        ("raised", "expired"),
        ("cleared", "expiring"),
        ("cleared", "expired"),
    ]
    with world.trying() as session:
        assert all(row.cleared_at is not None for row in session.scalars(select(OfficeAlarm)))


def test_an_alarm_that_comes_back_is_told_again(world: World) -> None:
    world.end_mandate("unit_head", YESTERDAY)
    sweep(world)
    world.appoint("unit_head", "deputy", "plh", FIRST_DAY, FIRST_DAY)
    world.set_parameter("mandate.alarm_days", 0)
    sweep(world)
    with world.writing() as session:
        session.query(OfficeHolding).filter_by(kind="plh").delete()
    sweep(world)
    assert told(world) == [("raised", "vacant"), ("cleared", "vacant"), ("raised", "vacant")]


def test_looking_at_alarms_asks_as_much_for_many_offices_as_for_few(world: World) -> None:
    counts = []
    for many in range(3):
        with world.writing() as session:
            for number in range(many * 10):
                session.add(Office(code=f"o{many}-{number}", role="unit_head", title="Kepala"))
        with world.trying() as session:
            asked: list[str] = []
            listener = lambda *args: asked.append(args[2])  # noqa: B023, E731
            event.listen(world.engine, "before_cursor_execute", listener)
            assert len(alarms_on(session, LONG_AGO + timedelta(days=400))) == [0, 10, 30][many]
            event.remove(world.engine, "before_cursor_execute", listener)
            counts.append(len(asked))
    assert counts[1] == counts[2]
    assert counts[2] - counts[0] <= 1
