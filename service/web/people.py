"""Finding people for sign-in and for lists."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from service.db import prepare
from workflows.clock import today
from workflows.people import persons_with_number


def find_person(session: Session, number: str) -> Sequence[uuid.UUID]:
    """Who carries this NIP or NI PPPK today (for the relying party)."""
    prepare(session)
    return persons_with_number(session, number, today(session))
