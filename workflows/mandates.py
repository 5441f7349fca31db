"""Who holds an office on a day, and with what power (R8, R10, R11)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from workflows.models import Office, OfficeHolding, OfficeLeave

PRECEDENCE = ("plh", "pjs", "pj", "plt", "definitive")
"""Within a letter's dates the acting holder acts and the definitive one does not."""
FOR_THE_ABSENT = ("plh", "pjs", "pj")
"""Kinds that may stand in for an official who keeps the office; a Plt fills a vacant one."""


def holdings_on(
    session: Session, day: date, office_ids: Iterable[int] | None = None
) -> dict[int, list[OfficeHolding]]:
    """By office, every holding that is in force on the day; of all offices where none are named."""
    query = (
        select(OfficeHolding)
        .options(joinedload(OfficeHolding.office), joinedload(OfficeHolding.person))
        .where(_in_force(day))
    )
    if office_ids is not None:
        query = query.where(OfficeHolding.office_id.in_(list(office_ids)))
    found: dict[int, list[OfficeHolding]] = {}
    for holding in session.scalars(query):
        if holding.in_force(day):
            found.setdefault(holding.office_id, []).append(holding)
    return found


def effective(holdings: Iterable[OfficeHolding]) -> OfficeHolding | None:
    """The one who acts among the holdings of one office on one day: by kind, then the youngest letter."""
    ranked = sorted(holdings, key=lambda h: (PRECEDENCE.index(h.kind), -h.valid_from.toordinal(), -h.id))
    return ranked[0] if ranked else None


def on_behalf_of(acting: OfficeHolding, holdings: Iterable[OfficeHolding]) -> OfficeHolding | None:
    """Whose office it is while this one acts in it (atas nama); None for whoever acts in their own right."""
    if acting.kind not in FOR_THE_ABSENT:
        return None
    return effective(h for h in holdings if h.kind not in FOR_THE_ABSENT and h.person_id != acting.person_id)


def acting_on(session: Session, day: date) -> dict[int, OfficeHolding]:
    """Who acts in each office that day; an office without anybody is missing."""
    found = ((office, effective(group)) for office, group in holdings_on(session, day).items())
    return {office: one for office, one in found if one is not None}


def holdings_of(session: Session, person_id: uuid.UUID, day: date) -> list[OfficeHolding]:
    """The offices in which this person is the one who acts on that day."""
    offices = session.scalars(
        select(OfficeHolding.office_id).where(OfficeHolding.person_id == person_id, _in_force(day))
    ).all()
    if not offices:
        return []
    acting = [effective(group) for group in holdings_on(session, day, offices).values()]
    return [holding for holding in acting if holding is not None and holding.person_id == person_id]


def away_on(session: Session, day: date) -> Mapping[uuid.UUID, OfficeLeave]:
    """Who is on a leave that day for which somebody has to stand in, by person."""
    leaves: Sequence[OfficeLeave] = session.scalars(
        select(OfficeLeave).where(
            OfficeLeave.needs_substitute,
            OfficeLeave.first_day <= day,
            OfficeLeave.last_day >= day,
            or_(OfficeLeave.ended_on.is_(None), OfficeLeave.ended_on >= day),
        )
    ).all()
    return {leave.person_id: leave for leave in leaves}


def office_by_role(session: Session, role: str, unit_id: int | None = None) -> Office | None:
    """The office of a role that is not closed; for unit heads the one of that unit."""
    query = select(Office).where(Office.role == role, Office.valid_to.is_(None))
    if role == "unit_head":
        query = query.where(Office.unit_id == unit_id)
    return session.scalars(query.order_by(Office.id)).first()


def _in_force(day: date) -> ColumnElement[bool]:
    return and_(
        OfficeHolding.valid_from <= day,
        or_(OfficeHolding.valid_to.is_(None), OfficeHolding.valid_to >= day),
        or_(OfficeHolding.ended_on.is_(None), OfficeHolding.ended_on >= day),
    )
