"""Enrolments reach the site: tx, calls, tx (DESIGN.md 3). Nothing here is lost with a lost message."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from service.jobs import rewind
from service.jobs.accounts import with_gone
from service.jobs.context import JobContext
from service.jobs.lease import kept
from service.jobs.progress import Telling, telling
from workflows.actions import attempts, brake, breaker, lacks, sync, sync_dates
from workflows.actions.leases import LeaseLost
from workflows.brake import stops_of, without
from workflows.models import Site
from workflows.ports import Concern, LearningPlatform, Permanent, Retryable, RowResult
from workflows.sync_plan import SyncPlan, Wish, plan_sync

log = logging.getLogger("bangkom.jobs.enrolments")
PEOPLE_AT_ONCE = 2_600
"""Looked up and kept in one piece: whole calls of Moodle's look-ups, and little is lost with a kill."""
ROWS_A_TRANSACTION = 2_000


@dataclass(slots=True)
class SyncSummary:
    """Rows of one run: ``failed`` also counts those that need an account. ``owned`` false: another worker's course."""

    applied: int = 0
    waiting: int = 0
    failed: int = 0
    owned: bool = field(default=True, compare=False)

    @property
    def rows(self) -> int:
        return self.applied + self.waiting + self.failed

    def add(self, other: SyncSummary) -> None:
        self.applied += other.applied
        self.waiting += other.waiting
        self.failed += other.failed


def sync_due(context: JobContext) -> SyncSummary:
    """Every course with rows to send now, one after the other; those that others own are left to them."""
    total = SyncSummary()
    tried: set[tuple[int, str]] = set()
    after = 0
    while course := _next(context, tried, after):
        tried.add(course)
        after = course[0]
        total.add(sync_course(context, *course))
    return total


def sync_one(context: JobContext, after: int = 0) -> int | None:
    """The first course that has rows to send and that nobody else owns, of the site whose turn it is after this one.
    The site's id; None when there is none."""
    with context.writing() as session:
        courses = sync.due_courses(session, after)
    for course in courses:
        summary = sync_course(context, *course)
        if summary.owned and summary.rows:
            return course[0]
    return None


def _next(context: JobContext, tried: Collection[tuple[int, str]], after: int) -> tuple[int, str] | None:
    """Asked anew after each course, so that a site whose work came in later need not wait for a long list."""
    with context.writing() as session:
        left = [course for course in sync.due_courses(session, after) if course not in tried]
    context.on_progress(len(tried), len(tried) + len(left))
    return left[0] if left else None


def sync_course(context: JobContext, site_id: int, course_ref: str, *, trial: bool = False) -> SyncSummary:
    """One course of one site; quiet when another worker owns it. ``trial``: one row, to see whether the site works."""
    with context.writing() as session:
        work = sync.claim(
            session,
            site_id=site_id,
            course_ref=course_ref,
            owner=context.owner,
            lease=context.lease,
            trial=trial,
        )
        site = session.get_one(Site, site_id)
    if work is None:
        return SyncSummary(owned=False)
    try:
        with kept(context, work):
            return _run(context, work, site)
    except LeaseLost:
        log.warning("another worker took over course %s of site %s", work.course_ref, work.site_id)
        with context.writing() as session:
            sync.overtaken(session, work=work)
        return SyncSummary()
    finally:
        with context.writing() as session:
            sync.release_course(session, work=work)


def _run(context: JobContext, work: sync.CourseWork, site: Site) -> SyncSummary:
    try:
        platform = context.reach(site)
        with telling(context, work, platform) as told:
            return _speak(context, work, platform, told)
    except Retryable as error:
        return _unanswered(context, work, error)
    except Permanent as error:
        return _refused(context, work, error)


def _speak(
    context: JobContext, work: sync.CourseWork, platform: LearningPlatform, told: Telling
) -> SyncSummary:
    if not rewind.stands_still(context, work, platform):
        return SyncSummary(waiting=len(work.rows))
    wishes = list(work.wishes)
    told.begin("accounts", len(work.unknown))
    for start in range(0, len(work.unknown), PEOPLE_AT_ONCE):
        found = platform.resolve_accounts(work.unknown[start : start + PEOPLE_AT_ONCE])
        with context.writing() as session:
            wishes += sync.settle_accounts(session, work=work, results=found, patience=context.patience)
        told.reached(min(start + PEOPLE_AT_ONCE, len(work.unknown)))
    if not wishes:
        return SyncSummary(failed=len(work.rows))
    plan = _braked(context, work, plan_sync(wishes, platform.roster(work.course_ref), work.at))
    _note_doubt(context, work, wishes, plan)
    told.begin("send", len(plan.apply) + len(plan.unenrol))
    results = with_gone(context, work, platform, wishes, _send(platform, work.course_ref, plan))
    return _settle(context, work, wishes, plan, results)


