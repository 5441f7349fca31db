"""Agents, groups and the authority (xAPI 1.0.3 Data 2.4.2 and 2.4.9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lms_connectors.xapi import formats
from lms_connectors.xapi.errors import StatementInvalid
from lms_connectors.xapi.shapes import Table, as_object, each, one_of, record

IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
_ACCOUNT: Table = {"homePage": formats.iri, "name": formats.filled}


def account(value: Any, path: str) -> None:
    record(value, path, _ACCOUNT, ("homePage", "name"))


_AGENT: Table = {
    "objectType": one_of("Agent"),
    "name": formats.text,
    "mbox": formats.mailto,
    "mbox_sha1sum": formats.sha1,
    "openid": formats.iri,
    "account": account,
}


def agent(value: Any, path: str) -> None:
    found = record(value, path, _AGENT)
    if _identifiers(found) != 1:
        raise StatementInvalid(path, f"needs exactly one of: {', '.join(IDENTIFIERS)}")


_GROUP: Table = {**_AGENT, "objectType": one_of("Group"), "member": each(agent)}


def group(value: Any, path: str) -> None:
    found = record(value, path, _GROUP, ("objectType",))
    count = _identifiers(found)
    if count > 1:
        raise StatementInvalid(path, f"may have only one of: {', '.join(IDENTIFIERS)}")
    if count == 0 and "member" not in found:
        raise StatementInvalid(path, "needs 'member', since it has no identifier")


def actor(value: Any, path: str) -> None:
    """An Agent, or a Group that says so."""
    if as_object(value, path).get("objectType") == "Group":
        group(value, path)
    else:
        agent(value, path)


def authority(value: Any, path: str) -> None:
    """An Agent, or the pair of an OAuth consumer and a user (Data 2.4.9)."""
    actor(value, path)
    if value.get("objectType") == "Group" and len(value.get("member", ())) != 2:
        raise StatementInvalid(path, "as a group must have two members")


def actor_key(value: Mapping[str, Any]) -> str:
    """One text for the one who is meant: identifier kind and value; ``anonymous`` for a group without one."""
    if "account" in value:
        held = value["account"]
        return f"account:{held['homePage']}|{held['name']}"
    for kind in ("mbox", "mbox_sha1sum", "openid"):
        if kind in value:
            return value[kind] if kind == "mbox" else f"{kind}:{value[kind]}"
    return "anonymous"


def _identifiers(value: Mapping[str, Any]) -> int:
    return sum(kind in value for kind in IDENTIFIERS)
