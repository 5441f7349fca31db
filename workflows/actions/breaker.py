"""Each site's breaker: when it stops being called for every course, how it is tried, when all goes on (R26).

Three kinds of trouble, told apart by class: it does not answer (opens after some failures in a row), it refuses
every call (one alarm, at once), it refuses for want of a right (the same; the trial then sends one row, of another
course where there is one, since the right may lack in one course only). Trials follow the machine's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from workflows.actor import CLOCK
from workflows.clock import now, real_now
from workflows.events import site_stream
from workflows.history import record
from workflows.models import Enrolment, Site, SyncPause
from workflows.patience import PATIENCE, Patience
from workflows.ports import Concern, RowResult, RowStatus

NO_COURSE = "0"
"""Asked for where nothing waits: any answer shows that the site works."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One try of a site that is closed. ``by_row``: a look is no proof, one row must go through."""

    site_id: int
    course_ref: str
    by_row: bool


def run_failed(session: Session, *, site_id: int, code: str, patience: Patience = PATIENCE) -> None:
    """A run ended without an answer; after so many in a row the site is no longer called for each course."""
    site = session.get_one(Site, site_id, with_for_update=True)
    site.failures += 1
    site.trouble_code = code
    if site.closed or site.failures < patience.open_after:
        return
    site.open_since, site.try_after = now(session), real_now(session) + patience.trial_every
    site.trials, site.tried_at = 0, now(session)
    record(session, "site.unreachable", stream=site_stream(site.id), actor=CLOCK, code=code)


def run_over(
    session: Session,
    *,
    site_id: int,
    course_ref: str,
    results: Sequence[RowResult],
    settled: int,
    patience: Patience = PATIENCE,
) -> None:
    """What a run with answers says about the site: a right is wanting, nothing came through, or it works."""
    for result in results:
        if result.concerns is Concern.RIGHTS:
            site_refuses(session, site_id=site_id, code=result.code, course_ref=course_ref, patience=patience)
            return
    answered = any(result.status is not RowStatus.RETRY for result in results)
    if answered or settled:
        site_answers(session, site_id=site_id, course_ref=course_ref)
    elif results:
        run_failed(session, site_id=site_id, code=results[0].code, patience=patience)


def site_refuses(
    session: Session, *, site_id: int, code: str, course_ref: str = "", patience: Patience = PATIENCE
) -> None:
    """The site refuses what no row causes: one alarm and a pause. ``course_ref``: where a right was wanting."""
    site = session.get_one(Site, site_id, with_for_update=True)
    known = site.paused_code == code
    site.trouble_code = code
    site.try_after = real_now(session) + patience.trial_every
    if known:
        return
    if not site.closed:
        site.trials = 0
    site.paused_code, site.paused_at, site.paused_course = code, now(session), course_ref
    site.open_since, site.failures = None, 0
    site.tried_at = now(session)
    record(session, "site.refuses", stream=site_stream(site.id), actor=CLOCK, code=code)


def site_answers(session: Session, *, site_id: int, course_ref: str = "") -> None:
    """The site worked, for ``course_ref`` where a row proved it: what waited for a closed site is due at once."""
    site = session.get_one(Site, site_id, with_for_update=True)
    if not site.closed:
        site.failures, site.trouble_code = 0, ""
        return
    if site.paused_course and course_ref and site.paused_course != course_ref:
        _only_that_course(session, site)
    site.failures, site.trouble_code, site.try_after = 0, "", None
    site.open_since, site.trials, site.tried_at = None, 0, None
    site.paused_code, site.paused_at, site.paused_course = "", None, ""
    session.execute(
        update(Enrolment)
        .where(Enrolment.site_id == site_id, Enrolment.status == "waiting")
        .values(next_attempt_at=None)
        .execution_options(synchronize_session=False)
    )
    record(session, "site.answered", stream=site_stream(site.id), actor=CLOCK)


def claim_trials(session: Session, *, patience: Patience = PATIENCE) -> list[Trial]:
    """Closed sites whose minute has come, each for one worker; sites that a person paused are left alone."""
    moment = real_now(session)
    paused = exists().where(SyncPause.site_id == Site.id, SyncPause.course_ref == "")
    sites = session.scalars(
        select(Site)
        .where(
            or_(Site.open_since.is_not(None), Site.paused_code != ""),
            or_(Site.try_after.is_(None), Site.try_after <= moment),
            ~paused,
        )
        .order_by(Site.id)
        .with_for_update()
    ).all()
    for site in sites:
        site.try_after = moment + patience.trial_every
        site.trials, site.tried_at = site.trials + 1, now(session)
    return [_trial(session, site) for site in sites]


def trial_failed(
    session: Session, *, site_id: int, code: str, refused: bool, patience: Patience = PATIENCE
) -> None:
    """The trial met trouble again, perhaps other than before: what is shown follows, the alarm is not repeated."""
    site = session.get_one(Site, site_id, with_for_update=True)
    if refused:
        site_refuses(session, site_id=site_id, code=code, patience=patience)
        return
    site.failures += 1
    site.trouble_code = code


def try_now(session: Session, site_id: int) -> None:
    """A person wants it tried: the next look comes at once."""
    site = session.get_one(Site, site_id, with_for_update=True)
    if site.closed:
        site.try_after = None


def _trial(session: Session, site: Site) -> Trial:
    waiting = (
        select(Enrolment.course_ref)
        .where(Enrolment.site_id == site.id, Enrolment.status == "waiting")
        .order_by(Enrolment.course_ref == site.paused_course, Enrolment.id)
        .limit(1)
    )
    course_ref = session.scalar(waiting)
    by_row = bool(site.paused_course) and course_ref is not None
    return Trial(site.id, course_ref or site.paused_course or NO_COURSE, by_row)


def _only_that_course(session: Session, site: Site) -> None:
    """Another course takes rows: the right lacks in one course, so its rows fail with the reason."""
    session.execute(
        update(Enrolment)
        .where(
            Enrolment.site_id == site.id,
            Enrolment.course_ref == site.paused_course,
            Enrolment.status == "waiting",
        )
        .values(status="failed", error_code=site.paused_code, error_text="")
        .execution_options(synchronize_session=False)
    )
