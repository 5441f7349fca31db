"""Pages: the participatory review of a version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from service.db import reading, writing
from service.web import behalf
from service.web import reviews_view as view
from service.web.support import actor, page, refused_with, say
from workflows.actions import on_behalf, programmes, reviews
from workflows.actions.versions import get_version
from workflows.content import content_of
from workflows.errors import N_, Refused, WorkflowError

bp = Blueprint("reviews", __name__)


@bp.get("/program/<int:version_id>/pembahasan")
def show(version_id: int) -> str:
    with reading() as session:
        shown = view.shown(session, version_id, actor(), request.args.get("sesudah", 0, int))
        return page("reviews/show.html", **shown, typed={}, part="")


@bp.post("/program/<int:version_id>/pembahasan/buka")
def open_(version_id: int) -> ResponseReturnValue:
    def act(session: Session) -> None:
        _state_duplicates(session, version_id)
        invited = view.known_fields(session, request.form.getlist("invited"))
        opens_on, closes_on = _day("opens_on"), _day("closes_on")
        reviews.open_review(
            session,
            actor=actor(),
            version_id=version_id,
            opens_on=opens_on,
            closes_on=closes_on,
            invited=invited,
        )

    return _do(version_id, "open", act, _("Pembahasan bersama dibuka."))


@bp.post("/program/<int:version_id>/pembahasan/masukan")
def give(version_id: int) -> ResponseReturnValue:
    form = request.form

    def act(session: Session) -> None:
        reviews.give_input(
            session,
            actor=actor(),
            version_id=version_id,
            kind=form.get("kind", ""),
            text=form.get("text", "")[: view.LONGEST],
            importance=form.get("importance", 0, int),
            author_id=behalf.author_typed(),
        )

    if "person_id" in form:
        return _do(version_id, "for", act, _("Masukan rekan Anda tercatat; ia melihatnya di beranda."))
    return _do(version_id, "input", act, _("Masukan Anda tercatat. Jawaban resminya muncul di sini."))


@bp.post("/program/<int:version_id>/pembahasan/masukan/<int:input_id>/jawaban")
def answer(version_id: int, input_id: int) -> ResponseReturnValue:
    form = request.form

    def act(session: Session) -> None:
        view.must_belong(session, version_id, input_id)
        reviews.answer_input(
            session,
            actor=actor(),
            input_id=input_id,
            disposition=form.get("disposition", ""),
            answer=form.get("answer", ""),
        )

    return _do(version_id, f"answer-{input_id}", act, _("Jawaban resmi tercatat."))


@bp.post("/program/<int:version_id>/pembahasan/masukan/<int:input_id>/benar")
def confirm(version_id: int, input_id: int) -> ResponseReturnValue:
    def act(session: Session) -> None:
        view.must_belong(session, version_id, input_id)
        on_behalf.confirm_input(session, actor=actor(), input_id=input_id)

    return _do(version_id, f"stand-{input_id}", act, _("Tercatat: ini masukan Anda."))


@bp.post("/program/<int:version_id>/pembahasan/masukan/<int:input_id>/keberatan")
def object_(version_id: int, input_id: int) -> ResponseReturnValue:
    def act(session: Session) -> None:
        view.must_belong(session, version_id, input_id)
        reason = request.form.get("objection", "")
        on_behalf.object_to_input(session, actor=actor(), input_id=input_id, reason=reason)

    return _do(version_id, f"stand-{input_id}", act, _("Keberatan Anda tercatat."))


@bp.post("/program/<int:version_id>/pembahasan/tutup")
def close(version_id: int) -> ResponseReturnValue:
    def act(session: Session) -> None:
        reviews.close_review(session, actor=actor(), version_id=version_id)

    return _do(version_id, "close", act, _("Pembahasan ditutup. Rantai persetujuan dimulai."))


@bp.post("/program/<int:version_id>/pembahasan/kembalikan")
def send_back(version_id: int) -> ResponseReturnValue:
    def act(session: Session) -> None:
        reason = request.form.get("reason", "")
        reviews.return_for_changes(session, actor=actor(), version_id=version_id, reason=reason)

    return _do(
        version_id, "return", act, _("Program kembali ke usulan. Masukan dan jawabannya tetap tersimpan.")
    )


def _do(version_id: int, part: str, act: Callable[[Session], None], sentence: str) -> ResponseReturnValue:
    """One transaction; a refusal shows the page again with what was typed in that part of it."""
    try:
        with writing() as session:
            act(session)
    except WorkflowError as error:
        return _again(version_id, part, error)
    flash(sentence, "success")
    place = part.replace("answer", "input") if part.startswith("answer-") else None
    page_ = request.args.get("sesudah")
    return redirect(url_for("reviews.show", version_id=version_id, sesudah=page_, _anchor=place), 303)


def _again(version_id: int, part: str, error: WorkflowError) -> ResponseReturnValue:
    if error.status in (403, 404):
        raise error
    said = say(error)
    said["field"] = view.field_id(part, said["field"])
    with reading() as session:
        shown = view.shown(session, version_id, actor(), request.args.get("sesudah", 0, int))
        return refused_with("reviews/show.html", [said], error.status, **shown, typed=request.form, part=part)


def _state_duplicates(session: Session, version_id: int) -> None:
    """The statement about similar programmes is content; typed here it is written as such."""
    version = get_version(session, version_id)
    stated = request.form.get("duplicates_checked", "").strip()
    if not stated or stated == version.duplicates_checked:
        return
    content = replace(content_of(version), duplicates_checked=stated)
    programmes.change_content(
        session,
        actor=actor(),
        version_id=version_id,
        content=content,
        seen_content_no=request.form.get("seen_content_no", version.content_no, int),
    )


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise Refused("date", N_("Tulis tanggalnya."), field=name) from None
