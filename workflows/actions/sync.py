"""Bringing a site in step with our rows: who is due, who owns a course now, what came of it (R26).

Called by the job in three parts: ``claim`` (one transaction), the calls (none), ``settle_*`` (one transaction).
"""

from __future__ import annotations

import sys
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, zip_longest
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from workflows.access import Access
from workflows.accounts import is_lacking, is_usable
from workflows.actions import accounts, attempts, leases, sync_rows
from workflows.actions.sync_dates import Dates
from workflows.actor import CLOCK
from workflows.clock import now, real_now
from workflows.events import version_stream
from workflows.history import record
from workflows.models import Batch, CourseLease, Enrolment, LmsAccount, Site
from workflows.open_sites import may_be_written, stopped
from workflows.patience import PATIENCE, Patience
from workflows.ports import AccountResult, LearnerAccount, RowResult, RowStatus
from workflows.sync_plan import Wish


@dataclass(frozen=True, slots=True)
class CourseWork:
    """What one run about a course needs: people without a known account, and wishes of those with one."""

    site_id: int
    course_ref: str
    owner: str
    unknown: tuple[LearnerAccount, ...]
    wishes: tuple[Wish, ...]
    rows: tuple[int, ...]
    """enrolment ids of every row at work"""
    asking: Mapping[int, uuid.UUID]
    """enrolment id -> person id, of the rows whose account is not known"""
    at: datetime | None = None
    """The work's time at the claim."""
    dates: Mapping[int, tuple[Access, Access | None]] = field(default_factory=dict)
    """enrolment id -> (access as wished, access that the site was given), of the rows in ``asking``"""
    taken_at: datetime | None = None
    """Machine's time of the claim; None for a trial, which takes rows before their time."""
    sent: set[int] = field(default_factory=set)
    """enrolment ids that this run began to tell the site about"""
    run: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def place(self) -> dict[str, Any]:
        """Whose lease it is."""
        return {"site_id": self.site_id, "course_ref": self.course_ref, "owner": self.owner}


def due_courses(session: Session, after: int = 0) -> list[tuple[int, str]]:
    """(site id, course) with rows to send now.

    Left out: sites that do not answer or refuse (``breaker`` tries them), and what a person paused. Fair between
    sites: a course of each in turn, and the sites that fewest workers speak to come first; of several such the one
    whose turn it is when ``after`` is the site that was spoken to last.
    """
    moment = real_now(session)
    rows = session.execute(
        select(Enrolment.site_id, Enrolment.course_ref)
        .join(Site, Site.id == Enrolment.site_id)
        .where(
            _is_due(moment),
            *may_be_written(),
            ~stopped(Enrolment.site_id, Enrolment.course_ref),
        )
        .group_by(Enrolment.site_id, Enrolment.course_ref)
        .order_by(Enrolment.site_id, Enrolment.course_ref)
    )
    of_site: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for site_id, course in rows:
        of_site[site_id].append((site_id, course))
    busy = _busy(session, moment)
    return in_turn([of_site[site_id] for site_id in sorted(of_site, key=lambda s: (busy[s], s <= after, s))])


def in_turn(queues: Sequence[Sequence[tuple[int, str]]]) -> list[tuple[int, str]]:
    """The first of each queue, then the second of each, and so on."""
    return [one for one in chain.from_iterable(zip_longest(*queues)) if one is not None]


def _busy(session: Session, moment: datetime) -> Counter[int]:
    """How many workers speak to each site now."""
    living = select(CourseLease.site_id, func.count()).where(CourseLease.until > moment)
    by_site = session.execute(living.group_by(CourseLease.site_id))
    return Counter({row[0]: row[1] for row in by_site})


def _is_due(moment: datetime) -> ColumnElement[bool]:
    return and_(
        Enrolment.status == "waiting",
        or_(Enrolment.next_attempt_at.is_(None), Enrolment.next_attempt_at <= moment),
    )


