"""Pages: the breach register with its clock (UU 27/2022 art. 46)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from service.current import bangkom
from service.db import reading, writing
from service.web.breaches_view import breach_page, choices, register_page
from service.web.days import day_of
from service.web.paging import before
from service.web.support import actor, page, refused_page
from workflows.actions import breaches
from workflows.actions.breaches import Account
from workflows.errors import N_, Conflict, Refused, WorkflowError
from workflows.models import Breach
from workflows.rules import allowed, require

bp = Blueprint("breaches", __name__)


@bp.get("/data-pribadi/insiden")
def index() -> str:
    me = actor()
    require(me, "breach.oversee")
    with reading() as session:
        shown = register_page(session, before())
        may_report = allowed(me, "breach.report")
        return page("privacy/breaches.html", **shown, may_report=may_report, paged=before() is not None)


@bp.get("/data-pribadi/insiden/baru")
def new() -> str:
    require(actor(), "breach.report")
    with reading() as session:
        return page("privacy/breach_new.html", typed={}, **choices(session))


@bp.post("/data-pribadi/insiden/baru")
def report() -> ResponseReturnValue:
    me = actor()
    try:
        with writing() as session:
            known_at = _instant("known")
            found = breaches.report_breach(session, actor=me, known_at=known_at, account=_account())
    except Refused as error:
        with reading() as session:
            return refused_page("privacy/breach_new.html", error, typed=request.form, **choices(session))
    flash(_("Insiden dicatat. Waktunya dihitung sejak diketahui."), "success")
    return redirect(url_for("breaches.show", breach_id=found.id), 303)


@bp.get("/data-pribadi/insiden/<int(max=2147483647):breach_id>")
def show(breach_id: int) -> str:
    me = actor()
    require(me, "breach.oversee")
    with reading() as session:
        may = allowed(me, "breach.handle")
        return page("privacy/breach.html", **breach_page(session, breach_id), may_handle=may, typed={})


@bp.post("/data-pribadi/insiden/<int(max=2147483647):breach_id>/lengkapi")
def amend(breach_id: int) -> ResponseReturnValue:
    me = actor()

    def change(session: Session) -> Breach:
        return breaches.amend_breach(session, actor=me, breach_id=breach_id, account=_account())

    return _changed(breach_id, change, _("Keterangan disimpan."))


@bp.post("/data-pribadi/insiden/<int(max=2147483647):breach_id>/beritahu")
def notice(breach_id: int) -> ResponseReturnValue:
    me, given = actor(), {"to": request.form.get("to", ""), "note": request.form.get("note", "")}

    def change(session: Session) -> Breach:
        sent_at = _instant("sent")
        return breaches.note_notice(session, actor=me, breach_id=breach_id, sent_at=sent_at, **given)

    return _changed(breach_id, change, _("Pemberitahuan dicatat."))


@bp.post("/data-pribadi/insiden/<int(max=2147483647):breach_id>/tutup")
def close(breach_id: int) -> ResponseReturnValue:
    me, given = actor(), {name: request.form.get(name, "") for name in ("closed_as", "conclusion")}

    def change(session: Session) -> Breach:
        return breaches.close_breach(session, actor=me, breach_id=breach_id, **given)

    return _changed(breach_id, change, _("Insiden ditutup."))


def _changed(breach_id: int, change: Callable[[Session], Breach], done: str) -> ResponseReturnValue:
    try:
        with writing() as session:
            change(session)
    except (Refused, Conflict) as error:
        return _refused(breach_id, error)
    flash(done, "success")
    return redirect(url_for("breaches.show", breach_id=breach_id), 303)


def _refused(breach_id: int, error: WorkflowError) -> ResponseReturnValue:
    with reading() as session:
        shown = breach_page(session, breach_id)
        return refused_page("privacy/breach.html", error, **shown, may_handle=True, typed=request.form)


def _account() -> Account:
    form, count = request.form, request.form.get("people_count", "").strip()
    if count and not (count.isdecimal() and len(count) < 10):
        raise Refused("people_count", N_("Jumlah orang adalah bilangan bulat."), field="people_count")
    people = int(count) if count else None
    return Account(form.get("happened", ""), form.get("revealed", ""), people, form.get("measures", ""))


def _instant(name: str) -> datetime:
    """From two fields, ``<name>_on`` and ``<name>_time``, in the profile's zone."""
    day, text = day_of(request.form, f"{name}_on"), request.form.get(f"{name}_time", "").strip()
    try:
        hour = time.fromisoformat(text)
    except ValueError:
        raise Refused("time", N_("Tulis jamnya, misalnya 09:30."), field=f"{name}_at") from None
    return datetime.combine(day, hour.replace(tzinfo=None), bangkom().profile.zone)
