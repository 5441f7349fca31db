"""Rows of enrolments read under lock and written in pieces: a course of any size costs the same a row (R26)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from workflows.access import Access
from workflows.clock import now, real_now
from workflows.models import Batch, Enrolment
from workflows.patience import Patience
from workflows.ports import AccountResult, AccountStatus, Concern, RowResult, RowStatus

T = TypeVar("T")
ROWS_AT_ONCE = 1_000
"""Ids in one statement: a course of any size is read and written in pieces of this many rows."""


def locked(session: Session, ids: Collection[int]) -> Iterator[Row[int, str, str, int, int, datetime | None]]:
    """(id, desired, status, attempts, version_id, next_attempt_at) of these rows, locked, in the order of ids."""
    for some in pieces(sorted(ids)):
        yield from session.execute(
            select(
                Enrolment.id,
                Enrolment.desired,
                Enrolment.status,
                Enrolment.attempts,
                Batch.version_id,
                Enrolment.next_attempt_at,
            )  # fmt: skip
            .join(Batch, Batch.id == Enrolment.batch_id)
            .where(Enrolment.id.in_(some))
            .order_by(Enrolment.id)
            .with_for_update(of=Enrolment)
        ).all()


def pieces(ids: Sequence[T]) -> Iterator[Sequence[T]]:
    """The ids, or other things, in the order given, ROWS_AT_ONCE at a time."""
    for start in range(0, len(ids), ROWS_AT_ONCE):
        yield ids[start : start + ROWS_AT_ONCE]


def write(session: Session, changes: Sequence[Mapping[str, Any]]) -> None:
    """Rows that each get their own values; all of them have the same keys."""
    if changes:
        session.execute(update(Enrolment), list(changes))


def write_done(
    session: Session, ids: Sequence[int], desired: str, status: str, access: Access | None
) -> None:
    """Rows that the site now holds as desired. ``access``: the dates that it was given; None: none was sent."""
    dates: dict[str, Any] = {}
    if access is not None:
        dates = {"applied_starts_at": access[0], "applied_ends_at": access[1]}
    if desired == "removed":  # whoever leaves the course leaves its groups
        dates["placed_in"] = ""
    for some in pieces(ids):
        update_all(
            session, some, applied=desired, applied_at=now(session), status=status,
            error_code="", error_text="", attempts=0, next_attempt_at=None, stop_agreed="", **dates,
        )  # fmt: skip


def update_all(session: Session, ids: Sequence[int], **values: Any) -> None:
    """The same values for at most ROWS_AT_ONCE rows."""
    change = update(Enrolment).where(Enrolment.id.in_(ids)).values(**values)
    session.execute(change, execution_options={"synchronize_session": False})


def doubt(session: Session, ids: Sequence[int]) -> None:
    """What the site holds of these rows is not known any more: they are due, and a run about them that began before
    this moment does not settle them (``doubted``). A stop that had gone through asks nobody a second time."""
    done = Enrolment.status == "applied"
    for some in pieces(ids):
        change = update(Enrolment).where(Enrolment.id.in_(some)).execution_options(synchronize_session=False)
        session.execute(
            change.where(done, Enrolment.desired != "active").values(stop_agreed=Enrolment.desired)
        )
        session.execute(change.where(done).values(status="waiting"))
        session.execute(
            change.where(Enrolment.status == "waiting").values(
                next_attempt_at=real_now(session), applied_starts_at=None, applied_ends_at=None
            )
        )


def doubted(next_attempt_at: datetime | None, since: datetime | None) -> bool:
    """A row that was due at ``since`` (its run began) has got a doubt meanwhile. By the machines' clocks: where they
    differ by more than a run lasts, the nightly comparison finds what this does not."""
    return since is not None and next_attempt_at is not None and next_attempt_at > since


def lacks(attempts: int, result: AccountResult) -> dict[str, Any]:
    """What a row says whose person has no account that can be used."""
    missing = "missing" if result.status is AccountStatus.MISSING else ""
    return {
        "status": "needs_account",
        "error_code": result.status.value,
        "error_text": result.reason or missing,
        "attempts": attempts + 1,
        "next_attempt_at": None,
    }


def missed(session: Session, attempts: int, result: RowResult, patience: Patience) -> dict[str, Any]:
    """What a row says that was not carried out: it waits for its next time, or for a person."""
    waits = result.status is RowStatus.RETRY or result.concerns is Concern.RIGHTS
    return {
        "status": "waiting" if waits else "failed",
        "error_code": result.code,
        "error_text": result.message,
        "attempts": attempts + 1,
        "next_attempt_at": real_now(session) + patience.pause(attempts + 1) if waits else None,
    }
