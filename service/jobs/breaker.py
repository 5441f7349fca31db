"""Closed sites are tried, one cheap call a minute each; at the first success everything that waits is due."""

from __future__ import annotations

import logging

from service.jobs import enrolments
from service.jobs.context import JobContext
from workflows.actions import breaker
from workflows.models import Site
from workflows.ports import Concern, Permanent, Retryable

log = logging.getLogger("bangkom.jobs.breaker")


def try_closed_sites(context: JobContext) -> int:
    """How many sites answered again."""
    with context.writing() as session:
        trials = breaker.claim_trials(session, patience=context.patience)
        sites = {trial.site_id: session.get_one(Site, trial.site_id) for trial in trials}
    return sum(_try(context, trial, sites[trial.site_id]) for trial in trials)


def _try(context: JobContext, trial: breaker.Trial, site: Site) -> bool:
    error = _look(context, site, trial.course_ref)
    if error is not None:
        log.info("site %s tried: %s", site.code, error.code)
        with context.writing() as session:
            breaker.trial_failed(
                session,
                site_id=site.id,
                code=error.code,
                refused=isinstance(error, Permanent),
                patience=context.patience,
            )
        return False
    if trial.by_row:
        return enrolments.sync_course(context, site.id, trial.course_ref, trial=True).applied > 0
    with context.writing() as session:
        breaker.site_answers(session, site_id=site.id)
    log.info("site %s answers again", site.code)
    return True


def _look(context: JobContext, site: Site, course_ref: str) -> Retryable | Permanent | None:
    """One cheap call. A refusal that is about the course alone shows that the site works."""
    try:
        context.reach(site).find_course(course_ref)
    except Retryable as error:
        return error
    except Permanent as error:
        return error if error.concerns in (Concern.SITE, Concern.RIGHTS) else None
    return None
