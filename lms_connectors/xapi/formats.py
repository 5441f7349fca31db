"""The formats inside a statement's strings (xAPI 1.0.3 Data 2.2 and 4): each check takes (value, path)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from lms_connectors.xapi.errors import StatementInvalid

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`\x00-\x20\x7f]+")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
_MAILTO = re.compile(r"mailto:[^@\s?]+@[^@\s?]+")
_SHA1 = re.compile(r"[0-9a-fA-F]{40}")
_SHA2 = re.compile(r"[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128}")
_MEDIA = re.compile(r"[A-Za-z0-9!#$&^_.+\-]+/[A-Za-z0-9!#$&^_.+\-]+(?:\s*;.*)?")
_VERSION = re.compile(r"1\.0\.[0-9]+")
_TIMESTAMP = re.compile(r"[0-9W-]{7,10}T[0-9][0-9:]*(?:[.,][0-9]+)?(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?")
_N = r"[0-9]+(?:[.,][0-9]+)?"
_DURATION = re.compile(
    rf"P(?:{_N}W|(?=[0-9T])(?:{_N}Y)?(?:{_N}M)?(?:{_N}D)?(?:T(?=[0-9])(?:{_N}H)?(?:{_N}M)?(?:{_N}S)?)?)"
)
_FRACTION_NOT_LAST = re.compile(r"[.,][0-9]+[A-Z].")
_LANGUAGE = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+"
    # RFC 5646 2.2.8: the irregular grandfathered tags are a closed list.
    r"|en-gb-oed|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)"
    r"|sgn-(?:be-fr|be-nl|ch-de)|zh-min|zh-min-nan|no-bok|no-nyn|art-lojban|cel-gaulish",
    re.IGNORECASE | re.ASCII,
)


def text(value: Any, path: str) -> None:
    """Any string, the empty one too: the specification refuses it only where a format is required."""
    if type(value) is not str:
        raise StatementInvalid(path, "must be a string")


def filled(value: Any, path: str) -> None:
    if type(value) is not str or not value:
        raise StatementInvalid(path, "must be a string that is not empty")


def boolean(value: Any, path: str) -> None:
    if type(value) is not bool:
        raise StatementInvalid(path, "must be true or false")


def number(value: Any, path: str) -> None:
    if type(value) is not int and type(value) is not float:
        raise StatementInvalid(path, "must be a number")


def octets(value: Any, path: str) -> None:
    if type(value) is not int or value < 0:
        raise StatementInvalid(path, "must be an integer, 0 or more")


def iri(value: Any, path: str) -> None:
    _matches(_IRI, value, path, "must be an IRI with a scheme")


def uuid(value: Any, path: str) -> None:
    _matches(_UUID, value, path, "must be a UUID in the standard form of RFC 4122")


def mailto(value: Any, path: str) -> None:
    _matches(_MAILTO, value, path, "must be mailto: and one e-mail address")


def sha1(value: Any, path: str) -> None:
    _matches(_SHA1, value, path, "must be a SHA-1 of 40 hexadecimal digits")


def sha2(value: Any, path: str) -> None:
    _matches(_SHA2, value, path, "must be a SHA-2 in hexadecimal digits")


def media_type(value: Any, path: str) -> None:
    _matches(_MEDIA, value, path, "must be an Internet media type")


def version(value: Any, path: str) -> None:
    _matches(_VERSION, value, path, "must begin with 1.0. and name a patch version")


def language(value: Any, path: str) -> None:
    _matches(_LANGUAGE, value, path, "must be a language tag of RFC 5646")


def duration(value: Any, path: str) -> None:
    sentence = "must be an ISO 8601 duration such as PT1H30M"
    _matches(_DURATION, value, path, sentence)
    if _FRACTION_NOT_LAST.search(value):
        raise StatementInvalid(path, sentence)


def timestamp(value: Any, path: str) -> None:
    instant(value, path)


def instant(value: Any, path: str) -> datetime:
    """The point in time of an ISO 8601 date and time, aware, in UTC; without a zone it is read as UTC."""
    sentence = "must be an ISO 8601 date and time such as 2026-11-24T03:16:46.000Z"
    match = _TIMESTAMP.fullmatch(value) if type(value) is str else None
    # ISO 8601 knows no negative zero offset.
    if match is None or (match[1] or "").replace(":", "") in ("-00", "-0000"):
        raise StatementInvalid(path, sentence)
    try:
        read = datetime.fromisoformat(value)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise StatementInvalid(path, sentence) from None


def _matches(pattern: re.Pattern[str], value: Any, path: str, sentence: str) -> None:
    if type(value) is not str or pattern.fullmatch(value) is None:
        raise StatementInvalid(path, sentence)
