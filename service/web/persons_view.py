"""The list of people: by name, paged by key; a NIP is looked up by POST and stands in no address."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from service.web.candidates_view import Search
from service.web.person_words import EMPLOYMENT
from workflows.clock import today
from workflows.models import Assignment, AssignmentKind, Person, Posting, Unit
from workflows.people import postings_on
from workflows.units import alive

PAGE = 40


def listed(session: Session, search: Search, status: str, after: str) -> dict[str, Any]:
    """``rows`` [{person, posting, kind}], ``older`` = id to go on after; ``status`` active | left."""
    query = _matching(session, search, status)
    start = _person(session, after)
    if start is not None:
        later = and_(Person.name == start.name, Person.id > start.id)
        query = query.where(or_(Person.name > start.name, later))
    people = session.scalars(query.order_by(Person.name, Person.id).limit(PAGE + 1)).all()
    return {
        "rows": _rows(session, people[:PAGE]),
        "older": str(people[PAGE - 1].id) if len(people) > PAGE else "",
        "continued": start is not None,
        "total": session.scalar(
            select(func.count()).select_from(_matching(session, search, status).subquery())
        ),
        "search": replace(search, page=1),
        "status": status,
    }


def choices(session: Session, language: str) -> dict[str, Any]:
    """Lists of the form that filters: units of today, kinds of employment, assignments."""
    day = today(session)
    units = session.execute(select(Unit.id, Unit.name).where(alive(day)).order_by(Unit.name))
    kinds = session.scalars(select(AssignmentKind)).all()
    return {
        "units": [(key, name) for key, name in units],
        "employment_kinds": [(code, str(word)) for code, word in EMPLOYMENT.items()],
        "assignment_kinds": sorted(
            ((kind.code, kind.name_en if language == "en" else kind.name) for kind in kinds),
            key=lambda pair: pair[1],
        ),
    }


def _rows(session: Session, people: Sequence[Person]) -> list[dict[str, Any]]:
    places = postings_on(session, [person.id for person in people], today(session))
    return [
        {
            "person": person,
            "posting": places.get(person.id),
            "kind": str(EMPLOYMENT[person.employment_kind]),
        }
        for person in people
    ]


def _matching(session: Session, search: Search, status: str) -> Select[Person]:
    left = Person.left_on.is_not(None) if status == "left" else Person.left_on.is_(None)
    query = select(Person).where(left, *conditions(session, search))
    for word in search.text.split():
        query = query.where(Person.name.icontains(word, autoescape=True))
    return query


def conditions(session: Session, search: Search) -> list[Any]:
    """What the filters ask of a person: unit, employment, assignment of today."""
    day = today(session)
    found: list[Any] = []
    if search.unit:
        works = (Posting.person_id == Person.id) & (Posting.unit_id == search.unit)
        found.append(exists().where(works, Posting.valid_from <= day, _open(Posting, day)))
    if search.employment:
        found.append(Person.employment_kind == search.employment)
    if search.assignment:
        has = (Assignment.person_id == Person.id) & (AssignmentKind.code == search.assignment)
        found.append(
            exists().where(
                has,
                Assignment.kind_id == AssignmentKind.id,
                Assignment.valid_from <= day,
                _open(Assignment, day),
            )
        )
    return found


def _open(model: Any, day: Any) -> Any:
    return or_(model.valid_to.is_(None), model.valid_to >= day)


def _person(session: Session, key: str) -> Person | None:
    try:
        return session.get(Person, uuid.UUID(key)) if key else None
    except ValueError:
        return None
