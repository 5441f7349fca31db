"""The sweep's use case: what is wrong with offices is written into their history once, and once when it is mended."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.actor import CLOCK
from workflows.clock import now, today
from workflows.events import office_stream
from workflows.history import record
from workflows.models import OfficeAlarm
from workflows.office_alarms import Alarm, alarms_on
from workflows.rules import require


def note_alarms(session: Session) -> int:
    """Compare the alarms of today with those noted; how many were raised or cleared. Safe to repeat."""
    require(CLOCK, "office.raise_alarm")
    current = {(one.office.id, one.kind, one.about): one for one in alarms_on(session, today(session))}
    known = {
        (row.office_id, row.kind, row.about): row
        for row in session.scalars(select(OfficeAlarm).order_by(OfficeAlarm.id).with_for_update())
    }
    raised = [alarm for key, alarm in current.items() if key not in known or known[key].cleared_at]
    cleared = [row for key, row in known.items() if row.cleared_at is None and key not in current]
    for alarm in raised:
        _raise(session, alarm, known.get((alarm.office.id, alarm.kind, alarm.about)))
    for row in cleared:
        row.cleared_at = now(session)
        stream = office_stream(row.office_id)
        record(session, "office.alarm_cleared", stream=stream, actor=CLOCK, alarm=row.kind, about=row.about)
    session.flush()
    return len(raised) + len(cleared)


def _raise(session: Session, alarm: Alarm, before: OfficeAlarm | None) -> None:
    row = before or OfficeAlarm(office_id=alarm.office.id, kind=alarm.kind, about=alarm.about)
    row.day, row.raised_at, row.cleared_at = alarm.day, now(session), None
    session.add(row)
    record(
        session,
        "office.alarm_raised",
        stream=office_stream(alarm.office.id),
        actor=CLOCK,
        alarm=alarm.kind,
        about=alarm.about,
        since=alarm.day.isoformat(),
    )
