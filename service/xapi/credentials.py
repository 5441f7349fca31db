"""Who may hand in statements. Secrets are long and random, so a fast hash is enough (and cheap)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Request


@dataclass(frozen=True, slots=True)
class XapiCredential:
    """One sender. ``secret_sha256`` is ``hash_secret`` of its secret; ``name`` may stand in logs."""

    key: str
    secret_sha256: str = field(repr=False)
    name: str
    site: str
    """Home page of the site that sends with this key, without a trailing slash."""
    account_kind: str = "id"
    """``id`` | ``username``: what the site's account names are."""


def hash_secret(secret: str) -> str:
    """SHA-256 in hex of a secret of at least 256 random bits (never of a word that people choose)."""
    return hashlib.sha256(secret.encode()).hexdigest()


_NOBODY = XapiCredential(key="", secret_sha256=hash_secret(""), name="", site="")


def authenticate(
    request: Request, credentials: Callable[[str], XapiCredential | None]
) -> XapiCredential | None:
    """The sender by HTTP Basic, or None; an unknown key takes as long as a wrong secret."""
    told = request.authorization
    if told is None or told.type != "basic":
        return None
    known = credentials(told.username or "")
    held = (known or _NOBODY).secret_sha256.lower().encode()
    same = hmac.compare_digest(hash_secret(told.password or "").encode(), held)
    return known if same else None
