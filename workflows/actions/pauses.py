"""A person stops the sending to a site or to one course, and lets it go on. Rows wait meanwhile; nothing is lost."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.actions.breaker import try_now
from workflows.actor import Actor
from workflows.clock import now
from workflows.errors import N_, Conflict, NotFound
from workflows.events import site_stream
from workflows.guards import must_have_reason
from workflows.history import record
from workflows.models import Site, SyncPause
from workflows.rules import require


def pause_sync(
    session: Session, *, actor: Actor, site_id: int, course_ref: str = "", reason: str
) -> SyncPause:
    """Send nothing to this site, or for this course, until a person lets it go on."""
    require(actor, "sync.pause")
    _lock(session, site_id)
    must_have_reason(reason)
    if paused(session, site_id, course_ref) is not None:
        raise Conflict("already_paused", N_("Pengiriman ini sudah dijeda."), rule="R26")
    pause = SyncPause(
        site_id=site_id,
        course_ref=course_ref,
        reason=reason.strip(),
        person_id=actor.person_id,
        paused_at=now(session),
    )
    session.add(pause)
    record(
        session,
        "sync.paused",
        stream=site_stream(site_id),
        actor=actor,
        personal={"reason": reason.strip()},
        course=course_ref,
    )
    return pause


def resume_sync(session: Session, *, actor: Actor, site_id: int, course_ref: str = "") -> None:
    """Rows are sent again; a site that did not answer is tried at once."""
    require(actor, "sync.pause")
    _lock(session, site_id)
    pause = paused(session, site_id, course_ref)
    if pause is None:
        raise Conflict("not_paused", N_("Pengiriman ini tidak sedang dijeda."), rule="R26")
    session.delete(pause)
    try_now(session, site_id)
    record(session, "sync.resumed", stream=site_stream(site_id), actor=actor, course=course_ref)


def try_site(session: Session, *, actor: Actor, site_id: int) -> None:
    """Do not wait for the next minute."""
    require(actor, "enrolment.retry")
    _lock(session, site_id)
    try_now(session, site_id)


def paused(session: Session, site_id: int, course_ref: str) -> SyncPause | None:
    """The pause of exactly this site (``course_ref`` empty) or course."""
    return session.scalars(
        select(SyncPause).where(SyncPause.site_id == site_id, SyncPause.course_ref == course_ref)
    ).one_or_none()


def _lock(session: Session, site_id: int) -> Site:
    site = session.get(Site, site_id, with_for_update=True)
    if site is None:
        raise NotFound("no_site", N_("Situs ini tidak ada."))
    return site
