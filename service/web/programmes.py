"""Pages: programmes. The list, the hub page of a version, making it and changing it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from service.db import reading, writing
from service.web import programmes_course as courses
from service.web import programmes_edit as edit
from service.web import programmes_list, programmes_view
from service.web.programmes_form import Typed, costs_typed, values_from, values_of
from service.web.support import actor, page, refused_with
from service.web.targets_form import with_known_titles
from service.web.told import FIELD_WORDS, said_of
from workflows.actions import approvals, programmes
from workflows.actions.courses import name_course
from workflows.actions.versions import get_version
from workflows.errors import Refused, WorkflowError
from workflows.rules import require

bp = Blueprint("programmes", __name__)


@bp.get("/program")
def index() -> str:
    with reading() as session:
        listed = programmes_list.listed(
            session,
            request.args.get("keadaan", ""),
            request.args.get("sebelum", 0, int),
            request.args.get("sesudah", 0, int),
        )
        return page("programmes/index.html", **listed, may_propose=programmes_list.may_propose(actor()))


@bp.get("/program/<int:version_id>")
def show(version_id: int) -> str:
    with reading() as session:
        return page("programmes/show.html", **programmes_view.shown(session, version_id, actor()))


@bp.get("/program/baru")
def new() -> str:
    require(actor(), "programme.propose")
    with reading() as session:
        chosen = edit.chosen_needs(session, request.args.getlist("need"))
        typed = values_from(chosen)
        return page("programmes/new.html", **edit.choices(session, typed), **edit.asked(typed), needs=chosen)


@bp.post("/program/baru")
def propose() -> ResponseReturnValue:
    require(actor(), "programme.propose")
    typed = Typed(request.form)
    if typed.asks_for_more:
        return _new_again(typed)
    found, warning = courses.chosen(typed, (None, "", ""))
    try:
        content, costs = typed.content(found), typed.costs()
        unit = typed.whole("owner_unit_id", edit.UNIT_MISSING)
        edit.must_be_read(typed)
        with writing() as session:
            edit.must_exist(session, content, unit)
            content = with_known_titles(session, content)
            needs = edit.need_ids(request.form.getlist("need"))
            version = programmes.propose(
                session, actor=actor(), owner_unit_id=unit, need_ids=needs, content=content, costs=costs
            )
    except WorkflowError as error:
        return _new_again(typed, error)
    return _saved(version.id, _("Program sudah diusulkan sebagai versi 1."), warning)


@bp.get("/program/<int:version_id>/ubah")
def change(version_id: int) -> str:
    require(actor(), "programme.change")
    with reading() as session:
        version = get_version(session, version_id)
        typed = values_of(version)
        return page("programmes/change.html", **edit.changing(session, version, typed), **edit.asked(typed))


@bp.post("/program/<int:version_id>/ubah")
def save_change(version_id: int) -> ResponseReturnValue:
    require(actor(), "programme.change")
    typed = Typed(request.form)
    if typed.asks_for_more:
        return _change_again(version_id, typed)
    found, warning = courses.chosen(typed, edit.known_course(version_id))
    try:
        content = typed.content(found)
        seen = typed.whole("seen_content_no", edit.FORM_BROKEN)
        edit.must_be_read(typed)
        with writing() as session:
            edit.must_exist(session, content)
            content = with_known_titles(session, content)
            programmes.change_content(
                session, actor=actor(), version_id=version_id, content=content, seen_content_no=seen
            )
    except WorkflowError as error:
        return _change_again(version_id, typed, error)
    return _saved(version_id, _("Isi program sudah disimpan."), warning)


@bp.get("/program/<int:version_id>/biaya")
def change_costs(version_id: int) -> str:
    require(actor(), "programme.change")
    with reading() as session:
        version = get_version(session, version_id)
        return page("programmes/costs.html", **edit.costing(session, version, costs_typed(version)))


@bp.post("/program/<int:version_id>/biaya")
def save_costs(version_id: int) -> ResponseReturnValue:
    require(actor(), "programme.change")
    typed = Typed(request.form)
    if typed.asks_for_more:
        return _costs_again(version_id, typed)
    try:
        costs, seen = typed.costs(), typed.whole("seen_cost_no", edit.FORM_BROKEN)
        edit.must_be_read(typed)
        with writing() as session:
            programmes.change_costs(
                session, actor=actor(), version_id=version_id, costs=costs, seen_cost_no=seen
            )
    except WorkflowError as error:
        return _costs_again(version_id, typed, error)
    return _saved(version_id, _("Biaya program sudah disimpan."))


@bp.get("/program/<int:version_id>/kelas")
def course(version_id: int) -> str:
    require(actor(), "programme.change")
    with reading() as session:
        version = get_version(session, version_id)
        return page("programmes/course.html", **edit.choosing_course(session, version, values_of(version)))


@bp.post("/program/<int:version_id>/kelas")
def save_course(version_id: int) -> ResponseReturnValue:
    require(actor(), "programme.change")
    typed = Typed(request.form)
    if typed.asks_for_more:
        return _course_again(version_id, typed)
    (site_id, ref, title), warning = courses.chosen(typed, edit.known_course(version_id))
    try:
        edit.must_be_read(typed)
        given: dict[str, Any] = {"site_id": edit.must_be_site(site_id), "course_ref": ref}
        with writing() as session:
            if ref and not title:
                name_course(session, actor=actor(), version_id=version_id, **given)
            else:
                programmes.choose_course(
                    session, actor=actor(), version_id=version_id, course_title=title, **given
                )
    except WorkflowError as error:
        return _course_again(version_id, typed, error)
    if ref and not title:
        return _saved(version_id, _("Nomor kelas dicatat; kelasnya tertaut begitu Moodle menjawab."), warning)
    return _saved(version_id, _("Kelas Moodle sudah dipilih."), warning)


@bp.post("/program/<int:version_id>/ajukan-kembali")
def resubmit(version_id: int) -> ResponseReturnValue:
    with writing() as session:
        approvals.resubmit(session, actor=actor(), version_id=version_id)
    return _saved(version_id, _("Program diajukan kembali. Pejabat berikutnya sudah melihatnya."))


def _saved(version_id: int, sentence: str, warning: str = "") -> ResponseReturnValue:
    flash(sentence, "success")
    if warning:
        flash(warning, "warning")
    return redirect(url_for("programmes.show", version_id=version_id), 303)


def _said(typed: Typed, error: WorkflowError | None) -> tuple[list[dict[str, str]], int]:
    """What is wrong, all of it, and the status: 200 where a button only asked for more."""
    problems: list[WorkflowError] = list(typed.problems)
    if error is not None and error not in problems and not (problems and isinstance(error, Refused)):
        problems.append(error)
    if error is None:
        return [], 200
    return [said_of(problem, FIELD_WORDS) for problem in problems], error.status


def _new_again(typed: Typed, error: WorkflowError | None = None) -> ResponseReturnValue:
    said, status = _said(typed, error)
    asked = edit.asked(typed.form, typed)
    with reading() as session:
        chosen = edit.chosen_needs(session, request.form.getlist("need"))
        context = {**edit.choices(session, typed.form), **asked, "needs": chosen}
        return refused_with("programmes/new.html", said, status, **context)


def _change_again(version_id: int, typed: Typed, error: WorkflowError | None = None) -> ResponseReturnValue:
    said, status = _said(typed, error)
    asked = edit.asked(typed.form, typed)
    with reading() as session:
        version = get_version(session, version_id)
        context = {**edit.changing(session, version, typed.form, stale=status == 409), **asked}
        return refused_with("programmes/change.html", said, status, **context)


def _costs_again(version_id: int, typed: Typed, error: WorkflowError | None = None) -> ResponseReturnValue:
    said, status = _said(typed, error)
    more = 1 if typed.text("action") == "add_row" else 0
    with reading() as session:
        version = get_version(session, version_id)
        context = edit.costing(session, version, typed.form, more=more, stale=status == 409)
        return refused_with("programmes/costs.html", said, status, **context)


def _course_again(version_id: int, typed: Typed, error: WorkflowError | None = None) -> ResponseReturnValue:
    said, status = _said(typed, error)
    search = courses.search(typed) if error is None else None
    with reading() as session:
        version = get_version(session, version_id)
        context = edit.choosing_course(session, version, typed.form)
        return refused_with("programmes/course.html", said, status, **context, search=search)
