"""Looking people up: by number, by where they work, by who leads them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from workflows.errors import N_, NotFound, Refused
from workflows.models import Employment, Identifier, Person, Posting


def persons_with_number(session: Session, number: str, day: date) -> list[uuid.UUID]:
    """Ids of the people in service who carry this NIP or NI PPPK on that day (one, none, or a case to mend)."""
    return list(
        session.scalars(
            select(Identifier.person_id)
            .join(Person)
            .where(
                Identifier.value == number,
                Identifier.valid_from <= day,
                or_(Identifier.valid_to.is_(None), Identifier.valid_to >= day),
                Person.left_on.is_(None),
            )
            .distinct()
        )
    )


def number_on(person: Person, day: date) -> str:
    """The identifying number of a person on a day: NIP or NI PPPK, as text."""
    for identifier in person.identifiers:
        if identifier.valid_from <= day and (identifier.valid_to is None or identifier.valid_to >= day):
            return identifier.value
    raise Refused("no_number", N_("Orang ini tidak memiliki NIP atau NI PPPK yang berlaku."), rule="R7")


def postings_on(session: Session, person_ids: Iterable[uuid.UUID], day: date) -> Mapping[uuid.UUID, Posting]:
    """Where each of these people works on that day, in one query."""
    rows = session.scalars(
        select(Posting)
        .options(joinedload(Posting.unit), joinedload(Posting.job_field))
        .where(
            Posting.person_id.in_(list(person_ids)),
            Posting.valid_from <= day,
            or_(Posting.valid_to.is_(None), Posting.valid_to >= day),
        )
        .order_by(Posting.valid_from)
    )
    return {row.person_id: row for row in rows}


def posting_on(session: Session, person_id: uuid.UUID, day: date) -> Posting:
    """Where the person works; a refusal when the register does not say."""
    found = postings_on(session, [person_id], day).get(person_id)
    if found is None:
        raise Refused(
            "no_posting", N_("Unit kerja Anda belum tercatat. Hubungi badan kepegawaian."), rule="R7"
        )
    return found


def person_in_service(session: Session, person_id: uuid.UUID) -> Person:
    """The person, who has not left; NotFound when there is none."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("no_person", N_("Orang ini tidak ada."))
    if person.left_on is not None:
        raise Refused(
            "person_left",
            N_("Orang ini tercatat berhenti sejak %(day)s."),
            rule="R7",
            day=person.left_on,
        )
    return person


def employments_of(session: Session, person_id: uuid.UUID) -> Sequence[Employment]:
    """How the person was employed, the earliest first."""
    query = select(Employment).where(Employment.person_id == person_id)
    return session.scalars(query.order_by(Employment.valid_from, Employment.id)).all()


def given_and_family(name: str) -> tuple[str, str]:
    """A name in two parts as learning sites want it; a single name stands in both."""
    head, _, tail = name.partition(" ")
    return head, tail or head
