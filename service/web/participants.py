"""Pages: who takes part, and the start of a programme."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from service.current import bangkom
from service.db import reading, writing
from service.web.batches_view import joinable
from service.web.candidates_view import candidates, people_of_unit, search_of
from service.web.looks import looked
from service.web.paging import page_number
from service.web.participants_view import doable, participants
from service.web.support import actor, page, refused_page
from service.web.version_frame import version_frame
from workflows.actions import enrolments
from workflows.actions.versions import get_version
from workflows.errors import N_, Conflict, Denied, NotFound, Refused, WorkflowError
from workflows.models import Enrolment
from workflows.rules import require

bp = Blueprint("participants", __name__)


@bp.get("/program/<int:version_id>/peserta")
def show(version_id: int) -> ResponseReturnValue:
    with reading() as session:
        return page("participants/show.html", **_list(session, version_id))


@bp.post("/program/<int:version_id>/peserta")
def enrol(version_id: int) -> ResponseReturnValue:
    me, reason = actor(), request.form.get("cap_reason", "")
    try:
        with writing() as session:
            chosen = _chosen(session, version_id)
            batch = request.form.get("batch", type=int)
            rows = enrolments.enrol(
                session,
                actor=me,
                version_id=version_id,
                person_ids=chosen,
                batch_number=batch,
                cap_reason=reason,
            )
    except (Refused, Conflict, Denied, NotFound) as error:
        return _refused(version_id, error)
    bangkom().nudge()
    flash(_("%(count)s peserta didaftarkan. Moodle menyusul dengan sendirinya.", count=len(rows)), "success")
    back = search_of(request.form).as_args()
    return redirect(url_for("participants.show", version_id=version_id, **back), 303)


@bp.get("/program/<int:version_id>/peserta/<int:enrolment_id>/berhenti")
def leaving(version_id: int, enrolment_id: int) -> ResponseReturnValue:
    with reading() as session:
        return page("participants/leaving.html", **_one(session, version_id, enrolment_id))


@bp.post("/program/<int:version_id>/peserta/<int:enrolment_id>/berhenti")
def withdraw(version_id: int, enrolment_id: int) -> ResponseReturnValue:
    me, reason = actor(), request.form.get("reason", "")
    with reading() as session:
        _one(session, version_id, enrolment_id)
    try:
        with writing() as session:
            enrolments.withdraw(session, actor=me, enrolment_id=enrolment_id, reason=reason)
    except (Refused, Conflict) as error:
        with reading() as session:
            typed = _one(session, version_id, enrolment_id)
            return refused_page("participants/leaving.html", error, reason=reason, **typed)
    bangkom().nudge()
    flash(_("Peserta dihentikan. Yang sudah dipelajarinya tetap tercatat."), "success")
    return redirect(url_for("participants.show", version_id=version_id), 303)


@bp.post("/program/<int:version_id>/mulai")
def start(version_id: int) -> ResponseReturnValue:
    me = actor()
    try:
        with writing() as session:
            enrolments.start(session, actor=me, version_id=version_id)
    except (Refused, Conflict) as error:
        return _refused(version_id, error)
    bangkom().nudge()
    flash(_("Program mulai berjalan."), "success")
    return redirect(url_for("programmes.show", version_id=version_id), 303)


def _chosen(session: Session, version_id: int) -> list[uuid.UUID]:
    """The ticked people, or everyone of a unit; none at all is a refusal."""
    get_version(session, version_id)
    unit = request.form.get("whole_unit", "")
    require(actor(), "enrolment.enrol")
    if unit.isdecimal():
        chosen = people_of_unit(session, version_id, int(unit), actor().person)
    else:
        chosen = _ids(request.form.getlist("person_ids"))
    if not chosen:
        raise Refused("nobody_chosen", N_("Pilih sekurangnya satu orang."), field="people")
    return chosen


def _ids(values: list[str]) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(value) for value in values]
    except ValueError:
        raise NotFound("no_person", N_("Salah satu orang tidak ada atau sudah berhenti.")) from None


def _list(session: Session, version_id: int) -> dict[str, Any]:
    frame, me = version_frame(session, version_id), actor()
    require(me, "enrolment.oversee")
    search = search_of(request.values)
    shown = participants(session, frame["version"], page_number(), request.args.get("angkatan", type=int))
    may = doable(session, frame["version"], me, shown["taken"])
    found = candidates(session, version_id, search, me.person) if may["can_enrol"] else {}
    seen = [one["row"].person_id for one in shown["people"]] + found.get("measured", [])
    looked("participants", f"version:{version_id}", seen)
    typed = {"ticked": request.form.getlist("person_ids"), "target": request.form.get("batch")}
    typed["cap_reason"] = request.form.get("cap_reason", "")
    targets = joinable(session, frame["version"]) if may["can_enrol"] else []
    return {**frame, **shown, **may, **found, **typed, "search": search, "targets": targets}


def _refused(version_id: int, error: WorkflowError) -> ResponseReturnValue:
    with reading() as session:
        return refused_page("participants/show.html", error, **_list(session, version_id))


def _one(session: Session, version_id: int, enrolment_id: int) -> dict[str, Any]:
    frame = version_frame(session, version_id, rail=False)
    require(actor(), "enrolment.withdraw")
    row = session.get(Enrolment, enrolment_id)
    if row is None or row.batch.version_id != version_id:
        raise NotFound("no_enrolment", N_("Peserta ini tidak ada."))
    looked("participant", f"version:{version_id}", [row.person_id])
    return {**frame, "row": row}
