"""The tree of units as it was on a day, with people and offices counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from service.dates import short_date
from service.web.units_view import waiting, works_on
from service.web.units_words import KINDS
from workflows.actor import Actor
from workflows.clock import today
from workflows.models import Office, Posting, Unit
from workflows.rules import allowed
from workflows.units import changes_in_force, is_alive, names_on, parents_on

PAGE = 60
"""Branches (units with nobody above) a page."""
DEEPEST = 4
"""Deeper ones are set in like this one."""
Names = Mapping[int, tuple[str, str]]


def tree(session: Session, me: Actor, asked: Mapping[str, str]) -> dict[str, Any]:
    """The units of a day as rows in the order of the tree, with people and offices of that day; four queries."""
    day = _day(asked.get("hari", ""), today(session))
    with_ended = asked.get("tutup") == "1"
    counted = _counted(session, day)
    units = {unit.id: unit for unit, _people, _offices in counted}
    names = names_on(units.values(), changes_in_force(session, ["renamed"]), day)
    parents = parents_on(units.values(), changes_in_force(session, ["moved"]), day)
    there = {key for key, unit in units.items() if is_alive(unit, day)}
    figures = {unit.id: (people, offices) for unit, people, offices in counted}
    below = _below(there, parents, names)
    roots = below.get(None, [])
    start = int(asked.get("dari", "0")) if asked.get("dari", "0").isdecimal() else 0
    order = [one for root in roots[start : start + PAGE] for one in _branch(root, 0, below)]
    kept: dict[str, Any] = {"hari": asked.get("hari") or None, "tutup": "1" if with_ended else None}
    return {
        "rows": [_row(units[key], names[key], figures[key], depth) for key, depth in order],
        "day": day,
        "is_today": day == today(session),
        "ended": _ended(units, names, day) if with_ended else [],
        "with_ended": with_ended,
        "total": len(there),
        "older": url_for("units.index", dari=start + PAGE, **kept) if len(roots) > start + PAGE else None,
        "newer": url_for("units.index", **kept) if start else None,
        "may": allowed(me, "unit.change"),
        "held_up": waiting(session, only_trouble=True) if allowed(me, "unit.oversee") else [],
    }


def _day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


def _counted(session: Session, day: date) -> list[tuple[Unit, int, int]]:
    """Every unit with its people and offices of the day, in one query."""
    people = (
        select(Posting.unit_id, func.count(Posting.person_id.distinct()).label("n"))
        .where(works_on(day))
        .group_by(Posting.unit_id)
        .subquery()
    )
    offices = (
        select(Office.unit_id, func.count().label("n"))
        .where(or_(Office.valid_to.is_(None), Office.valid_to >= day))
        .group_by(Office.unit_id)
        .subquery()
    )
    rows = session.execute(
        select(Unit, func.coalesce(people.c.n, 0), func.coalesce(offices.c.n, 0))
        .outerjoin(people, people.c.unit_id == Unit.id)
        .outerjoin(offices, offices.c.unit_id == Unit.id)
        .order_by(Unit.id)
    )
    return [(unit, staff, posts) for unit, staff, posts in rows]


def _below(there: set[int], parents: Mapping[int, int | None], names: Names) -> dict[int | None, list[int]]:
    """Who stands directly under whom, by name; None: under nobody who is there that day."""
    found: dict[int | None, list[int]] = {}
    for key in sorted(there, key=lambda one: (names[one][0].casefold(), one)):
        above = parents[key]
        found.setdefault(above if above in there else None, []).append(key)
    return found


def _branch(key: int, depth: int, below: Mapping[int | None, list[int]]) -> Iterator[tuple[int, int]]:
    """(unit, depth) of this one and all below it."""
    yield key, depth
    for child in below.get(key, []):
        yield from _branch(child, depth + 1, below)


def _row(unit: Unit, names: tuple[str, str], figures: tuple[int, int], depth: int) -> dict[str, Any]:
    return {
        "name": names[0],
        "short": names[1],
        "kind": str(KINDS.get(unit.kind, unit.kind)),
        "url": url_for("units.show", code=unit.code),
        "depth": min(depth, DEEPEST),
        "people": figures[0],
        "offices": figures[1],
        "remote": unit.is_remote,
    }


def _ended(units: Mapping[int, Unit], names: Names, day: date) -> list[dict[str, Any]]:
    """Units that were there before the day, the last to go first."""
    gone = [unit for unit in units.values() if unit.valid_to is not None and unit.valid_to < day]
    return [
        {
            "name": names[unit.id][0],
            "url": url_for("units.show", code=unit.code),
            "until": short_date(unit.valid_to),
            "successor": units[unit.successor_id].name if unit.successor_id else "",
        }
        for unit in sorted(gone, key=lambda one: (one.valid_to or day, one.id), reverse=True)
    ]
