"""The stand-in's own small pages: courses, who is enrolled, and buttons for what learners would do."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms_connectors.sandbox import learning
from lms_connectors.sandbox.completion import activities_of, course_completed
from lms_connectors.sandbox.courses import course_of
from lms_connectors.sandbox.enrolment import members
from lms_connectors.sandbox.outbox import Outbox
from lms_connectors.sandbox.refusal import MoodleRefusal
from lms_connectors.sandbox.site import SandboxSite
from lms_connectors.sandbox.users import full_name

_COURSES = """SELECT courses.*,
(SELECT count(DISTINCT user) FROM enrolments WHERE course = courses.id) AS people,
(SELECT count(*) FROM course_completions WHERE course = courses.id) AS completed FROM courses ORDER BY id"""


@dataclass(frozen=True)
class Line:
    """One learner on the page. The user name is a civil servant's number: only its end is shown."""

    user_id: int
    name: str
    username: str
    active: bool
    done: int
    total: int
    completed: bool


def install(app: Flask, site: SandboxSite, outbox: Outbox) -> None:
    def home() -> str:
        with site.store.reading() as db:
            courses = db.execute(_COURSES).fetchall()
        return render_template("sandbox/home.html", courses=courses, site=site, standing=outbox.standing())

    def course() -> str:
        with site.store.reading() as db:
            about = course_of(db, request.args.get("id", 0, int)) or abort(404)
            lines = [_line(db, about["id"], row) for row in members(site, db, about["id"])]
        return render_template(
            "sandbox/course.html", course=about, lines=lines, site=site, standing=outbox.standing()
        )

    def complete() -> Response:
        _same_origin()
        number = request.form.get("course", 0, int)
        _do(site, number, request.form.get("user", 0, int), request.form.get("what", ""))
        outbox.send()
        return redirect(url_for("course", id=number), 303)

    def resend() -> Response:
        _same_origin()
        outbox.send()
        return redirect(url_for("home"), 303)

    app.add_url_rule("/", "home", home)
    app.add_url_rule("/course/view.php", "course", course)
    app.add_url_rule("/complete", "complete", complete, methods=["POST"])
    app.add_url_rule("/resend", "resend", resend, methods=["POST"])
    app.after_request(_headers)


def _do(site: SandboxSite, course: int, user: int, what: str) -> None:
    choices: dict[str, Callable[[], None]] = {
        "activity": lambda: learning.complete_activity(site, course, user),
        "course": lambda: learning.complete_course(site, course, user),
        "all": lambda: learning.complete_for_all(site, course),
    }
    if what not in choices:
        abort(400)
    try:
        choices[what]()
    except MoodleRefusal:
        abort(409)


def _line(db: sqlite3.Connection, course: int, row: sqlite3.Row) -> Line:
    activities = activities_of(db, course, row["id"])
    done = sum(activity["completed"] is not None for activity in activities)
    completed = course_completed(db, course, row["id"]) is not None
    return Line(
        row["id"],
        full_name(row),
        masked(row["username"]),
        bool(row["active"]),
        done,
        len(activities),
        completed,
    )


def masked(username: str) -> str:
    return "•" * 3 + username[-3:]


def _same_origin() -> None:
    """A form of another page may not press these buttons."""
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host:
        abort(403)


def _headers(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    policy = (
        "default-src 'none'; style-src 'self' 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    )
    response.headers.setdefault("Content-Security-Policy", policy)
    return response
