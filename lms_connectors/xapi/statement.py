"""Strict reading of xAPI 1.0.3 statements: the bytes as received, and the columns by which they are found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from lms_connectors.xapi import formats, rules
from lms_connectors.xapi.actors import actor_key
from lms_connectors.xapi.errors import StatementInvalid
from lms_connectors.xapi.fingerprint import fingerprint
from lms_connectors.xapi.parsing import Parsed, parse_many, parse_one

__all__ = ["ReadStatement", "StatementInvalid", "read_statement", "read_statements"]


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """One valid statement. ``raw`` is exactly what came; everything else is derived from it."""

    id: str
    """UUID in lower case; ours when the sender gave none (``id_given`` false)."""
    id_given: bool
    raw: bytes
    content: Mapping[str, Any]
    fingerprint: str
    """SHA-256 in hex of what the statement says, see ``fingerprint.py``."""
    verb: str
    actor_key: str
    """``account:<home page>|<name>``, ``mailto:...``, ``mbox_sha1sum:...``, ``openid:...``, ``anonymous``."""
    object_id: str
    """IRI of an Activity, UUID of a StatementRef, key of an Agent or Group, empty for a SubStatement."""
    timestamp: datetime | None
    """Aware, in UTC; None when the sender gave none: then it is the time of storing (Data 2.4.7)."""
    registration: str | None
    voids: str | None
    """The id that this statement voids, in lower case."""


def read_statements(body: bytes) -> list[ReadStatement]:
    """Read a JSON object or array of statements; raises StatementInvalid for the whole batch."""
    read = [_read(parsed) for parsed in parse_many(body)]
    seen: set[str] = set()
    for index, statement in enumerate(read):
        if statement.id in seen:
            raise StatementInvalid(f"statements[{index}].id", "stands twice in this batch")
        seen.add(statement.id)
    return read


def read_statement(body: bytes, statement_id: str) -> ReadStatement:
    """Read the single statement that is to be stored under ``statement_id`` (PUT, Communication 2.1.1)."""
    formats.uuid(statement_id, "statementId")
    parsed = parse_one(body)
    inside = parsed.value.get("id") if isinstance(parsed.value, dict) else None
    if isinstance(inside, str) and inside.lower() != statement_id.lower():
        raise StatementInvalid("statement.id", "differs from the statementId of the request")
    return _read(parsed, statement_id)


def _read(parsed: Parsed, statement_id: str | None = None) -> ReadStatement:
    path, raw, value = parsed
    content = rules.statement(value, path)
    given = content.get("id", statement_id)
    told = content.get("timestamp")
    registration = content.get("context", {}).get("registration")
    verb = content["verb"]["id"]
    object_id = _object_id(content["object"])
    return ReadStatement(
        id=given.lower() if given else str(uuid4()),
        id_given=given is not None,
        raw=raw,
        content=content,
        fingerprint=fingerprint(content, path),
        verb=verb,
        actor_key=actor_key(content["actor"]),
        object_id=object_id,
        timestamp=None if told is None else formats.instant(told, f"{path}.timestamp"),
        registration=registration.lower() if registration else None,
        voids=object_id if verb == rules.VOIDED else None,
    )


def _object_id(value: Mapping[str, Any]) -> str:
    kind = value.get("objectType", "Activity")
    if kind == "Activity":
        return str(value["id"])
    if kind == "StatementRef":
        return str(value["id"]).lower()
    return "" if kind == "SubStatement" else actor_key(value)
