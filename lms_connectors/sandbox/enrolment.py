"""Enrolments: all-or-nothing, repeatable, overwriting; and the list of who is enrolled."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from lms_connectors.sandbox import values
from lms_connectors.sandbox.courses import course_of
from lms_connectors.sandbox.refusal import (
    coding_error,
    invalid_parameter,
    moodle_error,
    no_access_to_course,
    no_manual_instance,
    no_permission,
)
from lms_connectors.sandbox.site import SandboxSite
from lms_connectors.sandbox.users import full_name, identity, is_deleted, pictures
from lms_connectors.sandbox.values import Listing, Record, Scalar

_INT = Scalar(values.integer)
_ZERO = Scalar(values.integer, 0)
ENROL = Record(
    {
        "enrolments": Listing(
            Record(
                {
                    "roleid": _INT,
                    "userid": _INT,
                    "courseid": _INT,
                    "timestart": _ZERO,
                    "timeend": _ZERO,
                    "suspend": _ZERO,
                }
            )
        )
    }
)
UNENROL = Record({"enrolments": Listing(Record({"userid": _INT, "courseid": _INT, "roleid": _ZERO}))})
ENROLLED = Record(
    {
        "courseid": _INT,
        "options": Listing(Record({"name": Scalar(values.word), "value": Scalar(values.raw)}), []),
    }
)
ASSIGNABLE = frozenset({3, 4, 5})
MANUAL = "manual"

_PUT = """INSERT INTO enrolments (course, user, method, suspended, timestart, timeend)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (course, user, method) DO UPDATE SET
suspended = excluded.suspended, timestart = excluded.timestart, timeend = excluded.timeend"""
_OUT_OF_GROUPS = """DELETE FROM group_members WHERE user = ?
AND "group" IN (SELECT id FROM groups WHERE course = ?)"""
_ENROLLED = """SELECT users.*, max(NOT enrolments.suspended AND timestart <= :now
AND (timeend = 0 OR timeend > :now)) AS active
FROM enrolments JOIN users ON users.id = enrolments.user
WHERE course = :course GROUP BY users.id ORDER BY users.id"""


def enrol(site: SandboxSite, db: sqlite3.Connection, asked: Mapping[str, Any]) -> None:
    """enrol_manual_enrol_users: a repeated row overwrites dates and suspension."""
    for row in asked["enrolments"]:
        _may_enrol(site, db, row)
        put(
            db,
            row["courseid"],
            row["userid"],
            suspended=bool(row["suspend"]),
            timestart=row["timestart"],
            timeend=row["timeend"],
        )
        db.execute(
            "INSERT OR IGNORE INTO roles VALUES (?, ?, ?)", (row["courseid"], row["userid"], row["roleid"])
        )


def put(
    db: sqlite3.Connection,
    course: int,
    user: int,
    *,
    method: str = MANUAL,
    suspended: bool = False,
    timestart: int = 0,
    timeend: int = 0,
) -> None:
    db.execute(_PUT, (course, user, method, int(suspended), timestart, timeend))


def _may_enrol(site: SandboxSite, db: sqlite3.Connection, row: Mapping[str, int]) -> None:
    course = course_of(db, row["courseid"])
    if course is None:
        raise invalid_parameter()
    if not site.capable:
        raise no_access_to_course()
    if not site.may("enrol/manual:enrol"):
        raise no_permission("Enrol users")
    if row["roleid"] not in ASSIGNABLE or not site.may("moodle/role:assign"):
        raise moodle_error(
            "wsusercannotassign",
            f"You don't have the permission to assign this role ({row['roleid']})"
            f" to this user ({row['userid']}) in this course ({row['courseid']}).",
        )
    if not course["manual"]:
        raise no_manual_instance()
    if not _exists(db, row["userid"]):
        raise coding_error("User ID does not exist or is deleted!")


def unenrol(site: SandboxSite, db: sqlite3.Connection, asked: Mapping[str, Any]) -> None:
    """enrol_manual_unenrol_users: ``roleid`` is ignored; who is not enrolled is no error."""
    for row in asked["enrolments"]:
        course = course_of(db, row["courseid"], must=True)
        if not site.capable:
            raise no_access_to_course()
        if course is None or not course["manual"]:
            raise no_manual_instance()
        if not site.may("enrol/manual:unenrol"):
            raise no_permission("Unenrol users from the course")
        if not _exists(db, row["userid"]):
            raise invalid_parameter()
        place = (row["courseid"], row["userid"])
        db.execute("DELETE FROM enrolments WHERE course = ? AND user = ? AND method = 'manual'", place)
        db.execute("DELETE FROM roles WHERE course = ? AND user = ?", place)
        db.execute(_OUT_OF_GROUPS, (row["userid"], row["courseid"]))


def _exists(db: sqlite3.Connection, user: int) -> bool:
    there = db.execute("SELECT * FROM users WHERE id = ?", (user,)).fetchone()
    return there is not None and not is_deleted(there)


def enrolled(site: SandboxSite, db: sqlite3.Connection, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """core_enrol_get_enrolled_users: an unknown option is ignored."""
    course = course_of(db, asked["courseid"], must=True)
    if not site.capable:
        raise moodle_error(
            "errorcoursecontextnotvalid",
            f"You cannot execute functions in the course context (course id:{asked['courseid']})."
            " The context error message was: Course or activity not accessible.",
        )
    if not site.may("moodle/course:enrolreview"):
        raise no_permission("View participants")
    options = {option["name"]: option["value"] for option in asked["options"]}
    rows = members(site, db, asked["courseid"])
    if options.get("onlyactive") == "1":
        rows = [row for row in rows if row["active"]]
    start, number = int(options.get("limitfrom", 0)), int(options.get("limitnumber", 0))
    rows = rows[start : start + number] if number else rows[start:]
    assert course is not None
    return [_shown(site, course, row, options.get("userfields", "")) for row in rows]


def members(site: SandboxSite, db: sqlite3.Connection, course: int) -> list[sqlite3.Row]:
    """Everyone enrolled by any method; ``active`` as Moodle reckons it."""
    return db.execute(_ENROLLED, {"course": course, "now": site.seconds()}).fetchall()


def _shown(site: SandboxSite, course: sqlite3.Row, row: sqlite3.Row, fields: str) -> dict[str, Any]:
    if fields:
        known = {"id", "username", "email", "idnumber"} & set(fields.split(","))
        named = {"id": row["id"], "fullname": full_name(row)}
        return named | {name: row[name] for name in sorted(known)}
    about = {"id": course["id"], "fullname": course["fullname"], "shortname": course["shortname"]}
    access = {"firstaccess": 0, "lastaccess": 0, "lastcourseaccess": 0}
    place = {name: row[name] for name in ("city", "country") if row[name]}
    shown = identity(row) | {"department": "", "idnumber": row["idnumber"]} | access | place
    return shown | pictures(site) | {"roles": [_STUDENT], "enrolledcourses": [about]}


_STUDENT = {"roleid": 5, "name": "", "shortname": "student", "sortorder": 0}
