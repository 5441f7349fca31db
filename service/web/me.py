"""Pages: what belongs to the person who is signed in."""

from __future__ import annotations

from flask import Blueprint

from service.db import reading
from service.web.course_words import course_state, how_far
from service.web.me_view import (
    courses_of,
    identifier_words,
    jp_entries,
    needs_of,
    year_of,
)
from service.web.person_words import EMPLOYMENT
from service.web.support import actor, page
from workflows.actions.polling import progress_of
from workflows.clock import today
from workflows.models import Person
from workflows.people import postings_on

bp = Blueprint("me", __name__)


@bp.get("/saya")
def index() -> str:
    with reading() as session:
        day, person = today(session), session.get_one(Person, actor().person)
        seen = progress_of(session, person.id)
        entries, courses = jp_entries(session, person.id), courses_of(session, person.id)
        return page(
            "me/index.html",
            me=person,
            employment=str(EMPLOYMENT[person.employment_kind]),
            number=identifier_words(person, day),
            posting=postings_on(session, [person.id], day).get(person.id),
            year=year_of(session, person, day, entries),
            entries=entries,
            titles={row.id: row.batch.version.title for row in courses},
            courses=[
                (row, course_state(session, row), how_far(session, seen.get(row.id))) for row in courses
            ],
            needs=needs_of(session, person.id),
        )
