"""Use cases about the numbers of a person: NIP and NI PPPK, dated and checked; the history names no number (R7)."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflows.accounts import data_changed
from workflows.actions.roles import must_say_why
from workflows.actor import Actor
from workflows.clock import today
from workflows.errors import N_, Conflict, Denied, NotFound, Refused
from workflows.events import person_stream
from workflows.history import record
from workflows.identifiers import kind_of
from workflows.models import Identifier, Person
from workflows.people import person_in_service
from workflows.rules import require


def enter_number(
    session: Session, *, actor: Actor, person_id: uuid.UUID, number: str, valid_from: date
) -> Identifier:
    """From ``valid_from`` the person carries this number; the one before ends the day before.

    Refused with the reason where the structure does not hold, or where somebody else carries it from then on.
    """
    require(actor, "person.change")
    _must_be_another(actor, person_id)
    session.get(Person, person_id, with_for_update=True)
    person, number = person_in_service(session, person_id), "".join(number.split())
    kind = kind_of(number)
    if valid_from > today(session):
        raise Refused(
            "number_ahead",
            N_("Nomor dicatat mulai hari ini atau sebelumnya. Catat lagi pada harinya."),
            rule="R7",
            field="valid_from",
        )
    _must_be_free(session, number, valid_from)
    running = session.scalars(
        select(Identifier).where(Identifier.person_id == person.id, Identifier.valid_to.is_(None))
    ).all()
    for row in running:
        if row.valid_from >= valid_from:
            raise Refused(
                "number_before",
                N_("Nomor yang baru harus dimulai sesudah %(day)s, awal nomor yang berlaku sekarang."),
                rule="R7",
                field="valid_from",
                day=row.valid_from,
            )
        row.valid_to = valid_from - timedelta(days=1)
    new = Identifier(person_id=person.id, kind=kind, value=number, valid_from=valid_from)
    session.add(new)
    session.flush()
    data_changed(session, [person.id])
    record(
        session,
        "person.number_entered",
        stream=person_stream(person.id),
        actor=actor,
        identifier=kind,
        valid_from=valid_from.isoformat(),
    )
    return new


def end_number(
    session: Session, *, actor: Actor, identifier_id: int, last_day: date, reason: str
) -> Identifier:
    """The number's last day; the day before its first one says that it never was this person's."""
    require(actor, "person.change")
    must_say_why(reason)
    row = session.get(Identifier, identifier_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("no_identifier", N_("Nomor ini tidak tercatat."))
    _must_be_another(actor, row.person_id)
    if row.valid_to is not None:
        raise Conflict("number_over", N_("Nomor ini sudah diakhiri."))
    if not row.valid_from - timedelta(days=1) <= last_day <= today(session):
        raise Refused(
            "number_last_day",
            N_("Hari terakhir paling lambat hari ini, dan paling awal sehari sebelum %(day)s."),
            rule="R7",
            field="valid_to",
            day=row.valid_from,
        )
    row.valid_to = last_day
    data_changed(session, [row.person_id])
    record(
        session,
        "person.number_ended",
        stream=person_stream(row.person_id),
        actor=actor,
        personal={"reason": reason.strip()},
        identifier=row.kind,
        valid_to=last_day.isoformat(),
    )
    return row


def _must_be_another(actor: Actor, person_id: uuid.UUID) -> None:
    """A number opens the way in: nobody gives one to themselves."""
    if actor.person_id == person_id:
        raise Denied("own_number", N_("Nomor Anda sendiri dicatat oleh petugas lain."), rule="R12")


def _must_be_free(session: Session, number: str, begins: date) -> None:
    """Nobody, in service or not, carries it on that day or later: two people would be one to SSO."""
    taken = select(Identifier.id).where(
        Identifier.value == number, or_(Identifier.valid_to.is_(None), Identifier.valid_to >= begins)
    )
    if session.scalars(taken.limit(1)).first() is not None:
        raise Conflict(
            "number_taken",
            N_(
                "Nomor ini sudah tercatat, pada orang ini atau orang lain. Cari menurut nomor, lalu akhiri yang keliru."
            ),
            rule="R7",
            field="number",
        )
