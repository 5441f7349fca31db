"""Use cases about personal data (UU 27/2022)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from workflows.actor import Actor
from workflows.events import person_stream
from workflows.history import record
from workflows.rules import require


def take_copy(session: Session, *, actor: Actor) -> None:
    """Note that a person took a copy of the own data; what is in it is read by the caller."""
    require(actor, "data.copy")
    record(session, "person.data_copied", stream=person_stream(actor.person), actor=actor)
