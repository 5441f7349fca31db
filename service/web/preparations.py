"""Pages of a preparer: an office's tasks sorted, marked "siap", commented privately. Nothing here decides."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service.db import reading, writing
from service.web.preparations_view import preparing
from service.web.support import actor, page, refused_with, say
from service.web.words import _
from workflows.actions import preparations
from workflows.errors import WorkflowError

bp = Blueprint("preparations", __name__)
PLACE = "/penyiapan/<int(max=2147483647):office_id>/<int(max=2147483647):task_id>"


@bp.get("/penyiapan")
def index() -> str:
    with reading() as session:
        return page("preparations/index.html", offices=preparing(session, actor()), typed={})


@bp.post(f"{PLACE}/urutan")
def sort(office_id: int, task_id: int) -> ResponseReturnValue:
    """Field: ``arah`` naik or turun."""
    up = request.form.get("arah") != "turun"

    def act(session: Session) -> str:
        place = preparations.sort_task(session, actor=actor(), office_id=office_id, task_id=task_id, up=up)
        return _("Sekarang di urutan %(place)s.", place=place)

    return _do(task_id, act)


@bp.post(f"{PLACE}/siap")
def ready(office_id: int, task_id: int) -> ResponseReturnValue:
    """Fields: ``siap`` ya or tidak, ``shown`` what was read."""
    given, shown = request.form.get("siap") != "tidak", request.form.get("shown", "")

    def act(session: Session) -> str:
        if given:
            preparations.mark_ready(session, actor=actor(), office_id=office_id, task_id=task_id, shown=shown)
            return _("Ditandai siap.")
        preparations.take_mark_back(session, actor=actor(), office_id=office_id, task_id=task_id)
        return _("Tanda siap ditarik.")

    return _do(task_id, act)


@bp.post(f"{PLACE}/catatan")
def comment(office_id: int, task_id: int) -> ResponseReturnValue:
    def act(session: Session) -> str:
        text = request.form.get("text", "")
        preparations.comment(session, actor=actor(), office_id=office_id, task_id=task_id, text=text)
        return _("Catatan pribadi disimpan.")

    return _do(task_id, act)


@bp.post("/penyiapan/catatan/<int(max=2147483647):comment_id>/hapus")
def remove(comment_id: int) -> ResponseReturnValue:
    def act(session: Session) -> str:
        preparations.remove_comment(session, actor=actor(), comment_id=comment_id)
        return _("Catatan dihapus.")

    return _do(None, act)


def _do(task_id: int | None, act: Callable[[Session], str]) -> ResponseReturnValue:
    """One transaction, then back to the task in the list; a refusal keeps what was typed."""
    try:
        with writing() as session:
            sentence = act(session)
    except WorkflowError as error:
        return _again(task_id, error)
    flash(sentence, "success")
    anchor = f"tugas-{task_id}" if task_id is not None else None
    return redirect(url_for("preparations.index", _anchor=anchor), 303)


def _again(task_id: int | None, error: WorkflowError) -> ResponseReturnValue:
    if error.status in (403, 404):
        raise error
    said = say(error)
    said["field"] = f"{said['field']}-{task_id}" if said["field"] else ""
    typed = {"task": task_id, "text": request.form.get("text", "")}
    with reading() as session:
        offices = preparing(session, actor())
        return refused_with("preparations/index.html", [said], error.status, offices=offices, typed=typed)
