"""Participants are put into the groups of their batches: tx, calls, tx, after they are enrolled."""

from __future__ import annotations

import logging

from service.jobs.context import JobContext
from service.jobs.lease import kept
from workflows.actions import grouping
from workflows.actions.leases import LeaseLost
from workflows.grouping import plan_groups
from workflows.models import Site
from workflows.ports import LearningPlatform, Permanent, Retryable

log = logging.getLogger("bangkom.jobs.groups")


def place_due(context: JobContext) -> int:
    """Every course with participants to place. How many courses were worked on."""
    with context.writing() as session:
        courses = grouping.due_courses(session)
    return sum(place_course(context, *course) for course in courses)


def place_course(context: JobContext, site_id: int, course_ref: str) -> bool:
    """One course, at most some thousand participants; quiet when another worker owns it."""
    with context.writing() as session:
        work = grouping.claim(
            session, site_id=site_id, course_ref=course_ref, owner=context.owner, lease=context.lease
        )
        site = session.get_one(Site, site_id)
    if work is None:
        return False
    try:
        with kept(context, work):
            _place(context, work, site)
    except LeaseLost:
        log.warning("another worker took over course %s of site %s", course_ref, site_id)
    finally:
        with context.writing() as session:
            grouping.release(session, work=work)
    return True


def _place(context: JobContext, work: grouping.GroupWork, site: Site) -> None:
    try:
        _speak(context, work, context.reach(site))
    except (Retryable, Permanent) as error:
        log.warning("site %s takes no groups of course %s now: %s", site.code, work.course_ref, error.code)
        with context.writing() as session:
            grouping.settle_trouble(
                session,
                work=work,
                code=error.code,
                lasting=isinstance(error, Permanent),
                patience=context.patience,
            )


def _speak(context: JobContext, work: grouping.GroupWork, platform: LearningPlatform) -> None:
    held = dict(platform.groups(work.course_ref))
    lacking = {key: name for key, name in work.wanted.items() if key not in held}
    if lacking:
        held |= platform.ensure_groups(work.course_ref, lacking)
    plan = plan_groups(work.rows, held)
    results = [
        *platform.join_groups(work.course_ref, plan.join),
        *platform.leave_groups(work.course_ref, plan.leave),
    ]
    with context.writing() as session:
        grouping.settle(session, work=work, settled=plan.settled, results=results, patience=context.patience)
