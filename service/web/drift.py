"""Pages: "Beda dengan Moodle": what differs between a course and what we hold, and its repair."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from service.current import bangkom
from service.db import reading, writing
from service.web.drift_view import drift_state
from service.web.looks import looked
from service.web.support import actor, page, say
from service.web.version_frame import version_frame
from workflows.actions import drift
from workflows.errors import Refused
from workflows.rules import allowed, require

bp = Blueprint("drift", __name__)


@bp.get("/program/<int:version_id>/moodle/beda")
def show(version_id: int) -> ResponseReturnValue:
    with reading() as session:
        return page("drift/show.html", **_state(session, version_id))


@bp.post("/program/<int:version_id>/moodle/beda/periksa")
def check(version_id: int) -> ResponseReturnValue:
    me = actor()
    with writing() as session:
        drift.ask_check(session, actor=me, version_id=version_id)
    bangkom().nudge()
    flash(_("Kelas dibandingkan sekarang; muat ulang halaman ini sebentar lagi."), "success")
    return redirect(url_for("drift.show", version_id=version_id), 303)


@bp.post("/program/<int:version_id>/moodle/beda/perbaiki")
def repair(version_id: int) -> ResponseReturnValue:
    me, chosen = actor(), request.form.getlist("finding", type=int)
    try:
        with writing() as session:
            count = drift.repair(session, actor=me, version_id=version_id, finding_ids=chosen)
    except Refused as error:
        return _refused(version_id, error)
    bangkom().nudge()
    flash(_("%(count)s baris dikirim lagi ke Moodle.", count=count), "success")
    return redirect(url_for("drift.show", version_id=version_id), 303)


@bp.post("/program/<int:version_id>/moodle/beda/biarkan")
def leave(version_id: int) -> ResponseReturnValue:
    me, chosen, reason = actor(), request.form.getlist("finding", type=int), request.form.get("reason", "")
    try:
        with writing() as session:
            count = drift.leave(session, actor=me, version_id=version_id, finding_ids=chosen, reason=reason)
    except Refused as error:
        return _refused(version_id, error)
    flash(_("%(count)s beda dibiarkan dengan alasan.", count=count), "success")
    return redirect(url_for("drift.show", version_id=version_id), 303)


def _state(session: Session, version_id: int) -> dict[str, Any]:
    frame, me = version_frame(session, version_id), actor()
    require(me, "enrolment.oversee")
    after = max(request.args.get("sesudah", 0, type=int), 0)
    shown = drift_state(session, frame["version"], after)
    looked("moodle", f"version:{version_id}", shown["whose"])
    return {
        **frame,
        **shown,
        "can_repair": allowed(me, "drift.repair"),
        "chosen": [],
        "typed": "",
    }


def _refused(version_id: int, error: Refused) -> ResponseReturnValue:
    """The page again with what was chosen and typed."""
    with reading() as session:
        state = _state(session, version_id)
        state |= {
            "errors": [say(error)],
            "chosen": request.form.getlist("finding", type=int),
            "typed": request.form.get("reason", ""),
        }
        return page("drift/show.html", **state), error.status
