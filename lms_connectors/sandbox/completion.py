"""Completion of a course by one learner, told by its criteria."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from lms_connectors.sandbox import values
from lms_connectors.sandbox.courses import course_of
from lms_connectors.sandbox.enrolment import members
from lms_connectors.sandbox.refusal import invalid_user, moodle_error, no_access_to_course
from lms_connectors.sandbox.site import SandboxSite
from lms_connectors.sandbox.values import Record, Scalar

STATUS = Record({"courseid": Scalar(values.integer), "userid": Scalar(values.integer)})
SELF, ACTIVITY, GRADE = 1, 4, 6
CRITERIA = ("activity", "self", "grade", "none")
_DONE = """SELECT activities.id, activities.name, completed FROM activities
LEFT JOIN activity_completions ON activity = activities.id AND user = :user
WHERE course = :course ORDER BY activities.id"""


def status(site: SandboxSite, db: sqlite3.Connection, asked: Mapping[str, Any]) -> dict[str, Any]:
    """core_completion_get_course_completion_status: no date of the course, only of each criterion."""
    course = course_of(db, asked["courseid"], must=True)
    assert course is not None
    user = asked["userid"]
    _may_see(site, db, course, user)
    completed = course_completed(db, course["id"], user)
    return {
        "completionstatus": {
            "completed": completed is not None,
            "aggregation": 1,
            "completions": _criteria(site, db, course, user, completed),
        },
        "warnings": [],
    }


def _may_see(site: SandboxSite, db: sqlite3.Connection, course: sqlite3.Row, user: int) -> None:
    if not site.capable:
        raise no_access_to_course()
    if db.execute("SELECT 1 FROM users WHERE id = ?", (user,)).fetchone() is None:
        raise invalid_user()
    if not course["tracked"] or not site.may("report/completion:view"):
        raise moodle_error("cannotviewreport", "You cannot view this report")
    if not any(row["id"] == user and row["active"] for row in members(site, db, course["id"])):
        raise moodle_error("usernotenroled", "User is not enrolled in this course")
    if course["criteria"] == "none":
        raise moodle_error("nocriteriaset", "No completion criteria set for this course")


def course_completed(db: sqlite3.Connection, course: int, user: int) -> int | None:
    row = db.execute(
        "SELECT completed FROM course_completions WHERE course = ? AND user = ?", (course, user)
    ).fetchone()
    return row["completed"] if row else None


def activities_of(db: sqlite3.Connection, course: int, user: int) -> list[sqlite3.Row]:
    """Id, name and time of completion (None while open) of each activity."""
    return db.execute(_DONE, {"course": course, "user": user}).fetchall()


def _criteria(
    site: SandboxSite, db: sqlite3.Connection, course: sqlite3.Row, user: int, completed: int | None
) -> list[dict[str, Any]]:
    if course["criteria"] == "activity":
        return [
            _criterion(
                ACTIVITY,
                "Activity completion",
                row["completed"],
                f'<a href="{site.home_page}/mod/page/view.php?id={row["id"]}">{row["name"]}</a>',
                "Viewing the page",
            )
            for row in activities_of(db, course["id"], user)
        ]
    if course["criteria"] == "self":
        return [
            _criterion(SELF, "Self completion", completed, "Self completion", "Marking yourself complete")
        ]
    return [_criterion(GRADE, "Course grade", completed, "Required course grade", "70.00")]


def _criterion(
    kind: int, title: str, completed: int | None, criteria: str, requirement: str
) -> dict[str, Any]:
    return {
        "type": kind,
        "title": title,
        "status": "Yes" if completed is not None else "No",
        "complete": completed is not None,
        "timecompleted": completed,
        "details": {"type": title, "criteria": criteria, "requirement": requirement, "status": ""},
    }
