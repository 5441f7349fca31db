"""One worker at a time speaks about one course: taken, renewed while it works, given back (R26).

A dead worker renews nothing, so its lease runs out and another takes the course. Times are the machine's.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workflows.clock import real_now
from workflows.models import CourseLease, Site


class LeaseLost(Exception):
    """Another worker has taken the course over meanwhile: what this one knows of it may be old."""


def left_behind(session: Session, *, site_id: int, course_ref: str) -> bool:
    """Whether somebody owns the course, or did and never gave it back: killed, or cut off from the database."""
    return _locked(session, site_id, course_ref) is not None


def take(session: Session, *, site_id: int, course_ref: str, owner: str, lease: timedelta) -> bool:
    """Own the course for ``lease``; False while another worker does."""
    session.get_one(Site, site_id, with_for_update=True)
    moment = real_now(session)
    row = _locked(session, site_id, course_ref)
    if row is None:
        session.add(CourseLease(site_id=site_id, course_ref=course_ref, owner=owner, until=moment + lease))
        return True
    if row.until > moment and row.owner != owner:
        return False
    row.owner, row.until = owner, moment + lease
    row.doing, row.done, row.total = "", 0, 0
    return True


def tell(
    session: Session, *, site_id: int, course_ref: str, owner: str, doing: str, done: int, total: int
) -> None:
    """How far the worker is with the course, for whoever watches; quiet when it is no longer ours."""
    session.execute(
        update(CourseLease)
        .where(
            CourseLease.site_id == site_id, CourseLease.course_ref == course_ref, CourseLease.owner == owner
        )
        .values(doing=doing, done=done, total=total)
        .execution_options(synchronize_session=False)
    )


def renew(session: Session, *, site_id: int, course_ref: str, owner: str, lease: timedelta) -> bool:
    """Own it for ``lease`` from now on; False when it is no longer ours."""
    row = _locked(session, site_id, course_ref)
    if row is None or row.owner != owner:
        return False
    row.until = real_now(session) + lease
    return True


def must_hold(session: Session, *, site_id: int, course_ref: str, owner: str) -> None:
    """Raise LeaseLost unless the course is still ours; nobody can take it before this transaction ends."""
    row = _locked(session, site_id, course_ref)
    if row is None or row.owner != owner:
        raise LeaseLost(f"{site_id}/{course_ref}")


def give_back(session: Session, *, site_id: int, course_ref: str, owner: str) -> None:
    """Give the course free, unless another worker has taken it over meanwhile."""
    row = _locked(session, site_id, course_ref)
    if row is not None and row.owner == owner:
        session.delete(row)


def _locked(session: Session, site_id: int, course_ref: str) -> CourseLease | None:
    return session.scalars(
        select(CourseLease)
        .where(CourseLease.site_id == site_id, CourseLease.course_ref == course_ref)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
