"""Pages: a form that came after its session's end, sent again after signing in ("Kirim lagi")."""

from __future__ import annotations

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue

from service.db import reading, writing
from service.sso import current_login
from service.sso.guard import browser_key
from service.sso.kept import SENT_AGAIN, claim_kept, find_kept, settle_kept
from service.sso.keys import real_now
from service.web.approvals_form import row_id
from service.web.kept_view import form_view, page_of
from service.web.support import actor, page

bp = Blueprint("kept", __name__)


@bp.get("/kiriman/<int(max=2147483647):form_id>")
def show(form_id: int) -> ResponseReturnValue:
    """What will be sent, and one button. Another person, another browser, a second time: not there."""
    with reading() as session:
        row = find_kept(session, form_id, actor().person, browser_key(), real_now())
        if row is None:
            return page("kept/gone.html"), 404
        return page("kept/show.html", form_id=form_id, sent_again=SENT_AGAIN, **form_view(row))


@bp.before_app_request
def send_once() -> ResponseReturnValue | None:
    """A kept form is taken before its own route runs, so that two taps do not send it twice."""
    form_id = request.form.get(SENT_AGAIN, type=row_id) if request.method == "POST" else None
    if form_id is None or request.blueprint == "sso" or current_login() is None:
        return None
    with writing() as session:
        claim = claim_kept(session, form_id, actor().person, browser_key(), real_now())
    if claim in ("sent", "foreign"):
        sent = claim == "sent"
        return page("kept/gone.html", sent=sent, page_url=page_of(request.path) if sent else ""), 409
    if claim == "taken":
        g.kept_form = form_id
    return None


@bp.after_app_request
def settle(response: Response) -> Response:
    """What was not accepted waits again: the answer may never have reached the browser."""
    if "kept_form" in g:
        with writing() as session:
            settle_kept(session, g.kept_form, sent=response.status_code < 400)
    return response
