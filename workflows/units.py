"""The tree of units on a day: who is there, under whom, how it was called, and who came after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from workflows.errors import N_, NotFound
from workflows.models import Unit, UnitChange


def alive(day: date, unit: Any = Unit) -> ColumnElement[bool]:
    """The condition that a unit is there on this day."""
    return and_(
        or_(unit.valid_from.is_(None), unit.valid_from <= day),
        or_(unit.valid_to.is_(None), unit.valid_to >= day),
    )


def is_alive(unit: Unit, day: date) -> bool:
    return (unit.valid_from is None or unit.valid_from <= day) and (
        unit.valid_to is None or unit.valid_to >= day
    )


def unit_by_code(session: Session, code: str) -> Unit:
    """NotFound where no unit ever had this code."""
    unit = session.scalars(select(Unit).where(Unit.code == code)).one_or_none()
    if unit is None:
        raise _unknown()
    return unit


def lock_units(session: Session, unit_ids: Iterable[int]) -> dict[int, Unit]:
    """These units by id, locked until the end of the transaction in the order of their ids."""
    wanted = sorted(set(unit_ids))
    query = select(Unit).where(Unit.id.in_(wanted)).order_by(Unit.id).with_for_update()
    found = {unit.id: unit for unit in session.scalars(query.execution_options(populate_existing=True))}
    if len(found) != len(wanted):
        raise _unknown()
    return found


def heirs(units: Mapping[int, Unit], day: date) -> dict[int, int]:
    """Ended unit -> the one that is there on the day in its place; those without one are missing."""
    found = {}
    for key, unit in units.items():
        one: Unit | None = unit
        while one is not None and one.valid_to is not None and one.valid_to < day:
            one = units.get(one.successor_id) if one.successor_id is not None else None
        if one is not None and one.id != key:
            found[key] = one.id
    return found


def heir_of(session: Session, unit_id: int, day: date) -> int:
    """Where what this unit had to do is done on the day: itself, or whoever came after it."""
    unit = session.get_one(Unit, unit_id)
    while unit.valid_to is not None and unit.valid_to < day and unit.successor_id is not None:
        unit = session.get_one(Unit, unit.successor_id)
    return unit.id


def units_below(session: Session, unit_id: int, day: date) -> set[int]:
    """The unit and all below it on the day, by the tree of today. One query."""
    rows = session.execute(select(Unit.id, Unit.parent_id).where(alive(day))).all()
    below: dict[int | None, list[int]] = {}
    for key, parent in rows:
        below.setdefault(parent, []).append(key)
    found, new = {unit_id}, [unit_id]
    while new:
        new = [child for one in new for child in below.get(one, []) if child not in found]
        found.update(new)
    return found


def changes_in_force(session: Session, kinds: Sequence[str]) -> list[UnitChange]:
    """Changes of these kinds that hold, the earliest day first."""
    return list(
        session.scalars(
            select(UnitChange)
            .where(UnitChange.status == "in_force", UnitChange.kind.in_(kinds))
            .order_by(UnitChange.day, UnitChange.id)
        )
    )


def names_on(units: Iterable[Unit], renamings: Iterable[UnitChange], day: date) -> dict[int, tuple[str, str]]:
    """(name, short name) that each of these units bore on the day; ``renamings`` the earliest first."""
    names = {unit.id: (unit.name, unit.short_name) for unit in units}
    for change in reversed(list(renamings)):
        if change.day > day and change.unit_id in names:
            names[change.unit_id] = (change.name_before, change.short_name_before)
    return names


def parents_on(units: Iterable[Unit], moves: Iterable[UnitChange], day: date) -> dict[int, int | None]:
    """Under whom each of these units stood on the day; ``moves`` the earliest first."""
    parents = {unit.id: unit.parent_id for unit in units}
    for change in reversed(list(moves)):
        if change.day > day and change.unit_id in parents:
            parents[change.unit_id] = change.parent_before_id
    return parents


def _unknown() -> NotFound:
    return NotFound("no_unit", N_("Unit kerja ini tidak ada."))
