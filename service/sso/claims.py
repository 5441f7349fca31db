"""From claims to values: paths with dots, roles by a map. Whatever has the wrong shape gives nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def claim_at(claims: Mapping[str, Any], path: str) -> Any:
    """The value at ``realm_access.roles``; a claim whose own name has the dots wins. None if absent."""
    if path in claims:
        return claims[path]
    value: Any = claims
    for part in path.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return value


def text_at(claims: Mapping[str, Any], path: str) -> str | None:
    value = claim_at(claims, path)
    return value if isinstance(value, str) and value else None


def texts_at(claims: Mapping[str, Any], path: str) -> list[str]:
    """Only a list of texts counts: a role claim that is a string gives no roles (sso/FACTS.md)."""
    value = claim_at(claims, path)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def roles_of(claims: Mapping[str, Any], path: str, role_map: Mapping[str, str]) -> list[str]:
    """Our roles, in order and once each; a provider's role outside the map gives nothing."""
    return sorted({role_map[role] for role in texts_at(claims, path) if role in role_map})


def instant_at(claims: Mapping[str, Any], name: str) -> datetime | None:
    """A NumericDate as an instant; None when missing, zero, not a number, or no date at all."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 253402300800:
        return None
    return datetime.fromtimestamp(value, UTC)
