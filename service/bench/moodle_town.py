"""People who wait to be enrolled, written straight into the database: what a benchmark sends."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from service.bench.moodle_bare import BATCH, CONNECTIONS
from service.bench.moodle_site import Measured
from service.bench.town import LONG_AGO, places_for, version_of
from workflows.clock import now
from workflows.models import (
    Base,
    Batch,
    Enrolment,
    Identifier,
    LmsAccount,
    Person,
    Programme,
    Site,
)

SITE_CODE = "bench"
AT_ONCE = 5_000


def build_site(session: Session, measured: Measured) -> int:
    """The site as our database knows it; its id."""
    site = Site(
        code=SITE_CODE, name="Bench", url=measured.url, home_page=measured.url,
        account_policy=measured.account_policy, auth=measured.auth, role_id=measured.role_id,
        batch_size=BATCH, connections=CONNECTIONS,
    )  # fmt: skip
    session.add(site)
    session.flush()
    return site.id


def build_course(session: Session, site_id: int, course: str, remote_ids: Sequence[str]) -> None:
    """A running programme in that course, with one participant for each account; nobody is enrolled yet."""
    people = [uuid.uuid4() for _ in remote_ids]
    moment = now(session)
    _fill(session, Person, (
        {"id": one, "name": f"Peserta {n}", "email": f"{one.hex}@bench.test", "employment_kind": "pns"}
        for n, one in enumerate(people)
    ))  # fmt: skip
    _fill(session, Identifier, (
        {"person_id": one, "kind": "nip", "value": f"{10**17 + n}", "valid_from": LONG_AGO}
        for n, one in enumerate(people)
    ))  # fmt: skip
    _fill(session, LmsAccount, (
        {"site_id": site_id, "person_id": one, "remote_id": remote, "status": "found", "checked_at": moment}
        for one, remote in zip(people, remote_ids, strict=True)
    ))  # fmt: skip
    batch = _batch(session, session.get_one(Person, people[0]))
    _fill(session, Enrolment, (
        {"batch_id": batch, "person_id": one, "site_id": site_id, "course_ref": course, "enrolled_at": moment}
        for one in people
    ))  # fmt: skip


def _batch(session: Session, author: Person) -> int:
    places = places_for(session)
    version = version_of(session, 1, author, places)
    version.programme, version.state = Programme(owner_unit_id=places["unit"]), "running"
    batch = Batch(version=version, number=1, starts_on=version.starts_on, ends_on=version.ends_on)
    session.add(batch)
    session.flush()
    return batch.id


def _fill(session: Session, model: type[Base], rows: Iterator[dict[str, Any]]) -> None:
    piece: list[dict[str, Any]] = []
    for row in rows:
        piece.append(row)
        if len(piece) == AT_ONCE:
            session.execute(insert(model), piece)
            piece = []
    if piece:
        session.execute(insert(model), piece)
