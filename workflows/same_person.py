"""One human being with several rows in the register: a second NIP, or a row entered twice (R7, R12).

A person who changed from PPPK to PNS keeps ``person_id`` and gets a second identifier. Where a second row was made
all the same, the two count as one for whoever may sign: better one signature too few than a proposer who approves.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.models import Identifier, Person

_NO_LETTER = re.compile(r"[^\w\s]|\d")


def humans(session: Session, person_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, uuid.UUID]:
    """Each of these persons by an id that rows of the same human being share. One query.

    The same: one number (NIP or NI PPPK) in both rows, or the same name and the same date of birth, which is the
    first eight digits of either number.
    """
    wanted = set(person_ids)
    rows = session.execute(
        select(Identifier.person_id, Identifier.value, Person.name)
        .join(Person)
        .where(Identifier.person_id.in_(wanted))
    ).all()
    same = {person: person for person in wanted}
    first: dict[tuple[str, str], uuid.UUID] = {}
    for person, number, name in rows:
        for mark in ((number, ""), (number[:8], plain_name(name))):
            other = _root(same, first.setdefault(mark, person))
            same[_root(same, person)] = other
    return {person: _root(same, person) for person in wanted}


def plain_name(name: str) -> str:
    """Without what follows the first comma (titles), dots, and double spaces; small letters."""
    return " ".join(_NO_LETTER.sub(" ", name.partition(",")[0]).casefold().split())


def _root(same: Mapping[uuid.UUID, uuid.UUID], person: uuid.UUID) -> uuid.UUID:
    while same[person] != person:
        person = same[person]
    return person
