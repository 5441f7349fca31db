"""Pages for a sign-in that did not succeed: a sentence for people, a code for the log, never a token."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, render_template
from flask.typing import ResponseReturnValue

from service.sso.problems import ProviderDown, SsoRefused

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
    page = render_template("sso/problem.html", text=error.text, code=code, retry=error.retry)
    return page, error.text.status


def _provider_down(error: ProviderDown) -> ResponseReturnValue:
    """No other way in: no password of ours, no cached identity (sso/FACTS.md)."""
    code = secrets.token_hex(4)
    log.error("sso provider down id=%s cause=%s", code, error.cause)
    return render_template("sso/provider_down.html", code=code, retry=error.retry), 503, {"Retry-After": "30"}
