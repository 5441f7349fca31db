"""Pages: the effect of a programme, the decision about it, its next version and what that changes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from service.current import bangkom
from service.db import reading, writing
from service.jobs.surveys import destroy_spent
from service.web.difference_view import changes
from service.web.evaluations_view import evaluation_state
from service.web.looks import looked
from service.web.support import actor, page, refused_page
from service.web.version_frame import version_frame
from workflows.actions import evaluations
from workflows.errors import Conflict, Refused, WorkflowError
from workflows.lifecycle import MOVES_FROM, ensure_state
from workflows.rules import allowed, require

bp = Blueprint("evaluations", __name__)
REASONS = ("finding", "cause", "change")


@bp.get("/program/<int:version_id>/evaluasi")
def show(version_id: int) -> ResponseReturnValue:
    with reading() as session:
        return page("evaluations/show.html", **_state(session, version_id))


@bp.post("/program/<int:version_id>/evaluasi")
def decide(version_id: int) -> ResponseReturnValue:
    me, given = actor(), {name: request.form.get(name, "") for name in ("outcome", "reason")}
    try:
        with writing() as session:
            evaluations.evaluate(session, actor=me, version_id=version_id, **given)
    except (Refused, Conflict) as error:
        return _undecided(version_id, error, given)
    destroy_spent(bangkom().jobs)
    flash(_("Hasil evaluasi ditetapkan. Kunci rahasia survei sudah dimusnahkan."), "success")
    return redirect(url_for("evaluations.show", version_id=version_id), 303)


@bp.get("/program/<int:version_id>/pembaruan")
def revise(version_id: int) -> ResponseReturnValue:
    with reading() as session:
        return page("evaluations/revise.html", typed={}, **_revising(session, version_id))


@bp.post("/program/<int:version_id>/pembaruan")
def renew(version_id: int) -> ResponseReturnValue:
    me, typed = actor(), {name: request.form.get(name, "") for name in REASONS}
    try:
        with writing() as session:
            following = evaluations.revise(session, actor=me, version_id=version_id, **typed)
    except Refused as error:
        with reading() as session:
            shown = _revising(session, version_id)
            return refused_page("evaluations/revise.html", error, typed=typed, **shown)
    flash(_("Versi %(number)s lahir sebagai usulan.", number=following.number), "success")
    return redirect(url_for("programmes.show", version_id=following.id), 303)


@bp.get("/program/<int:version_id>/perbedaan")
def difference(version_id: int) -> ResponseReturnValue:
    with reading() as session:
        frame = version_frame(session, version_id)
        version, me = frame["version"], actor()
        old = version.supersedes
        editable = version.closed_as is None and version.state in ("proposed", "participatory_review")
        return page(
            "evaluations/difference.html",
            **frame,
            old=old,
            changes=changes(session, old, version) if old else [],
            revision=evaluations.revision_of(session, version_id),
            can_edit=editable and allowed(me, "programme.change"),
        )


def _state(session: Session, version_id: int) -> dict[str, Any]:
    frame, me = version_frame(session, version_id), actor()
    require(me, "survey.oversee")
    looked("evaluation", f"version:{version_id}")
    return {**frame, **evaluation_state(session, frame["version"], me)}


def _undecided(version_id: int, error: WorkflowError, given: dict[str, str]) -> ResponseReturnValue:
    with reading() as session:
        return refused_page("evaluations/show.html", error, typed=given, **_state(session, version_id))


def _revising(session: Session, version_id: int) -> dict[str, Any]:
    frame, me = version_frame(session, version_id), actor()
    require(me, "programme.revise")
    ensure_state(frame["version"], MOVES_FROM["revise"])
    looked("evaluation", f"version:{version_id}")
    return {**frame, **evaluation_state(session, frame["version"], me)}