def _note_doubt(context: JobContext, work: sync.CourseWork, wishes: Sequence[Wish], plan: SyncPlan) -> None:
    """Before the call: the course must still be ours, and this worker may not live to hear the answer."""
    given = {wish.enrolment_id for wish in wishes if wish.held is not None}
    planned = [int(row.key) for row in (*plan.apply, *plan.unenrol)]
    if planned:
        with context.writing() as session:
            sync.about_to_send(session, work=work, ids=[row for row in planned if row in given])
        work.sent.update(planned)


def _braked(context: JobContext, work: sync.CourseWork, plan: SyncPlan) -> SyncPlan:
    """Without the stops that wait for a person; everything else goes on."""
    stops = stops_of(plan)
    if not stops:
        return plan
    with context.writing() as session:
        held = brake.check(session, work=work, stops=stops)
    return without(plan, held)


def _send(platform: LearningPlatform, course_ref: str, plan: SyncPlan) -> Sequence[RowResult]:
    results: list[RowResult] = []
    if plan.apply:
        results += platform.apply(course_ref, plan.apply)
    if plan.unenrol:
        results += platform.unenrol(course_ref, plan.unenrol)
    return results


def _settle(
    context: JobContext,
    work: sync.CourseWork,
    wishes: Sequence[Wish],
    plan: SyncPlan,
    results: Sequence[RowResult],
) -> SyncSummary:
    sent = {wish.enrolment_id: wish for wish in wishes}
    for settled, some in _pieces(plan.settled, results):
        with context.writing() as session:
            sync.settle_rows(
                session,
                work=work,
                settled=settled,
                results=some,
                sent=sent,
                patience=context.patience,
            )
    leaving = {row.key for row in plan.unenrol}
    with context.writing() as session:
        breaker.run_over(
            session,
            site_id=work.site_id,
            course_ref=work.course_ref,
            results=lacks.without_leaving(
                session,
                site_id=work.site_id,
                results=results,
                leaving=leaving,
                patience=context.patience,
            ),
            settled=len(plan.settled),
            patience=context.patience,
        )
    statuses = [result.status.value for result in results]
    return SyncSummary(
        applied=statuses.count("applied") + len(plan.settled),
        waiting=statuses.count("retry"),
        failed=statuses.count("refused") + len(work.rows) - len(wishes),
    )


def _pieces(
    settled: Sequence[Wish], results: Sequence[RowResult]
) -> Iterator[tuple[Sequence[Wish], Sequence[RowResult]]]:
    """So many rows a transaction that pages which write meanwhile do not notice a large course."""
    for start in range(0, len(settled), ROWS_A_TRANSACTION):
        yield settled[start : start + ROWS_A_TRANSACTION], ()
    for start in range(0, len(results), ROWS_A_TRANSACTION):
        yield (), results[start : start + ROWS_A_TRANSACTION]


def _unanswered(context: JobContext, work: sync.CourseWork, error: Retryable) -> SyncSummary:
    """No answer: the rows wait, and the site is a step nearer to being left alone."""
    log.warning("site %s does not take course %s now: %s", work.site_id, work.course_ref, error.code)
    with context.writing() as session:
        breaker.run_failed(session, site_id=work.site_id, code=error.code, patience=context.patience)
        _wait(context, session, work, error)
    return SyncSummary(waiting=len(work.rows))


def _refused(context: JobContext, work: sync.CourseWork, error: Permanent) -> SyncSummary:
    """Told apart by whom the refusal concerns: the course, our rights or every call, or something unknown."""
    log.warning("site %s refuses course %s: %s", work.site_id, work.course_ref, error.code)
    with context.writing() as session:
        if error.concerns is Concern.COURSE:
            sync.course_refused(session, work=work, code=error.code, message=error.message)
            return SyncSummary(failed=len(work.rows))
        if error.concerns in (Concern.SITE, Concern.RIGHTS):
            breaker.site_refuses(
                session,
                site_id=work.site_id,
                code=error.code,
                course_ref=work.course_ref if error.concerns is Concern.RIGHTS else "",
                patience=context.patience,
            )
        _wait(context, session, work, error)
    return SyncSummary(waiting=len(work.rows))


def _wait(context: JobContext, session: Session, work: sync.CourseWork, error: Retryable | Permanent) -> None:
    sync.settle_waiting(session, work=work, code=error.code, message=error.message, patience=context.patience)


def renew_dates(context: JobContext) -> int:
    """Rows whose batch has other dates than the site was given are due again."""
    with context.writing() as session:
        return sync_dates.renew_dates(session)


def forget_old_attempts(context: JobContext) -> int:
    """What was tried longer ago than the parameter says is forgotten, some at a time."""
    with context.writing() as session:
        return attempts.forget_old(session)
