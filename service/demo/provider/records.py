"""What Authlib's server side wants to hold in its hands: client, user, code, token."""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping
from typing import Any

from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin, list_to_scope, scope_to_list
from authlib.oidc.core import AuthorizationCodeMixin

from service.demo.provider.accounts import Account

SCOPES = {"openid", "profile", "email"}


class Client(ClientMixin):  # type: ignore[misc]
    def __init__(self, row: Mapping[str, Any]) -> None:
        self.client_id: str = row["client_id"]
        self.client_metadata: dict[str, Any] = dict(row)
        self.jwks = row.get("jwks")
        self.backchannel_logout_uri: str = row.get("backchannel_logout_uri", "")
        self._secret: str = row.get("client_secret", "")

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return str(self.client_metadata["redirect_uris"][0])

    def get_allowed_scope(self, scope: str | None) -> str:
        return str(list_to_scope([name for name in scope_to_list(scope) or [] if name in SCOPES]))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.client_metadata["redirect_uris"]

    def check_client_secret(self, client_secret: str) -> bool:
        return bool(self._secret) and hmac.compare_digest(self._secret, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        wanted = "private_key_jwt" if self.jwks else "client_secret_basic"
        return endpoint != "token" or method == wanted

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class User:
    """A signed-in person: the account and the facts of this sign-in (sid, auth_time, acr, amr)."""

    def __init__(self, account: Account, facts: Mapping[str, Any]) -> None:
        self.account = account
        self.facts = facts

    def get_user_id(self) -> str:
        return self.account.sub


class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    def __init__(self, row: Mapping[str, Any]) -> None:
        self.row = row
        self.code_challenge: str | None = row["code_challenge"]
        self.code_challenge_method: str | None = row["code_challenge_method"]

    def get_redirect_uri(self) -> str:
        return str(self.row["redirect_uri"])

    def get_scope(self) -> str:
        return str(self.row["scope"])

    def get_nonce(self) -> str | None:
        nonce: str | None = self.row["nonce"]
        return nonce

    def get_auth_time(self) -> int:
        return int(self.row["auth_time"])

    def get_acr(self) -> str:
        return str(self.row["acr"])

    def get_amr(self) -> list[str]:
        return list(self.row["amr"])


class Token(TokenMixin):  # type: ignore[misc]
    def __init__(self, row: Mapping[str, Any], client: Client, user: User) -> None:
        self.row, self.client, self.user = row, client, user
        self.scope = str(row["scope"])

    def check_client(self, client: Client) -> bool:
        return client.client_id == self.client.client_id

    def get_scope(self) -> str:
        return self.scope

    def get_expires_in(self) -> int:
        return int(self.row["until"] - time.time())

    def is_expired(self) -> bool:
        return bool(self.row["until"] <= time.time())

    def is_revoked(self) -> bool:
        return False

    def get_user(self) -> User:
        return self.user

    def get_client(self) -> Client:
        return self.client
