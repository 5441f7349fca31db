"""Use cases about the batches of a version: added, given other dates, removed while empty, and people moved between.

What was decided is the version's dates, its year's money and its partner's paper: a batch lies within them (R21, R23).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.actions.versions import lock_version
from workflows.actor import Actor
from workflows.batches import batch_numbered, batches_of, must_not_be_over
from workflows.clock import today
from workflows.errors import N_, Conflict, Denied, NotFound, Refused
from workflows.events import version_stream
from workflows.history import record
from workflows.lifecycle import ensure_state
from workflows.models import Batch, Completion, Enrolment, ProgrammeVersion
from workflows.rules import require

OPEN_STATES = ("approved", "running")


def add(session: Session, *, actor: Actor, version_id: int, starts_on: date, ends_on: date) -> Batch:
    """One more batch, numbered after the last. The first one added is number 1."""
    version = _arrangeable(session, actor, version_id)
    _must_lie_within(version, starts_on, ends_on)
    if ends_on < today(session):
        raise _past()
    numbers = [batch.number for batch in batches_of(session, version.id)]
    batch = Batch(
        version_id=version.id, number=max(numbers, default=0) + 1, starts_on=starts_on, ends_on=ends_on
    )
    session.add(batch)
    session.flush()
    _tell(session, actor, "batch.added", batch)
    return batch


def change_dates(
    session: Session, *, actor: Actor, version_id: int, number: int, starts_on: date, ends_on: date
) -> Batch:
    """Other dates; those who take part get them in Moodle at the next run. A batch that is over keeps its own."""
    version = _arrangeable(session, actor, version_id)
    batch = batch_numbered(session, version.id, number)
    if (starts_on, ends_on) == (batch.starts_on, batch.ends_on):
        return batch
    must_not_be_over(session, batch)
    _must_lie_within(version, starts_on, ends_on)
    day = today(session)
    if batch.starts_on <= day and starts_on != batch.starts_on:
        raise Refused(
            "batch_begun",
            N_("Angkatan %(number)s sudah dimulai: tanggal mulainya tidak dapat diubah, tanggal selesainya dapat."),
            rule="R29",
            field="starts_on",
            number=batch.number,
        )  # fmt: skip
    if ends_on < day:
        raise _past()
    before = (batch.starts_on, batch.ends_on)
    batch.starts_on, batch.ends_on = starts_on, ends_on
    _tell(session, actor, "batch.dates_changed", batch, before=[day.isoformat() for day in before])
    return batch


def remove(session: Session, *, actor: Actor, version_id: int, number: int) -> None:
    """Only a batch that nobody was ever in: what somebody learnt in it stays readable."""
    version = _arrangeable(session, actor, version_id)
    batch = batch_numbered(session, version.id, number)
    held = session.scalar(select(func.count()).where(Enrolment.batch_id == batch.id))
    if held:
        raise Conflict(
            "batch_not_empty",
            N_("Angkatan %(number)s tidak kosong: %(count)s peserta tercatat di dalamnya. Pindahkan mereka dahulu."),
            rule="R26",
            number=batch.number,
            count=held,
        )  # fmt: skip
    _tell(session, actor, "batch.removed", batch)
    session.delete(batch)


def move(
    session: Session, *, actor: Actor, version_id: int, enrolment_ids: Collection[int], to_number: int
) -> list[Enrolment]:
    """Participants go over to another batch of the same version, all of them or none; their rows go with them.

    The course stays the same, so that nobody is suspended: the group and the dates of access follow. Those who are
    there already stay as they are. Returns the rows that were moved.
    """
    version = lock_version(session, version_id)
    require(actor, "enrolment.move")
    ensure_state(version, OPEN_STATES)
    target = batch_numbered(session, version.id, to_number)
    if not enrolment_ids:
        raise Refused("nobody_chosen", N_("Pilih sekurangnya satu orang."), field="people")
    must_not_be_over(session, target)
    rows = [
        row for row in _locked(session, version.id, sorted(set(enrolment_ids))) if row.batch_id != target.id
    ]
    _must_be_movable(session, actor, rows)
    begun = sorted({row.batch.number for row in rows})
    for row in rows:
        row.batch = target
        if row.status == "applied":  # one that waits or failed finds the new dates when it is sent
            row.status, row.next_attempt_at, row.attempts = "waiting", None, 0
    if rows:
        record(
            session,
            "enrolment.moved",
            stream=version_stream(version.id),
            actor=actor,
            count=len(rows),
            batch=target.number,
            came_from=begun,
            enrolments=[row.id for row in rows],
        )
    return rows


def _arrangeable(session: Session, actor: Actor, version_id: int) -> ProgrammeVersion:
    version = lock_version(session, version_id)
    require(actor, "batch.arrange")
    ensure_state(version, OPEN_STATES)
    return version


def _locked(session: Session, version_id: int, ids: Sequence[int]) -> Sequence[Enrolment]:
    rows = session.scalars(
        select(Enrolment)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .where(Enrolment.id.in_(ids), Batch.version_id == version_id)
        .order_by(Enrolment.id)
        .with_for_update(of=Enrolment)
        .execution_options(populate_existing=True)
    ).all()
    if len(rows) != len(ids):
        raise NotFound("no_enrolment", N_("Peserta ini tidak ada."))
    return rows


def _must_be_movable(session: Session, actor: Actor, rows: Sequence[Enrolment]) -> None:
    if any(row.person_id == actor.person_id for row in rows):
        raise Denied("own_move", N_("Pindah angkatan diri sendiri dimasukkan oleh petugas lain."), rule="R13")
    if any(row.desired != "active" for row in rows):
        raise Conflict(
            "not_taking_part",
            N_("Salah satu yang dipilih sudah dihentikan. Muat ulang daftar, lalu pilih lagi."),
            rule="R26",
        )
    for batch in {row.batch.id: row.batch for row in rows}.values():
        must_not_be_over(session, batch)
    done = session.scalar(
        select(func.count()).where(Completion.enrolment_id.in_([row.id for row in rows]))
    )  # fmt: skip
    if done:
        raise Conflict(
            "completed",
            N_("%(count)s dari yang dipilih sudah tuntas belajar; hasilnya tetap pada angkatannya."),
            rule="R29",
            count=done,
        )


def _must_lie_within(version: ProgrammeVersion, starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise Refused("dates", N_("Tanggal selesai tidak boleh sebelum tanggal mulai."), field="ends_on")
    if starts_on < version.starts_on or ends_on > version.ends_on:
        raise Refused(
            "outside_programme",
            N_("Tanggal angkatan harus di dalam tanggal program yang disetujui: %(first)s sampai %(last)s."),
            rule="R23",
            field="starts_on" if starts_on < version.starts_on else "ends_on",
            first=version.starts_on,
            last=version.ends_on,
        )


def _past() -> Refused:
    return Refused("batch_past", N_("Tanggal selesai angkatan tidak boleh sudah lewat."), field="ends_on")


def _tell(session: Session, actor: Actor, name: str, batch: Batch, **more: Any) -> None:
    record(
        session,
        name,
        stream=version_stream(batch.version_id),
        actor=actor,
        number=batch.number,
        starts_on=batch.starts_on.isoformat(),
        ends_on=batch.ends_on.isoformat(),
        **more,
    )
