"""A provider that answers at once: its tokens were signed beforehand, so that only our own time is measured."""

from __future__ import annotations

import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from service.sso.client import Documents, Provider
from service.sso.settings import SsoSettings

PATHS = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "jwks"}


class _KnownDocuments(Documents):
    def __init__(self, settings: SsoSettings, key: RSAKey) -> None:
        super().__init__(settings)
        self._issuer, self._key = settings.issuer, key

    def _get(self, address: str) -> dict[str, Any]:
        if address.endswith("jwks"):
            return {"keys": [self._key.as_dict(private=False)]}
        places = {name: f"{self._issuer}/{path}" for name, path in PATHS.items()}
        return {"issuer": self._issuer, "id_token_signing_alg_values_supported": ["RS256"], **places}


class InstantProvider(Provider):
    """``sign`` makes a code whose exchange is a look-up; whatever is checked is checked as ever."""

    def __init__(self, settings: SsoSettings) -> None:
        super().__init__(settings)
        self._key = RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)
        self.documents = self._app.documents = _KnownDocuments(settings, self._key)
        self._answers: dict[str, dict[str, Any]] = {}

    def sign(self, sub: str, nip: str, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.settings.issuer, "sub": sub, "aud": self.settings.client_id, "sid": f"sid-{nonce}",
                  "iat": now, "exp": now + 3600, "nonce": nonce, "auth_time": now, "acr": self.settings.acr_stepup[0],
                  "amr": ["pwd", "otp"], "nip": nip, "realm_access": {"roles": []}}  # fmt: skip
        code = f"code-{nonce}"
        token = jwt.encode({"alg": "RS256", "kid": self._key.kid}, claims, self._key)
        self._answers[code] = {"access_token": "a", "token_type": "Bearer", "id_token": token}
        return code

    def exchange(self, code: str, code_verifier: str) -> dict[str, Any]:
        return self._answers.pop(code)
