"""Statements come in, facts take effect: once, however often and in whatever order they come (R28-R30)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from workflows.actor import CLOCK, Actor
from workflows.clock import local_day, now, today
from workflows.errors import N_, Conflict, NotFound
from workflows.events import site_stream, version_stream
from workflows.guards import must_have_reason
from workflows.history import record
from workflows.models import (
    Batch,
    Completion,
    Enrolment,
    Fact,
    JpEntry,
    LmsAccount,
    Person,
    ProgrammeVersion,
    Site,
    SiteRewind,
    Statement,
)
from workflows.parameters import whole_number
from workflows.ports import LearningFact
from workflows.rules import require

OFTEN_ENOUGH = ("course_completed",)
"""Kinds of fact that have an effect; all others are kept as statements only."""


@dataclass(frozen=True, slots=True)
class Received:
    """A statement that has passed the strict reading. ``body`` is its text as it came."""

    id: str
    body: bytes
    content_sha256: str
    verb: str
    object_id: str
    happened_at: datetime


def receive(session: Session, *, site_id: int, statements: Sequence[Received]) -> list[str]:
    """Store the batch whole or not at all; ids in order. The same id with the same content is stored once.

    Raises Conflict when an id is known with another content (xAPI 1.0.3, Communication 2.1.1).
    """
    known = {
        row.id: row.content_sha256
        for row in session.scalars(select(Statement).where(Statement.id.in_([s.id for s in statements])))
    }
    moment = now(session)
    for statement in statements:
        if known.get(statement.id, statement.content_sha256) != statement.content_sha256:
            raise Conflict(
                "statement_differs", N_("Pernyataan dengan id ini sudah ada dengan isi lain."), rule="R28"
            )
        if statement.id in known:
            continue
        known[statement.id] = statement.content_sha256
        session.add(
            Statement(
                id=statement.id,
                site_id=site_id,
                body=statement.body,
                content_sha256=statement.content_sha256,
                verb=statement.verb,
                object_id=statement.object_id,
                happened_at=statement.happened_at,
                stored_at=moment,
            )
        )
    return [statement.id for statement in statements]


def unread(session: Session, limit: int) -> Sequence[Statement]:
    """Statements whose meaning has not been worked out, oldest first; locked so that two jobs share the work."""
    return session.scalars(
        select(Statement)
        .where(Statement.read_at.is_(None))
        .order_by(Statement.stored_at, Statement.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def read(session: Session, *, statement: Statement, fact: LearningFact | None) -> Fact | None:
    """The meaning of one statement takes effect, or waits; a statement that means nothing to us is done."""
    statement.read_at = now(session)
    if fact is None or fact.kind not in OFTEN_ENOUGH or fact.course_ref is None:
        return None
    return apply_fact(session, site_id=statement.site_id, fact=fact, source="xapi", statement_id=statement.id)


def apply_fact(
    session: Session, *, site_id: int, fact: LearningFact, source: str, statement_id: str | None = None
) -> Fact:
    """Write the fact down and give it its effect, or the reason why it waits in "Belum cocok"."""
    row = Fact(
        statement_id=statement_id,
        site_id=site_id,
        source=source,
        kind=fact.kind,
        account=fact.account,
        account_kind=fact.account_kind,
        course_ref=fact.course_ref or "",
        happened_at=fact.when,
        arrived_at=now(session),
        score=fact.score,
        status="waiting",
    )
    session.add(row)
    session.flush()
    _match(session, row, fact.site)
    return row


def retry_waiting(session: Session, limit: int = 500) -> int:
    """Facts that waited for a person or an enrolment find them when these have come since. How many did."""
    rows = session.scalars(
        select(Fact)
        .where(
            Fact.status == "waiting",
            Fact.reason.in_(("unknown_account", "not_enrolled")),
            select(LmsAccount.id)
            .join(LmsAccount.person)
            .join(
                Enrolment,
                (Enrolment.person_id == LmsAccount.person_id) & (Enrolment.site_id == LmsAccount.site_id),
            )
            .where(
                LmsAccount.site_id == Fact.site_id,
                or_(
                    and_(Fact.account_kind == "id", LmsAccount.remote_id == Fact.account),
                    and_(Fact.account_kind == "username", LmsAccount.username == Fact.account),
                    and_(Fact.account_kind == "email", Person.email == Fact.account),
                ),
                Enrolment.course_ref == Fact.course_ref,
                Enrolment.desired == "active",
            )
            .exists(),
        )
        .order_by(Fact.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        _match(session, row, None)
    return sum(row.status != "waiting" for row in rows)


def accept_fact(session: Session, *, actor: Actor, fact_id: int, reason: str) -> Fact:
    """The organiser lets a late, early or clock-ahead report count, with a reason (R29)."""
    row = _decidable(session, actor, fact_id, reason)
    enrolment = _enrolment_for(session, row)
    if enrolment is None:
        raise Conflict("still_unmatched", N_("Laporan ini belum cocok dengan seorang peserta."), rule="R30")
    row.decision_reason = reason.strip()
    _complete(session, row, enrolment, actor)
    stream = version_stream(enrolment.batch.version_id)
    record(
        session, "fact.accepted", stream=stream, actor=actor, personal={"reason": reason.strip()}, fact=row.id
    )
    return row


def dismiss_fact(session: Session, *, actor: Actor, fact_id: int, reason: str) -> Fact:
    """The organiser sets a report aside, with a reason; it stays readable."""
    row = _decidable(session, actor, fact_id, reason)
    row.status, row.decision_reason = "dismissed", reason.strip()
    record(
        session,
        "fact.dismissed",
        stream=site_stream(row.site_id),
        actor=actor,
        personal={"reason": reason.strip()},
        fact=row.id,
    )
    return row


def _decidable(session: Session, actor: Actor, fact_id: int, reason: str) -> Fact:
    require(actor, "fact.decide")
    row = session.get(Fact, fact_id, with_for_update=True)
    if row is None:
        raise NotFound("no_fact", N_("Laporan ini tidak ada."))
    if row.status != "waiting":
        raise Conflict("fact_settled", N_("Laporan ini sudah diputuskan."))
    must_have_reason(reason)
    return row


def _match(session: Session, row: Fact, home_page: str | None) -> None:
    if home_page is not None and not _is_from(session, row, home_page):
        row.reason = "unknown_site"
        return
    enrolment = _enrolment_for(session, row)
    if enrolment is None:
        row.reason = "not_enrolled" if _account_of(session, row) else "unknown_account"
        return
    done = enrolment.completion is not None
    row.reason = "" if done else _outside_window(session, row, enrolment.batch)
    if not row.reason:
        _complete(session, row, enrolment, CLOCK)


def _is_from(session: Session, row: Fact, home_page: str) -> bool:
    """The site's own address; where actors go by e-mail the statement names no site at all."""
    return (
        row.account_kind == "email" or session.get_one(Site, row.site_id).home_page.rstrip("/") == home_page
    )


