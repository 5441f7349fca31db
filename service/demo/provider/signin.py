"""The pages on which the made-up people sign in: one tap or a password, and an OTP when it is asked for."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from authlib.oidc.core.errors import LoginRequiredError
from flask import Response, g, make_response, render_template, request

from service.demo.provider.accounts import Account
from service.demo.provider.oauth import Realm, hashed, issuer_parameter
from service.demo.provider.records import User

COOKIE, FORM_COOKIE = "bk_idp", "bk_idp_form"
PASSWORD = "peragaan"  # noqa: S105  a stand-in: the page itself shows it
ACR_PASSWORD, ACR_OTP = "password", "otp"  # noqa: S105
SESSION_LIVES, PENDING_LIVES, TRIES = 8 * 3600, 600, 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the client asks of this sign-in (OpenID Connect Core 1.0, 3.1.2.1)."""

    prompts: frozenset[str]
    max_age: int | None
    otp: bool

    def fits(self, session: Mapping[str, Any]) -> bool:
        old = self.max_age is not None and time.time() - session["auth_time"] > self.max_age
        strong = not self.otp or session["acr"] == ACR_OTP
        return "login" not in self.prompts and not old and strong


def wanted_of(data: Mapping[str, str]) -> Wanted:
    age = data.get("max_age", "")
    prompts = frozenset(data.get("prompt", "").split())
    return Wanted(
        prompts, int(age) if age.isdecimal() else None, ACR_OTP in data.get("acr_values", "").split()
    )


class SignIn:
    """One visit to the authorization end point."""

    def __init__(self, realm: Realm, server: AuthorizationServer) -> None:
        self.realm, self.server = realm, server

    def visit(self) -> Response:
        session = self.session()
        user = self.realm.user(session) if session else None
        try:
            grant = self.server.get_consent_grant(end_user=user)
            wanted = wanted_of(grant.request.payload.data)
            if request.method == "POST":
                return self._act(grant, wanted)
            if session and user and wanted.fits(session):
                return self._finish(grant, user)
            if "none" in wanted.prompts:
                raise LoginRequiredError(redirect_uri=grant.request.payload.redirect_uri)
        except OAuth2Error as error:
            return self._error(error)
        return self._ask_otp(user.account, ["pwd"]) if user and wanted.otp else self._choose()

    def session(self) -> dict[str, Any] | None:
        return self.realm.state.get("sessions", hashed(request.cookies.get(COOKIE, "")))

    def _act(self, grant: Any, wanted: Wanted) -> Response:
        if not form_is_ours():
            return self._choose(problem="Halaman sudah kedaluwarsa. Silakan ulangi.")
        action = request.form.get("action", "")
        if action == "otp":
            return self._check_otp(grant)
        if action == "cancel":
            return make_response(self.server.create_authorization_response(grant=grant, grant_user=None))
        if action not in ("account", "password"):
            return self._choose(request.form.get("cari", ""))
        account = self._named(action)
        if account is None:
            return self._choose(problem="Nama pengguna atau kata sandi tidak cocok.")
        return self._ask_otp(account, ["pwd"]) if wanted.otp else self._establish(grant, account, ["pwd"])

    def _named(self, action: str) -> Account | None:
        form = request.form
        if action == "account":
            return self.realm.accounts.get(form.get("sub", ""))
        right = hmac.compare_digest(form.get("password", "").encode(), PASSWORD.encode())
        return self.realm.accounts.by_username(form.get("username", "")) if right else None

    def _choose(self, text: str = "", problem: str = "") -> Response:
        accounts = self.realm.accounts
        found = accounts.search(text)
        values = {"found": found, "text": text, "problem": problem, "password": PASSWORD}
        return page("signin.html", 400 if problem else 200, labelled=accounts.labelled(), **values)

    def _ask_otp(self, account: Account, amr: list[str], tries: int = TRIES, problem: str = "") -> Response:
        pending, code = secrets.token_urlsafe(16), f"{secrets.randbelow(10**6):06d}"
        row = {"sub": account.sub, "amr": amr, "code": code, "tries": tries, "form": form_key()}
        self.realm.state.put("pending", pending, row, PENDING_LIVES)
        values = {"account": account, "pending": pending, "code": code, "problem": problem}
        return page("otp.html", 400 if problem else 200, **values)

    def _check_otp(self, grant: Any) -> Response:
        row = self.realm.state.take("pending", request.form.get("pending", ""))
        account = self.realm.accounts.get(row["sub"]) if row and row["form"] == form_key() else None
        if row is None or account is None:
            return self._choose(problem="Waktu untuk OTP sudah habis. Silakan ulangi.")
        given = "".join(request.form.get("otp", "").split())
        if hmac.compare_digest(given.encode(), row["code"].encode()):
            return self._establish(grant, account, [*row["amr"], "otp"])
        if row["tries"] <= 1:
            return self._choose(problem="OTP salah terlalu sering. Silakan ulangi.")
        return self._ask_otp(account, row["amr"], row["tries"] - 1, "Kode OTP salah. Ini kode yang baru.")

    def _establish(self, grant: Any, account: Account, amr: list[str]) -> Response:
        """A new cookie each time; the same person in the same browser keeps the sid that clients know."""
        old = self.realm.state.take("sessions", hashed(request.cookies.get(COOKIE, "")))
        sid = old["sid"] if old and old["sub"] == account.sub else secrets.token_urlsafe(16)
        acr = ACR_OTP if "otp" in amr else ACR_PASSWORD
        row = {"sub": account.sub, "sid": sid, "auth_time": self._moment(account), "acr": acr, "amr": amr}
        key = secrets.token_urlsafe(32)
        self.realm.state.put("sessions", hashed(key), row, SESSION_LIVES)
        response = self._finish(grant, User(account, row))
        set_cookie(response, COOKIE, key)
        return response

    def _moment(self, account: Account) -> int:
        """auth_time counts in seconds; two sign-ins within one are still two, the second a second later."""
        last = self.realm.state.get("moments", account.sub) or {"auth_time": 0}
        moment = max(int(time.time()), int(last["auth_time"]) + 1)
        self.realm.state.put("moments", account.sub, {"auth_time": moment}, SESSION_LIVES)
        return moment

    def _finish(self, grant: Any, user: User) -> Response:
        return make_response(self.server.create_authorization_response(grant=grant, grant_user=user))

    def _error(self, error: OAuth2Error) -> Response:
        """RFC 9207, 2: error answers name the issuer as well."""
        response = make_response(self.server.handle_error_response(None, error))
        issuer_parameter(self.realm).add_issuer_parameter(self.server, response)
        return response


def form_key() -> str:
    """Double submit: a form is taken only from the browser that got the page."""
    key = request.cookies.get(FORM_COOKIE) or g.get("form_key")
    if not key:
        key = g.form_key = secrets.token_urlsafe(16)
    return str(key)


def form_is_ours() -> bool:
    given, kept = request.form.get("form", ""), request.cookies.get(FORM_COOKIE, "")
    return bool(kept) and hmac.compare_digest(given.encode(), kept.encode())


def page(template: str, status: int = 200, **values: Any) -> Response:
    response = make_response(render_template(template, form=form_key(), **values), status)
    set_cookie(response, FORM_COOKIE, form_key())
    return response


def set_cookie(response: Response, name: str, value: str) -> None:
    response.set_cookie(name, value, httponly=True, samesite="Lax", path="/")
