"""The conversation with the provider: Authlib does the protocol, this keeps its documents fresh."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import FlaskIntegration
from authlib.integrations.flask_client.apps import FlaskOAuth2App
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey
from joserfc.jws import JWSRegistry

from service.sso.checks import Seen, pinned_algorithms, run_checks
from service.sso.keys import real_now
from service.sso.problems import ProviderDown, SsoRefused
from service.sso.settings import SsoSettings


@dataclass(frozen=True, slots=True)
class Begun:
    """A trip to the provider: where to send the browser and what must come back."""

    url: str
    state: str
    nonce: str
    code_verifier: str


class Documents:
    """Discovery document and keys, each with a time to live; one cache for all tokens, safe for threads."""

    def __init__(self, settings: SsoSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] = {}
        self._jwks: dict[str, Any] = {}
        self._metadata_at = self._jwks_at = float("-inf")

    def metadata(self) -> dict[str, Any]:
        with self._lock:
            if time.monotonic() - self._metadata_at > self._settings.metadata_ttl.total_seconds():
                self._metadata = self._checked(self._get(self._settings.discovery_url))
                self._metadata_at = time.monotonic()
            return self._metadata

    def jwks(self, force: bool) -> dict[str, Any]:
        """The provider's keys; ``force`` (unknown kid) asks again, at most once per ``jwks_pause``."""
        uri = self.metadata()["jwks_uri"]
        limit = self._settings.jwks_pause if force else self._settings.jwks_ttl
        with self._lock:
            if time.monotonic() - self._jwks_at > limit.total_seconds():
                self._jwks, self._jwks_at = self._get(uri), time.monotonic()
            return self._jwks

    def _checked(self, document: dict[str, Any]) -> dict[str, Any]:
        run_checks("discovery", Seen(self._settings, real_now(), metadata=document))
        advertised = document.get("id_token_signing_alg_values_supported")
        pinned = list(pinned_algorithms(self._settings, advertised))
        if not pinned:
            raise SsoRefused("unsafe", "no_common_algorithm")
        return {**document, "id_token_signing_alg_values_supported": pinned}

    def _get(self, address: str) -> dict[str, Any]:
        timeout = (self._settings.connect_timeout, self._settings.read_timeout)
        try:
            answer = requests.get(address, timeout=timeout)
            answer.raise_for_status()
            document = answer.json()
        except requests.RequestException as error:
            raise ProviderDown(type(error).__name__) from None
        if not isinstance(document, dict):
            raise ProviderDown("NotADocument")
        return document


class _App(FlaskOAuth2App):  # type: ignore[misc]
    """Authlib's Flask client with our documents in the place of its own, which it keeps for ever."""

    documents: Documents

    def load_server_metadata(self) -> dict[str, Any]:
        return self.documents.metadata()

    def fetch_jwk_set(self, force: bool = False) -> dict[str, Any]:
        return self.documents.jwks(force)


