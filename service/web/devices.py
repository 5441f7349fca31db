"""Pages: the devices on which this person is signed in ("Perangkat yang masuk")."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from service.db import reading, writing
from service.sso import current_login
from service.web.approvals_form import row_id
from service.web.devices_view import end_one, end_others, open_sessions
from service.web.support import actor, page
from workflows.errors import N_, NotFound

bp = Blueprint("devices", __name__)


@bp.get("/perangkat")
def index() -> str:
    login = current_login()
    assert login is not None
    with reading() as session:
        rows = open_sessions(session, actor().person)
        return page("devices/index.html", rows=rows, here=login.session_id)


@bp.post("/perangkat/akhiri")
def end() -> ResponseReturnValue:
    """Field ``session``: the row's id."""
    wanted = request.form.get("session", type=row_id)
    if wanted is None:
        raise NotFound("no_session", N_("Perangkat ini tidak ada dalam daftar Anda."))
    with writing() as session:
        end_one(session, actor().person, wanted)
    flash(_("Perangkat itu sudah dikeluarkan."), "success")
    return redirect(url_for("devices.index"), 303)


@bp.post("/perangkat/akhiri-lainnya")
def end_all_others() -> ResponseReturnValue:
    login = current_login()
    assert login is not None
    with writing() as session:
        count = end_others(session, login.person_id, login.session_id)
    flash(_("%(count)s perangkat lain sudah dikeluarkan.", count=count), "success")
    return redirect(url_for("devices.index"), 303)
