"""Pages: offices, who acts in them today, their timeline, and the letters that change it (R8, R11)."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from service.db import reading, writing
from service.web import offices_form as form
from service.web import offices_view as view
from service.web.support import actor, page, refused_with, say
from workflows.actions import leaves, offices, preparers
from workflows.errors import WorkflowError

bp = Blueprint("offices", __name__)
ID = "int(max=2147483647)"


@bp.get("/jabatan")
def index() -> str:
    with reading() as session:
        return page(
            "offices/index.html", **view.listed(session, actor(), request.args.get("sesudah", 0, int))
        )


@bp.get(f"/jabatan/<{ID}:office_id>")
def show(office_id: int) -> str:
    with reading() as session:
        shown = view.shown(session, actor(), office_id, request.args.get("q", ""))
        return page("offices/show.html", **shown, typed={}, part="")


@bp.post(f"/jabatan/<{ID}:office_id>/tunjuk")
def appoint(office_id: int) -> ResponseReturnValue:
    def act(session: Session) -> None:
        offices.appoint(session, actor=actor(), office_id=office_id, **form.appointment())

    return _do(office_id, "appoint", act, _("Surat penunjukan dicatat."))


@bp.post(f"/jabatan/<{ID}:office_id>/mandat/<{ID}:holding_id>/perpanjang")
def prolong(office_id: int, holding_id: int) -> ResponseReturnValue:
    def act(session: Session) -> None:
        view.must_be_of(session, office_id, holding_id)
        letter, until = form.letter(), form.day("valid_to")
        offices.prolong(session, actor=actor(), holding_id=holding_id, letter=letter, valid_to=until)

    return _do(office_id, f"prolong-{holding_id}", act, _("Perpanjangan dicatat."))


@bp.post(f"/jabatan/<{ID}:office_id>/mandat/<{ID}:holding_id>/akhiri")
def end(office_id: int, holding_id: int) -> ResponseReturnValue:
    def act(session: Session) -> None:
        view.must_be_of(session, office_id, holding_id)
        last, why = form.day("last_day"), request.form.get("reason", "")
        offices.end_mandate(session, actor=actor(), holding_id=holding_id, last_day=last, reason=why)

    return _do(office_id, f"end-{holding_id}", act, _("Akhir mandat dicatat."))


@bp.post(f"/jabatan/<{ID}:office_id>/cuti")
def announce(office_id: int) -> ResponseReturnValue:
    def act(session: Session) -> None:
        given = form.leave()
        leaves.announce_leave(session, actor=actor(), office_id=office_id, **given)

    return _do(
        office_id, "leave", act, _("Masa tidak di tempat dicatat. Tugas dialihkan sesuai tanggal suratnya.")
    )


@bp.post(f"/jabatan/<{ID}:office_id>/cuti/<{ID}:leave_id>/pengganti")
def name_stand_in(office_id: int, leave_id: int) -> ResponseReturnValue:
    def act(session: Session) -> None:
        leaves.name_stand_in(session, actor=actor(), leave_id=leave_id, stand_in=form.stand_in())

    return _do(office_id, f"standin-{leave_id}", act, _("Surat pengganti dicatat."))


@bp.post(f"/jabatan/<{ID}:office_id>/cuti/<{ID}:leave_id>/akhiri")
def end_leave(office_id: int, leave_id: int) -> ResponseReturnValue:
    def act(session: Session) -> None:
        last, why = form.day("last_day"), request.form.get("reason", "")
        leaves.end_leave(session, actor=actor(), leave_id=leave_id, last_day=last, reason=why)

    return _do(office_id, f"back-{leave_id}", act, _("Tugas kembali kepada pejabatnya sesudah tanggal itu."))


@bp.post(f"/jabatan/<{ID}:office_id>/penyiap")
def appoint_preparer(office_id: int) -> ResponseReturnValue:
    def act(session: Session) -> None:
        preparers.appoint_preparer(session, actor=actor(), office_id=office_id, **form.preparer())

    return _do(office_id, "preparer", act, _("Penyiap dicatat."))


@bp.post(f"/jabatan/<{ID}:office_id>/penyiap/<{ID}:preparer_id>/akhiri")
def end_preparer(office_id: int, preparer_id: int) -> ResponseReturnValue:
    def act(session: Session) -> None:
        view.must_prepare_for(session, office_id, preparer_id)
        why = request.form.get("reason", "")
        preparers.end_preparer(session, actor=actor(), preparer_id=preparer_id, reason=why)

    return _do(office_id, f"unprepare-{preparer_id}", act, _("Tugas penyiap diakhiri."))


def _do(office_id: int, part: str, act: Callable[[Session], object], sentence: str) -> ResponseReturnValue:
    """One transaction; a refusal shows the page again with what was typed in that form."""
    try:
        with writing() as session:
            act(session)
    except WorkflowError as error:
        return _again(office_id, part, error)
    flash(sentence, "success")
    return redirect(url_for("offices.show", office_id=office_id), 303)


def _again(office_id: int, part: str, error: WorkflowError) -> ResponseReturnValue:
    if error.status in (403, 404):
        raise error
    said = say(error)
    said["field"] = f"{part}-{said['field']}" if said["field"] else ""
    with reading() as session:
        shown = view.shown(
            session, actor(), office_id, request.form.get("q", ""), request.form.get("person_id", "")
        )
        return refused_with("offices/show.html", [said], error.status, **shown, typed=request.form, part=part)
