"""One learning site as the organisers see it: its state, its figures, the programmes that send to it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.orm import Session

from service.web.drift_view import open_findings
from service.web.site_trouble import lacks_of, trouble_of
from service.web.sync_view import soon
from workflows.actions.pauses import paused
from workflows.clock import real_now
from workflows.errors import N_, NotFound
from workflows.models import Batch, DriftFinding, Enrolment, ProgrammeVersion, Site, SyncPause

LONGEST = 50
BAD = ("waiting", "held", "needs_account", "failed")


def site_by_code(session: Session, code: str) -> Site:
    site = session.scalars(select(Site).where(Site.code == code)).one_or_none()
    if site is None:
        raise NotFound("no_site", N_("Situs ini tidak ada."))
    return site


def site_state(session: Session, site: Site) -> dict[str, Any]:
    """``versions`` whose rows go to this site, those with the most that is not as wanted first."""
    pause = paused(session, site.id, "")
    versions = versions_of(session, site.id)
    return {
        "site": site,
        "pause": pause,
        "trouble": trouble_of(site, pause),
        "lacks": lacks_of(session, site.id),
        "next": soon(site.try_after, real_now(session)) if site.closed else "",
        "versions": versions[:LONGEST],
        "more_versions": len(versions) > LONGEST,
        "counts": {key: sum(row[key] for row in versions) for key in ("all", "applied", *BAD)},
    }


def versions_of(session: Session, site_id: int) -> list[dict[str, Any]]:
    """id, title, whether its own course is paused, and how many rows: all, wanted, on the site, as wanted, waiting,
    needing an account, failed, different from the site at the last comparison (and not left so with a reason)."""

    def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, 1), else_=0))

    worse = number(Enrolment.status != "applied")
    here = (DriftFinding.site_id == site_id, DriftFinding.course_ref == ProgrammeVersion.course_ref)
    different = open_findings(*here).correlate(ProgrammeVersion).scalar_subquery()
    rows = session.execute(
        select(
            ProgrammeVersion.id,
            ProgrammeVersion.title,
            ProgrammeVersion.number,
            exists()
            .where(SyncPause.site_id == site_id, SyncPause.course_ref == ProgrammeVersion.course_ref)
            .where(ProgrammeVersion.course_ref != "")
            .correlate(ProgrammeVersion),
            func.count(),
            number(Enrolment.desired == "active"),
            number(Enrolment.applied == "active"),
            *(number(Enrolment.status == state) for state in ("applied", *BAD)),
            different,
        )
        .select_from(Enrolment)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == Batch.version_id)
        .where(Enrolment.site_id == site_id)
        .group_by(
            ProgrammeVersion.id, ProgrammeVersion.title, ProgrammeVersion.number, ProgrammeVersion.course_ref
        )
        .order_by(worse.desc(), ProgrammeVersion.id.desc())
    )
    keys = ("id", "title", "number", "paused", "all", "wanted", "on_site", "applied", *BAD, "different")
    return [dict(zip(keys, row, strict=True)) for row in rows]