def claim(
    session: Session, *, site_id: int, course_ref: str, owner: str, lease: timedelta, trial: bool = False
) -> CourseWork | None:
    """Take the course for ``lease`` and read the rows that are due.

    None while another worker holds it, or while the site is closed. ``trial``: one row only, of a closed site,
    whether or not its time has come.
    """
    site = session.get_one(Site, site_id, with_for_update=True)
    if (
        site.awaits_first_run
        or site.went_back
        or site.closed is not trial
        or session.scalar(select(stopped(site_id, course_ref)))
    ):
        return None
    interrupted = leases.left_behind(session, site_id=site_id, course_ref=course_ref)
    if not leases.take(session, site_id=site_id, course_ref=course_ref, owner=owner, lease=lease):
        return None
    wanted = Enrolment.status == "waiting" if trial else _is_due(real_now(session))
    unknown = case((is_lacking(), Enrolment.person_id))
    rows = session.execute(
        select(
            Enrolment.id,
            unknown.label("person_id"),
            Enrolment.desired,
            case((is_usable(), LmsAccount.remote_id)),
            Batch.starts_on,
            Batch.ends_on,
            Enrolment.applied_starts_at,
            Enrolment.applied_ends_at,
            Enrolment.applied,
        )
        .join(Batch, Batch.id == Enrolment.batch_id)
        .outerjoin(
            LmsAccount,
            and_(LmsAccount.site_id == Enrolment.site_id, LmsAccount.person_id == Enrolment.person_id),
        )
        .where(Enrolment.site_id == site_id, Enrolment.course_ref == course_ref, wanted)
        .order_by(Enrolment.id)
        .limit(1 if trial else None)
        .execution_options(yield_per=sync_rows.ROWS_AT_ONCE)
    )
    wishes, asking, dates = [], {}, {}
    once = Dates(session)
    for row_id, person_id, desired, remote_id, starts_on, ends_on, *given, applied in rows:
        access, held = once.of(starts_on, ends_on), once.given(*given)
        if remote_id is None:
            asking[row_id], dates[row_id] = person_id, (access, held)
        else:
            wishes.append(Wish(row_id, remote_id, sys.intern(desired), access, held, sys.intern(applied)))
    work = CourseWork(
        site_id=site_id,
        course_ref=course_ref,
        owner=owner,
        unknown=tuple(accounts.learners(session, session.get_one(Site, site_id), asking)),
        wishes=tuple(wishes),
        rows=(*(wish.enrolment_id for wish in wishes), *asking),
        asking=asking,
        at=now(session),
        taken_at=None if trial else real_now(session),
        dates=dates,
    )
    if interrupted:
        attempts.note(session, work.run, dict.fromkeys(work.rows, attempts.INTERRUPTED))
    return work


def settle_accounts(
    session: Session,
    *,
    work: CourseWork,
    results: Sequence[AccountResult],
    patience: Patience = PATIENCE,
) -> list[Wish]:
    """Keep what the site said about accounts; the wishes that can now be sent. Others "perlu akun"."""
    leases.must_hold(session, **work.place)
    settled = accounts.settle(
        session, site_id=work.site_id, people=work.unknown, results=results, patience=patience
    )
    usable, reasons = settled.usable, settled.reasons
    told = {*usable, *reasons}
    wishes, lacking = [], []
    told_of: dict[int, dict[str, Any]] = {}
    for row in sync_rows.locked(session, [row for row, person in work.asking.items() if person in told]):
        person_id = work.asking[row.id]
        if person_id in usable:
            wishes.append(Wish(row.id, usable[person_id], row.desired, *work.dates.get(row.id, ())))
        elif person_id in reasons:
            change = sync_rows.lacks(row.attempts, reasons[person_id])
            lacking.append({"id": row.id, **change})
            told_of[row.id] = attempts.of_account(reasons[person_id], change["status"])
    sync_rows.write(session, lacking)
    attempts.note(session, work.run, told_of)
    return wishes


def about_to_send(session: Session, *, work: CourseWork, ids: Sequence[int]) -> None:
    """From now until the answer is kept, nobody knows which dates the site holds for these rows.

    So a wish that changes back after a lost answer or a killed worker is sent, and not taken for what is held.
    Raise LeaseLost where the course is no longer ours: then nothing is sent.
    """
    leases.must_hold(session, **work.place)
    for some in sync_rows.pieces(ids):
        sync_rows.update_all(session, some, applied_starts_at=None, applied_ends_at=None)


def overtaken(session: Session, *, work: CourseWork) -> None:
    """The course went to another worker while the site was being told: what was said may have come after what the
    other one said. So these rows are compared once more, by whoever owns the course then."""
    rows = sorted(work.sent)
    sync_rows.doubt(session, rows)
    attempts.note(session, work.run, dict.fromkeys(rows, attempts.OVERTAKEN))


