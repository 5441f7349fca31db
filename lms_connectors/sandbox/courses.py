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

_BY_TEXT = {
    "": "SELECT * FROM courses WHERE ? = '' ORDER BY id",
    "shortname": "SELECT * FROM courses WHERE shortname = ?",
    "idnumber": "SELECT * FROM courses WHERE idnumber = ?",
}
_CATEGORY = {"categoryid": 1, "categoryname": "Pengembangan Kompetensi ASN"}
_ZEROES = (
    *("newsitems", "enddate", "maxbytes", "showreports", "groupmode", "groupmodeforce"),
    *("defaultgroupingid", "completionnotify", "marker", "legacyfiles", "requested"),
)
FRONT_PAGE = 1


def course_of(db: sqlite3.Connection, number: int, *, must: bool = False) -> sqlite3.Row | None:
    course: sqlite3.Row | None = db.execute("SELECT * FROM courses WHERE id = ?", (number,)).fetchone()
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
    return {
        "id": course["id"],
        "fullname": course["fullname"],
        "displayname": course["fullname"],
        "shortname": course["shortname"],
        "courseimage": f"{site.home_page}/pluginfile.php/{course['id']}/course/generated/course.svg",
        **_CATEGORY,
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
        "startdate": course["created"],
        "visible": 1,
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
