"""Batches of a version for the pages: their dates and counts, and who can go over to another."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload

from service.dates import short_date
from service.web.enrolment_words import Chip
from service.web.moodle_words import sentence
from workflows.actor import Actor
from workflows.batches import batches_of, is_over
from workflows.clock import today
from workflows.models import Batch, Completion, CourseGrouping, Enrolment, Person, ProgrammeVersion
from workflows.people import postings_on
from workflows.rules import allowed

PAGE = 100
OPEN_STATES = ("approved", "running")


def batch_rows(session: Session, version: ProgrammeVersion) -> list[dict[str, Any]]:
    """By number: dates in words, how many take part, are in Moodle, in the group there, and done.

    ``empty``: nobody ever was in it.
    """
    active = case((Enrolment.desired == "active", 1), else_=0)
    placed = case(((Enrolment.placed_in == Batch.group_key) & (Enrolment.desired == "active"), 1), else_=0)
    on_site = case((Enrolment.applied == "active", 1), else_=0)
    rows = session.execute(
        select(
            Batch,
            func.count(Enrolment.id),
            func.sum(active),
            func.sum(on_site),
            func.sum(placed),
            func.count(Completion.id),
        )
        .outerjoin(Enrolment, Enrolment.batch_id == Batch.id)
        .outerjoin(Completion, Completion.enrolment_id == Enrolment.id)
        .where(Batch.version_id == version.id)
        .group_by(Batch.id)
        .order_by(Batch.number)
    )
    day = today(session)
    return [
        {
            "batch": batch,
            "label": batch_word(batch),
            "dates": dates_word(batch),
            "taking_part": int(taking or 0),
            "on_site": int(held or 0),
            "placed": int(placed_there or 0),
            "finished": done,
            "empty": not every,
            "over": is_over(batch, day),
            "chip": _chip(batch, day),
        }
        for batch, every, taking, held, placed_there, done in rows
    ]


def group_trouble(session: Session, version: ProgrammeVersion) -> str:
    """Why the groups of the course are not in step, in words; empty when all is well."""
    row = session.get(CourseGrouping, (version.site_id or 0, version.course_ref))
    if row is not None:
        return sentence(row.error_code)
    refused = (
        select(Enrolment.place_error)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .where(Batch.version_id == version.id, Enrolment.place_error != "")
        .limit(1)
    )
    code = session.scalar(refused)
    return sentence(code) if code else ""


def batch_word(batch: Batch) -> str:
    return str(_("Angkatan %(number)s", number=batch.number))


def dates_word(batch: Batch) -> str:
    """``6 Apr 2027 – 9 Apr 2027``."""
    return f"{short_date(batch.starts_on)} – {short_date(batch.ends_on)}"


def _chip(batch: Batch, day: date) -> Chip:
    if is_over(batch, day):
        return _("Sudah selesai"), "plain", "check"
    if batch.starts_on <= day:
        return _("Sedang berlangsung"), "leaf", "clock"
    return _("Belum mulai"), "sea", "calendar"


def may_arrange(version: ProgrammeVersion, me: Actor) -> bool:
    alive = version.closed_as is None and version.state in OPEN_STATES
    return alive and allowed(me, "batch.arrange")


def joinable(session: Session, version: ProgrammeVersion) -> list[tuple[int, str]]:
    """(number, label) of the batches that new people can enter; nothing to choose where there is only one."""
    day = today(session)
    known = batches_of(session, version.id)
    open_ones = [
        (one.number, f"{batch_word(one)} ({dates_word(one)})") for one in known if not is_over(one, day)
    ]
    return open_ones if len(known) > 1 else []


def movable(
    session: Session, version: ProgrammeVersion, from_number: int | None, page: int
) -> dict[str, Any]:
    """``people`` (options of a form, by name) who take part, are not done, and whose batch is not over."""
    day = today(session)
    query = (
        select(Enrolment)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Completion, Completion.enrolment_id == Enrolment.id)
        .where(
            Batch.version_id == version.id,
            Batch.ends_on >= day,
            Enrolment.desired == "active",
            Completion.id.is_(None),
        )
        .options(joinedload(Enrolment.person), joinedload(Enrolment.batch))
        .order_by(Batch.number, Person.name, Enrolment.id)
    )
    if from_number is not None:
        query = query.where(Batch.number == from_number)
    rows = session.scalars(query.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    places = postings_on(session, [row.person_id for row in rows[:PAGE]], day)
    return {
        "people": [_option(row, places.get(row.person_id)) for row in rows[:PAGE]],
        "whose": [row.person_id for row in rows[:PAGE]],
        "more": len(rows) > PAGE,
        "page": page,
        "from_number": from_number,
        "targets": joinable(session, version),
    }


def _option(row: Enrolment, posting: Any) -> dict[str, str]:
    place = posting.unit.short_name if posting is not None else _("unit kerja belum tercatat")
    return {"value": str(row.id), "label": row.person.name, "hint": f"{batch_word(row.batch)} · {place}"}
