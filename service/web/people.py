"""Finding people for sign-in and for lists."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from service.db import prepare
from workflows.clock import today
from workflows.models import Identifier, Person
from workflows.people import persons_with_number


def find_person(session: Session, number: str) -> Sequence[uuid.UUID]:
    """Who carries this NIP or NI PPPK today (for the relying party)."""
    prepare(session)
    return persons_with_number(session, number, today(session))


def has_left(session: Session, number: str) -> bool:
    """Somebody with this number was in service and left (for the relying party, when nobody is found)."""
    carried = (Identifier.person_id == Person.id) & (Identifier.value == number)
    gone = select(Person.id).where(Person.left_on.is_not(None), exists().where(carried))
    return session.scalars(gone.limit(1)).first() is not None
