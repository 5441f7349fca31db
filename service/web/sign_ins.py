"""Pages: sign-ins that were refused and that only people can mend."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from service.db import reading, writing
from service.sso.keys import real_now
from service.sso.refusals import settle_refusal
from service.web.sign_ins_view import refusal_rows
from service.web.support import actor, page
from workflows.errors import N_, NotFound
from workflows.rules import require

bp = Blueprint("sign_ins", __name__)


@bp.get("/admin/masuk")
def index() -> str:
    return _list()


@bp.post("/admin/masuk/cari")
def search() -> str:
    """By POST: a NIP stands in no address and no log."""
    return _list(request.form.get("number", "").strip())


@bp.post("/admin/masuk/<int(max=2147483647):refusal_id>/beres")
def settle(refusal_id: int) -> ResponseReturnValue:
    me = actor()
    require(me, "sign_in.oversee")
    with writing() as session:
        if not settle_refusal(session, refusal_id, me.person, real_now()):
            raise NotFound("no_refusal", N_("Catatan ini tidak ada."))
    flash(_("Ditandai beres."), "success")
    return redirect(url_for("sign_ins.index"), 303)


def _list(number: str = "") -> str:
    require(actor(), "sign_in.oversee")
    with reading() as session:
        return page("sign_ins/index.html", rows=refusal_rows(session, number), searched=bool(number))
