"""How far a learner's course is, in words; what is not heard from Moodle is said with since when."""

from __future__ import annotations

from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from service.dates import short_date
from workflows.clock import local_day, today
from workflows.models import CoursePoll, CourseProgress, Enrolment


def course_state(session: Session, row: Enrolment) -> dict[str, str]:
    """How far a course is, in words: {word, tone, sign, note}."""
    ends = row.batch.ends_on
    if row.completion is not None:
        day = local_day(session, row.completion.effective_at)
        return _state(_("Tuntas belajar"), "leaf", "check", _("selesai %(day)s", day=short_date(day)))
    if row.desired != "active":
        return _state(_("Dihentikan"), "plain", "cross", "")
    if row.applied != "active":
        since = short_date(local_day(session, row.enrolled_at))
        return _state(_("Menunggu Moodle"), "sun", "clock", _("sejak %(day)s; diurus otomatis", day=since))
    if today(session) > ends:
        return _state(_("Belum tiba"), "sun", "clock", _not_arrived(session, row))
    return _state(_("Terdaftar di Moodle"), "sea", "check", _("sampai %(day)s", day=short_date(ends)))


def _state(word: str, tone: str, sign: str, note: str) -> dict[str, str]:
    return {"word": word, "tone": tone, "sign": sign, "note": note}


def _not_arrived(session: Session, row: Enrolment) -> str:
    """Since when Moodle was last heard about this course; the end of the class where it was never asked."""
    poll = session.get(CoursePoll, (row.site_id, row.course_ref))
    ends = short_date(row.batch.ends_on)
    if poll is None or poll.answered_at is None:
        return str(_("kelas berakhir %(day)s; laporan selesai dari Moodle belum tiba", day=ends))
    asked = short_date(local_day(session, poll.answered_at))
    if poll.failures:
        return str(
            _("belum tiba dari Moodle sejak %(asked)s; Moodle belum menjawab lagi, dicoba terus", asked=asked)
        )
    return str(
        _(
            "kelas berakhir %(day)s; menurut Moodle belum selesai (ditanyakan %(asked)s)",
            day=ends,
            asked=asked,
        )
    )


def how_far(session: Session, seen: CourseProgress | None) -> dict[str, Any] | None:
    """{done, total, grade, read} for the page; None where Moodle told nothing yet."""
    if seen is None or not (seen.steps_total or seen.grade is not None):
        return None
    return {
        "done": seen.steps_done,
        "total": seen.steps_total,
        "grade": "" if seen.grade is None else format_decimal(round(seen.grade, 1)),
        "read": short_date(local_day(session, seen.read_at)),
    }
