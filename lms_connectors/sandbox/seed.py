"""Courses put on the stand-in before it is shown. Repeating changes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lms_connectors.sandbox.completion import CRITERIA
from lms_connectors.sandbox.site import SandboxSite
from lms_connectors.sandbox.store import next_id


@dataclass(frozen=True)
class SeedCourse:
    """``criteria``: ``activity`` (all of them), ``self``, ``grade`` or ``none``. ``shortname`` is the key."""

    fullname: str
    shortname: str
    idnumber: str = ""
    activities: Sequence[str] = ("Materi Pengantar", "Kuis Akhir")
    criteria: str = "activity"
    tracked: bool = True
    manual: bool = True
    ref: int | None = None


@dataclass(frozen=True)
class SeedUser:
    username: str
    firstname: str
    lastname: str
    email: str
    idnumber: str = ""
    auth: str = "manual"
    suspended: bool = False
    city: str = ""
    country: str = ""
    ref: int | None = None


def seed_courses(site: SandboxSite, courses: Iterable[SeedCourse]) -> list[int]:
    """Their ids, in order; a short name that is there already keeps its course."""
    with site.store.writing() as db:
        return [_course(site, db, course) for course in courses]


def _course(site: SandboxSite, db: sqlite3.Connection, course: SeedCourse) -> int:
    if course.criteria not in CRITERIA:
        raise ValueError(f"criteria must be one of {CRITERIA}")
    there = db.execute("SELECT id FROM courses WHERE shortname = ?", (course.shortname,)).fetchone()
    if there:
        return int(there["id"])
    number = course.ref or next_id(db, "courses")
    names = (number, course.fullname, course.shortname, course.idnumber, course.criteria)
    db.execute(
        "INSERT INTO courses VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*names, int(course.tracked), int(course.manual), site.seconds()),
    )
    for name in course.activities:
        db.execute("INSERT INTO activities VALUES (?, ?, ?)", (next_id(db, "activities"), number, name))
    return number


def seed_users(site: SandboxSite, users: Iterable[SeedUser]) -> list[int]:
    """Accounts that were on the site before us; their ids, in order."""
    with site.store.writing() as db:
        return [_user(db, user) for user in users]


def _user(db: sqlite3.Connection, user: SeedUser) -> int:
    there = db.execute("SELECT id FROM users WHERE username = ?", (user.username,)).fetchone()
    if there:
        return int(there["id"])
    number = user.ref or next_id(db, "users")
    names = (user.username, user.idnumber, user.firstname, user.lastname, user.email, user.auth)
    place = (int(user.suspended), user.city, user.country)
    db.execute("INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (number, *names, *place))
    return number
