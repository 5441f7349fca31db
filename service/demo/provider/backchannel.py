"""Tells clients that somebody has signed out (OpenID Connect Back-Channel Logout 1.0, 2.5)."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterable

import requests
from joserfc import jwt

from service.demo.provider.oauth import Realm
from service.demo.provider.state import Row

log = logging.getLogger("bangkom.idp")
EVENT = "http://schemas.openid.net/event/backchannel-logout"


def tell_clients(realm: Realm, ended: Iterable[Row]) -> None:
    """One POST for each ended session and client; a client that is down is not waited for."""
    for row in ended:
        for client in realm.clients.values():
            if client.backchannel_logout_uri:
                token = logout_token(realm, client.client_id, row)
                _post(client.backchannel_logout_uri, token)


def logout_token(realm: Realm, client_id: str, row: Row) -> str:
    now = int(time.time())
    header = {"alg": "RS256", "typ": "logout+jwt", "kid": str(realm.state.key.kid)}
    claims = {"iss": realm.issuer, "aud": client_id, "iat": now, "exp": now + 120, "events": {EVENT: {}}}
    claims |= {"jti": secrets.token_urlsafe(16), "sub": row["sub"], "sid": row["sid"]}
    return jwt.encode(header, claims, realm.state.key)


def _post(address: str, token: str) -> None:
    try:
        requests.post(address, data={"logout_token": token}, timeout=3).raise_for_status()
    except requests.RequestException as error:
        log.warning("a client did not take the logout: %s", type(error).__name__)
