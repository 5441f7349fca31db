"""What a statement says, as one hash: the same id with another hash is another statement.

Left out is what xAPI 1.0.3 Data 2.3.1 says may differ: what the store assigns (id, stored, authority,
version), the verb's display, activity definitions, attachments; members of a group have no order, a single
context activity equals an array of one, and a time may stand in another zone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from lms_connectors.xapi import formats
from lms_connectors.xapi.errors import StatementInvalid

_ASSIGNED = frozenset({"id", "stored", "authority", "version", "attachments"})


def fingerprint(statement: Mapping[str, Any], path: str = "statement") -> str:
    """SHA-256 in hex over the canonical JSON of a valid ``statement``."""
    try:
        canonical = orjson.dumps(_statement(statement, path), option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        raise StatementInvalid(path, "is nested too deeply") from None
    return hashlib.sha256(canonical).hexdigest()


def _statement(value: Mapping[str, Any], path: str) -> dict[str, Any]:
    kept = {key: item for key, item in value.items() if key not in _ASSIGNED}
    kept["actor"] = _actor(value["actor"])
    kept["verb"] = value["verb"]["id"]
    kept["object"] = _object(value["object"], path)
    if "context" in value:
        kept["context"] = _context(value["context"])
    if "timestamp" in value:
        kept["timestamp"] = formats.instant(value["timestamp"], path).isoformat()
    return kept


def _object(value: Mapping[str, Any], path: str) -> Any:
    kind = value.get("objectType", "Activity")
    if kind == "Activity":
        return value["id"]
    if kind == "SubStatement":
        return _statement(value, path)
    return _actor(value) if kind in ("Agent", "Group") else {**value, "id": value["id"].lower()}


def _actor(value: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: item for key, item in value.items() if key != "objectType"}
    if value.get("objectType") == "Group":
        members = [_actor(member) for member in value.get("member", ())]
        kept["member"] = sorted(members, key=lambda one: orjson.dumps(one, option=orjson.OPT_SORT_KEYS))
        kept["objectType"] = "Group"
    return kept


def _context(value: Mapping[str, Any]) -> dict[str, Any]:
    kept = dict(value)
    for role in ("instructor", "team"):
        if role in value:
            kept[role] = _actor(value[role])
    if "contextActivities" in value:
        kept["contextActivities"] = {
            key: [one["id"] for one in (items if isinstance(items, list) else [items])]
            for key, items in value["contextActivities"].items()
        }
    if "registration" in value:
        kept["registration"] = value["registration"].lower()
    return kept
