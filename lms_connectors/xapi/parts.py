"""Verb, result, context, attachments and references: the parts around actor and object."""

from __future__ import annotations

from typing import Any

from lms_connectors.xapi import formats
from lms_connectors.xapi.activities import activity_or_array
from lms_connectors.xapi.actors import actor, group
from lms_connectors.xapi.errors import StatementInvalid
from lms_connectors.xapi.shapes import Table, each, extensions, language_map, one_of, record

SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
_VERB: Table = {"id": formats.iri, "display": language_map}
_REFERENCE: Table = {"objectType": one_of("StatementRef"), "id": formats.uuid}


def verb(value: Any, path: str) -> None:
    record(value, path, _VERB, ("id",))


def reference(value: Any, path: str) -> None:
    record(value, path, _REFERENCE, ("objectType", "id"))


_SCORE: Table = dict.fromkeys(("scaled", "raw", "min", "max"), formats.number)


def score(value: Any, path: str) -> None:
    found = record(value, path, _SCORE)
    if not -1 <= found.get("scaled", 0) <= 1:
        raise StatementInvalid(f"{path}.scaled", "must be between -1 and 1")
    low, high = found.get("min"), found.get("max")
    if low is not None and high is not None and low >= high:
        raise StatementInvalid(f"{path}.min", "must be less than max")
    raw = found.get("raw")
    if raw is not None and ((low is not None and raw < low) or (high is not None and raw > high)):
        raise StatementInvalid(f"{path}.raw", "must be between min and max")


_RESULT: Table = {
    "score": score,
    "success": formats.boolean,
    "completion": formats.boolean,
    "response": formats.text,
    "duration": formats.duration,
    "extensions": extensions,
}


def result(value: Any, path: str) -> None:
    record(value, path, _RESULT)


_CONTEXT_ACTIVITIES: Table = dict.fromkeys(("parent", "grouping", "category", "other"), activity_or_array)


def context_activities(value: Any, path: str) -> None:
    record(value, path, _CONTEXT_ACTIVITIES)


_CONTEXT: Table = {
    "registration": formats.uuid,
    "instructor": actor,
    "team": group,
    "contextActivities": context_activities,
    "revision": formats.text,
    "platform": formats.text,
    "language": formats.language,
    "statement": reference,
    "extensions": extensions,
}


def context(value: Any, path: str) -> None:
    record(value, path, _CONTEXT)


_ATTACHMENT: Table = {
    "usageType": formats.iri,
    "display": language_map,
    "description": language_map,
    "contentType": formats.media_type,
    "length": formats.octets,
    "sha2": formats.sha2,
    "fileUrl": formats.iri,
}
_ATTACHMENT_NEEDS = ("usageType", "display", "contentType", "length", "sha2")


def attachment(value: Any, path: str) -> None:
    """An attachment by reference. Data in the request needs multipart/mixed, which is not read here."""
    found = record(value, path, _ATTACHMENT, _ATTACHMENT_NEEDS)
    if found["usageType"] == SIGNATURE:
        raise StatementInvalid(path, "is a signature; signed statements are not taken here")
    if "fileUrl" not in found:
        raise StatementInvalid(path, "needs 'fileUrl', since its data is not part of the request")


attachments = each(attachment)
