"""Courses that were ordered are made or looked for on their site, and the dates of those made follow ours (R26).

Called by the job in three parts: ``claim`` (one transaction), the calls (none), ``settle_*`` (one transaction). A
lease on the order's key keeps two workers apart; it is renewed while a large template is copied.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from workflows.access import access_of
from workflows.actions import leases
from workflows.actions.courses import must_be_unused
from workflows.actions.versions import lock_version
from workflows.actor import CLOCK
from workflows.clock import now, real_now
from workflows.errors import Conflict
from workflows.events import version_stream
from workflows.history import record
from workflows.lifecycle import ensure_state
from workflows.models import Batch, CourseOrder, ProgrammeVersion, Site
from workflows.open_sites import may_be_written, stopped
from workflows.patience import PATIENCE, Patience
from workflows.ports import CourseRef, NewCourse

MOST = 100
"""Courses whose dates are looked at in one sweep."""


@dataclass(frozen=True, slots=True)
class CourseWork:
    """One order to carry out. ``new``: what is to be made; None: ``course_ref`` is to be looked for.

    ``dates_only``: the course stands, and is only to get the dates of ``new``.
    """

    order_id: int
    version_id: int
    site_id: int
    key: str
    owner: str
    course_ref: str
    new: NewCourse | None
    dates_only: bool = False

    @property
    def place(self) -> dict[str, Any]:
        """Whose lease it is."""
        return {"site_id": self.site_id, "course_ref": self.key, "owner": self.owner}


def claim(session: Session, *, owner: str, lease: timedelta) -> CourseWork | None:
    """The next order that is due, or None. One whose version can have no course any more fails at once."""
    moment = real_now(session)
    for order in session.scalars(
        select(CourseOrder)
        .join(Site, Site.id == CourseOrder.site_id)
        .where(
            CourseOrder.state.in_(("wanted", "making")),
            or_(CourseOrder.next_attempt_at.is_(None), CourseOrder.next_attempt_at <= moment),
            *may_be_written(),
            ~stopped(CourseOrder.site_id, ""),
        )
        .order_by(CourseOrder.id)
        .limit(MOST)
        .with_for_update(skip_locked=True, of=CourseOrder)
    ):
        if not _still_wanted(session, order):
            order.state, order.error_code, order.next_attempt_at = "failed", "not_wanted", None
            continue
        if leases.take(
            session, site_id=order.site_id, course_ref=order.idnumber, owner=owner, lease=lease
        ):  # fmt: skip
            order.state = "making"
            return _work(session, order, owner)
    return None


def claim_dates(session: Session, *, owner: str, lease: timedelta) -> CourseWork | None:
    """The next course that we made and whose dates are not those that it was given; None: there is none."""
    for order in session.scalars(
        select(CourseOrder)
        .join(ProgrammeVersion, ProgrammeVersion.id == CourseOrder.version_id)
        .join(Site, Site.id == CourseOrder.site_id)
        .where(
            CourseOrder.state == "linked",
            CourseOrder.way == "made",
            ProgrammeVersion.course_ref == CourseOrder.course_ref,
            ProgrammeVersion.state.in_(("approved", "running")),
            ProgrammeVersion.closed_as.is_(None),
            or_(CourseOrder.next_attempt_at.is_(None), CourseOrder.next_attempt_at <= real_now(session)),
            *may_be_written(),
            ~stopped(CourseOrder.site_id, ""),
        )
        .order_by(CourseOrder.id)
    ):
        work = _work(session, order, owner, dates_only=True)
        given = (order.given_starts_at, order.given_ends_at)
        if work.new is None or given == (work.new.starts_at, work.new.ends_at):
            continue
        if leases.take(
            session, site_id=order.site_id, course_ref=order.idnumber, owner=owner, lease=lease
        ):  # fmt: skip
            return work
    return None


def settle_linked(session: Session, *, work: CourseWork, course: CourseRef | None) -> None:
    """The course stands: the version has it from now on. None: the one that was named is not there."""
    version = lock_version(session, work.version_id)
    leases.must_hold(session, **work.place)
    order = session.get_one(CourseOrder, work.order_id, with_for_update=True)
    if course is None:
        _fail(session, order, "course_missing", "")
        return
    order.course_ref, order.state, order.linked_at = course.ref, "linked", now(session)
    order.attempts, order.next_attempt_at, order.error_code, order.error_text = 0, None, "", ""
    if work.new is not None:
        order.given_starts_at, order.given_ends_at = work.new.starts_at, work.new.ends_at
    if not _still_wanted(session, order):
        order.error_code = "not_wanted"
        return
    version.site_id, version.course_ref, version.course_title = work.site_id, course.ref, course.title[:200]
    told: dict[str, Any] = {"title": course.title, "course": course.ref}
    if order.way == "made":
        record(session, "course.made", stream=version_stream(version.id), actor=CLOCK, **told)
    else:
        record(session, "course.found", stream=version_stream(version.id), actor=CLOCK, **told)


def settle_dates(session: Session, *, work: CourseWork) -> None:
    """The course has the dates that were sent."""
    leases.must_hold(session, **work.place)
    order = session.get_one(CourseOrder, work.order_id, with_for_update=True)
    if work.new is not None:
        order.given_starts_at, order.given_ends_at = work.new.starts_at, work.new.ends_at
    order.attempts, order.next_attempt_at, order.error_code = 0, None, ""


def settle_missed(
    session: Session,
    *,
    work: CourseWork,
    code: str,
    left: str = "",
    lasting: bool,
    patience: Patience = PATIENCE,
) -> None:
    """It was not carried out: tried again later, or failed with the cause. ``left``: what could not be removed."""
    leases.must_hold(session, **work.place)
    order = session.get_one(CourseOrder, work.order_id, with_for_update=True)
    if lasting and not work.dates_only:
        _fail(session, order, code, left)
        return
    order.attempts, order.error_code = order.attempts + 1, code
    wait = patience.pause(len(patience.back_off) if lasting else order.attempts)
    order.next_attempt_at = real_now(session) + wait
    if not work.dates_only:
        order.state = "wanted"


def release(session: Session, *, work: CourseWork) -> None:
    """Give the order free, unless another worker has taken it over meanwhile."""
    leases.give_back(session, **work.place)


def _fail(session: Session, order: CourseOrder, code: str, left: str) -> None:
    order.state, order.error_code, order.error_text, order.next_attempt_at = "failed", code, left, None
    record(session, "course.failed", stream=version_stream(order.version_id), actor=CLOCK, code=code)


def _still_wanted(session: Session, order: CourseOrder) -> bool:
    version = session.get_one(ProgrammeVersion, order.version_id)
    try:
        ensure_state(version, {"approved"})
        must_be_unused(session, version)
    except Conflict:
        return False
    return True


def _work(session: Session, order: CourseOrder, owner: str, *, dates_only: bool = False) -> CourseWork:
    version = session.get_one(ProgrammeVersion, order.version_id)
    new = None
    if order.way == "made":
        first, last = session.execute(
            select(func.min(Batch.starts_on), func.max(Batch.ends_on)).where(Batch.version_id == version.id)
        ).one()
        starts_at, ends_at = access_of(session, first or version.starts_on, last or version.ends_on, 0)
        assert starts_at is not None
        assert ends_at is not None  # with days of grace there is always an end
        new = NewCourse(
            idnumber=order.idnumber,
            title=version.title,
            template_ref=order.template_ref,
            category_ref=order.category_ref,
            starts_at=starts_at,
            ends_at=ends_at,
        )
    return CourseWork(
        order.id, version.id, order.site_id, order.idnumber, owner, order.course_ref, new, dates_only
    )
