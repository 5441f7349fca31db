"""Pages: a site that went back in time: what it no longer knows, looking again, taking it as it is."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from service.current import bangkom
from service.db import reading, writing
from service.jobs.rewind import look_again
from service.web.looks import looked
from service.web.moodle_words import sentence
from service.web.support import actor, page, refused_page
from service.web.sync_site_view import site_by_code
from workflows.actions import rewind
from workflows.errors import Conflict, Refused, WorkflowError
from workflows.models import LmsAccount, SiteRewind
from workflows.ports import Permanent, Retryable
from workflows.rules import allowed, require

bp = Blueprint("rewind", __name__)


@bp.get("/sinkron/<code>/mundur")
def show(code: str) -> ResponseReturnValue:
    with reading() as session:
        return page("sync/rewind.html", **_state(session, code))


@bp.post("/sinkron/<code>/mundur/lihat")
def look(code: str) -> ResponseReturnValue:
    """Ask the site; no transaction is open meanwhile."""
    require(actor(), "site.rewind")
    try:
        over = look_again(bangkom().asking, actor(), code)
    except Retryable:
        flash(
            _(
                "Situs belum menjawab, jadi belum ada yang dilihat. Pengiriman tetap berhenti; coba lagi nanti."
            ),
            "error",
        )
        return redirect(url_for("rewind.show", code=code), 303)
    except Permanent as error:
        flash(sentence(error.code), "error")
        return redirect(url_for("rewind.show", code=code), 303)
    except Conflict as error:
        return _refused(code, error)
    if over:
        bangkom().nudge()
        flash(_("Situs mengenal lagi semua akun. Pengiriman diteruskan."), "success")
        return redirect(url_for("sync_site.show", code=code), 303)
    flash(_("Masih sama: situs belum mengenal akun-akun ini."), "warning")
    return redirect(url_for("rewind.show", code=code), 303)


@bp.post("/sinkron/<code>/mundur/perbaiki")
def repair(code: str) -> ResponseReturnValue:
    me, reason = actor(), request.form.get("reason", "")
    try:
        with writing() as session:
            rows = rewind.repair(session, actor=me, code=code, reason=reason)
    except (Refused, Conflict) as error:
        return _refused(code, error, reason=reason)
    bangkom().nudge()
    flash(_("Akun dicari ulang dan %(count)s baris dikirim lagi.", count=rows), "success")
    return redirect(url_for("sync_site.show", code=code), 303)


def _state(session: Session, code: str) -> dict[str, Any]:
    me = actor()
    require(me, "enrolment.oversee")
    site = site_by_code(session, code)
    found = rewind.open_rewind(session, site.id)
    examples = _examples(session, found) if found else []
    looked("moodle", f"site:{site.id}", [one["whose"] for one in examples])
    may = found is not None and allowed(me, "site.rewind")
    return {"site": site, "rewind": found, "examples": examples, "can_decide": may}


def _examples(session: Session, found: SiteRewind) -> list[dict[str, Any]]:
    kinds = json.loads(found.examples)
    words = {"gone": _("tidak ada lagi di situs"), "moved": _("nomornya kini milik orang lain")}
    of_account = {account_id: kind for kind in ("gone", "moved") for account_id in kinds[kind]}
    rows = session.scalars(
        select(LmsAccount)
        .where(LmsAccount.id.in_(of_account))
        .options(joinedload(LmsAccount.person))
        .order_by(LmsAccount.id)
    )
    return [
        {
            "name": row.person.name,
            "whose": row.person_id,
            "number": row.remote_id or "",
            "kind": of_account[row.id],
            "word": words[of_account[row.id]],
        }
        for row in rows
    ]


def _refused(code: str, error: WorkflowError, reason: str = "") -> ResponseReturnValue:
    with reading() as session:
        return refused_page("sync/rewind.html", error, reason=reason, **_state(session, code))
