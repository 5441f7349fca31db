"""Pages: roles apart from offices, given and ended by an administrator."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from service.db import reading, writing
from service.web.days import day_of
from service.web.person_view import get_person, role_word
from service.web.roles_view import grants, role_options
from service.web.support import actor, page, refused_page
from workflows.actions import roles
from workflows.clock import today
from workflows.errors import N_, NotFound, WorkflowError
from workflows.models import RoleGrant
from workflows.rules import require

bp = Blueprint("roles", __name__)


@bp.get("/peran")
def index() -> str:
    me = actor()
    require(me, "role.oversee")
    with reading() as session:
        return page("roles/index.html", **grants(session, me))


@bp.get("/orang/<uuid:person_id>/peran")
def granting(person_id: uuid.UUID) -> str:
    return page("roles/grant.html", **_form(person_id), typed={})


@bp.post("/orang/<uuid:person_id>/peran")
def grant(person_id: uuid.UUID) -> ResponseReturnValue:
    form, me = request.form, actor()
    try:
        with writing() as session:
            roles.grant_role(
                session,
                actor=me,
                person_id=person_id,
                role=form.get("role", ""),
                reason=form.get("reason", ""),
                valid_from=day_of(form, "valid_from"),
                valid_to=day_of(form, "valid_to", may_lack=True),
            )
    except WorkflowError as error:
        return refused_page("roles/grant.html", error, **_form(person_id), typed=request.form)
    flash(_("Peran sudah diberikan."), "success")
    return redirect(url_for("persons.show", person_id=person_id), 303)


@bp.get("/peran/<int(max=2147483647):grant_id>/akhiri")
def ending(grant_id: int) -> str:
    return page("roles/end.html", **_grant(grant_id), typed={})


@bp.post("/peran/<int(max=2147483647):grant_id>/akhiri")
def end(grant_id: int) -> ResponseReturnValue:
    reason, me = request.form.get("reason", ""), actor()
    try:
        with writing() as session:
            roles.end_grant(session, actor=me, grant_id=grant_id, reason=reason)
    except WorkflowError as error:
        return refused_page("roles/end.html", error, **_grant(grant_id), typed=request.form)
    flash(_("Peran sudah diakhiri dan tidak berlaku lagi sejak sekarang."), "success")
    return redirect(url_for("roles.index"), 303)


def _form(person_id: uuid.UUID) -> dict[str, Any]:
    require(actor(), "role.grant")
    with reading() as session:
        return {"one": get_person(session, person_id), "day": today(session), "roles": role_options()}


def _grant(grant_id: int) -> dict[str, Any]:
    require(actor(), "role.grant")
    with reading() as session:
        row = session.get(RoleGrant, grant_id)
        if row is None:
            raise NotFound("no_grant", N_("Pemberian peran ini tidak ada."))
        return {"row": row, "one": get_person(session, row.person_id), "role": role_word(row.role)}
