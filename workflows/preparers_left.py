"""Preparers whose office closed because its unit was merged: nobody moves them, and nobody forgets them (R8, R11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from workflows.mandates import office_by_role
from workflows.models import Office, Preparer, Unit
from workflows.parameters import whole_number
from workflows.units import heir_of


@dataclass(frozen=True, slots=True)
class Left:
    """``office``: that of the successor's head, where they may be appointed anew; None while it has none."""

    preparer: Preparer
    office: Office | None


def preparers_left(session: Session, day: date) -> list[Left]:
    """Whose time a merger cut short in the last ``mandate.alarm_days`` days and who prepares nowhere in its place.

    The one merged longest ago comes first. One query where there is nobody.
    """
    since = day - timedelta(days=whole_number(session, "mandate.alarm_days", day))
    rows = session.scalars(
        select(Preparer)
        .join(Preparer.office)
        .join(Unit, Unit.id == Office.unit_id)
        .where(
            Office.role == "unit_head",
            Office.valid_to < day,
            Office.valid_to >= since,
            Unit.successor_id.is_not(None),
            Preparer.ended_on >= Office.valid_to,
            or_(Preparer.valid_to.is_(None), Preparer.valid_to >= day),
        )
        .options(joinedload(Preparer.office), joinedload(Preparer.person))
        .order_by(Preparer.ended_on, Preparer.id)
    ).all()
    found = [Left(row, _heir(session, row, day)) for row in rows if _serves(row, day)]
    return [one for one in found if not _appointed_anew(session, one)]


def left_for(session: Session, office: Office, day: date) -> Sequence[Left]:
    """Those whom the holder of this office may appoint anew."""
    if office.role != "unit_head":
        return ()
    return [
        one for one in preparers_left(session, day) if one.office is not None and one.office.id == office.id
    ]


def _serves(row: Preparer, day: date) -> bool:
    return row.person.left_on is None or row.person.left_on >= day


def _heir(session: Session, row: Preparer, day: date) -> Office | None:
    assert row.office.unit_id is not None
    return office_by_role(session, "unit_head", heir_of(session, row.office.unit_id, day))


def _appointed_anew(session: Session, left: Left) -> bool:
    """Appointed there after the merger, also when that has been ended since: somebody has seen to it."""
    if left.office is None:
        return False
    again = select(Preparer.id).where(
        Preparer.office_id == left.office.id,
        Preparer.person_id == left.preparer.person_id,
        or_(Preparer.valid_to.is_(None), Preparer.valid_to > left.preparer.ended_on),
    )
    return session.scalars(again.limit(1)).first() is not None
