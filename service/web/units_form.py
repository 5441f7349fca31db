"""What the forms about units say: a day, a letter, names, other units."""

from __future__ import annotations

from datetime import date

from flask import request

from service.web.days import day_of
from workflows.actions.units import NewUnit
from workflows.errors import N_, Refused
from workflows.letters import Letter

TOP = "-"
"""The choice of no unit above."""


def dated() -> tuple[date, Letter]:
    """The day from which it holds, and the letter."""
    given = request.form
    return day_of(given, "day"), Letter(given.get("letter_no", ""), day_of(given, "letter_date"))


def new_unit() -> NewUnit:
    given = request.form
    return NewUnit(
        code=given.get("code", ""),
        name=given.get("name", ""),
        short_name=given.get("short_name", ""),
        kind=given.get("kind", ""),
        parent_id=parent(),
        is_remote=given.get("is_remote") == "1",
        head_title=given.get("head_title", ""),
    )


def names() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in ("name", "short_name", "head_title")}


def parent() -> int | None:
    """The unit above; None for the top of the tree, which has to be chosen as well."""
    text = request.form.get("parent_id", "")
    return None if text == TOP else _key(text, "parent_id")


def merged() -> tuple[list[int], int]:
    """Which units, and into which."""
    which = [_key(text, "unit_ids") for text in request.form.getlist("unit_ids")]
    return which, _key(request.form.get("into_id", ""), "into_id")


def _key(text: str, field: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise Refused("not_listed", N_("Pilih salah satu dari daftar."), field=field)
    return int(text)
