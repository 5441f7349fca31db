"""Who is signed in, the closed door for everyone else, and the cookies. All in real time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.sso.kept import fit_to_keep, keep_form, owner_of
from service.sso.keys import local_path, new_key, real_now
from service.sso.relying import relying_party
from service.sso.sessions import Login, find_login, needs_touch, touch_login

SSO_PUBLIC = frozenset({"sso.start", "sso.callback", "sso.logout", "sso.logged_out", "sso.backchannel"})
"""End points of this package that need no login."""


def current_login() -> Login | None:
    """The login of this request, read once (one query), or None."""
    if "sso_login" not in g:
        g.sso_login = _read_login()
    login: Login | None = g.sso_login
    return login


def login_required(
    app: Flask, public: Iterable[str] = (), *, kept_endpoint: str = "", never_kept: Iterable[str] = ()
) -> None:
    """Close every end point of ``app`` that is not named in ``public``, in SSO_PUBLIC, or ``static``.

    With ``kept_endpoint`` (takes ``form_id``) a form past its session's end waits there; those of the blueprints
    ``never_kept`` never do.
    """
    open_to_all = SSO_PUBLIC | {"static"} | frozenset(public)

    @app.before_request
    def closed_by_default() -> ResponseReturnValue | None:
        if request.endpoint is None or request.endpoint in open_to_all or current_login():
            return None
        return _ask_to_sign_in(kept_endpoint, frozenset(never_kept) | {"sso"})


def _ask_to_sign_in(kept_endpoint: str, never_kept: frozenset[str]) -> ResponseReturnValue:
    """A page is shown after signing in, a form waits there; one that cannot wait is told so."""
    wanted, from_htmx = _wanted(kept_endpoint, never_kept), bool(request.headers.get("HX-Request"))
    if from_htmx:
        return "", 401, {"HX-Redirect": url_for("sso.start", next=wanted or _page_of_fragment())}
    if wanted:
        return redirect(url_for("sso.start", next=wanted), 303 if _is_form() else 302)
    return render_template("sso/session_over.html", asked=request.blueprint in never_kept), 401


def _wanted(kept_endpoint: str, never_kept: frozenset[str]) -> str:
    """Where to go on after signing in; empty for a form that is not kept and for a part of a page."""
    if _is_form():
        kept = _keep_this_form() if kept_endpoint and request.blueprint not in never_kept else None
        return url_for(kept_endpoint, form_id=kept) if kept is not None else ""
    return "" if request.headers.get("HX-Request") else local_path(here())


def here() -> str:
    """Path and query of this request."""
    return request.full_path if request.query_string else request.path


def _is_form() -> bool:
    return request.method not in ("GET", "HEAD")


def _keep_this_form() -> int | None:
    """The id under which this form waits; None when it may not, or nobody knows whose it is."""
    party, path = relying_party(), here()
    fields = fit_to_keep(list(request.form.items(multi=True)))
    if fields is None or any(file.filename for file in request.files.values()) or local_path(path) != path:
        return None
    with party.writing() as session:
        owner = owner_of(session, request.cookies.get(party.settings.session_cookie, ""))
        return keep_form(session, owner, browser_key(), path, fields, real_now()) if owner else None


def _page_of_fragment() -> str:
    """htmx asks for a part of a page: after signing in the whole page is wanted."""
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    return local_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def browser_key() -> str:
    """The key that binds pending log-ins to this browser; all its tabs share it."""
    key = request.cookies.get(relying_party().settings.browser_cookie) or g.get("sso_new_browser")
    if not key:
        key = g.sso_new_browser = new_key()
    return str(key)


def sign_in_here(key: str) -> None:
    """Give this browser a new session key with the answer, also when the answer is an error page."""
    g.sso_new_key = key
    g.pop("sso_login", None)


def as_the_token_says(facts: Mapping[str, Any]) -> None:
    """For the rest of this request the login holds what a fresh token says: roles, ``auth_time``, ``acr``."""
    login = current_login()
    assert login is not None
    named = {one.name for one in fields(Login)}
    said: dict[str, Any] = {name: facts[name] for name in named & facts.keys()}
    said |= {name: tuple(values) for name, values in said.items() if isinstance(values, list)}
    g.sso_login = replace(login, **said)


def sign_out_here() -> None:
    g.sso_new_key = ""
    g.sso_login = None


def keep_cookies(response: Response) -> Response:
    settings = relying_party().settings
    if "sso_new_key" in g:
        _set_cookie(response, settings.session_cookie, g.sso_new_key)
    if "sso_new_browser" in g:
        _set_cookie(response, settings.browser_cookie, g.sso_new_browser)
    if g.get("sso_login") or request.blueprint == "sso":
        response.headers["Cache-Control"] = "no-store"
    return response


def _read_login() -> Login | None:
    party = relying_party()
    key = g.get("sso_new_key") or request.cookies.get(party.settings.session_cookie)
    if not key:
        return None
    now = real_now()
    with party.reading() as session:
        login = find_login(session, key, party.settings, now)
    if login and needs_touch(login, party.settings, now):
        with party.writing() as session:
            touch_login(session, login.session_id, now)
    return login


def _set_cookie(response: Response, name: str, value: str) -> None:
    """``__Host-`` asks for Secure, path / and no domain; an empty value takes the cookie away."""
    secure = relying_party().settings.secure_cookies
    age = None if value else 0
    response.set_cookie(name, value, max_age=age, secure=secure, httponly=True, samesite="Lax", path="/")
