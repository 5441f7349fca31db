"""Looking at what a first delivery would do: reads the site, sends nothing (R26)."""

from __future__ import annotations

from collections.abc import Sequence

from service.jobs.context import JobContext
from workflows.actions import first_run
from workflows.actor import Actor
from workflows.first_run import CoursePlan, FirstRow, plan_course
from workflows.models import Site
from workflows.ports import LearningPlatform, Permanent, Retryable


def look(context: JobContext, actor: Actor, code: str) -> list[CoursePlan]:
    """Ask the site about every course whose rows wait, and keep what would be sent. May raise LookupError or
    BadSetting where the site cannot even be called."""
    with context.writing() as session:
        wanted = first_run.begin_look(session, actor=actor, code=code)
        site = session.get_one(Site, wanted.site_id)
        session.expunge(site)
    platform = context.platform_for(site)
    courses: list[CoursePlan] = []
    away = ""
    for ref, rows in wanted.courses.items():
        plan = CoursePlan(ref, "", error=away)
        if not away:
            plan, away = _ask(platform, ref, rows, makes_accounts=wanted.makes_accounts)
        courses.append(plan)
    with context.writing() as session:
        first_run.keep_look(session, actor=actor, code=code, look=wanted, courses=courses)
    return courses


def _ask(
    platform: LearningPlatform, ref: str, rows: Sequence[FirstRow], *, makes_accounts: bool
) -> tuple[CoursePlan, str]:
    """What would be sent, and the code with which the whole site did not answer: no other course is asked then,
    since a person waits for the page."""
    course = CoursePlan(ref, "")
    try:
        found = platform.find_course(ref)
        if found is None:
            raise Permanent("course_missing")
        course.title = found.title
        learners = [row.learner for row in rows if row.learner is not None]
        accounts = {one.key: one for one in platform.find_accounts(learners)} if learners else {}
        plan = plan_course(course, rows, accounts, platform.roster(ref), makes_accounts=makes_accounts)
    except (Retryable, Permanent) as error:
        everywhere = isinstance(error, Retryable) or error.site_wide
        return CoursePlan(ref, course.title, error=error.code), error.code if everywhere else ""
    return plan, ""
