"""How objects, lists and maps of a statement are walked: every key known, every value checked.

A table ``{key: check}`` says what an object may hold; whatever is not in the table is refused, and so is
null, since no check takes it (xAPI 1.0.3 Data 2.2). Inside extensions every JSON value is allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lms_connectors.xapi import formats
from lms_connectors.xapi.errors import StatementInvalid

Check = Callable[[Any, str], None]
Table = Mapping[str, Check]


def as_object(value: Any, path: str) -> dict[str, Any]:
    if type(value) is not dict:
        raise StatementInvalid(path, "must be an object")
    return value


def record(value: Any, path: str, table: Table, required: tuple[str, ...] = ()) -> dict[str, Any]:
    """Check ``value`` against ``table``; returns it, known to be an object."""
    found = as_object(value, path)
    for key, item in found.items():
        check = table.get(key)
        if check is None:
            raise StatementInvalid(path, f"does not allow the key {key[:60]!r}")
        check(item, f"{path}.{key}")
    for key in required:
        if key not in found:
            raise StatementInvalid(path, f"needs {key!r}")
    return found


def each(check: Check) -> Check:
    """A check for an array whose every element passes ``check``."""

    def check_array(value: Any, path: str) -> None:
        if type(value) is not list:
            raise StatementInvalid(path, "must be an array")
        for index, item in enumerate(value):
            check(item, f"{path}[{index}]")

    return check_array


def one_of(*allowed: str) -> Check:
    """A check for an enumerated value, case included."""

    def check_word(value: Any, path: str) -> None:
        if type(value) is not str or value not in allowed:
            raise StatementInvalid(path, f"must be one of: {', '.join(allowed)}")

    return check_word


def language_map(value: Any, path: str) -> None:
    for tag, words in as_object(value, path).items():
        formats.language(tag, path)
        formats.text(words, path)


def extensions(value: Any, path: str) -> None:
    """Keys are IRIs; a statement is never refused for their values (Data 4.1)."""
    for key in as_object(value, path):
        formats.iri(key, path)