class Provider:
    """What the relying party asks of its provider. Raises ProviderDown or SsoRefused, nothing else."""

    def __init__(self, settings: SsoSettings) -> None:
        self.settings = settings
        self.documents = Documents(settings)
        self._app = _App(FlaskIntegration("sso"), name="sso", **_client_kwargs(settings))
        self._app.documents = self.documents

    def metadata(self) -> Mapping[str, Any]:
        return self.documents.metadata()

    def begin(self, **params: str | int) -> Begun:
        begun = self._app.create_authorization_url(self.settings.redirect_uri, **params)
        return Begun(begun["url"], begun["state"], begun["nonce"], begun["code_verifier"])

    def exchange(self, code: str, code_verifier: str) -> dict[str, Any]:
        try:
            answer = self._app.fetch_access_token(
                redirect_uri=self.settings.redirect_uri, code=code, code_verifier=code_verifier
            )
        except OAuthError:
            raise SsoRefused("unsafe", "code_refused") from None
        except requests.RequestException as error:
            raise ProviderDown(type(error).__name__) from None
        return dict(answer)

    def refresh(self, refresh_token: str) -> dict[str, Any]:
        """New tokens for a sign-in that the provider still holds. SsoRefused when it says that it does not.

        Any other error (RFC 6749, 5.2: a client that it no longer knows, say) is the provider's or ours, not the
        person's: ProviderDown.
        """
        metadata = self.documents.metadata()
        try:
            with self._app._get_oauth_client(**metadata) as client:
                client.update_token = None  # a signal of Authlib's that asks for an app context
                # The scope as granted: Authlib would send the one that was asked for (sso/FACTS.md).
                answer = client.refresh_token(metadata["token_endpoint"], refresh_token, scope=None)
        except OAuthError as error:
            if error.error == "invalid_grant":
                raise SsoRefused("unsafe", "refresh:invalid_grant") from None
            raise ProviderDown(f"refresh:{_plain(error.error)}") from None
        except requests.RequestException as error:
            raise ProviderDown(type(error).__name__) from None
        return dict(answer)

    def read_id_token(self, answer: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        """The claims, after Authlib's checks. Errors are named by their class only: messages quote tokens."""
        leeway = int(self.settings.leeway.total_seconds())
        try:
            return dict(self._app.parse_id_token(dict(answer), nonce=nonce, leeway=leeway))
        except (OAuthError, JoseError, ValueError, TypeError) as error:
            raise SsoRefused("unsafe", f"id_token:{type(error).__name__}") from None

    def read_logout_token(self, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims of a logout token whose signature holds; the checks are the caller's."""
        try:
            return self._verified(token, force=False)
        except InvalidKeyIdError:
            return self._verified(token, force=True)

    def _verified(self, token: str, *, force: bool) -> tuple[dict[str, Any], dict[str, Any]]:
        pinned = self.metadata()["id_token_signing_alg_values_supported"]
        registry = JWSRegistry(algorithms=pinned, strict_check_header=False)
        try:
            keys = KeySet.import_key_set(self.documents.jwks(force))  # type: ignore[arg-type]
            decoded = jwt.decode(token, keys, registry=registry)
        except (JoseError, ValueError, TypeError) as error:
            if isinstance(error, InvalidKeyIdError) and not force:
                raise
            raise SsoRefused("unsafe", f"logout_token:{type(error).__name__}") from None
        return dict(decoded.header), dict(decoded.claims)

    def userinfo(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return dict(self._app.userinfo(token=dict(answer)))
        except requests.RequestException as error:
            raise ProviderDown(type(error).__name__) from None
        except (OAuthError, ValueError, TypeError) as error:
            raise SsoRefused("unsafe", f"userinfo:{type(error).__name__}") from None


def _plain(error: object) -> str:
    """Only a word of the specification's shape reaches the log."""
    return error if isinstance(error, str) and re.fullmatch(r"[a-z_]{1,40}", error) else "unreadable"


def _client_kwargs(settings: SsoSettings) -> dict[str, Any]:
    kwargs: dict[str, Any] = {
        "client_id": settings.client_id,
        "client_secret": settings.client_secret,
        "client_kwargs": {
            "scope": settings.scope,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": settings.client_auth,
            "default_timeout": (settings.connect_timeout, settings.read_timeout),
        },
    }
    if settings.client_auth == "private_key_jwt":
        kwargs["client_secret"] = private_key_of(settings)
        kwargs["client_auth_methods"] = [PrivateKeyJWT(alg=settings.client_auth_alg)]
    return kwargs


def private_key_of(settings: SsoSettings) -> RSAKey | ECKey:
    """ValueError without a word of the key."""
    kind = RSAKey if settings.client_auth_alg[0] in "RP" else ECKey
    try:
        key = kind.import_key(settings.private_key)
    except (JoseError, ValueError, TypeError):
        key = None
    if key is None or not key.is_private:
        raise ValueError(f"the private key is no PEM key for {settings.client_auth_alg}")
    return key
