"""Our own statements for an external record store, built with tincan as xAPI 1.0.3.

The person appears as an account on our own home page with an opaque id. A NIP tells birth date and sex, so a
statement that holds one anywhere is not built at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson
from tincan import (
    Activity,
    ActivityDefinition,
    Agent,
    AgentAccount,
    Extensions,
    LanguageMap,
    Result,
    Statement,
    Verb,
)

_VERBS = {
    "approved": {"id": "disetujui", "en": "approved"},
    "credited": {"id": "dikreditkan", "en": "credited"},
}
_ACTIVITY_TYPE = "http://adlnet.gov/expapi/activities/course"
_EIGHTEEN_DIGITS = re.compile(r"(?<![0-9])[0-9]{8}[ .-]?[0-9]{6}[ .-]?[0-9][ .-]?[0-9]{3}(?![0-9])")


def build_statement(
    verb: str,
    *,
    home_page: str,
    person: str,
    key: str,
    programme: str,
    title: Mapping[str, str],
    when: datetime,
    jp: float | None = None,
) -> dict[str, Any]:
    """A statement that ``person`` was ``approved`` for a programme, or ``credited`` with its ``jp``.

    ``home_page``: our address, without a trailing slash; the verbs and the extension are named below it,
    since one coins IRIs only under what one controls (Data 3.0). ``person``: opaque id. ``key``: our
    reference of what happened; the same key gives the same statement id, so sending twice stores once.
    ``programme``: the programme's IRI. ``title``: by language tag. ``when``: aware. ``jp``: hours of
    learning credited.
    Raises ValueError for a naive time, an unknown verb, or a NIP anywhere.
    """
    if verb not in _VERBS:
        raise ValueError(f"verb must be one of {', '.join(_VERBS)}")
    if when.tzinfo is None:
        raise ValueError("when must be aware")
    statement = Statement(
        id=str(uuid5(NAMESPACE_URL, f"{home_page}/xapi/{verb}/{key}")),
        actor=Agent(account=AgentAccount(home_page=home_page, name=person)),
        verb=Verb(id=f"{home_page}/xapi/verbs/{verb}", display=LanguageMap(_VERBS[verb])),
        object=_programme(programme, title),
        timestamp=when.astimezone(UTC),
        # Data 2.4.10: a provider that sets the version sets 1.0.0, whatever the patch version of the wire.
        version="1.0.0",
        result=_result(home_page, jp),
    )
    built: dict[str, Any] = orjson.loads(statement.to_json())
    _refuse_nip(built)
    return built


def _programme(iri: str, title: Mapping[str, str]) -> Activity:
    named = ActivityDefinition(name=LanguageMap(dict(title)), type=_ACTIVITY_TYPE)
    return Activity(id=iri, definition=named)


def _result(home_page: str, jp: float | None) -> Result | None:
    return None if jp is None else Result(extensions=Extensions({f"{home_page}/xapi/extensions/jp": jp}))


def _refuse_nip(statement: Mapping[str, Any]) -> None:
    if _EIGHTEEN_DIGITS.search(orjson.dumps(statement).decode()):
        raise ValueError("an outgoing statement must not hold a NIP")
