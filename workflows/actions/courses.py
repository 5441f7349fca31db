"""Use cases about the course of a version on a site: made from a template, or named by its number, or tried again.

A course is made under a key of ours, by which it is found again: however often it is tried, there is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.actions.versions import lock_version
from workflows.actor import Actor
from workflows.clock import now
from workflows.errors import N_, Conflict, NotFound, Refused
from workflows.events import version_stream
from workflows.history import record
from workflows.lifecycle import ensure_state
from workflows.models import Batch, CourseOrder, Enrolment, ProgrammeVersion, Site
from workflows.rules import require


@dataclass(frozen=True, slots=True)
class Chosen:
    """A thing of the site that a person picked: its id there, and how it reads."""

    ref: str
    name: str


def order_course(
    session: Session, *, actor: Actor, version_id: int, site_id: int, template: Chosen, category: Chosen
) -> CourseOrder:
    """Have the course of this version made from a template; a worker does it, and links it when it stands."""
    version = _orderable(session, actor, version_id)
    if session.get(Site, site_id) is None:
        raise Refused("no_site", N_("Pilih situs Moodle."), rule="R26", field="site_id")
    if not template.ref:
        raise Refused("no_template", N_("Pilih kelas yang menjadi templat."), field="template_ref")
    if not category.ref:
        raise Refused("no_category", N_("Pilih kategori untuk kelas baru."), field="category_ref")
    order = _order_for(session, actor, version, site_id, "made")
    order.template_ref, order.template_title = template.ref, template.name[:200]
    order.category_ref, order.category_title = category.ref, category.name[:200]
    order.course_ref = ""
    _tell(session, actor, "course.ordered", order, template=template.name or template.ref)
    return order


def name_course(
    session: Session, *, actor: Actor, version_id: int, site_id: int, course_ref: str
) -> CourseOrder:
    """Say the number of a course that the site cannot show now; it is linked once the site has shown it."""
    version = _orderable(session, actor, version_id)
    if not course_ref.strip():
        raise Refused(
            "no_course", N_("Pilih dahulu kelas Moodle untuk program ini."), rule="R26", field="course_ref"
        )
    order = _order_for(session, actor, version, site_id, "named")
    order.course_ref = course_ref.strip()
    _tell(session, actor, "course.named", order, course=order.course_ref)
    return order


def retry_course(session: Session, *, actor: Actor, version_id: int) -> CourseOrder:
    """Try a course that failed or waits again now."""
    version = lock_version(session, version_id)
    require(actor, "course.order")
    ensure_state(version, {"approved"})
    order = session.scalars(
        select(CourseOrder)
        .where(CourseOrder.version_id == version.id, CourseOrder.state.in_(("wanted", "failed")))
        .order_by(CourseOrder.id.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()
    if order is None:
        raise NotFound("no_order", N_("Tidak ada kelas yang perlu dicoba lagi."))
    must_be_unused(session, version)
    _begin(order)
    _tell(session, actor, "course.retried", order)
    return order


def course_chosen(session: Session, version: ProgrammeVersion) -> None:
    """A person linked a course that is there: what was still wanted is not made any more."""
    for order in _orders(session, version.id):
        _must_not_be_made_now(order)
        if order.state in ("wanted", "failed"):
            order.state, order.error_code, order.next_attempt_at = "failed", "replaced", None


def order_of(session: Session, version_id: int) -> CourseOrder | None:
    """The last order of the version, for looking."""
    query = select(CourseOrder).where(CourseOrder.version_id == version_id)
    return session.scalars(
        query.order_by(CourseOrder.ordered_at.desc(), CourseOrder.id.desc()).limit(1)
    ).first()


def must_be_unused(session: Session, version: ProgrammeVersion) -> None:
    """Nobody is enrolled yet, so that the course may still be another."""
    if session.scalar(
        select(func.count()).select_from(Enrolment).join(Batch).where(Batch.version_id == version.id)
    ):
        raise Conflict(
            "course_in_use",
            N_("Peserta sudah didaftarkan di kelas ini. Kelasnya tidak dapat diganti."),
            rule="R26",
        )


def _orderable(session: Session, actor: Actor, version_id: int) -> ProgrammeVersion:
    version = lock_version(session, version_id)
    require(actor, "course.order")
    ensure_state(version, {"approved"})
    must_be_unused(session, version)
    return version


def _order_for(
    session: Session, actor: Actor, version: ProgrammeVersion, site_id: int, way: str
) -> CourseOrder:
    """One row a version and site; orders on other sites give way."""
    for order in _orders(session, version.id):
        _must_not_be_made_now(order)
        if order.site_id != site_id and order.state != "linked":
            order.state, order.error_code, order.next_attempt_at = "failed", "replaced", None
    found = next((one for one in _orders(session, version.id) if one.site_id == site_id), None)
    if found is None:
        found = CourseOrder(version_id=version.id, site_id=site_id, way=way, ordered_at=now(session))
        session.add(found)
    found.way, found.ordered_by, found.ordered_at = way, actor.person_id, now(session)
    _begin(found)
    session.flush()
    return found


def _orders(session: Session, version_id: int) -> list[CourseOrder]:
    query = select(CourseOrder).where(CourseOrder.version_id == version_id).order_by(CourseOrder.id)
    return list(session.scalars(query.with_for_update()))


def _must_not_be_made_now(order: CourseOrder) -> None:
    if order.state == "making":
        raise Conflict(
            "being_made",
            N_("Kelasnya sedang dibuat di Moodle. Tunggu sampai selesai, lalu muat ulang halaman ini."),
            rule="R26",
        )


def _begin(order: CourseOrder) -> None:
    order.state, order.attempts, order.next_attempt_at = "wanted", 0, None
    order.error_code = order.error_text = ""


def _tell(session: Session, actor: Actor, name: str, order: CourseOrder, **more: Any) -> None:
    record(session, name, stream=version_stream(order.version_id), actor=actor, **more)
