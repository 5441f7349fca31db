"""Pages: a NIP or NI PPPK of a person is entered or ended by hand. By POST alone: a number stands in no address."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from service.db import reading, writing
from service.web.days import day_of
from service.web.looks import looked
from service.web.person_view import get_person
from service.web.person_words import IDENTIFIERS
from service.web.support import actor, page, refused_page
from workflows.actions import numbers
from workflows.clock import today
from workflows.errors import N_, NotFound, WorkflowError
from workflows.models import Identifier
from workflows.rules import require

bp = Blueprint("numbers", __name__)


@bp.get("/orang/<uuid:person_id>/nomor")
def entering(person_id: uuid.UUID) -> str:
    return page("persons/number.html", **_form(person_id), typed={})


@bp.post("/orang/<uuid:person_id>/nomor")
def enter(person_id: uuid.UUID) -> ResponseReturnValue:
    form, me = request.form, actor()
    try:
        with writing() as session:
            number, since = form.get("number", ""), day_of(form, "valid_from")
            numbers.enter_number(session, actor=me, person_id=person_id, number=number, valid_from=since)
    except WorkflowError as error:
        return refused_page("persons/number.html", error, **_form(person_id), typed=form)
    flash(_("Nomor sudah dicatat."), "success")
    return redirect(url_for("persons.show", person_id=person_id), 303)


@bp.get("/orang/nomor/<int(max=2147483647):identifier_id>/akhiri")
def ending(identifier_id: int) -> str:
    return page("persons/number_end.html", **_number(identifier_id), typed={})


@bp.post("/orang/nomor/<int(max=2147483647):identifier_id>/akhiri")
def end(identifier_id: int) -> ResponseReturnValue:
    """Fields ``valid_to`` (the last day) and ``reason``."""
    form, me = request.form, actor()
    try:
        with writing() as session:
            last_day, reason = day_of(form, "valid_to"), form.get("reason", "")
            row = numbers.end_number(
                session, actor=me, identifier_id=identifier_id, last_day=last_day, reason=reason
            )
            person_id = row.person_id
    except WorkflowError as error:
        return refused_page("persons/number_end.html", error, **_number(identifier_id), typed=form)
    flash(_("Nomor sudah diakhiri."), "success")
    return redirect(url_for("persons.show", person_id=person_id), 303)


def _form(person_id: uuid.UUID) -> dict[str, Any]:
    require(actor(), "person.change")
    looked("person", f"person:{person_id}", [person_id])
    with reading() as session:
        return {"one": get_person(session, person_id), "day": today(session)}


def _number(identifier_id: int) -> dict[str, Any]:
    require(actor(), "person.change")
    with reading() as session:
        row = session.get(Identifier, identifier_id)
        if row is None:
            raise NotFound("no_identifier", N_("Nomor ini tidak tercatat."))
        looked("person", f"person:{row.person_id}", [row.person_id])
        yesterday = today(session) - timedelta(days=1)
        return {"row": row, "one": row.person, "kind": IDENTIFIERS[row.kind], "day": yesterday}
