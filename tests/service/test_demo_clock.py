from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from service.demo.clock import MovableClock, PastClock
from workflows.ports import Clock

MACHINE = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
SHOWN = datetime(2027, 3, 15, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Machine:
    """A machine whose time the test moves."""

    def __init__(self) -> None:
        self.at = MACHINE

    def now(self) -> datetime:
        raise AssertionError("only the machine's own time is asked for")

    def real_now(self) -> datetime:
        return self.at


def test_it_runs_on_from_what_it_was_set_to(session: Session) -> None:
    machine, clock = _set(session)
    machine.at += HOUR
    assert clock.now() == SHOWN + HOUR
    assert clock.real_now() == MACHINE + HOUR


def test_a_second_start_goes_on_from_there(session: Session) -> None:
    machine, _ = _set(session)
    machine.at += 5 * HOUR
    again = MovableClock(machine)
    assert again.load(session)
    assert again.now() == SHOWN + 5 * HOUR


def test_an_empty_database_leaves_it_at_the_machine_s_time(session: Session) -> None:
    clock = MovableClock(Machine())
    assert not clock.load(session)
    assert clock.now() == MACHINE


def test_moving_forward_adds_up(session: Session) -> None:
    _, clock = _set(session)
    for _ in range(2):
        clock.forward(session, timedelta(days=7))
        session.commit()
    assert clock.now() == SHOWN + timedelta(days=14)


def test_it_never_runs_backward(session: Session) -> None:
    _, clock = _set(session)
    with pytest.raises(ValueError, match="forward"):
        clock.forward(session, timedelta(seconds=-1))


def test_a_move_that_is_not_committed_has_not_happened(engine: Engine, session: Session) -> None:
    _, clock = _set(session)
    with Session(engine) as other:
        clock.forward(other, HOUR)
        other.rollback()
    assert clock.now() == SHOWN


def test_a_time_without_a_zone_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="zone"):
        MovableClock(Machine()).set(session, datetime(2027, 3, 15))  # noqa: DTZ001


def test_threads_read_one_time(session: Session) -> None:
    _, clock = _set(session)
    seen: list[datetime] = []
    threads = [threading.Thread(target=lambda: seen.append(clock.now())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [SHOWN] * 8


def test_both_are_clocks_of_the_port() -> None:
    assert isinstance(MovableClock(), Clock)
    assert isinstance(PastClock(SHOWN), Clock)


def test_the_past_is_told_in_its_order() -> None:
    clock = PastClock(SHOWN, Machine())
    clock.show(SHOWN + HOUR)
    assert (clock.now(), clock.real_now()) == (SHOWN + HOUR, MACHINE)
    with pytest.raises(ValueError, match="before"):
        clock.show(SHOWN)


def test_the_past_is_shown_in_utc_whatever_zone_it_is_told_in() -> None:
    # The history's digests cover the text of the time: the same instant must have one text.
    clock = PastClock(SHOWN.astimezone(ZoneInfo("Asia/Makassar")))
    assert clock.now().isoformat() == SHOWN.isoformat()
    clock.show((SHOWN + HOUR).astimezone(ZoneInfo("Asia/Makassar")))
    assert clock.now().isoformat() == (SHOWN + HOUR).isoformat()


def _set(session: Session) -> tuple[Machine, MovableClock]:
    machine = Machine()
    clock = MovableClock(machine)
    clock.set(session, SHOWN)
    session.commit()
    return machine, clock
