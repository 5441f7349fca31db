"""The batches of a version, for looking: in their order, by number, and whether one is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.clock import today
from workflows.errors import N_, NotFound, Refused
from workflows.models import Batch, ProgrammeVersion


def batches_of(session: Session, version_id: int) -> Sequence[Batch]:
    """By number."""
    return session.scalars(
        select(Batch).where(Batch.version_id == version_id).order_by(Batch.number)
    ).all()  # fmt: skip


def batch_numbered(session: Session, version_id: int, number: int) -> Batch:
    """NotFound where the version has no such batch."""
    batch = session.scalars(
        select(Batch).where(Batch.version_id == version_id, Batch.number == number)
    ).one_or_none()  # fmt: skip
    if batch is None:
        raise NotFound("no_batch", N_("Angkatan ini tidak ada."))
    return batch


def is_over(batch: Batch, day: date) -> bool:
    """From the day after its last one."""
    return day > batch.ends_on


def last_day(session: Session, version: ProgrammeVersion) -> date:
    """On which the last batch ends; the programme's own last day while it has none."""
    last = session.scalar(select(func.max(Batch.ends_on)).where(Batch.version_id == version.id))
    return last or version.ends_on


def must_not_be_over(session: Session, batch: Batch) -> None:
    if is_over(batch, today(session)):
        raise Refused(
            "batch_over",
            N_("Angkatan %(number)s sudah selesai pada %(day)s."),
            rule="R29",
            field="batch",
            number=batch.number,
            day=batch.ends_on,
        )


def batch_to_join(session: Session, version: ProgrammeVersion, number: int | None) -> Batch:
    """The batch that new participants enter: the one named, else the first that is not over, else the last.

    A version without any gets one over all of its dates. Refused where the one named is over.
    """
    known = batches_of(session, version.id)
    if number is not None and (known or number != 1):
        batch = batch_numbered(session, version.id, number)
        must_not_be_over(session, batch)
        return batch
    if known:
        return next((batch for batch in known if not is_over(batch, today(session))), known[-1])
    batch = Batch(version_id=version.id, number=1, starts_on=version.starts_on, ends_on=version.ends_on)
    session.add(batch)
    session.flush()
    return batch
