"""Holding the cap of contract staff when people are enrolled: refused before, or let through with a reason (R3)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.actor import Actor
from workflows.cap import Standing, lock_people, standings
from workflows.clock import now
from workflows.errors import N_, Refused
from workflows.events import version_stream
from workflows.history import record
from workflows.models import Batch, CapException, Enrolment, Person, ProgrammeVersion
from workflows.rules import require


def must_be_within_cap(
    session: Session,
    *,
    actor: Actor,
    version: ProgrammeVersion,
    batch: Batch,
    adding: Mapping[uuid.UUID, int],
    reason: str,
) -> dict[uuid.UUID, Standing]:
    """Who goes over the cap with the JP given for each, all let through for ``reason``; Refused without one.

    The people are held until the end of the transaction. Who has no agreement with its days is not counted:
    pages flag them.
    """
    lock_people(session, adding.keys())
    found = standings(session, dict.fromkeys(adding, batch.ends_on), apart_from=version.id)
    over = {person: one for person, one in found.items() if one.over(adding[person])}
    if over and not reason.strip():
        raise _over_cap(session, over, adding)
    if over:
        require(actor, "enrolment.exceed_cap")
    return over


def note_exceptions(
    session: Session,
    *,
    actor: Actor,
    version: ProgrammeVersion,
    rows: Iterable[Enrolment],
    over: Mapping[uuid.UUID, Standing],
    adding: Mapping[uuid.UUID, int],
    reason: str,
) -> None:
    """One row and one event for each participant over the cap, with the numbers and the reason."""
    for row in rows:
        one = over.get(row.person_id)
        if one is None or one.since is None or one.cap is None:
            continue
        added = adding[row.person_id]
        session.add(
            CapException(
                enrolment_id=row.id,
                counted_from=one.since,
                jp_before=one.before,
                jp_added=added,
                cap=one.cap,
                reason=reason.strip(),
                decided_by=actor.person_id,
                decided_at=now(session),
            )
        )
        record(
            session,
            "enrolment.cap_exceeded",
            stream=version_stream(version.id),
            actor=actor,
            personal={"reason": reason.strip()},
            enrolment=row.id,
            since=one.since.isoformat(),
            earned=one.earned,
            planned=one.planned,
            added=added,
            total=one.before + added,
            cap=one.cap,
            over=one.over(added),
        )


def _over_cap(
    session: Session, over: Mapping[uuid.UUID, Standing], adding: Mapping[uuid.UUID, int]
) -> Refused:
    names = select(Person.id, Person.name).where(Person.id.in_(over)).order_by(Person.name).limit(1)
    person, name = session.execute(names).one()
    values: dict[str, Any] = {
        "name": name,
        "total": over[person].before + adding[person],
        "cap": over[person].cap,
        "over": over[person].over(adding[person]),
    }
    if len(over) == 1:
        sentence = N_(
            "%(name)s akan menjadi %(total)s dari %(cap)s JP pada tahun perjanjian kerjanya, %(over)s di atas batas. "
            "Kurangi modulnya, pilih orang lain, atau tulis alasan pengecualian."
        )
        return Refused("over_cap", sentence, rule="R3", field="cap_reason", **values)
    sentence = N_(
        "%(count)s orang akan melewati batas JP tahun perjanjian kerjanya, antara lain %(name)s: %(total)s dari "
        "%(cap)s JP. Kurangi modulnya, pilih orang lain, atau tulis alasan pengecualian bagi mereka."
    )
    return Refused("over_cap", sentence, rule="R3", field="cap_reason", count=len(over), **values)
