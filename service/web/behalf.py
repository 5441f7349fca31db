"""Entering for a colleague: who may be chosen, who was, and how it is said that somebody else typed."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from service.web.people_search import people_to_choose, plain_words
from service.web.words import _
from workflows.actor import Actor
from workflows.errors import N_, Refused
from workflows.models import InputItem, Need
from workflows.on_behalf import units_of


def offered(
    session: Session, me: Actor, *, job_fields: Collection[int] | None = None, chosen: str = ""
) -> dict[str, Any]:
    """``operates``: whether this person enters for others; ``colleagues`` to choose, ``words`` searched for."""
    units = units_of(session, me)
    words = plain_words(request.values.get("q", ""))
    if not units:
        return {"operates": False, "colleagues": [], "words": ""}
    found = people_to_choose(session, words=words, unit_ids=units, job_fields=job_fields, chosen=chosen)
    return {
        "operates": True,
        "colleagues": [pair for pair in found if pair[0] != str(me.person)],
        "words": words,
    }


def author_typed() -> uuid.UUID | None:
    """Field ``person_id``: the colleague; empty for one's own."""
    text = request.form.get("person_id", "")
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        raise Refused("person_missing", N_("Pilih orangnya."), field="person_id") from None


def entered_words(entry: Need | InputItem, me: Actor, *, by_name: bool) -> str:
    """Who typed it and for whom; empty where the author did. Names only for those who may read them."""
    if entry.operator is None:
        return ""
    if by_name or me.person_id in (entry.author_id, entry.entered_by):
        return _(
            "diinput oleh %(operator)s atas nama %(author)s",
            operator=entry.operator.name,
            author=entry.author.name,
        )
    return _("diinput operator unit")


def asks(entry: Need | InputItem, me: Actor) -> bool:
    """Whether the author still has to say if they stand by it."""
    return (
        entry.entered_by is not None
        and entry.author_id == me.person_id
        and entry.confirmed_at is None
        and entry.withdrawn_at is None
    )
