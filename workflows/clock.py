"""What time it is for a session: the clock and the zone travel in ``session.info``."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from workflows.ports import Clock


class SystemClock:
    """Both clocks show the machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def real_now(self) -> datetime:
        return datetime.now(UTC)


def clock_of(session: Session) -> Clock:
    clock: Clock = session.info["clock"]
    return clock


def zone_of(session: Session) -> ZoneInfo:
    zone: ZoneInfo = session.info["zone"]
    return zone


def now(session: Session) -> datetime:
    """The instant by the clock of the work, UTC."""
    return clock_of(session).now()


def real_now(session: Session) -> datetime:
    """The machine's instant, UTC: for evidence, leases and back-off."""
    return clock_of(session).real_now()


def local_day(session: Session, instant: datetime) -> date:
    """The calendar day of an instant in the profile's zone (R6)."""
    return instant.astimezone(zone_of(session)).date()


def today(session: Session) -> date:
    return local_day(session, now(session))
