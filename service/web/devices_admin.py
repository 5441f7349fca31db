"""Pages: an administrator finds a person and ends that person's sign-ins, one by one or all."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from service.db import reading, writing
from service.web.approvals_form import row_id
from service.web.devices_admin_view import found_people, name_of
from service.web.devices_view import account_of, end_for, open_sessions, release_account
from service.web.looks import looked
from service.web.support import actor, page, refused_page
from workflows.errors import N_, NotFound, WorkflowError
from workflows.rules import require

bp = Blueprint("devices_admin", __name__)


@bp.get("/admin/perangkat")
def index() -> str:
    require(actor(), "session.end")
    return page("devices/search.html", rows=[], searched=False)


@bp.post("/admin/perangkat/cari")
def search() -> ResponseReturnValue:
    """Field ``who``: a name, or a NIP or NI PPPK. By POST: neither stands in an address or a log."""
    require(actor(), "session.end")
    with reading() as session:
        rows = found_people(session, request.form.get("who", ""))
    if len(rows) == 1:
        return redirect(rows[0]["url"], 303)
    return page("devices/search.html", rows=rows, searched=True)


@bp.get("/admin/perangkat/<uuid:person_id>")
def show(person_id: uuid.UUID) -> str:
    return page("devices/person.html", **_person(person_id), typed={})


@bp.post("/admin/perangkat/akhiri")
def end() -> ResponseReturnValue:
    """Fields ``person`` (id) and, for one device only, ``session``."""
    person_id = request.form.get("person", type=uuid.UUID)
    if person_id is None:
        raise NotFound("no_person", N_("Orang ini tidak ada."))
    with writing() as session:
        count = end_for(session, actor(), person_id, request.form.get("session", type=row_id))
    flash(_("%(count)s perangkat dikeluarkan.", count=count), "success")
    return redirect(url_for("devices_admin.show", person_id=person_id), 303)


@bp.post("/admin/perangkat/<uuid:person_id>/lepas-akun")
def release(person_id: uuid.UUID) -> ResponseReturnValue:
    """Field ``reason``."""
    me = actor()
    try:
        with writing() as session:
            release_account(session, me, person_id, request.form.get("reason", ""))
    except WorkflowError as error:
        return refused_page("devices/person.html", error, **_person(person_id), typed=request.form)
    flash(
        _("Kaitan dilepas. Akun SSO berikutnya dengan nomor orang ini akan dikaitkan saat ia masuk."),
        "success",
    )
    return redirect(url_for("devices_admin.show", person_id=person_id), 303)


def _person(person_id: uuid.UUID) -> dict[str, Any]:
    require(me := actor(), "session.end")
    with reading() as session:
        name, rows = name_of(session, person_id), open_sessions(session, person_id)
        looked("devices", f"person:{person_id}", [person_id])
        account, other = account_of(session, person_id), me.person_id != person_id
        return {"name": name, "rows": rows, "person_id": person_id, "account": account, "may_release": other}
