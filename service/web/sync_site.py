"""Pages: one learning site: does it answer, what waits, stop and go on, the report to pass on."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from service.current import bangkom
from service.db import reading, writing
from service.web.site_report import Report, site_report
from service.web.support import actor, page, refused_page
from service.web.sync import watching
from service.web.sync_site_view import site_by_code, site_state
from workflows.actions import pauses
from workflows.errors import Conflict, Refused
from workflows.rules import allowed, require

bp = Blueprint("sync_site", __name__)


@bp.get("/sinkron/<code>")
def show(code: str) -> ResponseReturnValue:
    with reading() as session:
        return page("sync/site.html", **_state(session, code))


@bp.get("/sinkron/<code>/keadaan")
def part(code: str) -> ResponseReturnValue:
    """The changing part of the page, swapped in while rows wait."""
    with reading() as session:
        return page("sync/_site.html", **_state(session, code))


@bp.get("/sinkron/<code>/laporan")
def report(code: str) -> ResponseReturnValue:
    with reading() as session:
        return page("sync/report.html", code=code, report=_report(session, code))


@bp.get("/sinkron/<code>/laporan.txt")
def report_text(code: str) -> ResponseReturnValue:
    with reading() as session:
        return Response(_report(session, code).as_text(), mimetype="text/plain")


@bp.post("/sinkron/<code>/jeda")
def pause(code: str) -> ResponseReturnValue:
    me, reason = actor(), request.form.get("reason", "")
    try:
        with writing() as session:
            pauses.pause_sync(session, actor=me, site_id=site_by_code(session, code).id, reason=reason)
    except (Refused, Conflict) as error:
        with reading() as session:
            return refused_page("sync/site.html", error, reason=reason, **_state(session, code))
    flash(_("Pengiriman dijeda. Yang menunggu tetap tersimpan."), "success")
    return redirect(url_for("sync_site.show", code=code), 303)


@bp.post("/sinkron/<code>/lanjut")
def resume(code: str) -> ResponseReturnValue:
    me = actor()
    try:
        with writing() as session:
            pauses.resume_sync(session, actor=me, site_id=site_by_code(session, code).id)
    except Conflict as error:
        with reading() as session:
            return refused_page("sync/site.html", error, **_state(session, code))
    bangkom().nudge()
    flash(_("Pengiriman dilanjutkan."), "success")
    return redirect(url_for("sync_site.show", code=code), 303)


@bp.post("/sinkron/<code>/coba")
def try_now(code: str) -> ResponseReturnValue:
    me = actor()
    with writing() as session:
        pauses.try_site(session, actor=me, site_id=site_by_code(session, code).id)
    bangkom().nudge()
    flash(_("Situs dicoba sekarang."), "success")
    return redirect(url_for("sync_site.show", code=code), 303)


def _state(session: Session, code: str) -> dict[str, Any]:
    me = actor()
    require(me, "enrolment.oversee")
    may = {"can_pause": allowed(me, "sync.pause"), "can_retry": allowed(me, "enrolment.retry")}
    shown = site_state(session, site_by_code(session, code))
    return {**shown, **may, "watch": watching(shown["counts"]["waiting"] > 0)}


def _report(session: Session, code: str) -> Report:
    require(actor(), "enrolment.oversee")
    profile = bangkom().profile
    sender = f"{profile.agencies['hrd_agency'].id}, {profile.region.id}"
    return site_report(session, site_by_code(session, code), sender)
