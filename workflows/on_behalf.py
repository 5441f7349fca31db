"""Entering for somebody else: the operator of a unit types, the colleague is the author and can object.

A need and an input of a review can be entered so; an answer to a survey never (R37).
"""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from workflows.actor import Actor
from workflows.clock import today
from workflows.models import Person
from workflows.people import person_in_service, postings_on
from workflows.rules import require
from workflows.units import units_below

ROLE = "unit_operator"
LONGEST_REASON = 400


def units_of(session: Session, actor: Actor) -> set[int]:
    """The unit where this operator works today and those below it; empty for whoever is no operator."""
    if ROLE not in actor.roles or actor.person_id is None:
        return set()
    day = today(session)
    place = postings_on(session, [actor.person], day).get(actor.person)
    return units_below(session, place.unit_id, day) if place is not None else set()


def is_operator_of(session: Session, actor: Actor, person_id: uuid.UUID) -> bool:
    """Whether the person works today in the operator's unit or below it."""
    units = units_of(session, actor)
    place = postings_on(session, [person_id], today(session)).get(person_id) if units else None
    return place is not None and place.unit_id in units


def author_of(session: Session, actor: Actor, author_id: uuid.UUID | None) -> Person:
    """Whose words these are: the actor's own, or those of a colleague for whom an operator may enter.

    Raises Denied for anybody who is not the operator of that person's unit.
    """
    if author_id is None or author_id == actor.person_id:
        return session.get_one(Person, actor.person)
    require(actor, "behalf.enter", ["operator_here"] if is_operator_of(session, actor, author_id) else [])
    return person_in_service(session, author_id)
