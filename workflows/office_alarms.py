"""Offices in which nobody may sign today, or soon: what the agency is told, never silence (R11)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from workflows.mandates import effective
from workflows.models import Office, OfficeHolding, OfficeLeave
from workflows.parameters import whole_number

OWNER = "hrd_agency"
"""The role that must see to it."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """``kind``: expiring (a gap follows the last day), expired, vacant, on_leave (nobody stands in).

    ``day``: from when on nobody may sign. ``holding``: who acts until then, or acted last; None where nobody ever did.
    """

    office: Office
    kind: str
    day: date
    holding: OfficeHolding | None = None
    leave: OfficeLeave | None = None

    @property
    def about(self) -> int:
        """What tells this alarm from the office's next one of the kind."""
        if self.leave is not None:
            return self.leave.id
        return self.holding.id if self.holding is not None else 0


def alarms_on(session: Session, day: date) -> list[Alarm]:
    """Of all offices, the most urgent first; a constant number of queries."""
    until = day + timedelta(days=whole_number(session, "mandate.alarm_days", day))
    held = _held_since(session, day)
    away = _away(session, day, until)
    offices = session.scalars(select(Office).where(Office.valid_to.is_(None)).order_by(Office.id)).all()
    found = [
        alarm
        for office in offices
        if (alarm := _alarm(office, held.get(office.id, ()), away, day, until)) is not None
    ]
    last = _last_holdings(session, [alarm.office.id for alarm in found if alarm.kind == "vacant"], day)
    return sorted((_with_last(alarm, last) for alarm in found), key=lambda one: (one.day, one.office.id))


def _alarm(
    office: Office,
    held: Sequence[OfficeHolding],
    away: Mapping[uuid.UUID, Sequence[OfficeLeave]],
    day: date,
    until: date,
) -> Alarm | None:
    """The first day up to ``until`` on which nobody may sign here; only days on which something changes are tried."""
    before: OfficeHolding | None = None
    for one in _days_of_change(held, away, day, until):
        acting = effective(holding for holding in held if holding.in_force(one))
        if acting is None:
            return Alarm(office, "expiring" if before else "vacant", one, before)
        leave = next((leave for leave in away.get(acting.person_id, ()) if _covers(leave, one)), None)
        if leave is not None:
            return Alarm(office, "on_leave", one, acting, leave)
        before = acting
    return None


def _days_of_change(
    held: Iterable[OfficeHolding],
    away: Mapping[uuid.UUID, Sequence[OfficeLeave]],
    day: date,
    until: date,
) -> list[date]:
    days = {day}
    for holding in held:
        ends = [end for end in (holding.last_day, holding.person.left_on) if end is not None]
        days.update(end + timedelta(days=1) for end in ends)
        days.update(leave.first_day for leave in away.get(holding.person_id, ()))
    return sorted(one for one in days if day <= one <= until)


def _covers(leave: OfficeLeave, day: date) -> bool:
    return leave.first_day <= day <= leave.until


def _held_since(session: Session, day: date) -> dict[int, list[OfficeHolding]]:
    """Holdings that are in force on the day or later, by office."""
    found: dict[int, list[OfficeHolding]] = {}
    for holding in session.scalars(
        select(OfficeHolding)
        .options(joinedload(OfficeHolding.person))
        .where(
            or_(OfficeHolding.valid_to.is_(None), OfficeHolding.valid_to >= day),
            or_(OfficeHolding.ended_on.is_(None), OfficeHolding.ended_on >= day),
        )
    ):
        found.setdefault(holding.office_id, []).append(holding)
    return found


def _away(session: Session, day: date, until: date) -> dict[uuid.UUID, list[OfficeLeave]]:
    found: dict[uuid.UUID, list[OfficeLeave]] = {}
    for leave in session.scalars(
        select(OfficeLeave)
        .where(OfficeLeave.needs_substitute, OfficeLeave.last_day >= day, OfficeLeave.first_day <= until)
        .order_by(OfficeLeave.first_day)
    ):
        found.setdefault(leave.person_id, []).append(leave)
    return found


def _last_holdings(session: Session, office_ids: Sequence[int], day: date) -> dict[int, OfficeHolding]:
    """Who acted last in offices that are vacant now."""
    last: dict[int, OfficeHolding] = {}
    if not office_ids:
        return last
    for holding in session.scalars(
        select(OfficeHolding)
        .options(joinedload(OfficeHolding.person))
        .where(OfficeHolding.office_id.in_(office_ids), OfficeHolding.valid_from <= day)
        .order_by(OfficeHolding.id)
    ):
        if _end_of(holding) >= _end_of(last.get(holding.office_id)):
            last[holding.office_id] = holding
    return last


def _end_of(holding: OfficeHolding | None) -> date:
    if holding is None:
        return date.min
    ends = [end for end in (holding.last_day, holding.person.left_on) if end is not None]
    return min(ends, default=date.max)


def _with_last(alarm: Alarm, last: Mapping[int, OfficeHolding]) -> Alarm:
    """A vacancy tells since when; where an acting holder's time ran out it is ``expired``."""
    holding = last.get(alarm.office.id) if alarm.kind == "vacant" else None
    if holding is None:
        return alarm
    kind = "vacant" if holding.kind == "definitive" else "expired"
    return Alarm(alarm.office, kind, _end_of(holding) + timedelta(days=1), holding)
