"""Groups of a course: all-or-nothing in a call, a name and an idnumber once in a course."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from lms_connectors.sandbox import values
from lms_connectors.sandbox.courses import course_of
from lms_connectors.sandbox.refusal import (
    invalid_parameter,
    invalid_user,
    missing_record,
    moodle_error,
    no_permission,
)
from lms_connectors.sandbox.site import SandboxSite
from lms_connectors.sandbox.store import next_id
from lms_connectors.sandbox.values import Listing, Record, Scalar

_INT = Scalar(values.integer)
CREATE = Record(
    {
        "groups": Listing(
            Record(
                {
                    "courseid": _INT,
                    "name": Scalar(values.without_tags),
                    "description": Scalar(values.raw),
                    "idnumber": Scalar(values.raw, ""),
                }
            )
        )
    }
)
OF_COURSE = Record({"courseid": _INT})
MEMBERS = Record({"groupids": Listing(_INT)})
CHANGE = Record({"members": Listing(Record({"groupid": _INT, "userid": _INT}))})


def create(site: SandboxSite, db: sqlite3.Connection, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """core_group_create_groups."""
    return [_create_one(site, db, row) for row in asked["groups"]]


def _create_one(site: SandboxSite, db: sqlite3.Connection, row: Mapping[str, Any]) -> dict[str, Any]:
    place = (row["courseid"], row["name"])
    if not row["name"].strip():
        raise invalid_parameter()
    if db.execute("SELECT 1 FROM groups WHERE course = ? AND name = ?", place).fetchone():
        raise invalid_parameter()
    _may_manage(site, db, row["courseid"])
    taken = "SELECT 1 FROM groups WHERE course = ? AND idnumber = ? AND idnumber <> ''"
    if db.execute(taken, (row["courseid"], row["idnumber"])).fetchone():
        raise moodle_error("idnumbertaken", "This ID number is already in use")
    number = next_id(db, "groups")
    db.execute("INSERT INTO groups VALUES (?, ?, ?, ?)", (number, *place, row["idnumber"]))
    return _shown(
        {"id": number, "course": row["courseid"], "name": row["name"], "idnumber": row["idnumber"]}, ""
    )


def of_course(site: SandboxSite, db: sqlite3.Connection, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """core_group_get_course_groups."""
    _may_manage(site, db, asked["courseid"])
    rows = db.execute("SELECT * FROM groups WHERE course = ? ORDER BY name", (asked["courseid"],))
    return [_shown(row, None) for row in rows]


def members_of(site: SandboxSite, db: sqlite3.Connection, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """core_group_get_group_members."""
    answer = []
    for number in asked["groupids"]:
        _group(site, db, number)
        rows = db.execute('SELECT user FROM group_members WHERE "group" = ? ORDER BY user', (number,))
        answer.append({"groupid": number, "userids": [row["user"] for row in rows]})
    return answer


def add(site: SandboxSite, db: sqlite3.Connection, asked: Mapping[str, Any]) -> None:
    """core_group_add_group_members: who is in it already is no error, who is not enrolled is one."""
    for row in asked["members"]:
        group = _group(site, db, row["groupid"])
        _person(db, row["userid"])
        enrolled = "SELECT 1 FROM enrolments WHERE course = ? AND user = ?"
        if not db.execute(enrolled, (group["course"], row["userid"])).fetchone():
            raise invalid_parameter()
        db.execute("INSERT OR IGNORE INTO group_members VALUES (?, ?)", (row["groupid"], row["userid"]))


def take_out(site: SandboxSite, db: sqlite3.Connection, asked: Mapping[str, Any]) -> None:
    """core_group_delete_group_members: who is not in it is no error."""
    for row in asked["members"]:
        _group(site, db, row["groupid"])
        _person(db, row["userid"])
        place = (row["groupid"], row["userid"])
        db.execute('DELETE FROM group_members WHERE "group" = ? AND user = ?', place)


def _group(site: SandboxSite, db: sqlite3.Connection, number: int) -> sqlite3.Row:
    group: sqlite3.Row | None = db.execute("SELECT * FROM groups WHERE id = ?", (number,)).fetchone()
    if group is None:
        raise missing_record("groups")
    _may_manage(site, db, group["course"])
    return group


def _person(db: sqlite3.Connection, user: int) -> None:
    if db.execute("SELECT 1 FROM users WHERE id = ?", (user,)).fetchone() is None:
        raise invalid_user()


def _may_manage(site: SandboxSite, db: sqlite3.Connection, course: int) -> None:
    if course_of(db, course) is None or not site.capable:
        message = f"You cannot execute functions in the course context (course id:{course})."
        raise moodle_error("errorcoursecontextnotvalid", message)
    if not site.may("moodle/course:managegroups"):
        raise no_permission("Manage groups")


def _shown(group: Mapping[str, Any] | sqlite3.Row, key: str | None) -> dict[str, Any]:
    return {
        "id": group["id"],
        "courseid": group["course"],
        "name": group["name"],
        "description": "",
        "descriptionformat": 1,
        "enrolmentkey": key,
        "idnumber": group["idnumber"],
        "visibility": 0,
        "participation": True,
    }
