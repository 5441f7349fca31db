"""Pages for a sign-in that did not succeed: a sentence for people, a code for the log, never a token."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, render_template, url_for
from flask.typing import ResponseReturnValue

from service.sso.guard import current_login
from service.sso.problems import ProviderDown, SignInFailed, SsoRefused
from service.sso.refusals import NOTED

log = logging.getLogger("bangkom.sso")


def show_problems(app: Flask) -> None:
    app.register_error_handler(SsoRefused, _refused)
    app.register_error_handler(ProviderDown, _provider_down)


def log_refusal(error: SsoRefused) -> str:
    """One line with an id of its own, which is also shown to people."""
    code = secrets.token_hex(4)
    log.warning("sso refused id=%s code=%s check=%s", code, error.code, error.check)
    return code


def _refused(error: SsoRefused) -> ResponseReturnValue:
    code = log_refusal(error)
    page = render_template(
        "sso/problem.html",
        text=error.text,
        code=code,
        retry=error.retry,
        next_path=_way_on(error),
        signed_in=current_login() is not None,
        asks_people=error.code in NOTED,
    )
    return page, error.text.status


def _way_on(error: SignInFailed) -> str:
    return url_for("sso.waiting", trip_id=error.waiting) if error.waiting else error.next_path


def _provider_down(error: ProviderDown) -> ResponseReturnValue:
    """No other way in: no password of ours, no cached identity (sso/FACTS.md)."""
    code = secrets.token_hex(4)
    log.error("sso provider down id=%s cause=%s", code, error.cause)
    page = render_template("sso/provider_down.html", code=code, retry=error.retry, next_path=_way_on(error))
    return page, 503, {"Retry-After": "30"}
