"""What happens around a course: delivery to the site, completions, and the answers of both waves."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.demo.seed.stage import Stage
from service.jobs import enrolments as jobs_enrolments
from service.jobs import surveys as jobs_surveys
from service.jobs.context import JobContext
from service.jobs.first_run import look
from workflows.actions import records, surveys
from workflows.actions.first_run import confirm_first_run
from workflows.actor import CLOCK
from workflows.models import Batch, Enrolment, FirstRun, Invitation, LmsAccount, Site, Wave
from workflows.ports import LearningFact

LEASE = timedelta(seconds=60)
ANSWER_SHARE = 0.9
SPREAD = 0.7


class SiteUnavailable(Exception):
    """The learning site did not take the enrolments of the seed; begin again on an empty database."""


def deliver(stage: Stage) -> None:
    """Enrolments reach the site by the job that always brings them there; the first time somebody reads before."""
    _agree_to_first_run(stage)
    summary = jobs_enrolments.sync_due(_context(stage))
    if summary.waiting or summary.failed:
        raise SiteUnavailable(f"{summary.waiting} rows wait, {summary.failed} failed")


def _agree_to_first_run(stage: Stage) -> None:
    """The administrator looks at what would be sent to a site that never got anything, and agrees."""
    with stage.writing() as session:
        site = session.get_one(Site, stage.site_id)
        code, waits = site.code, site.awaits_first_run
        actor = stage.actor(session, stage.with_role("administrator")[0].id)
    if not waits:
        return
    courses = look(_context(stage), actor, code)
    if any(course.error for course in courses):
        raise SiteUnavailable(", ".join(course.error for course in courses if course.error))
    with stage.writing() as session:
        shown = session.get_one(FirstRun, stage.site_id).fingerprint
        confirm_first_run(session, actor=actor, code=code, fingerprint=shown)


def complete(stage: Stage, version_id: int, people: Sequence[uuid.UUID]) -> None:
    """These people finish the course, some minutes apart; the site reports it and JP is credited."""
    for person_id in people:
        moment = stage.clock.now() + timedelta(minutes=stage.rng.randrange(2, 9))
        stage.clock.show(moment)
        with stage.writing() as session:
            remote_id, course_ref = session.execute(
                select(LmsAccount.remote_id, Enrolment.course_ref)
                .join(Enrolment, Enrolment.person_id == LmsAccount.person_id)
                .join(Batch)
                .where(Batch.version_id == version_id, LmsAccount.person_id == person_id)
            ).one()
            fact = LearningFact(
                "course_completed", stage.platform.home_page, str(remote_id), "id", course_ref, moment
            )
            records.apply_fact(session, site_id=stage.site_id, fact=fact, source="polling")
        stage.on_completion(course_ref, str(remote_id), moment)


def open_wave(stage: Stage, version_id: int, kind: str) -> None:
    with stage.writing() as session:
        surveys.open_wave(session, actor=CLOCK, wave_id=_wave(session, version_id, kind).id)


def answer_wave(stage: Stage, version_id: int, kind: str, level: float) -> None:
    """Most of those invited answer, around ``level`` on the scale of the instrument."""
    with stage.writing() as session:
        wave = _wave(session, version_id, kind)
        questions = len(json.loads(wave.survey.questions))
        bounds = surveys.scale(session)
        invited = [
            (row.id, row.respondent_id)
            for row in session.scalars(
                select(Invitation).where(Invitation.wave_id == wave.id).order_by(Invitation.id)
            )
        ]
    for invitation_id, respondent_id in invited:
        if stage.rng.random() > ANSWER_SHARE:
            continue
        scores = [_score(stage, level, bounds) for _ in range(questions)]
        with stage.writing() as session:
            actor = stage.actor(session, respondent_id)
            surveys.answer(session, actor=actor, invitation_id=invitation_id, scores=scores)


def close_wave(stage: Stage, version_id: int, kind: str) -> None:
    with stage.writing() as session:
        surveys.close_wave(session, actor=CLOCK, wave_id=_wave(session, version_id, kind).id)


def destroy_spent_secrets(stage: Stage) -> None:
    jobs_surveys.destroy_spent(_context(stage))


def _score(stage: Stage, level: float, bounds: tuple[int, int]) -> int:
    low, high = bounds
    return min(high, max(low, round(stage.rng.gauss(level, SPREAD))))


def _wave(session: Session, version_id: int, kind: str) -> Wave:
    survey = surveys.survey_of(session, version_id)
    if survey is None:
        raise LookupError(f"version {version_id} has no survey")
    return next(wave for wave in survey.waves if wave.kind == kind)


def _context(stage: Stage) -> JobContext:
    return JobContext(writing=stage.writing, platform_for=lambda site: stage.platform, lease=LEASE)
