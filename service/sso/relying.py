"""The relying party of one app: its settings, its provider, and what the app lends it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service.sso.accounts import FindPerson, HasLeft
from service.sso.client import Provider
from service.sso.sealed import Seal
from service.sso.settings import SsoSettings
from workflows.evidence import Evidence

OpenSession = Callable[[], AbstractContextManager[Session]]
OnStepup = Callable[[Mapping[str, Any], Evidence], ResponseReturnValue]

_KEY = "bangkom_sso"


@dataclass(slots=True)
class RelyingParty:
    """``reading`` and ``writing`` open database sessions; ``writing`` commits at its end.

    ``seal`` closes what the provider gave us to keep. ``on_stepup(payload, evidence)`` makes the decisions and
    answers the browser: it is called once for each step-up that holds, with the form as it was given to
    ``begin_stepup``.
    """

    settings: SsoSettings
    provider: Provider
    reading: OpenSession
    writing: OpenSession
    find_person: FindPerson
    has_left: HasLeft
    on_stepup: OnStepup | None = None
    seal: Seal | None = None


def init_sso(
    app: Flask,
    settings: SsoSettings,
    *,
    reading: OpenSession,
    writing: OpenSession,
    find_person: FindPerson,
    has_left: HasLeft = lambda session, nip: False,
    on_stepup: OnStepup | None = None,
) -> RelyingParty:
    """Put sign-in and step-up into ``app``: blueprint ``sso``, its error pages and its cookies.

    A CSRFProtect of the app must be set up before, so that back-channel logout can be exempted from it.
    """
    from service.sso.guard import keep_cookies
    from service.sso.pages import show_problems
    from service.sso.views import backchannel, blueprint

    keys = [str(key) for key in (app.secret_key, *(app.config.get("SECRET_KEY_FALLBACKS") or ()))]
    party = RelyingParty(
        settings, Provider(settings), reading, writing, find_person, has_left, on_stepup, Seal(keys)
    )
    app.extensions[_KEY] = party
    # Authlib's DEBUG log prints the code verifier (sso/FACTS.md).
    logging.getLogger("authlib").setLevel(logging.INFO)
    app.register_blueprint(blueprint)
    if "csrf" in app.extensions:
        app.extensions["csrf"].exempt(backchannel)
    app.after_request(keep_cookies)
    show_problems(app)
    return party


def relying_party() -> RelyingParty:
    party: RelyingParty = current_app.extensions[_KEY]
    return party
