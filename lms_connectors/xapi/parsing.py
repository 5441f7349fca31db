"""JSON text to values, each statement beside the exact bytes that came.

orjson is the strict gate (UTF-8, no NaN, no lone surrogates, no byte order mark) and gives the values. It
keeps the last of two equal keys silently, so the standard library's scanner walks the text once more: it sees
every key and knows where each statement ends.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

import orjson

from lms_connectors.xapi.errors import StatementInvalid

_BLANK = re.compile(r"[ \t\r\n]*")


class Parsed(NamedTuple):
    path: str
    raw: bytes
    value: Any


class _RepeatedKey(ValueError):
    pass


def _refuse_repeated_keys(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) != len(pairs):
        raise _RepeatedKey


_scanner = json.JSONDecoder(object_pairs_hook=_refuse_repeated_keys)


def parse_one(body: bytes) -> Parsed:
    """The single JSON value in ``body``; refuses an array."""
    value = _load(body)
    if isinstance(value, list):
        raise StatementInvalid("statement", "must be one statement, not an array")
    text = body.decode()
    raw, _ = _slice(text, _skip(text, 0), "statement")
    return Parsed("statement", raw, value)


def parse_many(body: bytes) -> list[Parsed]:
    """The statements in ``body``: those of an array, or the single one."""
    values = _load(body)
    if not isinstance(values, list):
        return [parse_one(body)]
    text = body.decode()
    at = _skip(text, 0)
    found = []
    for index, value in enumerate(values):
        path = f"statements[{index}]"
        raw, at = _slice(text, _skip(text, at + 1), path)
        found.append(Parsed(path, raw, value))
        at = _skip(text, at)
    return found


def _load(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise StatementInvalid("body", f"is not valid JSON in UTF-8 ({error})") from None


def _slice(text: str, start: int, path: str) -> tuple[bytes, int]:
    try:
        _, end = _scanner.raw_decode(text, start)
    except _RepeatedKey:
        # xAPI 1.0.3 Data 2.2: a statement must use each property no more than one time.
        raise StatementInvalid(path, "has the same key twice in one object") from None
    except RecursionError:
        raise StatementInvalid(path, "is nested too deeply") from None
    return text[start:end].encode(), end


def _skip(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at
