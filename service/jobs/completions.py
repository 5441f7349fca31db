"""Completions that no statement brought are fetched, slowly: one course and some learners a sweep (R28)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

from service.jobs.context import JobContext
from workflows.actions import lacks, polling
from workflows.models import Site
from workflows.ports import Concern, LearningPlatform, Permanent, Retryable

log = logging.getLogger("bangkom.jobs.completions")
NOT_TOLD = "cannotviewreport"
"""Said of a course that does not track completion, and of every course where the right to see it is wanting."""
HOLD = timedelta(minutes=10)
"""Longer than one go can take: 50 calls of 25 seconds at the worst, two at a time."""


def fetch_missing(context: JobContext) -> int:
    """One go. How many completions were new to us."""
    if not context.poll_every:
        return 0
    with context.writing() as session:
        if polling.notice_absence(session):
            log.warning("nobody worked for a while; every course is asked again for what was not received")
        polling.begin_rounds(session)
        work = polling.claim_round(
            session, learners=context.poll_learners, hold=HOLD, every=context.poll_every
        )
        site = session.get_one(Site, work.site_id) if work else None
    if work is None or site is None:
        return 0
    try:
        platform = context.reach(site)
        told = platform.progress(work.course_ref, work.learners) if work.learners else []
    except Retryable as error:
        return _trouble(context, work, error.code, lasting=False)
    except Permanent as error:
        rights = error.concerns is Concern.RIGHTS
        return _trouble(context, work, error.code, lasting=True, rights=rights)
    grades = _grades(platform, work.course_ref) if work.first else None
    with context.writing() as session:
        if work.learners:
            lacks.over(session, site_id=work.site_id, kind="completion")
        return polling.settle_round(session, work=work, told=told, grades=grades, every=context.poll_every)


def _grades(platform: LearningPlatform, course_ref: str) -> Mapping[str, float] | None:
    """A site need not let us see grades; completions do not wait for them."""
    try:
        return platform.grades(course_ref)
    except (Retryable, Permanent) as error:
        log.info("course %s: no grades: %s", course_ref, error.code)
        return None


def _trouble(
    context: JobContext, work: polling.PollWork, code: str, *, lasting: bool, rights: bool = False
) -> int:
    log.warning("site %s tells no completions of course %s: %s", work.site_id, work.course_ref, code)
    with context.writing() as session:
        polling.settle_trouble(session, work=work, code=code, every=context.poll_every, lasting=lasting)
        if lasting and (rights or code == NOT_TOLD):
            lacks.judge_completion(
                session,
                site_id=work.site_id,
                course_ref=work.course_ref,
                code=code,
                patience=context.patience,
            )
    return 0
