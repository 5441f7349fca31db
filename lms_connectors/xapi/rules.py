"""What a whole statement must be: the tables of Statement and SubStatement (xAPI 1.0.3 Data 2.4)."""

from __future__ import annotations

from typing import Any

from lms_connectors.xapi import formats, parts
from lms_connectors.xapi.activities import activity
from lms_connectors.xapi.actors import actor, agent, authority, group
from lms_connectors.xapi.errors import StatementInvalid
from lms_connectors.xapi.shapes import Check, Table, as_object, one_of, record

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
_CORE = ("actor", "verb", "object")


def _object_by_type(kinds: dict[str, Check]) -> Check:
    allowed = one_of(*kinds)

    def check_object(value: Any, path: str) -> None:
        kind = as_object(value, path).get("objectType", "Activity")
        allowed(kind, f"{path}.objectType")
        kinds[kind](value, path)

    return check_object


_PLAIN_OBJECTS: dict[str, Check] = {
    "Activity": activity,
    "Agent": agent,
    "Group": group,
    "StatementRef": parts.reference,
}
_SHARED: Table = {
    "actor": actor,
    "verb": parts.verb,
    "result": parts.result,
    "context": parts.context,
    "timestamp": formats.timestamp,
    "attachments": parts.attachments,
}
_SUBSTATEMENT: Table = {
    **_SHARED,
    "objectType": one_of("SubStatement"),
    # Data 2.4.4.3: a SubStatement holds no SubStatement of its own.
    "object": _object_by_type(_PLAIN_OBJECTS),
}


def substatement(value: Any, path: str) -> None:
    found = record(value, path, _SUBSTATEMENT, ("objectType", *_CORE))
    _context_fits_object(found, path)


_STATEMENT: Table = {
    **_SHARED,
    "id": formats.uuid,
    "object": _object_by_type({**_PLAIN_OBJECTS, "SubStatement": substatement}),
    "stored": formats.timestamp,
    "authority": authority,
    "version": formats.version,
}


def statement(value: Any, path: str) -> dict[str, Any]:
    """Refuse ``value`` unless it is a statement of xAPI 1.0.x; returns it."""
    found = record(value, path, _STATEMENT, _CORE)
    _context_fits_object(found, path)
    if found["verb"]["id"] == VOIDED and found["object"].get("objectType") != "StatementRef":
        raise StatementInvalid(f"{path}.object", "must be a StatementRef, since the verb is voided")
    return found


def _context_fits_object(found: dict[str, Any], path: str) -> None:
    """Data 2.4.6: revision and platform only where the object is an Activity."""
    if found["object"].get("objectType", "Activity") == "Activity":
        return
    for key in ("revision", "platform"):
        if key in found.get("context", {}):
            raise StatementInvalid(f"{path}.context.{key}", "is only allowed when the object is an Activity")
