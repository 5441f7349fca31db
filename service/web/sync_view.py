"""What the site holds beside what we want, for one version."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_timedelta
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, joinedload

from service.web.enrolment_words import applied_word, state_chip, wanted_word
from service.web.moodle_words import trouble
from service.web.site_trouble import trouble_of
from workflows.actions.pauses import paused
from workflows.actions.sync import next_try
from workflows.clock import real_now
from workflows.models import Batch, CourseLease, Enrolment, Fact, ProgrammeVersion, Site

PAGE = 100
STATES = ("waiting", "held", "needs_account", "failed", "applied")
ORDER = case({"held": 0, "failed": 1, "needs_account": 2, "waiting": 3}, value=Enrolment.status, else_=4)


def sync_state(session: Session, version: ProgrammeVersion, state: str, page: int) -> dict[str, Any]:
    """``rows`` (troubles first), ``counts`` of all, the ``site`` with its alarm, the lease of a worker at it now."""
    site = session.get(Site, version.site_id) if version.site_id else None
    found = _rows(session, version, state, page)
    now = real_now(session)
    return {
        "rows": [_row(row, site, now) for row in found[:PAGE]],
        "whose": [row.person_id for row in found[:PAGE]],
        "more": len(found) > PAGE,
        "page": page,
        "state": state,
        "counts": _counts(session, version),
        "site": site,
        "alarm": _alarm(session, site, version.course_ref, now),
        "course_pause": paused(session, site.id, version.course_ref) if site and version.course_ref else None,
        "sending": _sending(session, version, now),
        "unmatched": _unmatched(session, version),
    }


def _rows(session: Session, version: ProgrammeVersion, state: str, page: int) -> list[Enrolment]:
    query = (
        select(Enrolment)
        .join(Batch)
        .where(Batch.version_id == version.id)
        .options(joinedload(Enrolment.person))
        .order_by(ORDER, Enrolment.id)
    )
    if state in STATES:
        query = query.where(Enrolment.status == state)
    return list(session.scalars(query.offset((page - 1) * PAGE).limit(PAGE + 1)))


def _row(row: Enrolment, site: Site | None, now: datetime) -> dict[str, Any]:
    waits = row.status == "waiting"
    return {
        "id": row.id,
        "name": row.person.name,
        "wanted": wanted_word(row),
        "applied": applied_word(row),
        "chip": state_chip(row),
        "trouble": trouble(row),
        "code": row.error_code,
        "attempts": row.attempts,
        "next": soon(next_try(row, site) if site else None, now) if waits else "",
        "applied_at": row.applied_at,
    }


def soon(moment: datetime | None, now: datetime) -> str:
    """``dalam 5 menit``: the machine's time, which in a demo is not the time of the work, so no date."""
    if moment is None or moment <= now:
        return str(_("segera"))
    ahead = max(moment - now, timedelta(seconds=1))
    return str(format_timedelta(ahead, add_direction=True, locale=get_locale()))


def _counts(session: Session, version: ProgrammeVersion) -> dict[str, int]:
    def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    row = session.execute(
        select(
            func.count(),
            number(Enrolment.desired == "active"),
            number(Enrolment.applied == "active"),
            *(number(Enrolment.status == state) for state in STATES),
        )
        .select_from(Enrolment)
        .join(Batch)
        .where(Batch.version_id == version.id)
    ).one()
    return dict(zip(("all", "wanted", "on_site", *STATES), (int(value) for value in row), strict=True))


def _alarm(session: Session, site: Site | None, course_ref: str, now: datetime) -> dict[str, Any] | None:
    """Why nothing is sent for this programme now, and when the site is tried again; None when all is well."""
    if site is None:
        return None
    pause = paused(session, site.id, "") or paused(session, site.id, course_ref)
    trouble = trouble_of(site, pause)
    if trouble is None:
        return None
    return {"trouble": trouble, "next": soon(site.try_after, now) if site.closed and not pause else ""}


def _sending(session: Session, version: ProgrammeVersion, now: datetime) -> CourseLease | None:
    """The lease of the worker that is at it now: it says how far it is."""
    if version.site_id is None:
        return None
    lease = session.get(CourseLease, (version.site_id, version.course_ref))
    return lease if lease is not None and lease.until > now else None


def _unmatched(session: Session, version: ProgrammeVersion) -> int:
    """Reports about this course that fit nobody yet."""
    query = select(func.count()).where(
        Fact.status == "waiting", Fact.site_id == version.site_id, Fact.course_ref == version.course_ref
    )
    return session.scalar(query) or 0
