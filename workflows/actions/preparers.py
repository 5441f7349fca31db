"""Use cases about who prepares for an office: appointed for some days by its holder or the agency, and ended."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflows.actor import Actor
from workflows.clock import now, today
from workflows.errors import N_, Conflict, NotFound, Refused
from workflows.events import office_stream
from workflows.history import record
from workflows.letters import Letter, lock_office, must_be_letter, must_be_open, must_be_reason, must_serve
from workflows.mandates import effective, holdings_on
from workflows.models import OfficeHolding, Preparer
from workflows.rules import require


def appoint_preparer(
    session: Session,
    *,
    actor: Actor,
    office_id: int,
    person_id: uuid.UUID,
    valid_from: date,
    valid_to: date | None = None,
    letter: Letter | None = None,
) -> Preparer:
    """From today or a later day on. They see what waits for the office, sort it and comment; they never decide."""
    office = lock_office(session, office_id)
    day = today(session)
    require(actor, "preparer.appoint", holder_relation(session, actor, office_id, day))
    must_be_open(office)
    letter = must_be_letter(session, letter) if letter is not None else None
    if valid_from < day or (valid_to is not None and valid_to < valid_from):
        raise Refused(
            "preparer_days",
            N_("Penyiap bertugas mulai hari ini atau sesudahnya, dan berakhir sesudah dimulai."),
            rule="R8",
            field="valid_from",
        )
    person = must_serve(session, actor, person_id, valid_from)
    if any(one.person_id == person.id and one.kind == "definitive" for one in _held(session, office_id, day)):
        raise Refused(
            "prepares_for_self",
            N_("Penyiap adalah orang lain daripada pejabatnya sendiri."),
            rule="R8",
            field="person_id",
        )
    if _appointed(session, office_id, person.id, valid_from, valid_to):
        raise Conflict(
            "preparer_already",
            N_("Orang ini sudah menjadi penyiap jabatan ini pada tanggal itu."),
            rule="R8",
            field="person_id",
        )
    row = Preparer(
        office=office,
        person=person,
        letter_no=letter.number if letter else "",
        letter_date=letter.day if letter else None,
        valid_from=valid_from,
        valid_to=valid_to,
        appointed_by=actor.person_id,
        appointed_at=now(session),
    )
    session.add(row)
    session.flush()
    record(
        session,
        "office.preparer_appointed",
        stream=office_stream(office.id),
        actor=actor,
        personal={"name": person.name},
        preparer=row.id,
        letter=row.letter_no,
        since=valid_from.isoformat(),
        until=valid_to.isoformat() if valid_to else "",
    )
    return row


def end_preparer(session: Session, *, actor: Actor, preparer_id: int, reason: str) -> Preparer:
    """At once: yesterday was the last day. What they wrote stays with the office."""
    office_id = session.scalar(select(Preparer.office_id).where(Preparer.id == preparer_id))
    if office_id is None:
        raise NotFound("no_preparer", N_("Penyiap ini tidak ada."))
    lock_office(session, office_id)
    day = today(session)
    require(actor, "preparer.end", holder_relation(session, actor, office_id, day))
    reason = must_be_reason(reason)
    row = session.get_one(Preparer, preparer_id, populate_existing=True)
    if row.last_day is not None and row.last_day < day:
        raise Conflict("preparer_over", N_("Tugas penyiap ini sudah berakhir."), rule="R8")
    row.ended_on, row.end_reason = day - timedelta(days=1), reason
    record(
        session,
        "office.preparer_ended",
        stream=office_stream(office_id),
        actor=actor,
        personal={"name": row.person.name, "reason": reason},
        preparer=row.id,
    )
    return row


def holder_relation(session: Session, actor: Actor, office_id: int, day: date) -> list[str]:
    """``office_holder`` for whoever acts in the office that day."""
    acting = effective(_held(session, office_id, day))
    return ["office_holder"] if acting is not None and acting.person_id == actor.person_id else []


def _held(session: Session, office_id: int, day: date) -> list[OfficeHolding]:
    return holdings_on(session, day, [office_id]).get(office_id, [])


def _appointed(
    session: Session, office_id: int, person_id: uuid.UUID, first: date, last: date | None
) -> bool:
    query = select(Preparer).where(
        Preparer.office_id == office_id,
        Preparer.person_id == person_id,
        or_(Preparer.valid_to.is_(None), Preparer.valid_to >= first),
        or_(Preparer.ended_on.is_(None), Preparer.ended_on >= first),
    )
    if last is not None:
        query = query.where(Preparer.valid_from <= last)
    return any(one.last_day is None or one.last_day >= one.valid_from for one in session.scalars(query))
