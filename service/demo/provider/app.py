"""A stand-in for the identity provider: real OpenID Connect, made-up people. For the demo and tests only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2 import OAuth2Error
from flask import Flask, Response, jsonify, make_response, request

from service.demo.provider.accounts import Accounts
from service.demo.provider.backchannel import tell_clients
from service.demo.provider.oauth import Realm, jwks, make_server
from service.demo.provider.records import Client
from service.demo.provider.signin import ACR_OTP, ACR_PASSWORD, SignIn, form_is_ours, page
from service.demo.provider.state import State

PURPOSES = ("demo", "test")


def create_provider(
    state_dir: Path, *, issuer: str, clients: Iterable[Mapping[str, Any]], purpose: str, accounts: Path
) -> Flask:
    """The provider as a Flask app for its own port; mounted beside its client it would dead-lock.

    ``clients``: client_id, client_secret (or jwks for private_key_jwt), redirect_uris,
    post_logout_redirect_uris, and backchannel_logout_uri where wanted. ``accounts``: JSON list of sub, name,
    email, nip, preferred_username, roles, label. Raises ValueError for any purpose but ``demo`` and ``test``.
    """
    if purpose not in PURPOSES:
        raise ValueError("the stand-in for the identity provider runs in the demo and in tests only")
    app = Flask(__name__)
    known = {row["client_id"]: Client(row) for row in clients}
    realm = Realm(issuer, State(state_dir), Accounts(accounts), known)
    _add_protocol(app, realm)
    app.after_request(_closed_page(realm))
    return app


def _add_protocol(app: Flask, realm: Realm) -> None:
    server = make_server(app, realm, lambda ended: tell_clients(realm, ended))
    sign_in = SignIn(realm, server)
    app.add_url_rule("/authorize", "authorize", sign_in.visit, methods=["GET", "POST"])
    app.add_url_rule("/token", "token", server.create_token_response, methods=["POST"])
    app.add_url_rule(
        "/userinfo", "userinfo", lambda: server.create_endpoint_response("userinfo"), methods=["GET", "POST"]
    )
    app.add_url_rule("/jwks", "jwks", lambda: jsonify(jwks(realm)))
    app.add_url_rule("/.well-known/openid-configuration", "discovery", lambda: jsonify(_discovery(realm)))

    @app.get("/")
    def home() -> Response:
        session = sign_in.session()
        return page("home.html", account=realm.accounts.get(session["sub"]) if session else None)

    @app.route("/logout", methods=["GET", "POST"])
    def end_session() -> Response:
        try:
            asked = server.validate_endpoint_request("end_session")
        except OAuth2Error as error:
            return make_response(server.handle_error_response(None, error))
        if asked.needs_confirmation and not form_is_ours():
            return page("logout.html")
        return server.create_endpoint_response("end_session", asked) or page("logged_out.html")


def _discovery(realm: Realm) -> dict[str, Any]:
    issuer = realm.issuer
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks",
        "end_session_endpoint": f"{issuer}/logout",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": [ACR_PASSWORD, ACR_OTP],
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "authorization_response_iss_parameter_supported": True,
    }


def _closed_page(realm: Realm) -> Any:
    """A form's answer is a redirect to the client, so ``form-action`` lists where clients live."""
    addresses = [address for client in realm.clients.values() for address in _addresses(client)]
    origins = sorted({f"{urlsplit(address).scheme}://{urlsplit(address).netloc}" for address in addresses})
    policy = f"default-src 'none'; style-src 'self'; form-action 'self' {' '.join(origins)}; "
    policy += "frame-ancestors 'none'; base-uri 'none'"

    def close(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response

    return close


def _addresses(client: Client) -> list[str]:
    names = ("redirect_uris", "post_logout_redirect_uris")
    return [address for name in names for address in client.client_metadata.get(name, ())]
