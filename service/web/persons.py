"""Pages: the register of people, one person, and what is entered about one by hand."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from service.db import reading, writing
from service.languages import chosen
from service.web.candidates_view import search_of
from service.web.days import day_of
from service.web.looks import looked
from service.web.person_view import get_person, shown
from service.web.persons_view import choices, listed
from service.web.support import actor, page, refused_page
from workflows.actions import people
from workflows.clock import today
from workflows.errors import N_, NotFound, Refused, WorkflowError
from workflows.models import Assignment
from workflows.people import persons_with_number
from workflows.rules import allowed, require

bp = Blueprint("persons", __name__)


@bp.get("/orang")
def index() -> str:
    me = actor()
    require(me, "person.oversee")
    given = request.args
    status = "left" if given.get("keadaan") == "left" else "active"
    with reading() as session:
        rows = listed(session, search_of(given), status, given.get("sesudah", ""))
        may = {"may_import": allowed(me, "person.change")}
        return page("persons/index.html", **rows, **choices(session, chosen()), **may)


@bp.post("/orang/cari")
def find() -> ResponseReturnValue:
    """By POST: a NIP stands in no address and no log. One found: their page; else the list says so."""
    require(actor(), "person.oversee")
    number = "".join(request.form.get("number", "").split())
    with reading() as session:
        found = persons_with_number(session, number, today(session))
    if len(found) == 1:
        return redirect(url_for("persons.show", person_id=found[0]), 303)
    sentence = _("Dua orang tercatat dengan nomor ini. Periksa surat keputusannya.") if found else _(
        "Tidak ada orang yang bertugas dengan nomor itu hari ini."
    )  # fmt: skip
    flash(sentence, "warning")
    return redirect(url_for("persons.index"), 303)


@bp.get("/orang/<uuid:person_id>")
def show(person_id: uuid.UUID) -> str:
    me = actor()
    require(me, "person.oversee")
    looked("person", f"person:{person_id}", [person_id])
    with reading() as session:
        return page("persons/show.html", **shown(session, get_person(session, person_id), me))


@bp.get("/orang/<uuid:person_id>/hubungan-kerja")
def employing(person_id: uuid.UUID) -> str:
    return page("persons/employment.html", **_form(person_id), typed={})


@bp.post("/orang/<uuid:person_id>/hubungan-kerja")
def employ(person_id: uuid.UUID) -> ResponseReturnValue:
    form, me = request.form, actor()
    try:
        with writing() as session:
            people.record_employment(
                session,
                actor=me,
                person_id=person_id,
                kind=form.get("kind", ""),
                valid_from=day_of(form, "valid_from"),
                contract_from=day_of(form, "contract_from", may_lack=True),
                contract_to=day_of(form, "contract_to", may_lack=True),
            )
    except Refused as error:
        return refused_page("persons/employment.html", error, **_form(person_id), typed=form)
    flash(_("Hubungan kerja sudah dicatat."), "success")
    return redirect(url_for("persons.show", person_id=person_id), 303)


@bp.get("/orang/<uuid:person_id>/tugas")
def assigning(person_id: uuid.UUID) -> str:
    return page("persons/assignment.html", **_form(person_id), typed={})


@bp.post("/orang/<uuid:person_id>/tugas")
def assign(person_id: uuid.UUID) -> ResponseReturnValue:
    form, me = request.form, actor()
    try:
        with writing() as session:
            people.assign(
                session,
                actor=me,
                person_id=person_id,
                kind_code=form.get("kind_code", ""),
                letter_no=form.get("letter_no", ""),
                valid_from=day_of(form, "valid_from"),
                valid_to=day_of(form, "valid_to", may_lack=True),
            )
    except WorkflowError as error:
        return refused_page("persons/assignment.html", error, **_form(person_id), typed=request.form)
    flash(_("Tugas sudah dicatat."), "success")
    return redirect(url_for("persons.show", person_id=person_id), 303)


@bp.get("/orang/tugas/<int(max=2147483647):assignment_id>/akhiri")
def ending_assignment(assignment_id: int) -> str:
    return page("persons/assignment_end.html", **_assignment(assignment_id), typed={})


@bp.post("/orang/tugas/<int(max=2147483647):assignment_id>/akhiri")
def end_assignment(assignment_id: int) -> ResponseReturnValue:
    form, me = request.form, actor()
    try:
        with writing() as session:
            last_day = day_of(form, "valid_to")
            row = people.end_assignment(session, actor=me, assignment_id=assignment_id, last_day=last_day)
            person_id = row.person_id
    except WorkflowError as error:
        return refused_page(
            "persons/assignment_end.html", error, **_assignment(assignment_id), typed=request.form
        )
    flash(_("Tugas sudah diakhiri."), "success")
    return redirect(url_for("persons.show", person_id=person_id), 303)


def _form(person_id: uuid.UUID) -> dict[str, Any]:
    require(actor(), "person.change")
    looked("person", f"person:{person_id}", [person_id])
    with reading() as session:
        return {"one": get_person(session, person_id), "day": today(session), **choices(session, chosen())}


def _assignment(assignment_id: int) -> dict[str, Any]:
    require(actor(), "person.change")
    with reading() as session:
        row = session.get(Assignment, assignment_id)
        if row is None:
            raise NotFound("no_assignment", N_("Tugas ini tidak tercatat."))
        looked("person", f"person:{row.person_id}", [row.person_id])
        return {"row": row, "one": row.person, "kind": row.kind.name, "day": today(session)}
