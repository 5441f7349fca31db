"""Pages: whoever needs an account on a site: why, what to do, look for them again, allow a new one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from service.current import bangkom
from service.db import reading, writing
from service.web.account_words import BY_KEY, DIFFERS
from service.web.looks import looked
from service.web.paging import before
from service.web.support import actor, page, refused_page
from service.web.sync_accounts_view import accounts_state
from service.web.sync_site_view import site_by_code
from workflows.actions import account_looks
from workflows.errors import Conflict
from workflows.rules import allowed, require

bp = Blueprint("sync_accounts", __name__)


@bp.get("/sinkron/<code>/akun")
def show(code: str) -> ResponseReturnValue:
    with reading() as session:
        return page("sync/accounts.html", **_state(session, code, request.args.get("alasan", "")))


@bp.post("/sinkron/<code>/akun/periksa")
def look_again(code: str) -> ResponseReturnValue:
    me, group = actor(), _group(request.form.get("alasan", ""))
    with writing() as session:
        count = account_looks.look_again(
            session,
            actor=me,
            site_id=site_by_code(session, code).id,
            reasons=BY_KEY[group].codes if group in BY_KEY else (),
        )
    bangkom().nudge()
    flash(_("Akun %(count)s orang diperiksa lagi sekarang.", count=count), "success")
    return redirect(url_for("sync_accounts.show", code=code, alasan=group or None), 303)


@bp.post("/sinkron/<code>/akun/<int:account_id>/baru")
def allow_new(code: str, account_id: int) -> ResponseReturnValue:
    me = actor()
    try:
        with writing() as session:
            account_looks.allow_new(session, actor=me, account_id=account_id)
    except Conflict as error:
        with reading() as session:
            return refused_page("sync/accounts.html", error, **_state(session, code, ""))
    bangkom().nudge()
    flash(_("Akun baru dibuat sekarang, lalu pendaftarannya diteruskan."), "success")
    return redirect(url_for("sync_accounts.show", code=code, alasan="deleted"), 303)


def _state(session: Session, code: str, asked: str) -> dict[str, Any]:
    me = actor()
    require(me, "enrolment.oversee")
    shown = accounts_state(session, site_by_code(session, code), _group(asked), before("sesudah") or 0)
    looked("moodle", "all", shown["whose"])
    return {
        **shown,
        "can_look": allowed(me, "account.look_again"),
        "can_allow": allowed(me, "account.allow_new"),
    }


def _group(asked: str) -> str:
    return asked if asked in BY_KEY or asked == DIFFERS else ""
