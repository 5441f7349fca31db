"""The history as an auditor reads it: everything that anybody did, the newest first, filtered (R39)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from workflows.clock import zone_of
from workflows.events import EVENTS, office_stream, preparation_stream
from workflows.models import Decision, HistoryRow, OfficeHolding, Person

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for. Days of the profile's zone, both included; ``group``: the first word of an event's name.

    ``office``: what was decided in it, and what happened to it. ``name``: part of the name of whoever did it, or on
    whose behalf it was done.
    """

    since: date | None = None
    until: date | None = None
    office: int | None = None
    group: str = ""
    name: str = ""

    @property
    def asked(self) -> bool:
        return self != Wish()


def groups() -> list[str]:
    """The first words of all events, in the order of the list."""
    return list(dict.fromkeys(name.partition(".")[0] for name in EVENTS))


def trail(session: Session, wish: Wish, before: int | None, limit: int) -> Sequence[HistoryRow]:
    """Rows with actor, decision and personal values, those before id ``before``; three queries."""
    query = _matching(session, wish, select(HistoryRow)).options(
        joinedload(HistoryRow.actor),
        joinedload(HistoryRow.decision).joinedload(Decision.behalf_of),
        selectinload(HistoryRow.values),
    )
    if before is not None:
        query = query.where(HistoryRow.id < before)
    return session.scalars(query.order_by(HistoryRow.id.desc()).limit(limit)).all()


def whole_trail(session: Session, wish: Wish) -> Iterator[Sequence[HistoryRow]]:
    """All of them in pieces, so that memory does not grow with the history."""
    before: int | None = None
    while True:
        rows = trail(session, wish, before, CHUNK)
        if rows:
            before = rows[-1].id
            yield rows
        if len(rows) < CHUNK:
            return


def count(session: Session, wish: Wish) -> int:
    return session.scalar(_matching(session, wish, select(func.count(HistoryRow.id)))) or 0


def _matching(session: Session, wish: Wish, query: Select[Any]) -> Select[Any]:
    if wish.since is not None:
        query = query.where(HistoryRow.at >= _midnight(session, wish.since))
    if wish.until is not None and wish.until < date.max:
        query = query.where(HistoryRow.at < _midnight(session, wish.until + timedelta(days=1)))
    if wish.group:
        names = [name for name in EVENTS if name.startswith(f"{wish.group}.")]
        query = query.where(HistoryRow.name.in_(names))
    if wish.office is not None or wish.name:
        query = query.outerjoin(Decision, Decision.id == HistoryRow.decision_id)
    if wish.office is not None:
        held = select(OfficeHolding.id).where(OfficeHolding.office_id == wish.office)
        query = query.where(
            or_(
                Decision.holding_id.in_(held),
                HistoryRow.stream.in_([office_stream(wish.office), preparation_stream(wish.office)]),
            )
        )
    if wish.name:
        people = select(Person.id).where(Person.name.icontains(wish.name, autoescape=True))
        query = query.where(or_(HistoryRow.actor_id.in_(people), Decision.behalf_of_id.in_(people)))
    return query


def _midnight(session: Session, day: date) -> datetime:
    return datetime.combine(day, time(), zone_of(session))
