"""Choosing one person in a form: by name, or those of a unit; never by NIP in an address."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from workflows.clock import today
from workflows.models import Person, Posting

MOST = 40
_NUMBER = re.compile(r"\d{6,}")


def plain_words(text: str) -> str:
    """What was typed, without long numbers and double spaces."""
    return " ".join(_NUMBER.sub("", text).split())[:80]


def people_to_choose(
    session: Session,
    *,
    words: str = "",
    unit_id: int | None = None,
    unit_ids: Collection[int] | None = None,
    job_fields: Collection[int] | None = None,
    chosen: str = "",
) -> list[tuple[str, str]]:
    """(id, name with post and unit), by name, at most 40; whoever was chosen before is among them. One query.

    With ``words`` in the whole register (or in the unit or units, where given), without them the unit's people.
    ``job_fields``: only those who work in one of these.
    """
    day = today(session)
    query = (
        select(Posting)
        .join(Person, Person.id == Posting.person_id)
        .options(joinedload(Posting.person), joinedload(Posting.unit))
        .where(
            Posting.valid_from <= day,
            or_(Posting.valid_to.is_(None), Posting.valid_to >= day),
            or_(Person.left_on.is_(None), Person.left_on >= day),
        )
        .order_by(Person.name, Person.id)
        .limit(MOST)
    )
    if unit_id is not None:
        query = query.where(Posting.unit_id == unit_id)
    if unit_ids is not None:
        query = query.where(Posting.unit_id.in_(unit_ids))
    if job_fields is not None:
        query = query.where(Posting.job_field_id.in_(job_fields))
    for word in words.split():
        query = query.where(Person.name.icontains(word, autoescape=True))
    rows = list(session.scalars(query)) if words or unit_id is not None or unit_ids else []
    found = {str(row.person_id): _label(row) for row in rows}
    if chosen and chosen not in found and (person := _known(session, chosen)) is not None:
        found[chosen] = person.name
    return list(found.items())


def _label(row: Posting) -> str:
    return f"{row.person.name} ({row.post_title}, {row.unit.short_name})"


def _known(session: Session, text: str) -> Person | None:
    try:
        return session.get(Person, uuid.UUID(text))
    except ValueError:
        return None
