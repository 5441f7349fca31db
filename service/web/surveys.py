"""Pages: surveys before and after. Answers stand in no address, message or log."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.current import bangkom
from service.db import reading, writing
from service.jobs.surveys import sweep_away
from service.web.support import actor, page, refused_page
from service.web.surveys_form import proposed, read_form, typed
from service.web.surveys_view import my_invitations, questionnaire, survey_state
from service.web.version_frame import version_frame
from workflows.actions import surveys
from workflows.errors import N_, Conflict, NotFound, Refused, WorkflowError
from workflows.models import Survey, Wave
from workflows.rules import require

bp = Blueprint("surveys", __name__)


@bp.get("/program/<int:version_id>/survei")
def show(version_id: int) -> ResponseReturnValue:
    with reading() as session:
        return page("surveys/show.html", **_state(session, version_id))


@bp.post("/program/<int:version_id>/survei")
def prepare(version_id: int) -> ResponseReturnValue:
    me = actor()
    try:
        form = read_form(request.form)
        with writing() as session:
            surveys.prepare_survey(
                session,
                actor=me,
                version_id=version_id,
                questions=form.questions,
                before=form.before,
                after=form.after,
            )
    except (Refused, Conflict) as error:
        return _refused(version_id, error)
    bangkom().nudge()
    flash(_("Survei disiapkan. Kedua gelombang dibuka dan ditutup sendiri pada tanggalnya."), "success")
    return redirect(url_for("surveys.show", version_id=version_id), 303)


@bp.post("/program/<int:version_id>/survei/buka")
def open_now(version_id: int) -> ResponseReturnValue:
    me = actor()
    try:
        with writing() as session:
            surveys.open_wave(session, actor=me, wave_id=_wave_id(session, version_id))
    except (Refused, Conflict) as error:
        return _refused(version_id, error)
    flash(_("Survei dibuka; undangan ada di beranda para responden."), "success")
    return redirect(url_for("surveys.show", version_id=version_id), 303)


@bp.post("/program/<int:version_id>/survei/tutup")
def close_now(version_id: int) -> ResponseReturnValue:
    me = actor()
    try:
        with writing() as session:
            surveys.close_wave(session, actor=me, wave_id=_wave_id(session, version_id))
    except (Refused, Conflict) as error:
        return _refused(version_id, error)
    sweep_away(bangkom().jobs)
    flash(_("Survei ditutup; jawaban sudah ditulis ulang dalam urutan acak."), "success")
    return redirect(url_for("surveys.show", version_id=version_id), 303)


@bp.get("/survei")
def index() -> ResponseReturnValue:
    with reading() as session:
        return page("surveys/index.html", invitations=my_invitations(session, actor()))


@bp.get("/survei/terima-kasih")
def thanks() -> ResponseReturnValue:
    with reading() as session:
        return page("surveys/thanks.html", invitations=my_invitations(session, actor()))


@bp.get("/survei/<int:invitation_id>")
def ask(invitation_id: int) -> ResponseReturnValue:
    with reading() as session:
        return page("surveys/ask.html", scores={}, **questionnaire(session, actor(), invitation_id))


@bp.post("/survei/<int:invitation_id>")
def answer(invitation_id: int) -> ResponseReturnValue:
    """Takes one answer and forgets it: the next address names neither invitation nor score."""
    me = actor()
    with reading() as session:
        asked = len(questionnaire(session, me, invitation_id)["questions"])
    scores = _scores(asked)
    try:
        if len(scores) < asked:
            raise Refused("scores", N_("Jawab setiap pertanyaan."), field="scores")
        with writing() as session:
            surveys.answer(session, actor=me, invitation_id=invitation_id, scores=list(scores.values()))
    except (Refused, Conflict) as error:
        return _ask_again(invitation_id, error, scores)
    return redirect(url_for("surveys.thanks"), 303)


def _scores(asked: int) -> dict[int, int]:
    """Question number -> score, for those that were answered with a number."""
    given = {number: request.form.get(f"score_{number}", "") for number in range(1, asked + 1)}
    return {number: int(text) for number, text in given.items() if text.isdecimal() and len(text) < 4}


def _ask_again(invitation_id: int, error: WorkflowError, scores: dict[int, int]) -> ResponseReturnValue:
    with reading() as session:
        shown = questionnaire(session, actor(), invitation_id)
        first = next((n for n in range(1, len(shown["questions"]) + 1) if n not in scores), 1)
        error.field = f"score_{first}" if error.field else ""
        return refused_page("surveys/ask.html", error, scores=scores, **shown)


def _state(session: Session, version_id: int) -> dict[str, Any]:
    frame, me = version_frame(session, version_id), actor()
    require(me, "survey.oversee")
    shown = survey_state(session, frame["version"], me)
    values = proposed(session, frame["version"]) if shown["can_prepare"] else {}
    return {**frame, **shown, "values": values}


def _refused(version_id: int, error: WorkflowError) -> ResponseReturnValue:
    with reading() as session:
        shown = _state(session, version_id)
        if "questions" in request.form:
            shown["values"] = typed(request.form)
        return refused_page("surveys/show.html", error, **shown)


def _wave_id(session: Session, version_id: int) -> int:
    """The wave ``before`` or ``after`` of this version."""
    found = session.scalars(
        select(Wave.id)
        .join(Survey)
        .where(Survey.version_id == version_id, Wave.kind == request.form.get("wave", ""))
    ).one_or_none()
    if found is None:
        raise NotFound("no_wave", N_("Survei ini tidak ada."))
    return found
