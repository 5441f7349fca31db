"""What the pages about needs show."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from service.dates import moment
from service.web.behalf import asks, entered_words
from service.web.rail import closed_word, step_word
from service.web.told import sentence
from workflows.actor import Actor
from workflows.clock import today
from workflows.errors import N_, NotFound, Refused
from workflows.events import need_stream
from workflows.models import Competency, HistoryRow, Need, Posting, ProgrammeVersion
from workflows.people import postings_on
from workflows.rules import allowed

PAGE = 30
STATUSES = ("filed", "taken_up", "declined", "withdrawn")
_WITH = (
    joinedload(Need.author),
    joinedload(Need.operator),
    joinedload(Need.unit),
    joinedload(Need.competency),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One need in a list, with the newest version of the programme that carries it."""

    need: Need
    version: ProgrammeVersion | None
    word: str
    tone: str
    sign: str

    @property
    def entered(self) -> str:
        """Who typed it, where the author did not."""
        operator = self.need.operator
        return _("diinput oleh %(operator)s", operator=operator.name) if operator else ""


def listed(session: Session, status: str, after: int) -> dict[str, Any]:
    """A page of all needs of one status, oldest first, by key."""
    status = status if status in STATUSES else "filed"
    rows = session.scalars(
        select(Need).where(Need.status == status, Need.id > after).options(*_WITH).order_by(Need.id).limit(PAGE + 1)
    ).all()  # fmt: skip
    shown = rows[:PAGE]
    more = url_for("needs.index", keadaan=status, sesudah=shown[-1].id) if len(rows) > PAGE else None
    back = url_for("needs.index", keadaan=status) if after else None
    tabs = [(one, status_words(one)[0], url_for("needs.index", keadaan=one)) for one in STATUSES]
    return {"lines": _lines(session, shown), "status": status, "tabs": tabs, "older": more, "newer": back}


def mine(session: Session, person_id: uuid.UUID) -> list[Line]:
    """What this person filed, newest first."""
    rows = session.scalars(
        select(Need).where(Need.author_id == person_id).options(*_WITH).order_by(Need.id.desc()).limit(PAGE)
    )
    return _lines(session, rows.all())


def entered_by(session: Session, person_id: uuid.UUID) -> list[Line]:
    """What this operator entered for colleagues, newest first."""
    query = select(Need).where(Need.entered_by == person_id).options(*_WITH)
    return _lines(session, session.scalars(query.order_by(Need.id.desc()).limit(PAGE)).all())


def of_my_people(session: Session, person_id: uuid.UUID) -> list[Line]:
    """Waiting needs of those whose direct superior this person is."""
    day = today(session)
    people = select(Posting.person_id).where(
        Posting.superior_id == person_id,
        Posting.valid_from <= day,
        or_(Posting.valid_to.is_(None), Posting.valid_to >= day),
    )
    query = select(Need).where(Need.author_id.in_(people), Need.status == "filed")
    return _lines(session, session.scalars(query.options(*_WITH).order_by(Need.id).limit(PAGE)).all())


def shown(session: Session, need_id: int, me: Actor) -> dict[str, Any]:
    """One need for its author, its author's superior, or those who see all; unknown to others."""
    need = session.get(Need, need_id, options=_WITH)
    relations = _relations(session, need, me) if need is not None else []
    if need is None or not (relations or allowed(me, "need.list")):
        raise NotFound("no_need", N_("Kebutuhan ini tidak ada."))
    open_ = need.status == "filed"
    return {
        "line": _lines(session, [need])[0],
        "events": way(session, need_stream(need.id)),
        "is_author": "author" in relations,
        "entered": entered_words(need, me, by_name=True),
        "asks": asks(need, me),
        "may_complete": open_ and allowed(me, "need.complete", relations),
        "may_decline": open_ and allowed(me, "need.decline"),
        "may_propose": open_ and allowed(me, "programme.propose"),
        "competencies": competencies(session),
    }


def way(session: Session, stream: str) -> list[dict[str, Any]]:
    """The history of a stream for the macro ``timeline``, newest first."""
    rows = session.scalars(
        select(HistoryRow)
        .where(HistoryRow.stream == stream)
        .options(joinedload(HistoryRow.actor), selectinload(HistoryRow.values))
        .order_by(HistoryRow.seq.desc())
    )
    return [
        {"what": sentence(row), "who": row.actor.name if row.actor else _("Sistem"), "when": moment(row.at)}
        for row in rows
    ]


def competencies(session: Session) -> list[tuple[int, str]]:
    rows = session.execute(select(Competency.id, Competency.name).order_by(Competency.name))
    return [(key, name) for key, name in rows]


def known_competency(session: Session, competency_id: int) -> int:
    if session.get(Competency, competency_id) is None:
        raise Refused("competency", N_("Pilih kompetensinya."), field="competency_id")
    return competency_id


def status_words(status: str) -> tuple[str, str, str]:
    """(word, tone, sign) of a need's status."""
    words: dict[str, tuple[str, str, str]] = {
        "filed": (_("Menunggu"), "sun", "clock"),
        "taken_up": (_("Menjadi program"), "leaf", "check"),
        "declined": (_("Tidak dilanjutkan"), "rust", "cross"),
        "withdrawn": (_("Ditarik pengusul"), "plain", "cross"),
    }
    return words[status]


def _relations(session: Session, need: Need, me: Actor) -> list[str]:
    posting = postings_on(session, [need.author_id], today(session)).get(need.author_id)
    is_superior = posting is not None and posting.superior_id == me.person_id
    return [
        name
        for name, holds in (
            ("author", need.author_id == me.person_id),
            ("superior", is_superior),
            ("enterer", need.entered_by is not None and need.entered_by == me.person_id),
        )
        if holds
    ]


def _lines(session: Session, needs: Sequence[Need]) -> list[Line]:
    newest = newest_versions(session, {need.programme_id for need in needs if need.programme_id})
    return [_line(need, newest.get(need.programme_id or 0)) for need in needs]


def _line(need: Need, version: ProgrammeVersion | None) -> Line:
    word, tone, sign = status_words(need.status)
    if version is not None and version.closed_as is not None:
        word, tone, sign = _("Program: %(state)s", state=closed_word(version.closed_as)), "rust", "cross"
    elif version is not None:
        word, tone = _("Program: %(state)s", state=step_word(version.state)), "sea"
    return Line(need, version, word, tone, sign)


def newest_versions(session: Session, programme_ids: Iterable[int]) -> dict[int, ProgrammeVersion]:
    """The version with the highest number of each programme, in one query."""
    rows = session.scalars(
        select(ProgrammeVersion)
        .where(ProgrammeVersion.programme_id.in_(list(programme_ids)))
        .order_by(ProgrammeVersion.number)
    )
    return {row.programme_id: row for row in rows}
