"""Making, copying, changing and removing courses, with the order of checks that a real site keeps."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from lms_connectors.sandbox import values
from lms_connectors.sandbox.courses import CATEGORIES, course_of
from lms_connectors.sandbox.refusal import (
    MoodleRefusal,
    missing_record,
    moodle_error,
    no_access_to_course,
    no_permission,
)
from lms_connectors.sandbox.site import SandboxSite
from lms_connectors.sandbox.store import next_id
from lms_connectors.sandbox.values import Listing, Record, Scalar

_INT, _TEXT, _RAW = Scalar(values.integer), Scalar(values.without_tags), Scalar(values.raw)
_MAYBE_INT, _MAYBE_RAW = Scalar(values.integer, None), Scalar(values.raw, None)
_SETTABLE = {
    "summary": _MAYBE_RAW,
    "summaryformat": _MAYBE_INT,
    "format": _MAYBE_RAW,
    "numsections": _MAYBE_INT,
    "startdate": _MAYBE_INT,
    "enddate": _MAYBE_INT,
    "visible": _MAYBE_INT,
    "enablecompletion": _MAYBE_INT,
    "lang": _MAYBE_RAW,
}
CREATE = Record(
    {
        "courses": Listing(
            Record(
                {
                    "fullname": _TEXT,
                    "shortname": _TEXT,
                    "categoryid": _INT,
                    "idnumber": Scalar(values.raw, ""),
                }
                | _SETTABLE
            )
        )
    }
)
_OPTION = Record({"name": Scalar(values.word), "value": _RAW})
DUPLICATE = Record(
    {
        "courseid": _INT,
        "fullname": _TEXT,
        "shortname": _TEXT,
        "categoryid": _INT,
        "visible": Scalar(values.integer, 1),
        "options": Listing(_OPTION, []),
    }
)
UPDATE = Record(
    {
        "courses": Listing(
            Record(
                {
                    "id": _INT,
                    "fullname": Scalar(values.without_tags, None),
                    "shortname": Scalar(values.without_tags, None),
                    "idnumber": _MAYBE_RAW,
                }
                | _SETTABLE
            )
        )
    }
)
DELETE = Record({"courseids": Listing(_INT)})
_CAPABILITY_OF = {"fullname": "changefullname", "shortname": "changeshortname", "idnumber": "changeidnumber"}
_TABLES = (
    'DELETE FROM group_members WHERE "group" IN (SELECT id FROM groups WHERE course = ?)',
    "DELETE FROM groups WHERE course = ?",
    "DELETE FROM enrolments WHERE course = ?",
    "DELETE FROM roles WHERE course = ?",
    "DELETE FROM course_completions WHERE course = ?",
    "DELETE FROM activity_completions WHERE activity IN (SELECT id FROM activities WHERE course = ?)",
    "DELETE FROM activities WHERE course = ?",
    "DELETE FROM course_places WHERE course = ?",
    "DELETE FROM courses WHERE id = ?",
)


def create(site: SandboxSite, db: sqlite3.Connection, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """core_course_create_courses: all of them or none."""
    return [_create_one(site, db, row) for row in asked["courses"]]


def _create_one(site: SandboxSite, db: sqlite3.Connection, row: Mapping[str, Any]) -> dict[str, Any]:
    if row["categoryid"] not in CATEGORIES:
        message = f"You cannot execute functions in the category context (category id:{row['categoryid']})."
        raise moodle_error("errorcatcontextnotvalid", message)
    if not site.may("moodle/course:create"):
        raise no_permission("Create courses")
    if row["lang"] == "":
        raise moodle_error("errorinvalidparam", 'The param "lang" is invalid.')
    _free(db, row["shortname"], row["idnumber"])
    number = _insert(site, db, row["fullname"], row["shortname"], row["idnumber"], "none")
    visible = 1 if row["visible"] is None else row["visible"]
    _place(db, number, row["categoryid"], visible, row["startdate"], row["enddate"])
    db.execute("UPDATE courses SET tracked = ? WHERE id = ?", (row["enablecompletion"] or 0, number))
    db.execute("UPDATE course_places SET made = 1 WHERE course = ?", (number,))
    return {"id": number, "shortname": row["shortname"]}


def duplicate(site: SandboxSite, db: sqlite3.Connection, asked: Mapping[str, Any]) -> dict[str, Any]:
    """core_course_duplicate_course: activities and settings, no people."""
    template = course_of(db, asked["courseid"])
    if template is None:
        raise moodle_error("invalidcourseid", "You are trying to use an invalid course ID")
    if asked["categoryid"] not in CATEGORIES:
        raise missing_record("course_categories")
    for capability in ("moodle/course:create", "moodle/restore:restorecourse", "moodle/backup:backupcourse"):
        if not site.may(capability):
            raise no_permission(capability)
    _free(db, asked["shortname"], "", of=asked["fullname"])
    number = _insert(site, db, asked["fullname"], asked["shortname"], "", template["criteria"])
    _place(db, number, asked["categoryid"], asked["visible"], template["startdate"], template["enddate"])
    db.execute(
        "UPDATE courses SET tracked = ?, manual = ? WHERE id = ?",
        (template["tracked"], template["manual"], number),
    )
    names = db.execute(
        "SELECT name FROM activities WHERE course = ? ORDER BY id", (template["id"],)
    ).fetchall()
    for row in names:
        db.execute(
            "INSERT INTO activities VALUES (?, ?, ?)", (next_id(db, "activities"), number, row["name"])
        )
    return {"id": number, "shortname": asked["shortname"]}


def update(site: SandboxSite, db: sqlite3.Connection, asked: Mapping[str, Any]) -> dict[str, Any]:
    """core_course_update_courses: row by row; a bad row is a warning."""
    warnings = []
    for row in asked["courses"]:
        try:
            _update_one(site, db, row)
        except MoodleRefusal as refusal:
            warnings.append(
                {
                    "item": "course",
                    "itemid": row["id"],
                    "warningcode": refusal.errorcode,
                    "message": refusal.message,
                }
            )
    return {"warnings": warnings}


def _update_one(site: SandboxSite, db: sqlite3.Connection, row: Mapping[str, Any]) -> None:
    course = course_of(db, row["id"], must=True)
    assert course is not None
    if not site.may("moodle/course:update"):
        raise no_permission("Update course settings")
    changed = {name: row[name] for name in _CAPABILITY_OF if row[name] not in (None, course[name])}
    for name in changed:
        if not site.may(f"moodle/course:{_CAPABILITY_OF[name]}"):
            raise no_permission(name)
    _free(db, changed.get("shortname", ""), changed.get("idnumber", ""))
    names = ("fullname", "shortname", "idnumber")
    db.execute(
        "UPDATE courses SET fullname = ?, shortname = ?, idnumber = ?, tracked = ? WHERE id = ?",
        (
            *(changed.get(name, course[name]) for name in names),
            course["tracked"] if row["enablecompletion"] is None else row["enablecompletion"],
            row["id"],
        ),
    )
    kept = {
        name: course[name] if row[name] is None else row[name] for name in ("startdate", "enddate", "visible")
    }
    visible = 1 if kept["visible"] is None else kept["visible"]
    _place(db, row["id"], course["category"] or 6, visible, kept["startdate"], kept["enddate"])


def delete(site: SandboxSite, db: sqlite3.Connection, asked: Mapping[str, Any]) -> dict[str, Any]:
    """core_course_delete_courses: a bad row is a warning."""
    warnings = []
    for number in asked["courseids"]:
        if course_of(db, number) is None:
            warnings.append(_warning(number, "unknowncourseidnumber", f"Unknown course ID {number}"))
        elif not site.capable:
            raise no_access_to_course()
        elif not site.may("moodle/course:delete") and not _made_by_service(site, db, number):
            message = f"You do not have the permission to delete this course{number}"
            warnings.append(_warning(number, "cannotdeletecourse", message))
        else:
            for statement in _TABLES:
                db.execute(statement, (number,))
    return {"warnings": warnings}


def _made_by_service(site: SandboxSite, db: sqlite3.Connection, number: int) -> bool:
    """Who made a course may remove it within a day; a copy does not count as made."""
    day_ago = site.seconds() - 24 * 3600
    query = "SELECT 1 FROM courses JOIN course_places ON course = id WHERE id = ? AND made AND created > ?"
    made = db.execute(query, (number, day_ago)).fetchone() is not None
    return made and site.may("moodle/course:create")


def _warning(number: int, code: str, message: str) -> dict[str, Any]:
    return {"item": "course", "itemid": number, "warningcode": code, "message": message}


def _free(db: sqlite3.Connection, shortname: str, idnumber: str, of: str = "") -> None:
    if shortname and db.execute("SELECT 1 FROM courses WHERE shortname = ?", (shortname,)).fetchone():
        said = of or shortname
        raise moodle_error("shortnametaken", f"Short name is already used for another course ({said})")
    if idnumber and db.execute("SELECT 1 FROM courses WHERE idnumber = ?", (idnumber,)).fetchone():
        message = f"ID number is already used for another course ({idnumber})"
        raise moodle_error("courseidnumbertaken", message)


def _insert(
    site: SandboxSite, db: sqlite3.Connection, fullname: str, shortname: str, idnumber: str, criteria: str
) -> int:
    number = next_id(db, "courses")
    db.execute(
        "INSERT INTO courses VALUES (?, ?, ?, ?, ?, 1, 1, ?)",
        (number, fullname, shortname, idnumber, criteria, site.seconds()),
    )
    return number


def _place(
    db: sqlite3.Connection, number: int, category: int, visible: int, start: int | None, end: int | None
) -> None:
    db.execute(
        "INSERT INTO course_places VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (course) DO UPDATE SET"
        " category = excluded.category, visible = excluded.visible,"
        " startdate = excluded.startdate, enddate = excluded.enddate",
        (number, category, visible, start or 0, end or 0),
    )
