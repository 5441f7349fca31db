"""Courses are compared with the site, each once a day and when somebody asks (R27): tx, calls, tx."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

from service.jobs.context import JobContext
from workflows import drift as sums
from workflows.actions import drift
from workflows.models import Site
from workflows.ports import CourseGroup, LearningPlatform, Permanent, Retryable

log = logging.getLogger("bangkom.jobs.drift")
HOLD = timedelta(minutes=10)
AGAIN = timedelta(minutes=15)
AT_MOST = 10
"""Courses in one sweep, so that other work is not kept waiting."""


def compare_due(context: JobContext) -> int:
    """How many courses were compared."""
    with context.writing() as session:
        drift.begin_watch(session)
    return sum(1 for _ in range(AT_MOST) if _compare_next(context))


def _compare_next(context: JobContext) -> bool:
    with context.writing() as session:
        work = drift.claim_check(session, hold=HOLD)
        site = session.get_one(Site, work.site_id) if work else None
    if work is None or site is None:
        return False
    try:
        _look(context, work, context.reach(site))
    except (Retryable, Permanent) as error:
        log.warning("site %s does not show course %s: %s", work.site_id, work.course_ref, error.code)
        with context.writing() as session:
            drift.settle_unread(session, work=work, code=error.code, again_in=AGAIN)
    return True


def _look(context: JobContext, work: drift.DriftWork, platform: LearningPlatform) -> None:
    try:
        roster = platform.roster(work.course_ref)
    except Permanent as error:
        if error.code != "course_missing":
            raise
        with context.writing() as session:
            drift.settle_check(session, work=work, roster=None)
        return
    absent = sums.absent(work.held, roster)
    gone = set(absent) - set(platform.existing_accounts(absent)) if absent else set()
    groups = _groups(work, platform)
    with context.writing() as session:
        drift.settle_check(session, work=work, roster=roster, gone=gone, groups=groups)


def _groups(work: drift.DriftWork, platform: LearningPlatform) -> Mapping[str, CourseGroup] | None:
    """Asked only where somebody was put into one; a site that does not show them hinders no comparison."""
    if not any(row.group for row in work.held):
        return None
    try:
        return platform.groups(work.course_ref)
    except (Retryable, Permanent) as error:
        log.info("course %s: no groups: %s", work.course_ref, error.code)
        return None
