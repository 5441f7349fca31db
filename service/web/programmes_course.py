"""Picking a course of a Moodle site. A site that does not answer blocks nothing: the course is chosen later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy import select

from service.config import BadSetting
from service.current import bangkom
from service.db import reading
from service.web.programmes_form import Typed
from workflows.errors import N_, Refused
from workflows.models import Site
from workflows.ports import CourseRef, LearningPlatform, Permanent, Retryable

T = TypeVar("T")
MOST = 20


@dataclass(frozen=True, slots=True)
class Search:
    """What a look at the site gave: courses, or a sentence why there are none."""

    courses: Sequence[CourseRef] = field(default=())
    sentence: str = ""
    more: bool = False


def sites() -> list[tuple[int, str]]:
    with reading() as session:
        rows = session.execute(select(Site.id, Site.name).order_by(Site.name))
        return [(key, name) for key, name in rows]


def search(typed: Typed) -> Search:
    """Courses of the chosen site whose name holds what was typed."""
    site = chosen_site(typed)
    if site is None:
        return Search(sentence=_("Pilih situs Moodle lebih dahulu."))
    found = ask(site, lambda platform: list(platform.search_courses(typed.text("course_search"))))
    if found is None:
        return Search(sentence=away(site))
    if not found:
        return Search(
            sentence=_("Tidak ada kelas dengan nama itu di %(site)s. Coba kata lain.", site=site.name)
        )
    return Search(found[:MOST], more=len(found) > MOST)


def chosen(typed: Typed, known: tuple[int | None, str, str]) -> tuple[tuple[int | None, str, str], str]:
    """((site id, ref, title), warning). ``known`` needs no look; the site's word is asked for any other course."""
    site, ref = chosen_site(typed), typed.text("course_ref") or typed.text("course_number")
    if site is None or not ref:
        return (site.id if site else None, "", ""), ""
    if (site.id, ref) == known[:2]:
        return known, ""
    found = ask(site, lambda platform: [platform.find_course(ref)])
    if found is None:
        return (site.id, ref, ""), away(site)
    if found[0] is None:
        sentence = N_("Kelas ini tidak ada lagi di Moodle. Cari dan pilih kelas lain.")
        typed.problems.append(Refused("no_course", sentence, rule="R26", field="course_ref"))
        return (site.id, ref, ""), ""
    return (site.id, ref, found[0].title[:200]), ""


def away(site: Site) -> str:
    said = _(
        "%(site)s sedang tidak menjawab. Isian lain tetap dapat disimpan; kelasnya dipilih nanti.",
        site=site.name,
    )
    return str(said)


def chosen_site(typed: Typed) -> Site | None:
    """The site, apart from any session: no transaction stays open while it is asked."""
    key = typed.text("site_id")
    if not key.isdecimal():
        return None
    with reading() as session:
        site = session.get(Site, int(key))
        if site is not None:
            session.expunge(site)
        session.rollback()
        return site


def ask(site: Site, question: Callable[[LearningPlatform], T]) -> T | None:
    """What the site says, outside of any transaction; None while it is away."""
    try:
        return question(bangkom().asking.platform_for(site))
    except (Retryable, Permanent, BadSetting, LookupError):
        return None
