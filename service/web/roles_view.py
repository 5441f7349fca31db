"""Granted roles: who holds which today or later, and what ended lately."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.dates import short_date
from service.web.person_view import role_word
from service.web.words import _
from workflows.actor import Actor
from workflows.clock import today
from workflows.models import Person, RoleGrant
from workflows.roles import GRANTED
from workflows.rules import allowed

LATELY = timedelta(days=90)
MOST = 300


def role_options() -> list[tuple[str, str]]:
    return [(role, role_word(role)) for role in GRANTED]


def grants(session: Session, me: Actor) -> dict[str, Any]:
    """``groups`` [{word, rows}] by role in a fixed order, ``ended`` rows of the last months; two queries."""
    day, may = today(session), allowed(me, "role.grant")
    open_rows = (
        select(RoleGrant, Person.name)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to >= day))
    )
    held = session.execute(open_rows.order_by(Person.name, RoleGrant.id).limit(MOST)).all()
    by_role: dict[str, list[list[Any]]] = {}
    for grant, name in held:
        by_role.setdefault(grant.role, []).append(_row(grant, name, may))
    order = [*GRANTED, *sorted(set(by_role) - set(GRANTED))]
    ended = (
        select(RoleGrant, Person.name)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(RoleGrant.valid_to < day, RoleGrant.valid_to >= day - LATELY)
        .order_by(RoleGrant.valid_to.desc(), RoleGrant.id.desc())
        .limit(MOST)
    )
    return {
        "groups": [{"word": role_word(role), "rows": by_role.get(role, [])} for role in order],
        "ended": [[*_row(grant, name, False)[:1], role_word(grant.role), short_date(grant.valid_to)]
                  for grant, name in session.execute(ended)],
        "may_grant": may,
    }  # fmt: skip


def _row(grant: RoleGrant, name: str, may: bool) -> list[Any]:
    ends = short_date(grant.valid_to) if grant.valid_to else _("tanpa batas")
    act = {"text": _("Akhiri"), "url": url_for("roles.ending", grant_id=grant.id)} if may else ""
    person = {"text": name, "url": url_for("persons.show", person_id=grant.person_id)}
    return [person, short_date(grant.valid_from), ends, grant.reason, act]
