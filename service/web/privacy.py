"""Pages of the data-protection officer: what personal data there are and how long, and who looked at them."""

from __future__ import annotations

from flask import Blueprint, request

from service.current import bangkom
from service.db import reading
from service.sso.erasing import old_sessions
from service.web.breaches_view import waiting_breaches
from service.web.data_requests_view import waiting_requests
from service.web.held_view import category_words
from service.web.looks import looked
from service.web.looks_view import kinds, whole_log
from service.web.paging import before
from service.web.support import actor, page
from workflows.actions.erasure import due
from workflows.rules import allowed, require

bp = Blueprint("privacy", __name__)


@bp.get("/data-pribadi")
def index() -> str:
    require(actor(), "privacy.oversee")
    with reading() as session:
        return page(
            "privacy/index.html",
            categories=[category_words(session, one) for one in bangkom().profile.privacy],
            requests=waiting_requests(session),
            breaches=waiting_breaches(session),
            due=due(session),
            sessions=old_sessions(session),
            may_erase=allowed(actor(), "history.erase"),
        )


@bp.get("/data-pribadi/catatan")
def log() -> str:
    """The whole access log. Reading it is a look as well: at those who looked."""
    require(actor(), "look.oversee")
    with reading() as session:
        shown = whole_log(session, before(), request.args.get("apa", ""))
        looked("log", "all", shown["whose"])
        return page("privacy/log.html", **shown, kinds=kinds(), paged=before() is not None)
