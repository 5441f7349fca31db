"""Pages: stops of participants that the brake holds: who, why, how many of how many; agreeing or turning down."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from service.current import bangkom
from service.db import reading, writing
from service.web.brakes_view import hold_state, holds_of
from service.web.looks import looked
from service.web.support import actor, page, refused_page
from service.web.sync_site_view import site_by_code
from workflows.actions import holds
from workflows.errors import Conflict, Denied, Refused, WorkflowError
from workflows.rules import allowed, require

bp = Blueprint("brakes", __name__)


@bp.get("/sinkron/<code>/rem")
def index(code: str) -> ResponseReturnValue:
    with reading() as session:
        require(actor(), "enrolment.oversee")
        site, before = site_by_code(session, code), request.args.get("sebelum", type=int)
        return page("sync/holds.html", site=site, **holds_of(session, site.id, before))


@bp.get("/sinkron/<code>/rem/<int:hold_id>")
def show(code: str, hold_id: int) -> ResponseReturnValue:
    with reading() as session:
        return page("sync/hold.html", **_state(session, code, hold_id))


@bp.post("/sinkron/<code>/rem/<int:hold_id>/setuju")
def approve(code: str, hold_id: int) -> ResponseReturnValue:
    try:
        with writing() as session:
            count = holds.approve(session, **_asked(session, code, hold_id))
    except (Refused, Conflict, Denied) as error:
        return _refused(code, hold_id, error)
    bangkom().nudge()
    flash(_("Disetujui: %(count)s pemberhentian dikirim sekarang.", count=count), "success")
    return redirect(url_for("brakes.index", code=code), 303)


@bp.post("/sinkron/<code>/rem/<int:hold_id>/tolak")
def decline(code: str, hold_id: int) -> ResponseReturnValue:
    try:
        with writing() as session:
            count = holds.decline(session, **_asked(session, code, hold_id))
    except (Refused, Conflict, Denied) as error:
        return _refused(code, hold_id, error)
    bangkom().nudge()
    flash(_("Ditolak: %(count)s orang tetap seperti yang ada di Moodle.", count=count), "success")
    return redirect(url_for("brakes.index", code=code), 303)


def _asked(session: Session, code: str, hold_id: int) -> dict[str, Any]:
    holds.hold_of(session, hold_id, site_id=site_by_code(session, code).id)
    shown, reason = request.form.get("fingerprint", ""), request.form.get("reason", "")
    return {"actor": actor(), "hold_id": hold_id, "fingerprint": shown, "reason": reason}


def _state(session: Session, code: str, hold_id: int) -> dict[str, Any]:
    me = actor()
    require(me, "enrolment.oversee")
    site, may = site_by_code(session, code), allowed(me, "sync.brake")
    hold = holds.hold_of(session, hold_id, site_id=site.id)
    shown = hold_state(session, hold, request.args.get("sesudah", type=int), reasons=may)
    looked("moodle", f"site:{site.id}", shown.pop("whose"))
    return {**shown, "site": site, "hold": hold, "can_decide": may and shown["open"]}


def _refused(code: str, hold_id: int, error: WorkflowError) -> ResponseReturnValue:
    reason = request.form.get("reason", "")
    with reading() as session:
        return refused_page("sync/hold.html", error, reason=reason, **_state(session, code, hold_id))
