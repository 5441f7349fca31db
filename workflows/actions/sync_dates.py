"""Dates of access beside rows: what a batch gives, what the site was given, and who is due for a difference (R26)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.access import Access, access_of, grace_days
from workflows.actions import sync_rows
from workflows.clock import today
from workflows.models import Batch, Enrolment


class Dates:
    """Access by batch and as given, each pair of dates kept once: a large course has few of them."""

    def __init__(self, session: Session) -> None:
        self.session, self.grace = session, grace_days(session)
        self.by_batch: dict[tuple[date, date], Access] = {}
        self.seen: dict[Access, Access] = {}

    def of(self, starts_on: date, ends_on: date) -> Access:
        """What a batch with these days gives."""
        if (starts_on, ends_on) not in self.by_batch:
            self.by_batch[starts_on, ends_on] = access_of(self.session, starts_on, ends_on, self.grace)
        return self.by_batch[starts_on, ends_on]

    def given(self, starts_at: datetime | None, ends_at: datetime | None) -> Access | None:
        """What the site was given; None: nothing yet."""
        if starts_at is None:
            return None
        return self.seen.setdefault((starts_at, ends_at), (starts_at, ends_at))


def renew_dates(session: Session) -> int:
    """Rows of batches that are not over whose dates are not those that the site was given: due again."""
    grace = grace_days(session)
    over = today(session) - timedelta(days=grace or 0)
    groups = session.execute(
        select(
            Batch.id, Batch.starts_on, Batch.ends_on, Enrolment.applied_starts_at, Enrolment.applied_ends_at
        )
        .join(Enrolment, Enrolment.batch_id == Batch.id)
        .where(Batch.ends_on >= over, Enrolment.status == "applied", Enrolment.desired == "active")
        .distinct()
    ).all()
    changed = 0
    for batch_id, starts_on, ends_on, *given in groups:
        if tuple(given) != access_of(session, starts_on, ends_on, grace):
            changed += _make_due(session, batch_id, *given)
    return changed


def _make_due(session: Session, batch_id: int, starts_at: datetime | None, ends_at: datetime | None) -> int:
    found = session.scalars(
        select(Enrolment.id)
        .where(
            Enrolment.batch_id == batch_id,
            Enrolment.status == "applied",
            Enrolment.desired == "active",
            Enrolment.applied_starts_at.is_not_distinct_from(starts_at),
            Enrolment.applied_ends_at.is_not_distinct_from(ends_at),
        )
        .order_by(Enrolment.id)
        .with_for_update()
    ).all()
    for some in sync_rows.pieces(found):
        sync_rows.update_all(session, some, status="waiting", next_attempt_at=None, attempts=0)
    return len(found)
