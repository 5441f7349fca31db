"""Pages: needs. What is hard in somebody's work, and what becomes of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from service.db import reading, writing
from service.web import behalf
from service.web import needs_view as view
from service.web.looks import looked
from service.web.support import actor, page, refused_page, refused_with
from service.web.told import said_of
from workflows.actions import needs, on_behalf
from workflows.errors import Refused, WorkflowError
from workflows.rules import allowed

bp = Blueprint("needs", __name__)
_ASKED = {
    "problem": _l("apa yang sulit"),
    "since": _l("sejak kapan"),
    "service": _l("layanan yang terganggu"),
}


@bp.get("/kebutuhan")
def index() -> str:
    with reading() as session:
        me = actor()
        listed = None
        if allowed(me, "need.list"):
            status, after = request.args.get("keadaan", "filed"), request.args.get("sesudah", 0, int)
            listed = view.listed(session, status, after)
        return page(
            "needs/index.html",
            listed=listed,
            may_propose=allowed(me, "programme.propose"),
            mine=view.mine(session, me.person),
            of_my_people=view.of_my_people(session, me.person),
            entered=view.entered_by(session, me.person),
        )


@bp.get("/kebutuhan/baru")
def new() -> str:
    with reading() as session:
        return page("needs/new.html", typed={}, **behalf.offered(session, actor()))


@bp.post("/kebutuhan/baru")
def file() -> ResponseReturnValue:
    typed = {name: request.form.get(name, "") for name in ("problem", "since", "service")}
    try:
        with writing() as session:
            author_id = behalf.author_typed()
            need_id = needs.file_need(session, actor=actor(), author_id=author_id, **typed).id
    except WorkflowError as error:
        return _file_again(error)
    flash(_("Terima kasih. Kebutuhan Anda sudah sampai dan jalannya terlihat di halaman ini."), "success")
    return redirect(url_for("needs.show", need_id=need_id), 303)


@bp.get("/kebutuhan/<int:need_id>")
def show(need_id: int) -> str:
    with reading() as session:
        return page("needs/show.html", **_shown(session, need_id), typed={})


@bp.post("/kebutuhan/<int:need_id>/lengkap")
def complete(need_id: int) -> ResponseReturnValue:
    form = request.form
    try:
        with writing() as session:
            needs.complete_need(
                session,
                actor=actor(),
                need_id=need_id,
                competency_id=view.known_competency(session, form.get("competency_id", 0, int)),
                level_required=form.get("level_required", 0, int),
                level_measured=form.get("level_measured", 0, int),
                performance_gap=form.get("performance_gap", ""),
            )
    except WorkflowError as error:
        return _refused(need_id, error)
    flash(_("Kebutuhan sudah dilengkapi."), "success")
    return redirect(url_for("needs.show", need_id=need_id), 303)


@bp.post("/kebutuhan/<int:need_id>/tolak")
def decline(need_id: int) -> ResponseReturnValue:
    try:
        with writing() as session:
            needs.decline_need(session, actor=actor(), need_id=need_id, reason=request.form.get("reason", ""))
    except WorkflowError as error:
        return _refused(need_id, error)
    flash(_("Alasan Anda tercatat dan terbaca oleh pengusulnya."), "success")
    return redirect(url_for("needs.index"), 303)


@bp.post("/kebutuhan/<int:need_id>/benar")
def confirm(need_id: int) -> ResponseReturnValue:
    with writing() as session:
        on_behalf.confirm_need(session, actor=actor(), need_id=need_id)
    flash(_("Tercatat: ini kebutuhan Anda."), "success")
    return redirect(url_for("needs.show", need_id=need_id), 303)


@bp.post("/kebutuhan/<int:need_id>/keberatan")
def object_(need_id: int) -> ResponseReturnValue:
    try:
        with writing() as session:
            reason = request.form.get("objection", "")
            on_behalf.object_to_need(session, actor=actor(), need_id=need_id, reason=reason)
    except Refused as error:
        error.field = "objection"
        return _refused(need_id, error)
    flash(_("Keberatan Anda tercatat."), "success")
    return redirect(url_for("needs.show", need_id=need_id), 303)


def _file_again(error: WorkflowError) -> ResponseReturnValue:
    with reading() as session:
        offered = behalf.offered(session, actor(), chosen=request.form.get("person_id", ""))
        said = [said_of(error, _ASKED)]
        return refused_with("needs/new.html", said, error.status, typed=request.form, **offered)


def _refused(need_id: int, error: WorkflowError) -> ResponseReturnValue:
    if error.status in (403, 404):
        raise error
    with reading() as session:
        shown = _shown(session, need_id)
        return refused_page("needs/show.html", error, **shown, typed=request.form)


def _shown(session: Session, need_id: int) -> dict[str, Any]:
    shown = view.shown(session, need_id, actor())
    looked("need", f"need:{need_id}", [shown["line"].need.author_id])
    return shown
