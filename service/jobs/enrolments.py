"""Enrolments reach the site: tx, calls, tx (DESIGN.md 3). Nothing here is lost with a lost message."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from service.jobs.context import JobContext
from workflows.actions import sync
from workflows.models import Site
from workflows.ports import LearningPlatform, Permanent, Retryable, RowResult
from workflows.sync_plan import SyncPlan, Wish, plan_sync

log = logging.getLogger("bangkom.jobs.enrolments")


@dataclass(slots=True)
class SyncSummary:
    """Rows of one run: ``failed`` also counts those that need an account."""

    applied: int = 0
    waiting: int = 0
    failed: int = 0

    def add(self, other: SyncSummary) -> None:
        self.applied += other.applied
        self.waiting += other.waiting
        self.failed += other.failed


def sync_due(context: JobContext) -> SyncSummary:
    """Every course with rows to send now, one after the other."""
    total = SyncSummary()
    with context.writing() as session:
        courses = sync.due_courses(session)
    for number, (site_id, course_ref) in enumerate(courses, start=1):
        total.add(sync_course(context, site_id, course_ref))
        context.on_progress(number, len(courses))
    return total


def sync_course(context: JobContext, site_id: int, course_ref: str) -> SyncSummary:
    """One course of one site; quiet when another worker owns it."""
    with context.writing() as session:
        work = sync.claim(
            session, site_id=site_id, course_ref=course_ref, owner=context.owner, lease=context.lease
        )
        site = session.get_one(Site, site_id)
    if work is None:
        return SyncSummary()
    try:
        return _speak(context, work, context.platform_for(site))
    except Retryable as error:
        return _failed(context, work, error.code, error.message, site_wide=False)
    except Permanent as error:
        if error.code == "course_missing":
            return _refused(context, work, error)
        return _failed(context, work, error.code, error.message, site_wide=True)
    finally:
        with context.writing() as session:
            sync.release_course(session, work=work)


def _speak(context: JobContext, work: sync.CourseWork, platform: LearningPlatform) -> SyncSummary:
    wishes = list(work.wishes)
    if work.unknown:
        results = platform.resolve_accounts(work.unknown)
        with context.writing() as session:
            wishes += sync.settle_accounts(session, work=work, results=results)
    if not wishes:
        return SyncSummary(failed=len(work.persons))
    plan = plan_sync(wishes, platform.roster(work.course_ref))
    return _settle(context, work, wishes, plan, _send(platform, work.course_ref, plan))


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
    with context.writing() as session:
        sync.settle_rows(
            session,
            work=work,
            settled=plan.settled,
            results=results,
            desired={wish.enrolment_id: wish.desired for wish in wishes},
        )
        if any(result.status.value != "retry" for result in results) or plan.settled:
            sync.site_answers(session, work.site_id)
    statuses = [result.status.value for result in results]
    return SyncSummary(
        applied=statuses.count("applied") + len(plan.settled),
        waiting=statuses.count("retry"),
        failed=statuses.count("refused") + len(work.persons) - len(wishes),
    )


def _failed(
    context: JobContext, work: sync.CourseWork, code: str, message: str, *, site_wide: bool
) -> SyncSummary:
    log.warning("site %s does not take course %s now: %s", work.site_id, work.course_ref, code)
    with context.writing() as session:
        sync.settle_failure(session, work=work, code=code, message=message, site_wide=site_wide)
    return SyncSummary(waiting=len(work.persons))


def _refused(context: JobContext, work: sync.CourseWork, error: Permanent) -> SyncSummary:
    log.warning("site %s has no course %s", work.site_id, work.course_ref)
    with context.writing() as session:
        sync.course_refused(session, work=work, code=error.code, message=error.message)
    return SyncSummary(failed=len(work.persons))
