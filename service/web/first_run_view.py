"""What a first delivery would do, with names, for whoever decides about it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.web.moodle_words import sentence
from workflows.first_run import CoursePlan, from_text
from workflows.models import Enrolment, FirstRun, Person, Site

MOST_NAMES = 200
"""Names in one list; above that a count says the rest."""


def first_run_of(session: Session, site: Site) -> dict[str, Any]:
    """``run``, its ``courses`` in words, ``waiting`` rows now, and whether it can be agreed to."""
    run = session.get(FirstRun, site.id)
    courses = from_text(run.plan) if run else []
    names = _names(session, courses)
    of_site = (Enrolment.site_id == site.id, Enrolment.status == "waiting")
    waiting = session.scalar(select(func.count()).select_from(Enrolment).where(*of_site)) or 0
    return {
        "site": site,
        "run": run,
        "open": run is not None and run.confirmed_at is None,
        "waiting": waiting,
        "courses": [_course(course, names) for course in courses],
        "ready": bool(courses) and not any(course.error for course in courses),
        "figures_of": {
            name: sum(len(getattr(course, name)) for course in courses)
            for name in ("make", "enrol", "suspend", "remove", "settled", "problems")
        },
    }


def _names(session: Session, courses: list[CoursePlan]) -> dict[int, str]:
    """Of the enrolments that are listed, a thousand at a time."""
    wanted = [key for course in courses for kind in _kinds(course) for key in kind[1][:MOST_NAMES]]
    found: dict[int, str] = {}
    for start in range(0, len(wanted), 1000):
        query = select(Enrolment.id, Person.name).join(Person, Person.id == Enrolment.person_id)
        rows = session.execute(query.where(Enrolment.id.in_(wanted[start : start + 1000])))
        found |= {row[0]: row[1] for row in rows}
    return found


def _kinds(course: CoursePlan) -> list[tuple[str, list[int]]]:
    return [
        (_("Akun dibuat, lalu didaftarkan"), course.make),
        (_("Didaftarkan atau diaktifkan"), course.enrol),
        (_("Ditangguhkan"), course.suspend),
        (_("Dikeluarkan"), course.remove),
        (_("Sudah sesuai"), course.settled),
        (_("Perlu akun"), [key for key, _code in course.problems]),
    ]


def _course(course: CoursePlan, names: dict[int, str]) -> dict[str, Any]:
    reasons = {key: sentence(code) for key, code in course.problems}
    lists = [
        {
            "word": word,
            "count": len(keys),
            "people": [
                {"name": names.get(key, ""), "note": reasons.get(key, "")} for key in keys[:MOST_NAMES]
            ],
            "more": max(len(keys) - MOST_NAMES, 0),
        }
        for word, keys in _kinds(course)
        if keys
    ]
    error = sentence(course.error) if course.error else ""
    return {
        "title": course.title or course.course_ref,
        "lists": lists,
        "others": course.others,
        "error": error,
    }
