"""Pages: upload a file of people, map its columns, look at the difference, apply it, confirm as a second person."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from service import people_files
from service.db import reading, writing
from service.web.looks import looked
from service.web.people_imports_view import get_import, latest, mapping_from, shown
from service.web.support import actor, page, refused_page
from workflows.actions import people_imports
from workflows.actor import Actor
from workflows.errors import Conflict, Denied, Refused, WorkflowError
from workflows.models import PeopleImport
from workflows.rules import require

bp = Blueprint("people_imports", __name__)


@bp.get("/orang/impor")
def index() -> str:
    require(actor(), "people.import")
    with reading() as session:
        return page("people_imports/index.html", rows=latest(session))


@bp.post("/orang/impor")
def upload() -> ResponseReturnValue:
    """Field ``file``. The name of the file is not kept: it may hold a number."""
    me, sent = actor(), request.files.get("file")
    require(me, "people.import")
    content = sent.read() if sent else b""
    try:
        table = people_files.table_of(content)
        with writing() as session:
            import_id = people_files.receive_and_look(session, me, table, content).id
    except Refused as error:
        with reading() as session:
            return refused_page("people_imports/index.html", error, rows=latest(session))
    return redirect(url_for("people_imports.show", import_id=import_id), 303)


@bp.get("/orang/impor/<int(max=2147483647):import_id>")
def show(import_id: int) -> str:
    me = actor()
    require(me, "people.import")
    with reading() as session:
        one = get_import(session, import_id)
        kind, after = request.args.get("jenis", ""), request.args.get("sesudah", 0, int)
        return page("people_imports/show.html", **_difference(session, one, me, kind, max(after, 0)))


@bp.post("/orang/impor/<int(max=2147483647):import_id>/padankan")
def remap(import_id: int) -> ResponseReturnValue:
    me = actor()
    try:
        with writing() as session:
            mapping = mapping_from(session, get_import(session, import_id), request.form)
            people_files.look(session, me, import_id, mapping)
    except (Refused, Conflict) as error:
        return _refused(import_id, error)
    flash(_("Padanan disimpan; berkas dibandingkan lagi."), "success")
    return redirect(url_for("people_imports.show", import_id=import_id), 303)


@bp.post("/orang/impor/<int(max=2147483647):import_id>/bandingkan")
def compare(import_id: int) -> ResponseReturnValue:
    me = actor()
    try:
        with writing() as session:
            people_files.look(session, me, import_id)
    except (Refused, Conflict) as error:
        return _refused(import_id, error)
    return redirect(url_for("people_imports.show", import_id=import_id), 303)


@bp.post("/orang/impor/<int(max=2147483647):import_id>/terapkan")
def apply(import_id: int) -> ResponseReturnValue:
    """Fields ``seen`` (the difference that was on the page) and ``mark_left``."""
    me, form = actor(), request.form
    try:
        with writing() as session:
            mark_left = form.get("mark_left") == "yes"
            one = people_files.apply(session, me, import_id, form.get("seen", ""), mark_left)
            done = one.status == "applied"
    except (Refused, Conflict, Denied) as error:
        return _refused(import_id, error)
    if done:
        flash(_("Impor sudah diterapkan seluruhnya."), "success")
    else:
        flash(_("Perubahannya besar: orang kedua yang berwenang harus melihat dan menyetujuinya."), "warning")
    return redirect(url_for("people_imports.show", import_id=import_id), 303)


@bp.post("/orang/impor/<int(max=2147483647):import_id>/batalkan")
def drop(import_id: int) -> ResponseReturnValue:
    me = actor()
    try:
        with writing() as session:
            people_imports.drop(session, actor=me, import_id=import_id)
    except Conflict as error:
        return _refused(import_id, error)
    flash(_("Impor dibatalkan; isi berkasnya sudah dihapus."), "success")
    return redirect(url_for("people_imports.index"), 303)


def _difference(
    session: Session, one: PeopleImport, me: Actor, kind: str = "", after: int = 0
) -> dict[str, Any]:
    """What the page shows; it shows data of others, also when it says a refusal."""
    context = shown(session, one, me, kind, after)
    people = [row["person_id"] for row in context["rows"] if row["person_id"]]
    looked("person", f"import:{one.id}", people)
    return context


def _refused(import_id: int, error: WorkflowError) -> ResponseReturnValue:
    me = actor()
    require(me, "people.import")
    with reading() as session:
        context = _difference(session, get_import(session, import_id), me)
        return refused_page("people_imports/show.html", error, **context)
