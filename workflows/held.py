"""What is held about one person, by category (UU 27/2022: access and copy). Which tables: ``held_tables.py``.

A category's words (what, why, by which right, how long) are data of the profile; its code stands here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, inspect, select
from sqlalchemy.orm import Session

from workflows.models import Base

CATEGORIES = (
    "identity",
    "employment",
    "office",
    "participation",
    "learning",
    "survey",
    "deeds",
    "own_words",
    "sign_in",
    "access_log",
    "requests",
)
"""Kinds of personal data; a profile must say of each what it is, what for, by which right and how long."""


@dataclass(frozen=True, slots=True)
class Held:
    """Rows of one table about a person.

    ``title`` and the words of ``shows`` are Indonesian sentences to be translated; ``whose`` is the column that
    names the person; ``joins`` are (class, condition) in order. No other person's name is shown.
    """

    category: str
    title: str
    about: type[Base]
    whose: Any
    shows: tuple[tuple[str, Any], ...]
    joins: tuple[tuple[type[Base], Any], ...] = ()

    @property
    def place(self) -> str:
        """``table.column`` that names the person."""
        return f"{self.whose.class_.__tablename__}.{self.whose.key}"

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word for word, _column in self.shows)


def rows_of(
    session: Session, held: Held, person_id: uuid.UUID, limit: int | None = None
) -> list[tuple[Any, ...]]:
    """Values in the order of ``held.shows``, newest key first. One query."""
    return [tuple(row) for row in session.execute(_query(held, person_id).limit(limit))]


def held_about(
    session: Session, tables: Iterable[Held], person_id: uuid.UUID, limit: int | None = None
) -> list[tuple[Held, list[tuple[Any, ...]]]]:
    """Every table that holds something about the person, with its rows. One query a table."""
    found = ((held, rows_of(session, held, person_id, limit)) for held in tables)
    return [(held, rows) for held, rows in found if rows]


def _query(held: Held, person_id: uuid.UUID) -> Select[Any]:
    columns = [column.label(f"c{number}") for number, (_word, column) in enumerate(held.shows)]
    query: Select[Any] = select(*columns).select_from(held.about)
    for target, condition in held.joins:
        query = query.join(target, condition)
    keys = [column.desc() for column in inspect(held.about).primary_key]
    return query.where(held.whose == person_id).order_by(*keys)
