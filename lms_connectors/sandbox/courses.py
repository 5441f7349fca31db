"""Courses: finding them by one field, or all of them (with the front page, which is a course as well)."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from lms_connectors.sandbox import values
from lms_connectors.sandbox.refusal import MoodleRefusal, invalid_parameter, missing_record
from lms_connectors.sandbox.site import SandboxSite
from lms_connectors.sandbox.values import Record, Scalar

FIND = Record({"field": Scalar(values.word, ""), "value": Scalar(values.raw, "")})

_COURSES = "SELECT courses.*, category, visible, startdate, enddate FROM courses LEFT JOIN course_places ON course = id"
_BY_TEXT = {
    "": f"{_COURSES} WHERE ? = '' ORDER BY id",
    "shortname": f"{_COURSES} WHERE shortname = ?",
    "idnumber": f"{_COURSES} WHERE idnumber = ?",
}
CATEGORIES = {1: "Kategori 1", 6: "Pengembangan Kompetensi ASN"}
"""Courses that were seeded stand in the second one."""
SEEDED = 6
_ZEROES = (
    *("newsitems", "maxbytes", "showreports", "groupmode", "groupmodeforce"),
    *("defaultgroupingid", "completionnotify", "marker", "legacyfiles", "requested"),
)
FRONT_PAGE = 1


def course_of(db: sqlite3.Connection, number: int, *, must: bool = False) -> sqlite3.Row | None:
    course: sqlite3.Row | None = db.execute(f"{_COURSES} WHERE id = ?", (number,)).fetchone()
    if course is None and must:
        raise missing_record("course")
    return course


def find(site: SandboxSite, db: sqlite3.Connection, asked: Mapping[str, Any]) -> dict[str, Any]:
    """core_course_get_courses_by_field."""
    courses = [describe(site, course) for course in _found(db, asked["field"], asked["value"])]
    if (asked["field"], asked["value"]) in (("", ""), ("id", str(FRONT_PAGE))):
        courses.insert(0, _front_page(site))
    return {"courses": courses, "warnings": []}


def _found(db: sqlite3.Connection, name: str, value: str) -> list[sqlite3.Row]:
    if name in _BY_TEXT:
        return db.execute(_BY_TEXT[name], (value,)).fetchall()
    if name not in ("id", "ids"):
        raise invalid_parameter()
    numbers = [values.integer(number) for number in (value.split(",") if name == "ids" else [value])]
    rows = [course_of(db, number) for number in numbers]
    if name == "ids" and None in rows:  # a PHP Error: it has no error code
        message = 'Attempt to assign property "contextvalidated" on null'
        raise MoodleRefusal("Error", None, message)
    return [row for row in rows if row is not None]


def describe(site: SandboxSite, course: sqlite3.Row) -> dict[str, Any]:
    """All the keys of a real answer; most of them say nothing here."""
    category = course["category"] or SEEDED
    return {
        "id": course["id"],
        "fullname": course["fullname"],
        "displayname": course["fullname"],
        "shortname": course["shortname"],
        "courseimage": f"{site.home_page}/pluginfile.php/{course['id']}/course/generated/course.svg",
        "categoryid": category,
        "categoryname": CATEGORIES[category],
        "sortorder": 10000 + course["id"],
        "summary": "",
        "summaryformat": 1,
        "summaryfiles": [],
        "overviewfiles": [],
        "showactivitydates": False,
        "showcompletionconditions": True,
        "contacts": [],
        "enrollmentmethods": ["manual"] if course["manual"] else [],
        "idnumber": course["idnumber"],
        "format": "topics",
        "showgrades": 1,
        "startdate": course["startdate"] or course["created"],
        "enddate": course["enddate"] or 0,
        "visible": 1 if course["visible"] is None else course["visible"],
        "enablecompletion": course["tracked"],
        "lang": "",
        "theme": "",
        "calendartype": "",
        "timecreated": course["created"],
        "timemodified": course["created"],
        "cacherev": course["created"],
        "filters": [],
        "courseformatoptions": [],
        **dict.fromkeys(_ZEROES, 0),
    }


def _front_page(site: SandboxSite) -> dict[str, Any]:
    return {
        "id": FRONT_PAGE,
        "fullname": site.name,
        "displayname": site.name,
        "shortname": "peragaan",
        "idnumber": "",
        "format": "site",
        "categoryid": 0,
        "visible": 1,
    }
