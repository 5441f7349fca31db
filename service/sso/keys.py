"""Names and secrets that a browser carries, and how we keep them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime
from urllib.parse import urlsplit


def new_key() -> str:
    """256 random bits, fit for a cookie."""
    return secrets.token_urlsafe(32)


def hashed(key: str) -> str:
    """A random key needs no salt: SHA-256 in hexadecimal."""
    return hashlib.sha256(key.encode()).hexdigest()


def real_now() -> datetime:
    """The machine's time. Tokens and sessions never follow the demo's movable clock (DESIGN.md 6)."""
    return datetime.now(UTC)


def local_path(wanted: str | None) -> str:
    """``wanted`` if it is a path on this site, else ``/``: browsers go to a host for ``/\\x`` and ``//x``."""
    if not wanted or not wanted.startswith("/") or len(wanted) > 2000:
        return "/"
    if wanted.startswith("//") or "\\" in wanted or not wanted.isprintable():
        return "/"
    parts = urlsplit(wanted)
    return "/" if parts.scheme or parts.netloc else wanted


def device_of(user_agent: str) -> str:
    """A short name of browser and system for "Perangkat yang masuk", e.g. ``Chrome, Android``."""
    found = [
        next((name for mark, name in table if mark in user_agent), "") for table in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(name for name in found if name)


# In this order: most browsers call themselves Safari and Chrome as well.
_BROWSERS = [
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
]
_SYSTEMS = [("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")]
_SYSTEMS += [("Mac OS", "macOS"), ("Linux", "Linux")]
