"""Pages: asking that own data be corrected or erased, and the officer's answer; erasing what is past its term."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from service.db import reading, writing
from service.sso.erasing import erase_sessions
from service.web.data_requests_view import KINDS, request_page
from service.web.looks import looked
from service.web.support import actor, page, refused_page
from workflows.actions import data_requests, erasure
from workflows.errors import Conflict, Refused
from workflows.rules import allowed, require

bp = Blueprint("data_requests", __name__)


@bp.get("/saya/data/permintaan")
def new() -> str:
    return page("my_data/request.html", kinds=list(KINDS.items()), typed={})


@bp.post("/saya/data/permintaan")
def file() -> ResponseReturnValue:
    me, given = actor(), {name: request.form.get(name, "") for name in ("kind", "text")}
    try:
        with writing() as session:
            data_requests.file_request(session, actor=me, **given)
    except (Refused, Conflict) as error:
        return refused_page("my_data/request.html", error, kinds=list(KINDS.items()), typed=given)
    flash(_("Permintaan Anda sampai kepada pejabat pelindungan data."), "success")
    return redirect(url_for("my_data.index"), 303)


@bp.get("/data-pribadi/permintaan/<int(max=2147483647):request_id>")
def show(request_id: int) -> str:
    me = actor()
    require(me, "privacy.oversee")
    with reading() as session:
        shown = request_page(session, request_id)
        looked("request", f"request:{request_id}", [shown["line"]["row"].person_id])
        return page("privacy/request.html", **shown, may_answer=allowed(me, "request.answer"), typed={})


@bp.post("/data-pribadi/permintaan/<int(max=2147483647):request_id>")
def answer(request_id: int) -> ResponseReturnValue:
    me, form = actor(), request.form
    given = {"outcome": form.get("outcome", ""), "answer": form.get("answer", "")}
    try:
        with writing() as session:
            data_requests.answer_request(
                session, actor=me, request_id=request_id, erase=form.get("erase") == "yes", **given
            )
    except (Refused, Conflict) as error:
        with reading() as session:
            shown = request_page(session, request_id)
            return refused_page("privacy/request.html", error, **shown, may_answer=True, typed=form)
    flash(_("Jawaban dikirim; orangnya membacanya di Data saya."), "success")
    return redirect(url_for("privacy.index"), 303)


@bp.post("/data-pribadi/hapus")
def erase() -> ResponseReturnValue:
    """Everybody's data past their term: words beside the history, the access log, ended sign-ins."""
    me = actor()
    require(me, "history.erase")
    with writing() as session:
        sessions = erase_sessions(session)
        gone = erasure.erase_due(session, actor=me, sessions=sessions)
    flash(_("%(count)s catatan dihapus.", count=gone.words + gone.looks + sessions), "success")
    return redirect(url_for("privacy.index"), 303)
