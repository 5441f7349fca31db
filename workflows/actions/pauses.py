"""A person stops the sending to a site or to one course, and lets it go on. Rows wait meanwhile; nothing is lost."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.actions.breaker import try_now
from workflows.actions.versions import lock_version
from workflows.actor import Actor
from workflows.clock import now
from workflows.errors import N_, Conflict, NotFound, Refused
from workflows.events import site_stream, version_stream
from workflows.guards import must_have_reason
from workflows.history import record
from workflows.models import ProgrammeVersion, Site, SyncPause
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


def pause_course(session: Session, *, actor: Actor, version_id: int, reason: str) -> SyncPause:
    """Send nothing to the course of this version, nor ask it for completions; the site's other courses go on."""
    version = lock_version(session, version_id)
    require(actor, "sync.pause")
    pause = pause_sync(
        session, actor=actor, site_id=site_with_course(version), course_ref=version.course_ref, reason=reason
    )
    record(
        session,
        "sync.course_paused",
        stream=version_stream(version.id),
        actor=actor,
        personal={"reason": reason.strip()},
    )
    return pause


def resume_course(session: Session, *, actor: Actor, version_id: int) -> None:
    """What waits for the course of this version is sent again."""
    version = lock_version(session, version_id)
    require(actor, "sync.pause")
    resume_sync(session, actor=actor, site_id=site_with_course(version), course_ref=version.course_ref)
    record(session, "sync.course_resumed", stream=version_stream(version.id), actor=actor)


def site_with_course(version: ProgrammeVersion) -> int:
    """The site of the version's course; Refused while no course is chosen."""
    if version.site_id is None or not version.course_ref:
        raise Refused("no_course", N_("Pilih dahulu kelas Moodle untuk program ini."), rule="R26")
    return version.site_id


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
