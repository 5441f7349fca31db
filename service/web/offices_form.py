"""What the forms of an office say: letters, days, persons."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import request

from workflows.actions.leaves import StandIn
from workflows.errors import N_, Refused
from workflows.letters import Letter


def day(name: str) -> date:
    """The day in this field; a refusal where there is none."""
    found = maybe_day(name)
    if found is None:
        raise Refused("day_missing", N_("Tulis tanggalnya."), field=name)
    return found


def maybe_day(name: str) -> date | None:
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("day_missing", N_("Tulis tanggalnya."), field=name) from None


def letter(prefix: str = "") -> Letter:
    """Fields ``letter_no`` and ``letter_date``, each after ``prefix``."""
    return Letter(request.form.get(f"{prefix}letter_no", ""), day(f"{prefix}letter_date"))


def person() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("person_id", ""))
    except ValueError:
        raise Refused("person_missing", N_("Pilih orangnya."), field="person_id") from None


def appointment() -> dict[str, Any]:
    """Arguments of ``offices.appoint``."""
    return {
        "person_id": person(),
        "kind": request.form.get("kind", ""),
        "letter": letter(),
        "valid_from": day("valid_from"),
        "valid_to": maybe_day("valid_to"),
    }


def preparer() -> dict[str, Any]:
    """Arguments of ``preparers.appoint_preparer``; the letter may be missing."""
    written = request.form.get("letter_no", "").strip() or request.form.get("letter_date", "").strip()
    return {
        "person_id": person(),
        "valid_from": day("valid_from"),
        "valid_to": maybe_day("valid_to"),
        "letter": letter() if written else None,
    }


def leave() -> dict[str, Any]:
    """Arguments of ``leaves.announce_leave``; without a person nobody stands in yet."""
    return {
        "first_day": day("first_day"),
        "last_day": day("last_day"),
        "letter": letter(),
        "stand_in": stand_in() if request.form.get("person_id") else None,
    }


def stand_in() -> StandIn:
    """Fields ``person_id``, ``stand_in_kind``, ``stand_in_letter_no``, ``stand_in_letter_date``."""
    return StandIn(person(), request.form.get("stand_in_kind", ""), letter("stand_in_"))
