"""Pages: all sites beside each other, a person's rows by their number, and one row's whole history."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from service.current import bangkom
from service.db import reading, writing
from service.web.looks import looked
from service.web.support import actor, page, refused_page
from service.web.sync_row_view import all_sites, row_state, rows_of_number
from workflows.actions import enrolments, unenrolling
from workflows.errors import Conflict, Refused
from workflows.models import CourseProgress
from workflows.rules import allowed, require

bp = Blueprint("sync_row", __name__)


@bp.get("/sinkron")
def index() -> ResponseReturnValue:
    with reading() as session:
        require(actor(), "enrolment.oversee")
        return page("sync/index.html", sites=all_sites(session), found=None)


@bp.post("/sinkron/cari")
def search() -> ResponseReturnValue:
    """By number, in the body: a NIP never stands in an address."""
    with reading() as session:
        require(actor(), "enrolment.oversee")
        sites, number = all_sites(session), request.form.get("number", "").strip()
        try:
            found = rows_of_number(session, number)
        except Refused as error:
            return refused_page("sync/index.html", error, sites=sites, found=None, number=number)
        looked("moodle", "all", {row["whose"] for row in found})
        return page("sync/index.html", sites=sites, found=found, number=number)


@bp.get("/sinkron/baris/<int:enrolment_id>")
def show(enrolment_id: int) -> ResponseReturnValue:
    with reading() as session:
        return page("sync/row.html", **_row(session, enrolment_id))


@bp.post("/sinkron/baris/<int:enrolment_id>/ulang")
def retry(enrolment_id: int) -> ResponseReturnValue:
    me = actor()
    try:
        with writing() as session:
            enrolments.retry_one(session, actor=me, enrolment_id=enrolment_id)
    except Conflict as error:
        with reading() as session:
            return refused_page("sync/row.html", error, **_row(session, enrolment_id))
    bangkom().nudge()
    flash(_("Baris ini dikirim ulang sekarang."), "success")
    return redirect(url_for("sync_row.show", enrolment_id=enrolment_id), 303)


@bp.get("/sinkron/baris/<int:enrolment_id>/keluar")
def leaving(enrolment_id: int) -> ResponseReturnValue:
    """What the site deletes, before anybody decides it."""
    with reading() as session:
        return page("sync/unenrol.html", **_leaving(session, enrolment_id))


@bp.post("/sinkron/baris/<int:enrolment_id>/keluar")
def unenrol(enrolment_id: int) -> ResponseReturnValue:
    me, reason = actor(), request.form.get("reason", "")
    try:
        with writing() as session:
            unenrolling.unenrol(session, actor=me, enrolment_id=enrolment_id, reason=reason)
    except (Refused, Conflict) as error:
        with reading() as session:
            return refused_page("sync/unenrol.html", error, reason=reason, **_leaving(session, enrolment_id))
    bangkom().nudge()
    flash(_("Diputuskan. Pendaftarannya di kelas Moodle dihapus."), "success")
    return redirect(url_for("sync_row.show", enrolment_id=enrolment_id), 303)


def _leaving(session: Session, enrolment_id: int) -> dict[str, Any]:
    require(actor(), "enrolment.unenrol")
    shown = _row(session, enrolment_id)
    looked("moodle", f"version:{shown['row'].batch.version_id}", [shown["row"].person_id])
    return {**shown, "progress": session.get(CourseProgress, enrolment_id)}


def _row(session: Session, enrolment_id: int) -> dict[str, Any]:
    me = actor()
    require(me, "enrolment.oversee")
    shown = row_state(session, enrolment_id, request.args.get("sebelum", type=int))
    row = shown["row"]
    looked("moodle", f"version:{row.batch.version_id}", [row.person_id])
    can_unenrol = allowed(me, "enrolment.unenrol") and unenrolling.can_unenrol(session, row)
    return {**shown, "can_retry": allowed(me, "enrolment.retry"), "can_unenrol": can_unenrol}
