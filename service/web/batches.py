"""Pages: the batches of a version, and people who go over from one to another."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from service.current import bangkom
from service.db import reading, writing
from service.web.batches_view import batch_rows, group_trouble, may_arrange, movable
from service.web.days import day_of
from service.web.looks import looked
from service.web.paging import page_number
from service.web.support import actor, page, refused_page
from service.web.version_frame import version_frame
from workflows.actions import batches
from workflows.batches import batch_numbered
from workflows.errors import Conflict, Denied, Refused, WorkflowError
from workflows.rules import require

bp = Blueprint("batches", __name__)


@bp.get("/program/<int:version_id>/angkatan")
def index(version_id: int) -> ResponseReturnValue:
    with reading() as session:
        return page("batches/index.html", **_list(session, version_id))


@bp.post("/program/<int:version_id>/angkatan")
def add(version_id: int) -> ResponseReturnValue:
    me, form = actor(), request.form
    try:
        starts_on, ends_on = day_of(form, "starts_on"), day_of(form, "ends_on")
        with writing() as session:
            made = batches.add(session, actor=me, version_id=version_id, starts_on=starts_on, ends_on=ends_on)
    except (Refused, Conflict) as error:
        with reading() as session:
            return refused_page("batches/index.html", error, **_list(session, version_id))
    flash(_("Angkatan %(number)s ditambahkan.", number=made.number), "success")
    return redirect(url_for("batches.index", version_id=version_id), 303)


@bp.get("/program/<int:version_id>/angkatan/<int:number>")
def show(version_id: int, number: int) -> ResponseReturnValue:
    with reading() as session:
        return page("batches/show.html", **_one(session, version_id, number))


@bp.post("/program/<int:version_id>/angkatan/<int:number>")
def change(version_id: int, number: int) -> ResponseReturnValue:
    me, form = actor(), request.form
    try:
        days = {name: day_of(form, name) for name in ("starts_on", "ends_on")}
        with writing() as session:
            batches.change_dates(session, actor=me, version_id=version_id, number=number, **days)
    except (Refused, Conflict) as error:
        return _show_again(version_id, number, error)
    bangkom().nudge()
    flash(_("Tanggal angkatan disimpan. Tanggal peserta di Moodle menyusul dengan sendirinya."), "success")
    return redirect(url_for("batches.index", version_id=version_id), 303)


@bp.post("/program/<int:version_id>/angkatan/<int:number>/hapus")
def remove(version_id: int, number: int) -> ResponseReturnValue:
    me = actor()
    try:
        with writing() as session:
            batches.remove(session, actor=me, version_id=version_id, number=number)
    except (Refused, Conflict) as error:
        return _show_again(version_id, number, error)
    flash(_("Angkatan %(number)s dihapus.", number=number), "success")
    return redirect(url_for("batches.index", version_id=version_id), 303)


@bp.get("/program/<int:version_id>/angkatan/pindah")
def moving(version_id: int) -> ResponseReturnValue:
    with reading() as session:
        return page("batches/moving.html", **_movable(session, version_id))


@bp.post("/program/<int:version_id>/angkatan/pindah")
def move(version_id: int) -> ResponseReturnValue:
    me = actor()
    chosen = {int(one) for one in request.form.getlist("people") if one.isdecimal() and len(one) < 10}
    try:
        with writing() as session:
            moved = batches.move(
                session, actor=me, version_id=version_id, enrolment_ids=chosen, to_number=_target()
            )
    except (Refused, Conflict, Denied) as error:
        with reading() as session:
            return refused_page("batches/moving.html", error, **_movable(session, version_id))
    bangkom().nudge()
    flash(_("%(count)s peserta dipindahkan. Moodle menyusul dengan sendirinya.", count=len(moved)), "success")
    return redirect(url_for("batches.index", version_id=version_id), 303)


def _target() -> int:
    """The batch that was chosen; 0, which no version has, where nothing was."""
    return request.form.get("batch", 0, type=int)


def _list(session: Session, version_id: int) -> dict[str, Any]:
    frame, me = version_frame(session, version_id), actor()
    require(me, "enrolment.oversee")
    rows = batch_rows(session, frame["version"])
    typed = {name: request.form.get(name, "") for name in ("starts_on", "ends_on")}
    trouble = group_trouble(session, frame["version"])
    can = may_arrange(frame["version"], me)
    return {**frame, "rows": rows, "trouble": trouble, "can_arrange": can, "typed": typed}


def _one(session: Session, version_id: int, number: int) -> dict[str, Any]:
    require(actor(), "batch.arrange")
    frame = version_frame(session, version_id, rail=False)
    batch = batch_numbered(session, version_id, number)
    known = {"starts_on": batch.starts_on.isoformat(), "ends_on": batch.ends_on.isoformat()}
    rows = [row for row in batch_rows(session, frame["version"]) if row["batch"].id == batch.id]
    return {**frame, "row": rows[0], "typed": {**known, **request.form.to_dict()}}


def _show_again(version_id: int, number: int, error: WorkflowError) -> ResponseReturnValue:
    with reading() as session:
        return refused_page("batches/show.html", error, **_one(session, version_id, number))


def _movable(session: Session, version_id: int) -> dict[str, Any]:
    require(actor(), "enrolment.move")
    frame = version_frame(session, version_id, rail=False)
    shown = movable(session, frame["version"], request.args.get("dari", type=int), page_number())
    looked("participants", f"version:{version_id}", shown["whose"])
    return {**frame, **shown, "ticked": request.form.getlist("people"), "target": request.form.get("batch")}
