"""Before a course is written to: does the site still know the accounts that we hold, as the same people? (R26)"""

from __future__ import annotations

import logging

from service.jobs.context import JobContext
from workflows.actions import rewind
from workflows.actions.sites import site_of
from workflows.actions.sync import CourseWork
from workflows.actor import Actor
from workflows.ports import AccountSeen, LearningPlatform
from workflows.rewind import Verdict, judge

log = logging.getLogger("bangkom.jobs.rewind")


def stands_still(context: JobContext, work: CourseWork, platform: LearningPlatform) -> bool:
    """False: the site went back in time, and from now on nothing is sent to it."""
    verdict = _look(context, work.site_id, platform)
    if not verdict.went_back:
        return True
    log.error("site %s went back in time: %s", work.site_id, verdict)
    with context.writing() as session:
        rewind.stop(session, site_id=work.site_id, course_ref=work.course_ref, verdict=verdict)
    return False


def look_again(context: JobContext, actor: Actor, code: str) -> bool:
    """A person wants it looked at now. May raise Retryable or Permanent. True: all goes on."""
    with context.writing() as session:
        site = site_of(session, code)
        session.expunge(site)
    verdict = _look(context, site.id, context.reach(site))
    with context.writing() as session:
        return rewind.keep_look(session, actor=actor, code=code, verdict=verdict)


def _look(context: JobContext, site_id: int, platform: LearningPlatform) -> Verdict:
    with context.writing() as session:
        known = rewind.witnesses(session, site_id)
    seen: dict[str, AccountSeen] = {}
    verdict = judge(known, seen)
    # A form that PHP cut silently names fewer: as long as a look finds some, those still lacking are asked for alone.
    while lacking := [one.remote_id for one in known if one.remote_id not in seen]:
        told = platform.show_accounts(lacking)
        seen.update(told)
        verdict = judge(known, seen)
        if not told or not verdict.went_back:
            break
    return verdict