def _account_of(session: Session, row: Fact) -> LmsAccount | None:
    query = select(LmsAccount).where(LmsAccount.site_id == row.site_id)
    if row.account_kind == "id":
        back = select(SiteRewind.id).where(SiteRewind.site_id == row.site_id, SiteRewind.status == "open")
        query = query.where(LmsAccount.remote_id == row.account, ~back.exists())
    elif row.account_kind == "username":
        query = query.where(LmsAccount.username == row.account)
    else:
        query = query.join(Person).where(Person.email == row.account)
    found = session.scalars(query.limit(2)).all()
    return found[0] if len(found) == 1 else None


def _enrolment_for(session: Session, row: Fact) -> Enrolment | None:
    """The participant's row in that course; of several batches the last that had begun when it happened."""
    account = _account_of(session, row)
    if account is None:
        return None
    day = local_day(session, row.happened_at)
    rows = session.scalars(
        select(Enrolment)
        .join(Enrolment.batch)
        .where(
            Enrolment.site_id == row.site_id,
            Enrolment.course_ref == row.course_ref,
            Enrolment.person_id == account.person_id,
            Enrolment.desired == "active",
        )
        .order_by(Batch.starts_on.desc())
        .with_for_update()
    ).all()
    begun = [enrolment for enrolment in rows if enrolment.batch.starts_on <= day]
    chosen = begun or list(rows)
    return chosen[0] if chosen else None


def _outside_window(session: Session, row: Fact, batch: Batch) -> str:
    """R29: the day of effect must lie in the batch; the arrival within the days of grace after it."""
    law = today(session)
    ahead = timedelta(minutes=whole_number(session, "completion.clock_ahead_minutes", law))
    if row.happened_at > row.arrived_at + ahead:
        return "clock_ahead"
    day = local_day(session, row.happened_at)
    if day < batch.starts_on:
        return "before_window"
    if day > batch.ends_on:
        return "after_window"
    grace = timedelta(days=whole_number(session, "completion.grace_days", law))
    return "too_late" if local_day(session, row.arrived_at) > batch.ends_on + grace else ""


def _complete(session: Session, row: Fact, enrolment: Enrolment, actor: Actor) -> None:
    """Completion and credit, exactly once: the enrolment's row is locked and the ledger unique."""
    row.enrolment_id, row.reason = enrolment.id, ""
    done = session.scalars(select(Completion).where(Completion.enrolment_id == enrolment.id)).one_or_none()
    if done is not None:
        row.status = "duplicate"
        return
    row.status = "applied"
    version = session.get_one(ProgrammeVersion, enrolment.batch.version_id)
    moment, day = now(session), local_day(session, row.happened_at)
    session.add(
        Completion(
            enrolment_id=enrolment.id, fact_id=row.id, effective_at=row.happened_at, recorded_at=moment
        )
    )
    session.add(
        JpEntry(
            person_id=enrolment.person_id,
            enrolment_id=enrolment.id,
            kind="credit",
            jp=version.jp or 0,
            year=day.year,
            effective_on=day,
            recorded_at=moment,
        )
    )
    record(
        session,
        "completion.recorded",
        stream=version_stream(version.id),
        actor=actor,
        enrolment=enrolment.id,
        jp=version.jp or 0,
    )
    session.flush()
