"""Who holds an office on a day, and with what power (R8, R10, R11)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from workflows.models import Office, OfficeHolding

PRECEDENCE = ("plh", "pjs", "pj", "plt", "definitive")
"""Within a letter's dates the acting holder acts and the definitive one does not."""


def holdings_on(session: Session, office_ids: Iterable[int], day: date) -> Sequence[OfficeHolding]:
    """Every holding of these offices that is in force on the day."""
    return session.scalars(
        select(OfficeHolding)
        .options(joinedload(OfficeHolding.office), joinedload(OfficeHolding.person))
        .where(
            OfficeHolding.office_id.in_(list(office_ids)),
            OfficeHolding.valid_from <= day,
            or_(OfficeHolding.valid_to.is_(None), OfficeHolding.valid_to >= day),
        )
    ).all()


def effective(holdings: Iterable[OfficeHolding]) -> OfficeHolding | None:
    """The one who acts among the holdings of one office on one day: by kind, then the youngest letter."""
    ranked = sorted(holdings, key=lambda h: (PRECEDENCE.index(h.kind), -h.valid_from.toordinal(), h.id))
    return ranked[0] if ranked else None


def holdings_of(session: Session, person_id: uuid.UUID, day: date) -> list[OfficeHolding]:
    """The offices in which this person is the one who acts on that day."""
    offices = session.scalars(
        select(OfficeHolding.office_id).where(
            OfficeHolding.person_id == person_id,
            OfficeHolding.valid_from <= day,
            or_(OfficeHolding.valid_to.is_(None), OfficeHolding.valid_to >= day),
        )
    ).all()
    if not offices:
        return []
    by_office: dict[int, list[OfficeHolding]] = {}
    for holding in holdings_on(session, offices, day):
        by_office.setdefault(holding.office_id, []).append(holding)
    acting = [effective(group) for group in by_office.values()]
    return [holding for holding in acting if holding is not None and holding.person_id == person_id]


def office_by_role(session: Session, role: str, unit_id: int | None = None) -> Office | None:
    """The office of a role; for unit heads the one of that unit."""
    query = select(Office).where(Office.role == role)
    if role == "unit_head":
        query = query.where(Office.unit_id == unit_id)
    return session.scalars(query.order_by(Office.id)).first()
