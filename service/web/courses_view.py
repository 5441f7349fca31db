"""How a version's course stands on its site, in words; and what a new one can be made from."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.web.moodle_words import sentence
from service.web.programmes_course import ask, away, chosen_site
from service.web.programmes_form import Typed
from service.web.sync_view import soon
from workflows.actions.courses import Chosen, order_of
from workflows.actor import Actor
from workflows.clock import real_now
from workflows.errors import N_, Refused
from workflows.models import CourseOrder, ProgrammeVersion, Site
from workflows.ports import LearningPlatform
from workflows.rules import allowed

MOST = 20


def course_standing(session: Session, version: ProgrammeVersion, me: Actor) -> dict[str, Any] | None:
    """The state of the version's course: {word, tone, sign, title, site, why, left, next, dates}; None: none yet."""
    order = order_of(session, version.id)
    shown = order if order is not None and _speaks(order, version) else None
    if shown is None and not (version.course_ref and version.site_id):
        return None
    site = session.get(Site, shown.site_id if shown is not None else version.site_id)
    title, number = version.course_title, version.course_ref
    if shown is not None and shown.state != "linked":
        title, number = shown.template_title, shown.course_ref
    word, tone, sign = _chip(shown)
    return {
        "chip": (word, tone, sign),
        "title": title,
        "number": number,
        "site": site.name if site else "",
        "made": shown is not None and shown.way == "made",
        "order": shown,
        "why": sentence(shown.error_code) if shown is not None and shown.error_code else "",
        "left": shown.error_text if shown is not None else "",
        "next": _next(session, shown),
        "can_retry": shown is not None
        and (shown.state == "failed" or (shown.state == "wanted" and shown.attempts > 0))
        and version.state == "approved"
        and version.closed_as is None
        and allowed(me, "course.order"),
    }


def _speaks(order: CourseOrder, version: ProgrammeVersion) -> bool:
    """Whether the order says how the version's course stands: it is that course, or one still to come."""
    if order.course_ref and order.course_ref == version.course_ref:
        return True
    return order.state != "linked" and order.error_code not in ("replaced", "not_wanted")


def _chip(order: CourseOrder | None) -> tuple[str, str, str]:
    if order is None or order.state == "linked":
        return _("Tertaut"), "leaf", "check"
    if order.state == "failed":
        return _("Gagal"), "rust", "alert"
    if order.state == "making":
        return (_("Sedang dibuat") if order.way == "made" else _("Sedang dilihat")), "sea", "sync"
    return (_("Menunggu dibuat") if order.way == "made" else _("Menunggu Moodle")), "sun", "clock"


def _next(session: Session, order: CourseOrder | None) -> str:
    if order is None or order.state not in ("wanted", "making") or order.next_attempt_at is None:
        return ""
    return soon(order.next_attempt_at, real_now(session))


def offered(typed: Typed) -> dict[str, Any]:
    """What the site shows to choose from: ``templates`` and ``categories``, or a ``sentence`` why there are none."""
    site = chosen_site(typed)
    empty: dict[str, Any] = {"templates": [], "categories": [], "more": False, "sentence": "", "category": ""}
    if site is None:
        return {**empty, "sentence": _("Pilih situs Moodle lebih dahulu.")}

    def look(platform: LearningPlatform) -> tuple[list[Any], list[Any]]:
        return list(platform.search_courses(typed.text("course_search"))), list(platform.categories())

    found = ask(site, look)
    if found is None:
        return {**empty, "sentence": away(site)}
    courses, categories = found
    if not courses:
        said = _("Tidak ada kelas dengan nama itu di %(site)s. Coba kata lain.", site=site.name)
        return {**empty, "sentence": said}
    only = categories[0].ref if len(categories) == 1 else ""
    return {
        **empty,
        "templates": [{"value": one.ref, "label": one.title, "hint": one.idnumber} for one in courses[:MOST]],
        "categories": [(one.ref, one.name or _("kategori nomor %(ref)s", ref=one.ref)) for one in categories],
        "more": len(courses) > MOST,
        "category": site.category_ref or only,
    }


def picked(typed: Typed) -> tuple[int, Chosen, Chosen]:
    """(site id, template, category) as chosen; their names as the site tells them, empty while it is away."""
    site = chosen_site(typed)
    if site is None:
        raise Refused("no_site", N_("Pilih situs Moodle."), rule="R26", field="site_id")
    template, category = typed.text("template_ref"), typed.text("category_ref")

    def look(platform: LearningPlatform) -> tuple[Any, list[Any]]:
        return platform.find_course(template) if template else None, list(platform.categories())

    found = ask(site, look)
    if found is None:
        return site.id, Chosen(template, ""), Chosen(category, "")
    course, categories = found
    if template and course is None:
        sentence = N_("Templat ini tidak ada lagi di Moodle. Cari dan pilih yang lain.")
        raise Refused("no_template", sentence, rule="R26", field="template_ref")
    names = {one.ref: one.name for one in categories}
    if category and category not in names:
        raise Refused("not_listed", N_("Pilih salah satu dari daftar."), field="category_ref")
    return (
        site.id,
        Chosen(template, course.title if course else ""),
        Chosen(category, names.get(category, "")),
    )


def makes_courses(session: Session) -> bool:
    """Whether any site is set up for making courses (it has a category for them)."""
    return session.scalar(select(Site.id).where(Site.category_ref != "").limit(1)) is not None
