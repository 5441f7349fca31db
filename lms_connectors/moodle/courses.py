"""Courses of the site, by one function: without a field name it lists every course the service may see."""

from __future__ import annotations

from collections.abc import Mapping

from lms_connectors.moodle.form import Value
from lms_connectors.moodle.shapes import Thing, record, things
from lms_connectors.moodle.site import Site
from workflows.ports import CourseCategory, CourseRef

COURSES = "core_course_get_courses_by_field"
FRONT_PAGE_FORMAT = "site"


def find_course(site: Site, ref: str) -> CourseRef | None:
    """The course with that id. A reference that is no number cannot be a course of Moodle."""
    if not ref.isascii() or not ref.isdigit():
        return None
    found = _courses(site, {"field": "id", "value": ref})
    return course_of(site, found[0]) if found else None


def by_field(site: Site, name: str, value: str) -> list[Thing]:
    """Courses as Moodle describes them, by ``idnumber`` or ``shortname``; the first only can be ours."""
    return _courses(site, {"field": name, "value": value}) if value else []


def all_courses(site: Site) -> list[Thing]:
    """Every course the service may see, as Moodle describes it."""
    return _courses(site, {})


def categories(site: Site) -> list[CourseCategory]:
    """Those of the courses that the service may see, by name, and the one of the site's setting."""
    names = {site.category_ref: ""} if site.category_ref else {}
    names |= {str(one["categoryid"]): str(one.get("categoryname") or "") for one in all_courses(site)}
    return [
        CourseCategory(ref, name) for ref, name in sorted(names.items(), key=lambda one: (one[1], one[0]))
    ]


def search_courses(site: Site, text: str) -> list[CourseRef]:
    """Courses whose title, short name or idnumber holds ``text``, in the site's order."""
    wanted = text.strip().casefold()
    return [course_of(site, course) for course in _courses(site, {}) if wanted in _searchable(course)]


def _courses(site: Site, form: Mapping[str, Value]) -> list[Thing]:
    courses = things(record(site.client.call(COURSES, form)).get("courses"))
    return [course for course in courses if course.get("format") != FRONT_PAGE_FORMAT]


def _searchable(course: Thing) -> str:
    names = ("fullname", "displayname", "shortname", "idnumber")
    return "\n".join(str(course.get(name, "")) for name in names).casefold()


def course_of(site: Site, course: Thing) -> CourseRef:
    """Moodle's description in the words of the port."""
    ref = str(course["id"])
    return CourseRef(
        ref=ref,
        title=str(course.get("fullname", "")),
        idnumber=str(course.get("idnumber", "")),
        url=f"{site.home_page}/course/view.php?id={ref}",
    )
