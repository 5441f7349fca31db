"""A small valid statement and a way to spoil it."""

from __future__ import annotations

import copy
from typing import Any

import orjson

_PLAIN: dict[str, Any] = {
    "actor": {"account": {"homePage": "http://moodle.test", "name": "11"}},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en": "Completed"}},
    "object": {"id": "http://moodle.test/course/view.php?id=21"},
}
AGENT = {"mbox": "mailto:asn@instansi.test"}
ACTIVITY = {"id": "http://moodle.test/mod/quiz/view.php?id=1"}
REFERENCE = {"objectType": "StatementRef", "id": "8f87ccde-bb56-4c2e-ab83-44982ef22df0"}
ATTACHMENT = {
    "usageType": "http://example.test/certificate",
    "display": {"id": "Sertifikat"},
    "contentType": "application/pdf",
    "length": 10,
    "sha2": "a" * 64,
    "fileUrl": "http://example.test/a.pdf",
}


def plain(**changed: Any) -> dict[str, Any]:
    """The plain statement with some of its properties replaced."""
    return copy.deepcopy({**_PLAIN, **changed})


def substatement(**changed: Any) -> dict[str, Any]:
    return {"objectType": "SubStatement", **plain(**changed)}


def body(*statements: Any) -> bytes:
    """An array as a sender writes it."""
    return orjson.dumps(list(statements))
