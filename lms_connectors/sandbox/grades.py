"""gradereport_user_get_grade_items: the grades of a course's learners. Only a course that asks for a grade has any.

The stand-in's grade is made up of what was done: all activities 100, none nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from lms_connectors.sandbox import values
from lms_connectors.sandbox.completion import activities_of
from lms_connectors.sandbox.enrolment import members
from lms_connectors.sandbox.refusal import (
    invalid_user,
    missing_record,
    no_access_to_course,
    no_permission,
)
from lms_connectors.sandbox.site import SandboxSite
from lms_connectors.sandbox.users import full_name
from lms_connectors.sandbox.values import Record, Scalar

GRADES = Record({"courseid": Scalar(values.integer), "userid": Scalar(values.integer, 0)})
MOST = 100


def items(site: SandboxSite, db: sqlite3.Connection, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Of one learner where ``userid`` is given, of all otherwise."""
    course = db.execute("SELECT * FROM courses WHERE id = ?", (asked["courseid"],)).fetchone()
    if course is None:
        raise missing_record("course")
    if not site.capable:
        raise no_access_to_course()
    for capability in ("gradereport/user:view", "moodle/grade:viewall"):
        if not site.may(capability):
            raise no_permission(capability)
    learners = members(site, db, course["id"])
    if asked["userid"]:
        learners = [one for one in learners if one["id"] == asked["userid"]]
        if not learners:
            raise invalid_user()
    return {"usergrades": [_learner(db, course, one) for one in learners], "warnings": []}


def _learner(db: sqlite3.Connection, course: sqlite3.Row, user: sqlite3.Row) -> dict[str, Any]:
    rows = activities_of(db, course["id"], user["id"]) if course["criteria"] == "grade" else []
    done = [row for row in rows if row["completed"] is not None]
    return {
        "courseid": course["id"],
        "courseidnumber": course["idnumber"],
        "userid": user["id"],
        "userfullname": full_name(user),
        "useridnumber": user["idnumber"],
        "maxdepth": 2,
        "gradeitems": [
            *(_activity(row) for row in rows),
            _item(course["id"], None, "course", MOST * len(done) / len(rows) if done else None),
        ],
    }


def _activity(row: sqlite3.Row) -> dict[str, Any]:
    graded = row["completed"] is not None
    item = _item(row["id"], row["name"], "mod", MOST if graded else None)
    more: dict[str, Any] = {"idnumber": "", "itemmodule": "assign", "itemnumber": 0, "categoryid": 1}
    if graded:
        more |= {"weightraw": 1, "weightformatted": "100.00 %"}
    return item | more | {"cmid": row["id"]}


def _item(number: int, name: str | None, kind: str, grade: float | None) -> dict[str, Any]:
    raw = None if grade is None else int(grade)
    return {
        "id": number,
        "itemname": name,
        "itemtype": kind,
        "itemmodule": None,
        "iteminstance": number,
        "itemnumber": None,
        "idnumber": None,
        "categoryid": None,
        "outcomeid": None,
        "scaleid": None,
        "locked": False,
        "graderaw": raw,
        "gradedatesubmitted": None,
        "gradedategraded": None if raw is None else 1,
        "gradehiddenbydate": False,
        "gradeneedsupdate": False,
        "gradeishidden": False,
        "gradeislocked": False,
        "gradeisoverridden": False,
        "gradeformatted": "-" if raw is None else f"{raw}.00",
        "grademin": 0,
        "grademax": MOST,
        "rangeformatted": f"0&ndash;{MOST}",
        "percentageformatted": "-" if raw is None else f"{raw}.00 %",
        "feedback": "",
        "feedbackformat": 0,
    }
