"""The protocol by Authlib's server side: code flow with PKCE, ID token, userinfo, end of session."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.core import UserInfo, UserInfoEndpoint
from authlib.oidc.core.grants import OpenIDCode
from authlib.oidc.rpinitiated import EndSessionEndpoint
from flask import Flask, request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from service.demo.provider.accounts import Accounts
from service.demo.provider.records import Client, Code, Token, User
from service.demo.provider.state import Row, State

OnEnd = Callable[[Sequence[Row]], None]
"""What follows when sessions have ended."""

ASSERTION_ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "ES512"]
CODE_LIVES = 60
TOKEN_LIVES = 3600


@dataclass(slots=True)
class Realm:
    """All that the provider knows."""

    issuer: str
    state: State
    accounts: Accounts
    clients: Mapping[str, Client]

    def user(self, row: Mapping[str, Any]) -> User | None:
        account = self.accounts.get(str(row["sub"]))
        return User(account, row) if account else None


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def make_server(app: Flask, realm: Realm, on_end: OnEnd) -> AuthorizationServer:
    app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {"authorization_code": TOKEN_LIVES}
    server = AuthorizationServer(app, query_client=realm.clients.get, save_token=_save_token(realm))
    server.register_grant(_code_grant(realm), [_S256(required=True), _open_id(realm)])
    server.register_extension(issuer_parameter(realm))
    server.register_endpoint(_userinfo(realm))
    server.register_endpoint(_end_session(realm, on_end))
    server.register_client_auth_method("private_key_jwt", _Assertion(realm))
    return server


def issuer_parameter(realm: Realm) -> IssuerParameter:
    class Issuer(IssuerParameter):  # type: ignore[misc]
        def get_issuer(self) -> str:
            return realm.issuer

    return Issuer()


class _S256(CodeChallenge):  # type: ignore[misc]
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]


class _Assertion(JWTBearerClientAssertion):  # type: ignore[misc]
    CLIENT_AUTH_METHOD = "private_key_jwt"

    def __init__(self, realm: Realm) -> None:
        super().__init__()
        self._realm = realm

    def resolve_client_public_key(self, client: Client) -> KeySet:
        keys: Any = client.jwks or {"keys": []}
        return KeySet.import_key_set(keys)

    def process_assertion_claims(self, assertion: str, resolve_key: KeySet) -> Any:
        """Authlib leaves joserfc's short list of algorithms in place, which lacks ES512."""
        try:
            claims = jwt.decode(assertion, resolve_key, algorithms=ASSERTION_ALGORITHMS).claims
        except JoseError as error:
            raise InvalidClientError(description="Invalid assertion.") from error
        self.verify_claims(claims)
        return claims

    def get_audiences(self) -> list[str]:
        return [self._realm.issuer, f"{self._realm.issuer}/token"]

    def validate_jti(self, claims: Mapping[str, Any], jti: str) -> bool:
        key = hashed(f"{claims['sub']} {jti}")
        fresh = self._realm.state.get("tokens", key) is None
        self._realm.state.put("tokens", key, {}, TOKEN_LIVES)
        return fresh


def _save_token(realm: Realm) -> Any:
    def save(token: Mapping[str, Any], asked: Any) -> None:
        facts = {**asked.user.facts, "scope": token["scope"], "client_id": asked.client.client_id}
        realm.state.put("tokens", hashed(token["access_token"]), facts, TOKEN_LIVES)

    return save


def _code_grant(realm: Realm) -> type[AuthorizationCodeGrant]:
    class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "private_key_jwt"]

        def save_authorization_code(self, code: str, asked: Any) -> None:
            data = asked.payload.data
            names = ("nonce", "code_challenge", "code_challenge_method")
            row = {**asked.user.facts, **{name: data.get(name) for name in names}}
            row |= {"client_id": asked.client.client_id, "scope": asked.scope}
            row |= {"redirect_uri": asked.payload.redirect_uri}
            realm.state.put("codes", hashed(code), row, CODE_LIVES)

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            row = realm.state.take("codes", hashed(code))
            return Code(row) if row and row["client_id"] == client.client_id else None

        def delete_authorization_code(self, code: Code) -> None:
            """Already gone: reading takes it, so that two requests cannot share a code."""

        def authenticate_user(self, code: Code) -> User | None:
            return realm.user(code.row)

    return CodeGrant


def _open_id(realm: Realm) -> OpenIDCode:
    class OpenId(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, asked: Any) -> bool:
            return any(row.get("nonce") == nonce for row in realm.state.values("codes"))

        def resolve_client_private_key(self, client: Client) -> RSAKey:
            return realm.state.key

        def get_encode_header(self, client: Client) -> dict[str, str]:
            return {"alg": "RS256", "kid": str(realm.state.key.kid)}

        def get_client_claims(self, client: Client) -> dict[str, Any]:
            return {"iss": realm.issuer, "aud": client.client_id, "exp": int(time.time()) + 600}

        def get_authorization_code_claims(self, code: Code) -> dict[str, Any]:
            return {**super().get_authorization_code_claims(code), "sid": code.row["sid"]}

        def generate_user_info(self, user: User, scope: str) -> UserInfo:
            return UserInfo(user.account.claims())

    return OpenId(require_nonce=True)


def _userinfo(realm: Realm) -> UserInfoEndpoint:
    class Validator(BearerTokenValidator):  # type: ignore[misc]
        def authenticate_token(self, token_string: str) -> Token | None:
            row = realm.state.get("tokens", hashed(token_string))
            user = realm.user(row) if row else None
            return Token(row, realm.clients[row["client_id"]], user) if row and user else None

    class Info(UserInfoEndpoint):  # type: ignore[misc]
        def generate_user_info(self, user: User, scope: str) -> UserInfo:
            return UserInfo(user.account.claims())

    protector = ResourceProtector()
    protector.register_token_validator(Validator())
    return Info(resource_protector=protector)


def _end_session(realm: Realm, on_end: OnEnd) -> type[EndSessionEndpoint]:
    class EndSession(EndSessionEndpoint):  # type: ignore[misc]
        def get_server_jwks(self) -> Mapping[str, Any]:
            return jwks(realm)

        def get_algorithms(self) -> Sequence[str]:
            return ["RS256"]

        def end_session(self, asked: Any) -> None:
            """By the token's sid: on a POST from another site the browser sends no cookie."""
            if asked.id_token_claims:
                ended = realm.state.drop("sessions", "sid", asked.id_token_claims["sid"])
            else:
                row = realm.state.take("sessions", hashed(request.cookies.get("bk_idp", "")))
                ended = [row] if row else []
            on_end(ended)

    return EndSession


def jwks(realm: Realm) -> dict[str, Any]:
    return {"keys": [realm.state.key.as_dict(private=False)]}
