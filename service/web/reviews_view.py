"""What the page of the participatory review shows, to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import pgettext
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from service.dates import moment
from service.languages import chosen as language
from service.web.behalf import asks, entered_words, offered
from service.web.programmes_next import is_invited
from service.web.rail import rail_flag, rail_steps
from service.web.support import say
from workflows.actions.reviews import review_of
from workflows.actions.versions import get_version
from workflows.actor import Actor
from workflows.clock import today
from workflows.errors import N_, NotFound, Refused
from workflows.lifecycle import MOVES_FROM
from workflows.models import InputItem, JobField, Review
from workflows.parameters import whole_number
from workflows.people import postings_on
from workflows.representation import representation, sentence_of_missing
from workflows.rules import allowed

PAGE = 40
LONGEST = 4000
USUAL_DAYS = 14
"""Days offered as the length of a review; people choose their own."""


@dataclass(frozen=True, slots=True)
class Said:
    """One input as this reader may see it: ``who`` is a name for the agency only."""

    item: InputItem
    who: str
    where: str
    kind: str
    tone: str
    answered: str
    when: str
    entered: str = ""
    asks: bool = False


def shown(session: Session, version_id: int, me: Actor, after: int) -> dict[str, Any]:
    """All of the page; NotFound for an unknown version."""
    version = get_version(session, version_id)
    review = review_of(session, version.id)
    alive = version.closed_as is None
    in_review = alive and version.state == "participatory_review"
    talking = in_review and review is not None and review.closed_at is None
    return {
        "version": version,
        "review": review,
        "steps": rail_steps(session, version),
        "flag": rail_flag(version),
        "talking": talking,
        "may_open": alive and version.state in MOVES_FROM["open_review"] and allowed(me, "programme.open_review"),
        "may_answer": in_review and allowed(me, "review.answer_input"),
        "may_close": talking and allowed(me, "review.close"),
        "may_return": in_review and allowed(me, "programme.return_for_changes"),
        "may_speak": talking and review is not None and is_invited(session, review, me) and _has_begun(session, review),
        **_offered(session, review, me, talking),
        "opening": _opening(session, review),
        "kinds": kinds(),
        "dispositions": dispositions(),
        **_heard(session, review),
        **_said(session, review, me, after),
    }  # fmt: skip


def known_fields(session: Session, keys: Iterable[str]) -> list[int]:
    """Ids of the job fields that were ticked; a number that is no job field is left out."""
    wanted = [int(key) for key in keys if key.isdecimal() and len(key) < 10]
    return list(session.scalars(select(JobField.id).where(JobField.id.in_(wanted)).order_by(JobField.id)))


def must_belong(session: Session, version_id: int, input_id: int) -> None:
    """An answer goes to an input of this very programme."""
    item = session.get(InputItem, input_id)
    if item is None or item.review.version_id != version_id:
        raise NotFound("no_input", N_("Masukan ini tidak ada."))


def field_id(part: str, name: str) -> str:
    """Id of a field on the page: answers stand there many times."""
    if part.startswith("stand-"):
        return f"{part}-objection" if name else name
    return f"{part}-{name}" if name and (part == "for" or part.startswith("answer-")) else name


def kinds() -> list[dict[str, str]]:
    return [
        {
            "value": "comment",
            "label": pgettext("one of them", "Masukan"),
            "hint": _("pendapat atau pengalaman"),
        },
        {
            "value": "amendment",
            "label": _("Usulan perubahan"),
            "hint": _("ganti, tambah, atau kurangi sesuatu"),
        },
        {"value": "objection", "label": _("Keberatan"), "hint": _("sebaiknya tidak diadakan seperti ini")},
    ]


def dispositions() -> list[tuple[str, str]]:
    return [("accepted", _("Diterima")), ("rejected", _("Ditolak")), ("noted", _("Dicatat"))]


def _offered(session: Session, review: Review | None, me: Actor, talking: bool) -> dict[str, Any]:
    """For an operator: colleagues whose job field is invited."""
    if review is None or not talking or not _has_begun(session, review):
        return {"operates": False, "colleagues": [], "words": ""}
    fields = [row.job_field_id for row in review.invited]
    return offered(session, me, job_fields=fields, chosen=request.form.get("person_id", ""))


def _has_begun(session: Session, review: Review) -> bool:
    return review.opens_on <= today(session)


def _opening(session: Session, review: Review | None) -> dict[str, Any]:
    """What the opening form offers: every field, or those that were invited before."""
    day = today(session)
    fields = session.scalars(select(JobField).order_by(JobField.id)).all()
    return {
        "opens_on": day.isoformat(),
        "closes_on": (day + timedelta(days=USUAL_DAYS)).isoformat(),
        "fields": [(field.id, _name(field)) for field in fields],
        "invited": [row.job_field_id for row in review.invited]
        if review is not None
        else [f.id for f in fields],
        "minimum": _minimum(session),
    }


def _minimum(session: Session) -> int | None:
    try:
        return whole_number(session, "review.minimum_fields", today(session))
    except Refused:
        return None


def _heard(session: Session, review: Review | None) -> dict[str, Any]:
    """Fields for the picture, and the sentence that says who is missing."""
    if review is None:
        return {"fields": [], "missing": "", "counts": {}}
    heard = representation(session, review)
    voices = Counter(item.job_field_id for item in review.voices)
    fields = [
        {
            "name": _name(row.job_field),
            "inputs": voices[row.job_field_id],
            "heard": bool(voices[row.job_field_id]),
        }
        for row in review.invited
    ]
    sentence = ""
    if heard.missing:
        text, values = sentence_of_missing(heard)
        sentence = say(Refused("not_representative", text, **values))["text"]
    said = review.voices
    unanswered = sum(item.disposition is None for item in said)
    mean = sum(item.importance for item in said) / len(said) if said else None
    counts = {"inputs": len(said), "unanswered": unanswered, "importance": mean}
    return {"fields": fields, "missing": sentence, "counts": counts}


def _said(session: Session, review: Review | None, me: Actor, after: int) -> dict[str, Any]:
    """My own inputs apart from those of others; who answers sees all in one list, the unanswered first."""
    if review is None:
        return {"mine": [], "inputs": [], "older": None, "newer": None}
    query = select(InputItem).where(InputItem.review_id == review.id).options(
        joinedload(InputItem.author), joinedload(InputItem.job_field), joinedload(InputItem.operator)
    )  # fmt: skip
    own = session.scalars(query.where(InputItem.author_id == me.person).order_by(InputItem.id)).all()
    answers = allowed(me, "review.answer_input")
    others = query if answers else query.where(InputItem.author_id != me.person)
    rows = session.scalars(others.where(InputItem.id > after).order_by(InputItem.id).limit(PAGE + 1)).all()
    shown = sorted(rows[:PAGE], key=lambda item: answers and item.disposition is not None)
    here = url_for("reviews.show", version_id=review.version_id)
    return {
        "mine": [] if answers else _readable(session, own, me),
        "inputs": _readable(session, shown, me),
        "older": f"{here}?sesudah={rows[PAGE - 1].id}" if len(rows) > PAGE else None,
        "newer": here if after else None,
    }


def _readable(session: Session, items: Sequence[InputItem], me: Actor) -> list[Said]:
    postings = postings_on(session, {item.author_id for item in items}, today(session))
    by_name = allowed(me, "review.answer_input")
    words = {one["value"]: one["label"] for one in kinds()}
    answers = dict(dispositions())
    return [
        Said(
            item,
            item.author.name if by_name or (item.entered_by and item.entered_by == me.person_id) else "",
            f"{_name(item.job_field)} · {postings[item.author_id].unit.short_name}"
            if item.author_id in postings
            else _name(item.job_field),
            words[item.kind],
            {"comment": "plain", "amendment": "sea", "objection": "sun"}[item.kind],
            answers.get(item.disposition or "", ""),
            moment(item.given_at),
            entered_words(item, me, by_name=by_name),
            asks(item, me),
        )
        for item in items
    ]


def _name(field: JobField) -> str:
    return field.name_en if language() == "en" else field.name
