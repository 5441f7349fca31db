"""Erasing what is past its term, and nothing else (UU 27/2022, R39). The chain of history stays whole without words.

Official decisions, JP and what people gave to programmes are kept; what goes are words beside the history, private
notes of preparers and the access log. A term that nobody entered is a refusal: nothing goes.
"""

from __future__ import annotations

import calendar
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, Delete, Select, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from workflows.actor import Actor
from workflows.clock import now, today
from workflows.events import PRIVACY_REGISTER
from workflows.history import record
from workflows.models import HistoryRow, HistoryValue, Look, LookedAt, PreparerComment
from workflows.origin import ORIGIN_KEYS
from workflows.parameters import whole_number
from workflows.rules import require


@dataclass(frozen=True, slots=True)
class Due:
    """How many values and looks are past their term, or went."""

    words: int
    looks: int


def due(session: Session, person_id: uuid.UUID | None = None) -> Due:
    """What may be erased today: of everybody, or a person's words alone."""
    history = select(func.count()).select_from(HistoryValue).where(_old_words(session, person_id))
    notes = select(func.count()).where(*_old_notes(session, person_id))
    words = (session.scalar(history) or 0) + (session.scalar(notes) or 0)
    if person_id is not None:
        return Due(words, 0)
    return Due(words, session.scalar(select(func.count()).where(_old_looks(session))) or 0)


def erase_due(session: Session, *, actor: Actor, sessions: int = 0) -> Due:
    """Everybody's; noted in the register with its counts (``sessions``: sign-ins that the caller erased with it)."""
    require(actor, "history.erase")
    words = _erase_words(session, None)
    old = select(Look.id).where(_old_looks(session))
    session.execute(delete(LookedAt).where(LookedAt.look_id.in_(old)))
    looks = _gone(session, delete(Look).where(_old_looks(session)))
    if words + looks + sessions:
        record(
            session,
            "privacy.erased",
            stream=PRIVACY_REGISTER,
            actor=actor,
            words=words,
            looks=looks,
            sessions=sessions,
        )
    return Due(words, looks)


def erase_words_of(session: Session, person_id: uuid.UUID) -> int:
    """A person's own words in the history whose term is over; the caller notes it. How many."""
    return _erase_words(session, person_id)


def months_before(moment: datetime, months: int) -> datetime:
    """The same day and hour so many months earlier, or the last day of a shorter month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def _erase_words(session: Session, person_id: uuid.UUID | None) -> int:
    words = _gone(session, delete(HistoryValue).where(_old_words(session, person_id)))
    return words + _gone(session, delete(PreparerComment).where(*_old_notes(session, person_id)))


def _old_words(session: Session, person_id: uuid.UUID | None) -> ColumnElement[bool]:
    """Words by their term; from where a deed was done by the shorter one of sign-ins."""
    words = HistoryValue.row_id.in_(_rows_before(session, "retention.own_words_months", person_id))
    places = HistoryValue.row_id.in_(_rows_before(session, "retention.sign_in_months", person_id))
    return or_(words, and_(HistoryValue.key.in_(ORIGIN_KEYS), places))


def _rows_before(session: Session, term: str, person_id: uuid.UUID | None) -> Select[int]:
    months = whole_number(session, term, today(session))
    old = select(HistoryRow.id).where(HistoryRow.at < months_before(now(session), months))
    return old if person_id is None else old.where(HistoryRow.actor_id == person_id)


def _old_notes(session: Session, person_id: uuid.UUID | None) -> list[ColumnElement[bool]]:
    """Private notes of preparers, by the same term as people's words in the history."""
    months = whole_number(session, "retention.own_words_months", today(session))
    old = [PreparerComment.written_at < months_before(now(session), months)]
    return old if person_id is None else [*old, PreparerComment.author_id == person_id]


def _old_looks(session: Session) -> ColumnElement[bool]:
    months = whole_number(session, "retention.access_log_months", today(session))
    return Look.at < months_before(now(session), months)


def _gone(session: Session, statement: Delete) -> int:
    result = session.execute(statement.execution_options(synchronize_session=False))
    return result.rowcount if isinstance(result, CursorResult) else 0
