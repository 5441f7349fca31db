"""Use cases about one person of the register: how they are employed, what they are assigned to."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflows.actor import Actor
from workflows.clock import today
from workflows.errors import N_, Conflict, NotFound, Refused
from workflows.events import person_stream
from workflows.history import record
from workflows.models import Assignment, AssignmentKind, Employment, Person
from workflows.models.person import EMPLOYMENT_KINDS
from workflows.people import employments_of, person_in_service
from workflows.rules import require

LONGEST_LETTER = 120


def record_employment(
    session: Session,
    *,
    actor: Actor,
    person_id: uuid.UUID,
    kind: str,
    valid_from: date,
    contract_from: date | None = None,
    contract_to: date | None = None,
) -> Employment:
    """From ``valid_from`` on the person is employed so; what was before ends the day before (R3, R7)."""
    require(actor, "person.change")
    person = _lock(session, person_id)
    if kind not in EMPLOYMENT_KINDS:
        raise Refused("employment_kind", N_("Pilih PNS, PPPK, atau PPPK paruh waktu."), field="kind")
    must_be_contract(kind, contract_from, contract_to)
    if valid_from > today(session):
        raise Refused(
            "employment_ahead",
            N_("Hubungan kerja dicatat mulai hari ini atau sebelumnya. Catat lagi pada harinya."),
            rule="R7",
            field="valid_from",
        )
    last = employments_of(session, person_id)[-1:]
    if last and valid_from <= last[0].valid_from:
        raise Refused(
            "employment_before",
            N_("Hubungan kerja yang baru harus dimulai sesudah %(day)s, awal yang terakhir tercatat."),
            rule="R7",
            field="valid_from",
            day=last[0].valid_from,
        )
    for row in last:
        row.valid_to = valid_from - timedelta(days=1)
    new = Employment(
        person_id=person.id,
        kind=kind,
        contract_from=contract_from,
        contract_to=contract_to,
        valid_from=valid_from,
    )
    person.employment_kind = kind
    session.add(new)
    session.flush()
    record(
        session,
        "person.employed",
        stream=person_stream(person.id),
        actor=actor,
        employment=kind,
        valid_from=valid_from.isoformat(),
    )
    return new


def must_be_contract(kind: str, contract_from: date | None, contract_to: date | None) -> None:
    """A PNS has no agreement; an agreement that ends has a beginning before its end (R3)."""
    if kind == "pns" and (contract_from or contract_to):
        raise Refused(
            "contract_pns", N_("PNS tidak memiliki perjanjian kerja."), rule="R3", field="contract_from"
        )
    if contract_to and (contract_from is None or contract_to <= contract_from):
        raise Refused(
            "contract_dates",
            N_("Perjanjian kerja memerlukan tanggal mulai, dan berakhir sesudah dimulai."),
            rule="R3",
            field="contract_to",
        )


def assign(
    session: Session,
    *,
    actor: Actor,
    person_id: uuid.UUID,
    kind_code: str,
    letter_no: str,
    valid_from: date,
    valid_to: date | None = None,
) -> Assignment:
    """Note that a person has this assignment, by letter; the same one twice on a day is refused."""
    require(actor, "person.change")
    person = _lock(session, person_id)
    kind = session.scalars(select(AssignmentKind).where(AssignmentKind.code == kind_code)).one_or_none()
    if kind is None:
        raise Refused("not_listed", N_("Pilih salah satu dari daftar."), field="kind_code")
    if not letter_no.strip() or len(letter_no) > LONGEST_LETTER:
        raise Refused(
            "letter",
            N_("Tulis nomor surat tugasnya, paling banyak %(most)s huruf."),
            field="letter_no",
            most=LONGEST_LETTER,
        )
    if valid_to is not None and valid_to < valid_from:
        raise Refused("dates", N_("Tanggal selesai tidak boleh sebelum tanggal mulai."), field="valid_to")
    if _overlapping(session, person.id, kind.id, valid_from, valid_to):
        raise Conflict(
            "assigned_already",
            N_("Orang ini sudah memegang tugas %(kind)s pada tanggal itu."),
            kind=kind.name,
        )
    new = Assignment(
        person_id=person.id,
        kind_id=kind.id,
        letter_no=letter_no.strip(),
        valid_from=valid_from,
        valid_to=valid_to,
    )
    session.add(new)
    session.flush()
    record(
        session,
        "person.assigned",
        stream=person_stream(person.id),
        actor=actor,
        assignment=kind.name,
        valid_from=valid_from.isoformat(),
    )
    return new


def end_assignment(session: Session, *, actor: Actor, assignment_id: int, last_day: date) -> Assignment:
    """The assignment's last day, today or another; a row that began later than that day is refused."""
    require(actor, "person.change")
    row = session.get(Assignment, assignment_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("no_assignment", N_("Tugas ini tidak tercatat."))
    if row.valid_to is not None and row.valid_to < today(session):
        raise Conflict("assignment_over", N_("Tugas ini sudah berakhir."))
    if last_day < row.valid_from:
        raise Refused(
            "dates", N_("Tanggal selesai tidak boleh sebelum tanggal mulai."), field="valid_to", rule="R7"
        )
    row.valid_to = last_day
    record(
        session,
        "person.assignment_ended",
        stream=person_stream(row.person_id),
        actor=actor,
        assignment=row.kind.name,
        valid_to=last_day.isoformat(),
    )
    return row


def _lock(session: Session, person_id: uuid.UUID) -> Person:
    """The person in service, locked, so that two entries for one person wait for each other."""
    session.get(Person, person_id, with_for_update=True)
    return person_in_service(session, person_id)


def _overlapping(
    session: Session, person_id: uuid.UUID, kind_id: int, begins: date, ends: date | None
) -> bool:
    query = select(Assignment.id).where(
        Assignment.person_id == person_id,
        Assignment.kind_id == kind_id,
        or_(Assignment.valid_to.is_(None), Assignment.valid_to >= begins),
    )
    if ends is not None:
        query = query.where(Assignment.valid_from <= ends)
    return session.scalars(query.limit(1)).first() is not None
