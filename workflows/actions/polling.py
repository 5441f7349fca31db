"""Asking a site what it may not have told: completions that no statement brought, and progress (R28, R30).

Statements stay the first way: logstore_xapi parks what we did not answer with 200, so a slow round over the
courses that can still change brings the rest. Both ways make the same fact, and its effect happens once.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from workflows.actions.records import apply_fact
from workflows.clock import now, real_now, today
from workflows.models import (
    Batch,
    Completion,
    CoursePoll,
    CourseProgress,
    Enrolment,
    Fact,
    JobMark,
    LmsAccount,
    ProgrammeVersion,
    Site,
)
from workflows.open_sites import may_be_asked, stopped
from workflows.parameters import whole_number
from workflows.participants import participants
from workflows.ports import LearnerProgress

AWAY = timedelta(minutes=15)
"""Longer than this without a sweep, and the service itself was away: a working default, no law."""
SEEN = timedelta(minutes=1)
LONGEST_FAILURES = 6


@dataclass(frozen=True, slots=True)
class PollWork:
    """One course and the learners to ask about now: remote id -> enrolment id. ``first``: a round begins."""

    site_id: int
    course_ref: str
    learners: Mapping[str, int]
    first: bool
    last: bool


def notice_absence(session: Session) -> bool:
    """True when nobody swept for so long that statements may have been parked: every course is due at once."""
    moment = real_now(session)
    mark = session.get(JobMark, "sweep", with_for_update=True)
    if mark is None:
        session.add(JobMark(name="sweep", at=moment))
        return False
    away = moment - mark.at > AWAY
    if away:
        session.execute(update(CoursePoll).values(due_at=moment, cursor=0))
    if moment - mark.at > SEEN:
        mark.at = moment
    return away


def begin_rounds(session: Session) -> int:
    """Write down the courses that can change and are not yet asked about. How many came new."""
    moment = real_now(session)
    known = {
        (site_id, ref) for site_id, ref in session.execute(select(CoursePoll.site_id, CoursePoll.course_ref))
    }
    running = _in_time(session, Enrolment.site_id, Enrolment.course_ref).distinct()
    found = {(site_id, course_ref) for site_id, course_ref in session.execute(running)}
    for site_id, course_ref in sorted(found - known):
        session.add(CoursePoll(site_id=site_id, course_ref=course_ref, due_at=moment))
    return len(found - known)


def claim_round(session: Session, *, learners: int, hold: timedelta, every: timedelta) -> PollWork | None:
    """The course that waits longest and the next learners of it; nobody else gets it for ``hold``.

    Where every completion is here, only the grades are asked for. A course that cannot change now is put off
    by ``every`` unasked.
    """
    moment = real_now(session)
    for poll in session.scalars(
        select(CoursePoll)
        .join(Site, Site.id == CoursePoll.site_id)
        .where(
            CoursePoll.due_at <= moment,
            Site.completion_source != "xapi",
            *may_be_asked(),
            ~stopped(CoursePoll.site_id, CoursePoll.course_ref),
        )
        .order_by(CoursePoll.due_at)
        .limit(20)
        .with_for_update(skip_locked=True, of=CoursePoll)
    ):
        course = (Enrolment.site_id == poll.site_id, Enrolment.course_ref == poll.course_ref)
        if not session.scalar(_in_time(session, Enrolment.id).where(*course).limit(1)):
            poll.due_at, poll.cursor = moment + every, 0
            continue
        rows = session.execute(
            _open_rows(session, LmsAccount.remote_id, Enrolment.id)
            .where(*course, Enrolment.id > poll.cursor)
            .order_by(Enrolment.id)
            .limit(learners + 1)
        ).all()
        poll.due_at = moment + hold
        asked = {str(remote_id): enrolment_id for remote_id, enrolment_id in rows[:learners]}
        return PollWork(poll.site_id, poll.course_ref, asked, poll.cursor == 0, len(rows) <= learners)
    return None


def settle_round(
    session: Session,
    *,
    work: PollWork,
    told: Sequence[LearnerProgress],
    grades: Mapping[str, float] | None,
    every: timedelta,
) -> int:
    """Keep the progress and give completions their effect. How many were new to us.

    ``grades`` None: not asked now, those we hold stay.
    """
    moment, new = now(session), 0
    rows = _progress_rows(session, list(work.learners.values()))
    for one in told:
        enrolment_id = work.learners[one.remote_id]
        row = rows.get(enrolment_id)
        if row is None:
            row = CourseProgress(enrolment_id=enrolment_id, steps_done=0, steps_total=0, read_at=moment)
            session.add(row)
        row.steps_done, row.steps_total, row.read_at = one.steps_done, one.steps_total, moment
        if one.fact is not None:
            new += (
                apply_fact(session, site_id=work.site_id, fact=one.fact, source="polling").status == "applied"
            )
    if grades is not None:
        _keep_grades(session, work, grades)
    poll = session.get_one(CoursePoll, (work.site_id, work.course_ref), with_for_update=True)
    poll.failures, poll.trouble, poll.brought = 0, "", poll.brought + new
    poll.cursor = 0 if work.last else max(work.learners.values())
    poll.due_at = real_now(session) + (every if work.last else timedelta(0))
    poll.answered_at = moment if work.last else poll.answered_at
    return new


def settle_trouble(session: Session, *, work: PollWork, code: str, every: timedelta, lasting: bool) -> None:
    """Nothing came. ``lasting``: the site refuses this course; else it is tried again, later each time."""
    poll = session.get_one(CoursePoll, (work.site_id, work.course_ref), with_for_update=True)
    poll.failures = min(poll.failures + 1, LONGEST_FAILURES)
    poll.trouble = code
    wait = every if lasting else min(every, timedelta(minutes=2**poll.failures))
    poll.due_at = real_now(session) + wait
    if lasting:
        poll.cursor = 0


def _in_time(session: Session, *columns: Any) -> Select[Any]:
    """Participants whose class has begun and whose days of grace are not over (R29)."""
    day = today(session)
    grace = timedelta(days=whole_number(session, "completion.grace_days", day))
    return participants(*columns).where(
        ProgrammeVersion.state == "running",
        ProgrammeVersion.closed_as.is_(None),
        Enrolment.desired == "active",
        Enrolment.applied == "active",
        LmsAccount.remote_id.is_not(None),
        Batch.starts_on <= day,
        Batch.ends_on >= day - grace,
    )


def _open_rows(session: Session, *columns: Any) -> Select[Any]:
    """Of those, who has no completion yet. A report of theirs that a person decides is not asked for again."""
    decided = (
        select(Fact.id)
        .where(
            Fact.site_id == Enrolment.site_id,
            Fact.account_kind == "id",
            Fact.account == LmsAccount.remote_id,
            Fact.course_ref == Enrolment.course_ref,
            Fact.status.in_(("waiting", "dismissed")),
        )
        .exists()
    )
    done = select(Completion.id).where(Completion.enrolment_id == Enrolment.id).exists()
    return _in_time(session, *columns).where(~done, ~decided)


def _progress_rows(session: Session, ids: list[int]) -> dict[int, CourseProgress]:
    rows = session.scalars(select(CourseProgress).where(CourseProgress.enrolment_id.in_(ids)))
    return {row.enrolment_id: row for row in rows}


def _keep_grades(session: Session, work: PollWork, grades: Mapping[str, float]) -> None:
    """Of everybody in the course, also of those whose completion is recorded already."""
    rows = session.execute(
        select(LmsAccount.remote_id, Enrolment.id)
        .join(Enrolment, Enrolment.person_id == LmsAccount.person_id)
        .where(
            LmsAccount.site_id == work.site_id,
            Enrolment.site_id == work.site_id,
            Enrolment.course_ref == work.course_ref,
            Enrolment.desired == "active",
        )
    ).all()
    session.flush()
    graded = {enrolment_id: grades[ref] for ref, enrolment_id in rows if ref is not None and ref in grades}
    kept = _progress_rows(session, list(graded))
    for enrolment_id, grade in graded.items():
        row = kept.get(enrolment_id)
        if row is None:
            row = CourseProgress(enrolment_id=enrolment_id, steps_done=0, steps_total=0, read_at=now(session))
            session.add(row)
        row.grade = grade


def progress_of(session: Session, person_id: uuid.UUID) -> dict[int, CourseProgress]:
    """Enrolment id -> what was last read about this person, for their own page."""
    rows = session.scalars(
        select(CourseProgress).join(CourseProgress.enrolment).where(Enrolment.person_id == person_id)
    )
    return {row.enrolment_id: row for row in rows}
