"""Courses that were ordered are made on their site, and the dates of those made follow ours: tx, calls, tx."""

from __future__ import annotations

import logging
from collections.abc import Callable

from service.jobs.context import JobContext
from service.jobs.lease import kept
from workflows.actions import course_making
from workflows.actions.course_making import CourseWork
from workflows.actions.leases import LeaseLost
from workflows.models import Site
from workflows.ports import Concern, LearningPlatform, Permanent, Retryable

log = logging.getLogger("bangkom.jobs.courses")
AT_MOST = 10
"""Courses in one sweep: copying one can take minutes, and other work is not kept waiting."""


def make_ordered(context: JobContext) -> int:
    """How many orders were carried out or tried."""
    return sum(1 for _ in range(AT_MOST) if _next(context, course_making.claim, _make))


def send_dates(context: JobContext) -> int:
    """How many courses got their new dates, or were tried."""
    return sum(1 for _ in range(AT_MOST) if _next(context, course_making.claim_dates, _date))


def _next(
    context: JobContext,
    claim: Callable[..., CourseWork | None],
    speak: Callable[[JobContext, CourseWork, LearningPlatform], None],
) -> bool:
    with context.writing() as session:
        work = claim(session, owner=context.owner, lease=context.lease)
        site = session.get_one(Site, work.site_id) if work else None
    if work is None or site is None:
        return False
    try:
        with kept(context, work):
            _carry_out(context, work, site, speak)
    except LeaseLost:
        log.warning("another worker took over order %s", work.order_id)
    finally:
        with context.writing() as session:
            course_making.release(session, work=work)
    return True


def _carry_out(
    context: JobContext,
    work: CourseWork,
    site: Site,
    speak: Callable[[JobContext, CourseWork, LearningPlatform], None],
) -> None:
    try:
        speak(context, work, context.reach(site))
    except (Retryable, Permanent) as error:
        log.warning("site %s makes no course for order %s now: %s", site.code, work.order_id, error.code)
        # A refusal of every call is the site's trouble: the order waits, as enrolments do.
        lasting = isinstance(error, Permanent) and error.concerns is not Concern.SITE
        with context.writing() as session:
            course_making.settle_missed(
                session,
                work=work,
                code=error.code,
                left=error.message if lasting else "",
                lasting=lasting,
                patience=context.patience,
            )


def _make(context: JobContext, work: CourseWork, platform: LearningPlatform) -> None:
    course = platform.create_course(work.new) if work.new else platform.find_course(work.course_ref)
    with context.writing() as session:
        course_making.settle_linked(session, work=work, course=course)


def _date(context: JobContext, work: CourseWork, platform: LearningPlatform) -> None:
    if work.new is not None:
        platform.set_course_dates(work.course_ref, work.new.starts_at, work.new.ends_at)
    with context.writing() as session:
        course_making.settle_dates(session, work=work)
