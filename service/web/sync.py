"""Pages: what the site holds beside what we want."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from service.current import bangkom
from service.db import reading, writing
from service.web.courses_view import course_standing
from service.web.drift_view import drift_note
from service.web.looks import looked
from service.web.paging import page_number
from service.web.support import actor, page, refused_page
from service.web.sync_view import STATES, sync_state
from service.web.version_frame import version_frame
from workflows.actions import enrolments, pauses
from workflows.errors import Conflict, Refused
from workflows.rules import allowed, require

bp = Blueprint("sync", __name__)

WATCHING = ((20, 3), (60, 15))
"""(looks, seconds between them): a page that nobody reads any more stops asking."""


@bp.get("/program/<int:version_id>/moodle")
def show(version_id: int) -> ResponseReturnValue:
    with reading() as session:
        return page("sync/show.html", **_state(session, version_id))


@bp.get("/program/<int:version_id>/moodle/keadaan")
def part(version_id: int) -> ResponseReturnValue:
    """The changing part of the page, swapped in while rows wait."""
    with reading() as session:
        return page("sync/_state.html", **_state(session, version_id, rail=False))


@bp.post("/program/<int:version_id>/moodle/ulang")
def retry(version_id: int) -> ResponseReturnValue:
    me = actor()
    with writing() as session:
        count = enrolments.retry(session, actor=me, version_id=version_id)
    bangkom().nudge()
    if count:
        flash(_("%(count)s baris dikirim ulang sekarang.", count=count), "success")
    else:
        flash(_("Tidak ada yang perlu dikirim ulang."), "message")
    return redirect(url_for("sync.show", version_id=version_id), 303)


@bp.post("/program/<int:version_id>/moodle/jeda")
def pause(version_id: int) -> ResponseReturnValue:
    me, reason = actor(), request.form.get("reason", "")
    try:
        with writing() as session:
            pauses.pause_course(session, actor=me, version_id=version_id, reason=reason)
    except (Refused, Conflict) as error:
        with reading() as session:
            return refused_page("sync/show.html", error, reason=reason, **_state(session, version_id))
    flash(_("Pengiriman ke kelas ini dijeda. Yang menunggu tetap tersimpan."), "success")
    return redirect(url_for("sync.show", version_id=version_id), 303)


@bp.post("/program/<int:version_id>/moodle/lanjut")
def resume(version_id: int) -> ResponseReturnValue:
    me = actor()
    try:
        with writing() as session:
            pauses.resume_course(session, actor=me, version_id=version_id)
    except (Refused, Conflict) as error:
        with reading() as session:
            return refused_page("sync/show.html", error, **_state(session, version_id))
    bangkom().nudge()
    flash(_("Pengiriman ke kelas ini dilanjutkan."), "success")
    return redirect(url_for("sync.show", version_id=version_id), 303)


def _state(session: Session, version_id: int, rail: bool = True) -> dict[str, Any]:
    frame, me = version_frame(session, version_id, rail=rail), actor()
    require(me, "enrolment.oversee")
    asked = request.args.get("keadaan", "")
    shown = sync_state(session, frame["version"], asked if asked in STATES else "", page_number())
    looked("moodle", f"version:{version_id}", shown["whose"])
    waits = shown["counts"]["waiting"] > 0
    return {
        **frame,
        **shown,
        "course": course_standing(session, frame["version"], me) if rail else None,
        "drift": drift_note(session, frame["version"]),
        "can_retry": allowed(me, "enrolment.retry"),
        "can_pause": allowed(me, "sync.pause"),
        "watch": watching(waits),
        "finished": page_number("kali") > 1 and not waits,
    }


def watching(waits: bool) -> dict[str, int] | None:
    """After how many seconds the part asks for itself again, and the how-manieth look that is; None: no more."""
    looks = page_number("kali")
    pause = next((seconds for most, seconds in WATCHING if looks <= most), None)
    return {"pause": pause, "looks": looks + 1} if waits and pause else None
