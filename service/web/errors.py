"""Every failure is a page with a sentence and an id; never a trace, never a secret."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, current_app, render_template
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from service.logs import request_id
from service.web.support import say
from workflows.errors import WorkflowError

log = logging.getLogger("bangkom.errors")


def show(app: Flask) -> None:
    app.register_error_handler(WorkflowError, _workflow)
    app.register_error_handler(CSRFError, _old_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(Exception, _unexpected)


def _page(status: int, **context: Any) -> ResponseReturnValue:
    if not has_routes():
        return f"{status} {request_id()}\n", status, {"Content-Type": "text/plain"}
    return render_template("errors/error.html", status=status, page_id=request_id(), **context), status


def has_routes() -> bool:
    """False for a request to a host name that is not ours: no address can be built for it."""
    return getattr(request_ctx, "url_adapter", None) is not None


def _workflow(error: WorkflowError) -> ResponseReturnValue:
    log.info("refused %s", error.code)
    said = say(error)
    return _page(error.status, sentence=said["text"], rule=said["rule"])


def _old_form(error: CSRFError) -> ResponseReturnValue:
    log.info("form without a valid token: %s", error.description)
    return _page(
        400, sentence=_("Formulir ini sudah terlalu lama terbuka. Kembali, muat ulang, lalu kirim lagi.")
    )


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    return _page(error.code)


def database_away(error: OperationalError) -> Response:
    """The page that says so, as a whole answer."""
    return current_app.make_response(_database(error))


def _database(error: OperationalError) -> ResponseReturnValue:
    log.error("database away: %s", type(error.orig).__name__)
    return _page(503)


def _unexpected(error: Exception) -> ResponseReturnValue:
    log.exception("unexpected")
    return _page(500)
