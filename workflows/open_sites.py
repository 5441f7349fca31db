"""Which learning sites take part now: one place for all that speaks to a site, so that nothing forgets a reason."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Exists, exists, or_

from workflows.models import Site, SyncPause


def may_be_asked() -> tuple[ColumnElement[bool], ...]:
    """Conditions on ``Site``: it answers, refuses nothing that concerns all calls, and did not go back in time."""
    return (Site.open_since.is_(None), Site.paused_code == "", ~Site.went_back)


def may_be_written() -> tuple[ColumnElement[bool], ...]:
    """Of those, the ones whose first delivery a person has read and agreed to."""
    return (*may_be_asked(), ~Site.awaits_first_run)


def stopped(site_id: Any, course_ref: Any) -> Exists:
    """A person paused this site, or this course of it; ``course_ref`` empty: only the whole site counts."""
    return exists().where(
        SyncPause.site_id == site_id, or_(SyncPause.course_ref == "", SyncPause.course_ref == course_ref)
    )
