"""The access log in words: who looked at what, when; for the person it is about, and whole for those who guard it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.dates import moment
from service.web.audit_form import OF_AUDIT, asked_words
from service.web.words import _
from workflows.clock import today
from workflows.looks import WHAT, all_looks, looks_at, people_on
from workflows.models import Look, Posting, ProgrammeVersion
from workflows.people import postings_on

PAGE = 30
OF_VERSION = "version:"


def looks_of_mine(session: Session, person_id: uuid.UUID, before: int | None) -> dict[str, Any]:
    """``rows`` for the macro ``timeline``, a page at a time; ``older`` = the id to go on from, or None."""
    return _page(session, looks_at(session, person_id, before, PAGE + 1))


def whole_log(session: Session, before: int | None, what: str) -> dict[str, Any]:
    """As above for everybody's, with how many people's data each look showed, what an auditor filtered by, and
    ``whose`` looks they were.
    """
    rows = all_looks(session, before, PAGE + 1, what if what in WHAT else "")
    page, counts = _page(session, rows), people_on(session, [row.id for row in rows[:PAGE]])
    filters = {row.id: asked_words(row.ref) for row in rows[:PAGE] if row.ref.startswith(OF_AUDIT)}
    for line in page["rows"]:
        people = counts.get(line["id"], 0)
        line["why"] = line["why"] or filters.get(line["id"], "")
        line["what"] = (
            _("%(what)s: %(count)s orang", what=line["what"], count=people) if people else line["what"]
        )
    return {**page, "whose": [row.viewer_id for row in rows[:PAGE]], "what": what if what in WHAT else ""}


def kinds() -> list[tuple[str, str]]:
    """(code, words) of every look that is written down."""
    return [(code, gettext(words)) for code, words in WHAT.items()]


def _page(session: Session, rows: Sequence[Look]) -> dict[str, Any]:
    shown = rows[:PAGE]
    places = postings_on(session, {row.viewer_id for row in shown}, today(session))
    titles = _titles(session, shown)
    return {
        "rows": [
            {
                "id": row.id,
                "who": _who(row, places),
                "what": gettext(WHAT.get(row.what, row.what)),
                "why": titles.get(row.ref, ""),
                "when": moment(row.at),
            }
            for row in shown
        ],
        "older": shown[-1].id if len(rows) > PAGE else None,
    }


def _who(row: Look, places: Mapping[uuid.UUID, Posting]) -> str:
    place = places.get(row.viewer_id)
    return f"{row.viewer.name} ({place.unit.name})" if place else row.viewer.name


def _titles(session: Session, rows: Sequence[Look]) -> dict[str, str]:
    """Titles of the programmes that were opened, by ``ref``."""
    ids = {int(row.ref.removeprefix(OF_VERSION)) for row in rows if row.ref.startswith(OF_VERSION)}
    found = session.execute(
        select(ProgrammeVersion.id, ProgrammeVersion.title).where(ProgrammeVersion.id.in_(ids))
    )
    return {f"{OF_VERSION}{version_id}": title for version_id, title in found}
