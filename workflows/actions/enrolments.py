"""Use cases about participants: the wish is a row, in the same transaction as the reason for it (R26)."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.actions import grouping
from workflows.actions.breaker import try_now
from workflows.actions.cap import must_be_within_cap, note_exceptions
from workflows.actions.versions import lock_version
from workflows.actor import Actor
from workflows.batches import batch_to_join
from workflows.clock import now
from workflows.errors import N_, Conflict, Denied, NotFound, Refused
from workflows.events import version_stream
from workflows.guards import active_participants, must_have_reason
from workflows.history import record
from workflows.lifecycle import ensure_state, move
from workflows.models import Batch, Enrolment, Person, ProgrammeVersion
from workflows.rules import require
from workflows.targets import must_belong


def enrol(
    session: Session,
    *,
    actor: Actor,
    version_id: int,
    person_ids: Collection[uuid.UUID],
    batch_number: int | None = None,
    cap_reason: str = "",
) -> list[Enrolment]:
    """Put people on the list of a batch, the first that is not over where none is named.

    Whoever takes part in a batch of the version already stays as they are: nobody is in two.
    ``cap_reason``: why contract staff take part who then go over the cap of their year (R3).
    """
    version = lock_version(session, version_id)
    require(actor, "enrolment.enrol")
    ensure_state(version, {"approved", "running"})
    if actor.person_id in person_ids:
        raise Denied(
            "own_enrolment", N_("Pendaftaran diri sendiri dimasukkan oleh petugas lain."), rule="R13"
        )
    site_id = _must_have_course(version)
    batch = batch_to_join(session, version, batch_number)
    known = _known(session, version, person_ids)
    wanted = [
        person for person in dict.fromkeys(person_ids) if known.get(person) is None or _is_off(known[person])
    ]
    _must_fit(session, version, len(wanted))
    _must_exist(session, wanted)
    must_belong(session, version, wanted)
    adding = {person: _hours(version, known.get(person)) for person in wanted}
    over = must_be_within_cap(
        session, actor=actor, version=version, batch=batch, adding=adding, reason=cap_reason
    )
    rows = [_wish(session, batch, known.get(person), person, version, site_id) for person in wanted]
    if rows:
        record(
            session,
            "enrolment.requested",
            stream=version_stream(version.id),
            actor=actor,
            count=len(rows),
            batch=batch.number,
        )
        session.flush()
    note_exceptions(
        session, actor=actor, version=version, rows=rows, over=over, adding=adding, reason=cap_reason
    )
    return rows


def withdraw(session: Session, *, actor: Actor, enrolment_id: int, reason: str) -> Enrolment:
    """A participant leaves: the row stays, its wish becomes ``suspended``; nothing learnt is lost."""
    found = session.get(Enrolment, enrolment_id)
    if found is None:
        raise NotFound("no_enrolment", N_("Peserta ini tidak ada."))
    version = lock_version(session, found.batch.version_id)
    require(actor, "enrolment.withdraw")
    ensure_state(version, {"approved", "running"})
    must_have_reason(reason)
    row = session.get_one(Enrolment, enrolment_id, populate_existing=True, with_for_update=True)
    if _is_off(row):
        raise Conflict("already_off", N_("Peserta ini sudah dihentikan."))
    row.desired, row.stop_cause, row.stop_agreed = "suspended", "decision", ""
    _make_due(row)
    record(
        session,
        "enrolment.withdrawn",
        stream=version_stream(version.id),
        actor=actor,
        personal={"reason": reason.strip()},
        enrolment=row.id,
    )
    return row


def start(session: Session, *, actor: Actor, version_id: int) -> ProgrammeVersion:
    """``approved`` -> ``running``. Moodle being down blocks nothing."""
    version = lock_version(session, version_id)
    move(session, version, "start", actor=actor)
    return version


def retry(session: Session, *, actor: Actor, version_id: int) -> int:
    """Send what waits, failed or needs an account again now. How many rows."""
    version = lock_version(session, version_id)
    require(actor, "enrolment.retry")
    if version.site_id is not None:
        try_now(session, version.site_id)
    rows = session.scalars(
        select(Enrolment)
        .join(Batch)
        .where(Batch.version_id == version.id, Enrolment.status.in_(("waiting", "failed", "needs_account")))
        .order_by(Enrolment.id)
        .with_for_update()
    ).all()
    for row in rows:
        _make_due(row)
    grouping.try_again(session, version)
    if rows:
        record(session, "enrolment.retried", stream=version_stream(version.id), actor=actor, count=len(rows))
    return len(rows)


def retry_one(session: Session, *, actor: Actor, enrolment_id: int) -> Enrolment:
    """Send this one row again now."""
    found = session.get(Enrolment, enrolment_id)
    if found is None:
        raise NotFound("no_enrolment", N_("Peserta ini tidak ada."))
    version = lock_version(session, found.batch.version_id)
    require(actor, "enrolment.retry")
    try_now(session, found.site_id)
    row = session.get_one(Enrolment, enrolment_id, populate_existing=True, with_for_update=True)
    if row.status not in ("waiting", "failed", "needs_account"):
        raise Conflict("nothing_to_retry", N_("Tidak ada yang perlu dikirim ulang."), rule="R26")
    _make_due(row)
    record(session, "enrolment.retried", stream=version_stream(version.id), actor=actor, count=1)
    return row


def _hours(version: ProgrammeVersion, row: Enrolment | None) -> int:
    """JP still to be earned; who has completed it and comes back has them in the ledger."""
    return 0 if row is not None and row.completion is not None else version.jp or 0


def _make_due(row: Enrolment) -> None:
    row.status, row.next_attempt_at, row.attempts = "waiting", None, 0


def _is_off(row: Enrolment) -> bool:
    return row.desired != "active"


def _must_have_course(version: ProgrammeVersion) -> int:
    if version.site_id is None or not version.course_ref:
        raise Refused(
            "no_course", N_("Pilih dahulu kelas Moodle untuk program ini."), rule="R26", field="course_ref"
        )
    return version.site_id


def _must_fit(session: Session, version: ProgrammeVersion, more: int) -> None:
    taken = active_participants(session, version.id)
    if taken + more > version.seats:
        raise Refused(
            "no_seat",
            N_("Tempat tidak cukup: %(seats)s tempat, %(taken)s terisi, %(more)s hendak ditambahkan."),
            rule="DOMAIN 3.1",
            seats=version.seats,
            taken=taken,
            more=more,
        )


def _must_exist(session: Session, person_ids: Collection[uuid.UUID]) -> None:
    known = session.scalar(
        select(func.count()).select_from(Person).where(Person.id.in_(person_ids), Person.left_on.is_(None))
    )
    if known != len(person_ids):
        raise NotFound("no_person", N_("Salah satu orang tidak ada atau sudah berhenti."))


def _known(
    session: Session, version: ProgrammeVersion, person_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Enrolment]:
    """The row of each who is or was in a batch of the version; of several the one that takes part, then the last."""
    rows = session.scalars(
        select(Enrolment)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .where(Batch.version_id == version.id, Enrolment.person_id.in_(person_ids))
        .order_by(Enrolment.desired == "active", Enrolment.id)
        .with_for_update(of=Enrolment)
    )
    return {row.person_id: row for row in rows}


def _wish(
    session: Session,
    batch: Batch,
    row: Enrolment | None,
    person_id: uuid.UUID,
    version: ProgrammeVersion,
    site_id: int,
) -> Enrolment:
    if row is None:
        row = Enrolment(
            batch=batch,
            person_id=person_id,
            site_id=site_id,
            course_ref=version.course_ref,
            enrolled_at=now(session),
        )
        session.add(row)
    elif row.batch_id != batch.id and row.completion is None:  # what was completed stays where it was learnt
        row.batch = batch
    row.desired, row.stop_cause, row.stop_agreed = "active", "", ""
    _make_due(row)
    return row
