"""A provider that says what a test wants it to say. Pure Python; it signs with ``cryptography`` by hand,
since every decent library refuses to make most of these tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from flask import Flask, jsonify, redirect, request
from joserfc.jwk import RSAKey

GONE = object()
"""As a value: the member is left out."""
KEYS = [RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True) for _ in range(3)]
NIP, NIP_2 = "198002022005042002", "199003032015051003"

Signer = Callable[[dict[str, Any], dict[str, Any]], str]


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signing_input(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"


def rs256(key: RSAKey) -> Signer:
    def sign(header: dict[str, Any], claims: dict[str, Any]) -> str:
        text = signing_input(header, claims)
        private: Any = key.private_key
        return f"{text}.{b64(private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    return sign


def hs256(secret: bytes) -> Signer:
    def sign(header: dict[str, Any], claims: dict[str, Any]) -> str:
        text = signing_input({**header, "alg": "HS256"}, claims)
        return f"{text}.{b64(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"

    return sign


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return signing_input({"alg": "none"}, claims) + "."


def half_hash(token: str) -> str:
    return b64(hashlib.sha256(token.encode()).digest()[:16])


@dataclass
class Faulty:
    """``claims``, ``header``, ``answer``, ``response``, ``metadata`` are laid over what is right."""

    issuer: str
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    response: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: KEYS[0])
    published: list[RSAKey] = field(default_factory=lambda: [KEYS[0]])
    sign: Signer | None = None
    spoil: Callable[[str], str] = field(default=lambda token: token)
    asked: dict[str, str] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    got: dict[str, str] = field(default_factory=dict)
    jwks_fetched: int = 0

    def reset(self) -> None:
        """Right in everything again."""
        self.__init__(self.issuer)  # type: ignore[misc]

    def discovery(self) -> dict[str, Any]:
        paths = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "userinfo_endpoint": "userinfo",
            "jwks_uri": "jwks",
        }
        document: dict[str, Any] = {name: f"{self.issuer}/{path}" for name, path in paths.items()}
        document |= {"issuer": self.issuer, "id_token_signing_alg_values_supported": ["RS256"]}
        return laid_over(document, self.metadata)

    def returned(self) -> dict[str, Any]:
        self.asked = request.args.to_dict()
        return laid_over({"code": "kode", "state": self.asked["state"], "iss": self.issuer}, self.response)

    def tokens(self) -> dict[str, Any]:
        now, self.got = int(time.time()), request.form.to_dict()
        moment = now if "acr_values" in self.asked else now - 30
        again = self.got.get("grant_type") == "refresh_token"
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": "s-1",
            "aud": "bangkom",
            "exp": now + 300,
            "iat": now,
            "nonce": self.asked.get("nonce"),
            "at_hash": half_hash("akses"),
            "auth_time": self.said["auth_time"] if again else moment,
            "acr": "otp",
            "nip": NIP,
            "realm_access": {"roles": ["pegawai"]},
        }
        header = laid_over({"alg": "RS256", "kid": self.key.kid}, self.header)
        self.said = laid_over(claims, self.claims)
        token = (self.sign or rs256(self.key))(header, self.said)
        answer = {"access_token": "akses", "token_type": "Bearer", "id_token": self.spoil(token)}
        return laid_over(answer, self.answer)

    def keys(self) -> dict[str, Any]:
        self.jwks_fetched += 1
        return {"keys": [key.as_dict(private=False) for key in self.published]}


def laid_over(right: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**right, **changes}.items() if value is not GONE}


def faulty_app(faulty: Faulty) -> Flask:
    app = Flask("faulty")
    routes: dict[str, Callable[[], Any]] = {
        "/.well-known/openid-configuration": lambda: jsonify(faulty.discovery()),
        "/authorize": lambda: redirect(f"{request.args['redirect_uri']}?{urlencode(faulty.returned())}"),
        "/token": lambda: jsonify(faulty.tokens()),
        "/jwks": lambda: jsonify(faulty.keys()),
        "/userinfo": lambda: jsonify({"sub": "s-1", "nip": NIP, **faulty.userinfo}),
    }
    for path, answer in routes.items():
        app.add_url_rule(path, path, answer, methods=["GET", "POST"])
    return app
