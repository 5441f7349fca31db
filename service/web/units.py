"""Pages: units. The tree of a day, one unit with its past and its successors, and the letters that change them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from service.db import reading, writing
from service.web import units_form as form
from service.web import units_preview as preview
from service.web import units_view as view
from service.web.support import actor, page, refused_page
from service.web.units_tree import tree
from workflows.actions import units
from workflows.errors import WorkflowError
from workflows.rules import require
from workflows.units import unit_by_code

bp = Blueprint("units", __name__)
ID = "int(max=2147483647)"
Act = Callable[[Session], Any]


@bp.get("/unit")
def index() -> str:
    with reading() as session:
        return page("units/index.html", **tree(session, actor(), request.args))


@bp.get("/unit/<code>")
def show(code: str) -> str:
    with reading() as session:
        return page("units/show.html", **view.shown(session, actor(), unit_by_code(session, code)), typed={})


@bp.route("/unit/-baru", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    def act(session: Session) -> None:
        day, letter = form.dated()
        units.add_unit(session, actor=actor(), new=form.new_unit(), day=day, letter=letter)

    return _change("added", "", act)


@bp.route("/unit/<code>/nama", methods=["GET", "POST"])
def rename(code: str) -> ResponseReturnValue:
    def act(session: Session) -> None:
        day, letter = form.dated()
        unit_id = unit_by_code(session, code).id
        names = form.names()
        units.rename_unit(session, actor=actor(), unit_id=unit_id, day=day, letter=letter, **names)

    return _change("renamed", code, act)


@bp.route("/unit/<code>/pindah", methods=["GET", "POST"])
def move(code: str) -> ResponseReturnValue:
    def act(session: Session) -> None:
        day, letter = form.dated()
        unit_id, parent_id = unit_by_code(session, code).id, form.parent()
        units.move_unit(session, actor=actor(), unit_id=unit_id, parent_id=parent_id, day=day, letter=letter)

    return _change("moved", code, act)


@bp.route("/unit/<code>/tutup", methods=["GET", "POST"])
def close(code: str) -> ResponseReturnValue:
    def act(session: Session) -> None:
        day, letter = form.dated()
        unit_id = unit_by_code(session, code).id
        units.close_unit(session, actor=actor(), unit_id=unit_id, day=day, letter=letter)

    return _change("closed", code, act)


@bp.route("/unit/-gabung", methods=["GET", "POST"])
def merge() -> ResponseReturnValue:
    def act(session: Session) -> None:
        day, letter = form.dated()
        which, into = form.merged()
        units.merge_units(session, actor=actor(), unit_ids=which, into_id=into, day=day, letter=letter)

    return _change("merged", request.args.get("dari", ""), act)


@bp.post("/unit/<code>/kepala")
def add_head(code: str) -> ResponseReturnValue:
    def act(session: Session) -> None:
        unit_id = unit_by_code(session, code).id
        units.add_head(session, actor=actor(), unit_id=unit_id, title=request.form.get("head_title", ""))

    return _do(
        code, act, _("Jabatan kepala unit sudah dibentuk. Catat surat penunjukannya pada halaman jabatan.")
    )


@bp.post(f"/unit/<code>/rencana/<{ID}:change_id>/batal")
def withdraw(code: str, change_id: int) -> ResponseReturnValue:
    def act(session: Session) -> None:
        view.must_be_of(session, code, change_id)
        reason = request.form.get("reason", "")
        units.withdraw_change(session, actor=actor(), change_id=change_id, reason=reason)

    return _do(code, act, _("Rencana perubahan dibatalkan."))


def _do(code: str, act: Act, sentence: str) -> ResponseReturnValue:
    try:
        with writing() as session:
            act(session)
    except WorkflowError as error:
        if error.status in (403, 404):
            raise
        with reading() as session:
            shown = view.shown(session, actor(), unit_by_code(session, code))
            return refused_page("units/show.html", error, **shown, typed=request.form)
    flash(sentence, "success")
    return redirect(url_for("units.show", code=code), 303)


def _change(kind: str, code: str, act: Act) -> ResponseReturnValue:
    """The form; sent once it shows what would move, sent again from there it is done."""
    require(actor(), "unit.change")
    if request.method == "GET":
        return page("units/change.html", **_asked(kind, code), typed={})
    try:
        if "confirm" not in request.form:
            told = preview.told(kind, code, act)
            return page("units/change.html", **_asked(kind, code), typed=request.form, preview=told)
        with writing() as session:
            act(session)
    except WorkflowError as error:
        return refused_page("units/change.html", error, **_asked(kind, code), typed=request.form)
    flash(view.done(kind), "success")
    return redirect(url_for("units.show", code=code) if code else url_for("units.index"), 303)


def _asked(kind: str, code: str) -> dict[str, Any]:
    with reading() as session:
        return view.asked(session, kind, code)
