"""People as an administrator looks for them to end their sign-ins."""

from __future__ import annotations

import uuid
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.clock import today
from workflows.errors import N_, NotFound
from workflows.models import Identifier, Person
from workflows.people import postings_on

MOST = 20


def found_people(session: Session, words: str) -> list[dict[str, Any]]:
    """By name or by number, also those who left: their sign-ins may still be open. Two queries."""
    words = words.strip()
    if not words:
        return []
    number = select(Identifier.person_id).where(Identifier.value == "".join(words.split()))
    wanted = Person.id.in_(number) | Person.name.icontains(words, autoescape=True)
    people = session.scalars(select(Person).where(wanted).order_by(Person.name, Person.id).limit(MOST)).all()
    at = postings_on(session, [person.id for person in people], today(session))
    return [
        {
            "name": person.name,
            "unit": at[person.id].unit.name if person.id in at else "",
            "url": url_for("devices_admin.show", person_id=person.id),
        }
        for person in people
    ]


def name_of(session: Session, person_id: uuid.UUID) -> str:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("no_person", N_("Orang ini tidak ada."))
    return person.name
