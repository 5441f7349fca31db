"""Pages: what a first delivery to a site would do, and agreeing to it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from service.config import BadSetting
from service.current import bangkom
from service.db import reading, writing
from service.jobs.first_run import look as look_at_site
from service.web.first_run_view import first_run_of
from service.web.support import actor, page, refused_page
from workflows.actions import first_run
from workflows.actions.sites import site_of
from workflows.errors import N_, Conflict, Refused, WorkflowError
from workflows.rules import require

bp = Blueprint("first_run", __name__)


@bp.get("/situs/<code>/pertama")
def show(code: str) -> ResponseReturnValue:
    return page("sites/first_run.html", **_state(code))


@bp.post("/situs/<code>/pertama/lihat")
def look(code: str) -> ResponseReturnValue:
    """Ask the site; nothing is sent. No transaction is open meanwhile."""
    try:
        look_at_site(bangkom().jobs, actor(), code)
    except (BadSetting, LookupError):
        return _refused(code, Refused("no_token", N_("Token situs ini belum dipasang oleh pengelola mesin.")))
    except (Refused, Conflict) as error:
        return _refused(code, error)
    return redirect(url_for("first_run.show", code=code), 303)


@bp.post("/situs/<code>/pertama/setuju")
def confirm(code: str) -> ResponseReturnValue:
    me, shown = actor(), request.form.get("fingerprint", "")
    try:
        with writing() as session:
            rows = first_run.confirm_first_run(session, actor=me, code=code, fingerprint=shown)
    except (Refused, Conflict) as error:
        return _refused(code, error)
    bangkom().nudge()
    flash(
        _(
            "Disetujui. %(count)s baris dikirim dengan sendirinya, dan selanjutnya yang baru juga.",
            count=rows,
        ),
        "success",
    )
    return redirect(url_for("sites.show", code=code), 303)


def _state(code: str) -> dict[str, Any]:
    me = actor()
    require(me, "site.first_run")
    with reading() as session:
        return first_run_of(session, site_of(session, code))


def _refused(code: str, error: WorkflowError) -> ResponseReturnValue:
    return refused_page("sites/first_run.html", error, **_state(code))
