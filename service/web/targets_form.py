"""The part of a programme's form that picks a target group from the register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from service.languages import chosen
from service.web.person_words import EMPLOYMENT
from service.web.targets_view import KINDS, LEADING, counted
from workflows.clock import today
from workflows.content import Content
from workflows.errors import Refused
from workflows.models import AssignmentKind, JobField, Posting, Unit
from workflows.targets import LEADS, Rules, read, written
from workflows.units import alive

TICKED = {kind: f"target_{kind}" for kind in KINDS if kind != "post"}
"""Kind -> name of its boxes; posts are typed, one title a line."""
POSTS = "target_post"
ONLY = "target_only"


def rules_typed(form: Mapping[str, str]) -> str:
    """From the boxes of a form, or from a version written out as a form (``target_rules``)."""
    many = getattr(form, "getlist", None)
    if many is None:
        return form.get("target_rules", "")
    pairs = [(kind, _line(code)) for kind, name in TICKED.items() for code in many(name)]
    pairs += [("post", _line(title)) for title in form.get(POSTS, "").splitlines()]
    return written((kind, code) for kind, code in pairs if code)


def with_known_titles(session: Session, content: Content) -> Content:
    """Posts as the register writes them, whatever capitals were typed."""
    rules = read(content.target_rules)
    titles = {title.casefold() for title in rules.get("post", ())}
    if not titles:
        return content
    written_so = func.lower(Posting.post_title).in_([title.lower() for title in titles])
    known = set(session.scalars(select(Posting.post_title).where(written_so).distinct()))
    unknown = {title for title in rules["post"] if title.casefold() not in {one.casefold() for one in known}}
    pairs = [(kind, code) for kind, codes in rules.items() if kind != "post" for code in codes]
    return replace(content, target_rules=written([*pairs, *(("post", one) for one in known | unknown)]))


def offered(session: Session, typed: Mapping[str, str]) -> dict[str, Any]:
    """Boxes to tick, what is ticked, and whom it selects on the day typed as the start."""
    text = rules_typed(typed)
    rules = _readable(text)
    return {
        "boxes": [
            {"name": TICKED[kind], "label": KINDS[kind], "options": options, "ticked": rules.get(kind, ())}
            for kind, options in _boxes(session, rules).items()
        ],
        "posts": "\n".join(rules.get("post", ())),
        "only": typed.get(ONLY) == "1",
        "counted": counted(session, text, start_typed(session, typed)),
    }


def start_typed(session: Session, typed: Mapping[str, str]) -> date:
    """The start as typed; today while it cannot be read."""
    try:
        return date.fromisoformat(typed.get("starts_on", ""))
    except ValueError:
        return today(session)


def _boxes(session: Session, rules: Rules) -> dict[str, list[tuple[str, str]]]:
    english = chosen() == "en"
    fields = session.execute(select(JobField.code, JobField.name_en if english else JobField.name))
    kinds = session.execute(
        select(AssignmentKind.code, AssignmentKind.name_en if english else AssignmentKind.name)
    )
    units = session.execute(
        select(Unit.code, Unit.name)
        .where(or_(alive(today(session)), Unit.code.in_(rules.get("unit", ()))))
        .order_by(Unit.name)
    )
    return {
        "job_field": _by_name(fields),
        "employment": [(code, str(word)) for code, word in EMPLOYMENT.items()],
        "assignment": _by_name(kinds),
        "leads": [(LEADS, str(LEADING))],
        "unit": [(code, name) for code, name in units],
    }


def _by_name(rows: Any) -> list[tuple[str, str]]:
    return sorted(((code, name) for code, name in rows), key=lambda pair: pair[1])


def _readable(text: str) -> Rules:
    try:
        return read(text)
    except Refused:
        return {}


def _line(text: str) -> str:
    return " ".join(text.split())
