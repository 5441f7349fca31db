"""Activities and their definitions (xAPI 1.0.3 Data 2.4.4.1)."""

from __future__ import annotations

from typing import Any

from lms_connectors.xapi import formats
from lms_connectors.xapi.errors import StatementInvalid
from lms_connectors.xapi.shapes import Table, each, extensions, language_map, one_of, record

_COMPONENT: Table = {"id": formats.filled, "description": language_map}
_COMPONENT_LISTS = ("choices", "scale", "source", "target", "steps")


def _component(value: Any, path: str) -> None:
    record(value, path, _COMPONENT, ("id",))


_each_component = each(_component)


def components(value: Any, path: str) -> None:
    _each_component(value, path)
    if len({item["id"] for item in value}) != len(value):
        raise StatementInvalid(path, "has the same component id twice")


_DEFINITION: Table = {
    "name": language_map,
    "description": language_map,
    "type": formats.iri,
    "moreInfo": formats.iri,
    "extensions": extensions,
    "interactionType": one_of(
        "true-false",
        "choice",
        "fill-in",
        "long-fill-in",
        "matching",
        "performance",
        "sequencing",
        "likert",
        "numeric",
        "other",
    ),
    "correctResponsesPattern": each(formats.text),
    **dict.fromkeys(_COMPONENT_LISTS, components),
}


def definition(value: Any, path: str) -> None:
    found = record(value, path, _DEFINITION)
    if "interactionType" in found:
        return
    for key in ("correctResponsesPattern", *_COMPONENT_LISTS):
        if key in found:
            raise StatementInvalid(path, f"has {key!r} and so needs 'interactionType'")


_ACTIVITY: Table = {"objectType": one_of("Activity"), "id": formats.iri, "definition": definition}


def activity(value: Any, path: str) -> None:
    record(value, path, _ACTIVITY, ("id",))


_each_activity = each(activity)


def activity_or_array(value: Any, path: str) -> None:
    """A single context activity is as good as an array of one (Data 2.4.6.2)."""
    if type(value) is list:
        _each_activity(value, path)
    else:
        activity(value, path)