def settle_rows(
    session: Session,
    *,
    work: CourseWork,
    settled: Iterable[Wish],
    results: Sequence[RowResult],
    sent: Mapping[int, Wish],
    patience: Patience = PATIENCE,
) -> None:
    """Write what came of each row, and one history row for each version that was touched.

    ``sent``: the wish of each row as it was sent: a row whose wish changed meanwhile stays due.
    """
    leases.must_hold(session, **work.place)
    outcome: dict[int, RowResult] = {int(result.key): result for result in results}
    compared = {wish.enrolment_id for wish in settled}
    for row_id in compared:
        outcome[row_id] = RowResult(key=str(row_id), status=RowStatus.APPLIED)
    done: dict[tuple[str, str, Access | None], list[int]] = defaultdict(list)
    told: dict[int, dict[str, Any]] = {}
    others: list[dict[str, Any]] = []
    in_doubt: list[int] = []
    tallies: dict[int, Counter[str]] = defaultdict(Counter)
    causes: dict[int, Counter[str]] = defaultdict(Counter)
    for row in sync_rows.locked(session, outcome):
        result, wish = outcome[row.id], sent[row.id]
        if result.status is RowStatus.APPLIED:
            doubted = sync_rows.doubted(row.next_attempt_at, work.taken_at)
            status = "applied" if row.desired == wish.desired and not doubted else "waiting"
            access = None if row.id in compared or wish.desired == "removed" else wish.access
            done[wish.desired, status, access].append(row.id)
            if doubted:
                in_doubt.append(row.id)
        else:
            change = sync_rows.missed(session, row.attempts, result, patience)
            others.append({"id": row.id, **change})
            status = change["status"]
            causes[row.version_id][result.code] += 1
        tallies[row.version_id][status] += 1
        told[row.id] = attempts.of_row(wish, result, status, compared=row.id in compared)
    for (desired, status, access), ids in done.items():
        sync_rows.write_done(session, ids, desired, status, access)
    sync_rows.doubt(session, in_doubt)
    sync_rows.write(session, others)
    attempts.note(session, work.run, told)
    for version_id in sorted(tallies):
        _tell(session, version_id, tallies[version_id], causes[version_id])


def _tell(session: Session, version_id: int, tally: Mapping[str, int], causes: Mapping[str, int]) -> None:
    """The history of a version: how many went through, wait or failed, and by which codes."""
    counts: dict[str, Any] = {kind: tally.get(kind, 0) for kind in ("applied", "waiting", "failed")}
    if causes:
        counts["causes"] = dict(sorted(causes.items()))
    record(session, "enrolment.synced", stream=version_stream(version_id), actor=CLOCK, **counts)


def settle_waiting(
    session: Session, *, work: CourseWork, code: str, message: str, patience: Patience = PATIENCE
) -> None:
    """The run ended early: every row of it that still waits says why, and when it is tried again."""
    leases.must_hold(session, **work.place)
    _miss_all(session, work, RowResult("", RowStatus.RETRY, code, message), patience)


def course_refused(session: Session, *, work: CourseWork, code: str, message: str) -> None:
    """The site takes no rows of this course (it is gone): they fail with the reason, a person retries."""
    leases.must_hold(session, **work.place)
    _miss_all(session, work, RowResult("", RowStatus.REFUSED, code, message), PATIENCE)


def _miss_all(session: Session, work: CourseWork, result: RowResult, patience: Patience) -> None:
    """Every row at work that still waits meets this result; the history tells it by version."""
    changes: list[dict[str, Any]] = []
    tallies: Counter[int] = Counter()
    told: dict[int, dict[str, Any]] = {}
    for row in sync_rows.locked(session, work.rows):
        if row.status == "waiting":
            change = sync_rows.missed(session, row.attempts, result, patience)
            changes.append({"id": row.id, **change})
            told[row.id] = attempts.of_row(None, result, change["status"])
            tallies[row.version_id] += 1
    sync_rows.write(session, changes)
    attempts.note(session, work.run, told)
    kind = "waiting" if result.status is RowStatus.RETRY else "failed"
    for version_id, count in sorted(tallies.items()):
        _tell(session, version_id, {kind: count}, {result.code: count})


def release_course(session: Session, *, work: CourseWork) -> None:
    """Give the course free, unless another worker has taken it over meanwhile."""
    leases.give_back(session, **work.place)


def next_try(row: Enrolment, site: Site) -> datetime | None:
    """When this row is tried next, for the page: while the site is closed, at the next trial that succeeds."""
    return site.try_after if site.closed else row.next_attempt_at
