"""The list of participants of a version, and what can be done with it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from service.web.batches_view import batch_rows, may_arrange
from service.web.cap_view import flags_on
from service.web.enrolment_words import is_off, state_chip
from service.web.moodle_words import trouble
from service.web.targets_view import outsiders
from workflows.actor import Actor
from workflows.clock import today
from workflows.guards import active_participants
from workflows.models import Batch, Completion, Enrolment, Person, ProgrammeVersion
from workflows.people import postings_on
from workflows.rules import allowed

PAGE = 60
OPEN_STATES = ("approved", "running")


def participants(
    session: Session, version: ProgrammeVersion, page: int, batch: int | None = None
) -> dict[str, Any]:
    """``people`` in order of name, a page at a time, with where they work, where they stand, whether done.

    ``batch``: the number of one batch; None: all of them.
    """
    query = (
        select(Enrolment)
        .join(Batch)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Batch.version_id == version.id)
        .options(
            joinedload(Enrolment.person), joinedload(Enrolment.completion), contains_eager(Enrolment.batch)
        )
        .order_by(Person.name, Enrolment.id)
    )
    if batch is not None:
        query = query.where(Batch.number == batch)
    rows = session.scalars(query.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    places = postings_on(session, [row.person_id for row in rows], today(session))
    flags = flags_on(session, version, rows[:PAGE])
    outside = outsiders(session, version, [row.person_id for row in rows[:PAGE] if not is_off(row)])
    people = [
        {
            "row": row,
            "posting": places.get(row.person_id),
            "chip": state_chip(row),
            "needs": trouble(row) if row.status == "needs_account" else "",
            "done": row.completion,
            "off": is_off(row),
            "flags": [flag for flag in (outside.get(row.person_id), flags.get(row.id)) if flag],
        }
        for row in rows[:PAGE]
    ]
    more = len(rows) > PAGE
    batches = {"rows": batch_rows(session, version), "batch": batch}
    return {"people": people, "more_people": more, "page": page, **batches, **_counts(session, version)}


def _counts(session: Session, version: ProgrammeVersion) -> dict[str, Any]:
    of_version = select(func.count()).select_from(Enrolment).join(Batch).where(Batch.version_id == version.id)
    taken = active_participants(session, version.id)
    return {
        "taken": taken,
        "left": max(version.seats - taken, 0),
        "on_site": session.scalar(of_version.where(Enrolment.applied == "active")) or 0,
        "finished": session.scalar(of_version.join(Completion)) or 0,
        "total": session.scalar(of_version) or 0,
    }


def doable(session: Session, version: ProgrammeVersion, actor: Actor, taken: int) -> dict[str, bool]:
    """What this person can do here now; ``early``: only the day of the start is missing."""
    alive = version.closed_as is None
    may_start = alive and version.state == "approved" and allowed(actor, "programme.start")
    early = today(session) < version.starts_on
    return {
        "can_enrol": alive and version.state in OPEN_STATES and allowed(actor, "enrolment.enrol"),
        "can_withdraw": alive and version.state in OPEN_STATES and allowed(actor, "enrolment.withdraw"),
        "can_arrange": may_arrange(version, actor),
        "may_start": may_start,
        "early": early,
        "can_start": may_start and not early and taken > 0,
    }
