"""Pages: reports of completion that fit nobody yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from service.db import reading, writing
from service.web.facts_view import waiting_facts
from service.web.looks import looked
from service.web.support import actor, page, say
from workflows.actions import records
from workflows.errors import Conflict, Refused, WorkflowError
from workflows.models import Fact
from workflows.rules import allowed, require

bp = Blueprint("facts", __name__)


@bp.get("/belum-cocok")
def index() -> ResponseReturnValue:
    with reading() as session:
        return page("facts/index.html", **_list(session))


@bp.post("/belum-cocok/<int:fact_id>/terima")
def accept(fact_id: int) -> ResponseReturnValue:
    return _decide(records.accept_fact, fact_id, _("Laporan diterima; JP peserta dicatat."))


@bp.post("/belum-cocok/<int:fact_id>/kesampingkan")
def dismiss(fact_id: int) -> ResponseReturnValue:
    return _decide(records.dismiss_fact, fact_id, _("Laporan dikesampingkan; tetap tersimpan."))


def _decide(use_case: Callable[..., Fact], fact_id: int, done: str) -> ResponseReturnValue:
    me, reason = actor(), request.form.get("reason", "")
    try:
        with writing() as session:
            use_case(session, actor=me, fact_id=fact_id, reason=reason)
    except (Refused, Conflict) as error:
        return _refused(fact_id, error, reason)
    flash(done, "success")
    return redirect(url_for("facts.index"), 303)


def _list(session: Session) -> dict[str, Any]:
    me = actor()
    require(me, "fact.oversee")
    shown = waiting_facts(session, max(request.args.get("sesudah", 0, type=int), 0))
    looked("facts", "all", shown["whose"])
    return {**shown, "can_decide": allowed(me, "fact.decide")}


def _refused(fact_id: int, error: WorkflowError, reason: str) -> ResponseReturnValue:
    """The list again, open at that report, with the reason that was typed."""
    said = say(error)
    said["field"] = f"reason-{fact_id}" if said["field"] else ""
    with reading() as session:
        found = {**_list(session), "errors": [said], "typed_id": fact_id, "typed": reason}
        return page("facts/index.html", **found), error.status
