"""From when to when a participant may enter the course on the site, by the dates of the batch (R26, R29)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from workflows.clock import today, zone_of
from workflows.errors import Refused
from workflows.parameters import whole_number

Access = tuple[datetime | None, datetime | None]
"""(first instant, first instant after it); None: no limit."""


def grace_days(session: Session) -> int | None:
    """Days after a batch in which a late report still counts; None where the parameter is not set."""
    try:
        return whole_number(session, "completion.grace_days", today(session))
    except Refused:
        return None


def access_of(session: Session, starts_on: date, ends_on: date, grace: int | None) -> Access:
    """From midnight of the first day to midnight after the last day of the grace, in the profile's zone.

    The door stays open through the grace: an app that was offline can still hand in what was learnt in time.
    """
    zone = zone_of(session)
    first = datetime.combine(starts_on, time(), zone).astimezone(UTC)
    if grace is None:
        return first, None
    last = datetime.combine(ends_on + timedelta(days=grace + 1), time(), zone).astimezone(UTC)
    return first, last


def open_at(access: Access, moment: datetime) -> bool:
    start, end = access
    return (start is None or start <= moment) and (end is None or moment < end)
