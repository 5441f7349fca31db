"""Checks of parameters as Moodle does them: values are not cleaned but refused, unknown keys too."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lms_connectors.sandbox.refusal import invalid_parameter

Check = Callable[[str], Any]
REQUIRED: Any = object()


@dataclass(frozen=True)
class Scalar:
    check: Check
    default: Any = REQUIRED

    def clean(self, value: object) -> Any:
        if not isinstance(value, str):
            raise invalid_parameter()
        return self.check(value)


@dataclass(frozen=True)
class Record:
    """Named values. A key that is left out takes its default, or stays out where the default is None."""

    keys: Mapping[str, Any]

    def clean(self, value: object) -> dict[str, Any]:
        if not isinstance(value, dict) or set(value) - set(self.keys):
            raise invalid_parameter()
        return {name: self._one(name, spec, value) for name, spec in self.keys.items()}

    def _one(self, name: str, spec: Any, value: Mapping[str, object]) -> Any:
        if name in value:
            return spec.clean(value[name])
        if spec.default is REQUIRED:
            raise invalid_parameter()
        return spec.default


@dataclass(frozen=True)
class Listing:
    """A list of the same. An empty list cannot be said in a form: it is a missing parameter."""

    of: Any
    default: Any = REQUIRED

    def clean(self, value: object) -> list[Any]:
        if not isinstance(value, dict):
            raise invalid_parameter()
        return [self.of.clean(inner) for inner in value.values()]


def integer(text: str) -> int:
    if not re.fullmatch(r"-?(0|[1-9][0-9]*)", text):
        raise invalid_parameter()
    return int(text)


def raw(text: str) -> str:
    return text


def without_tags(text: str) -> str:
    if re.search(r"<[a-zA-Z/!?]", text):
        raise invalid_parameter()
    return text


def word(text: str) -> str:
    return _whole(r"[A-Za-z0-9_-]*", text)


def filled_word(text: str) -> str:
    return _whole(r"[A-Za-z0-9_-]+", text)


def user_name(text: str) -> str:
    """Lower case letters, digits and ``-._@``, as where ``extendedusernamechars`` is off."""
    return _whole(r"[a-z0-9._@-]+", text)


def e_mail(text: str) -> str:
    return _whole(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+", text)


def _whole(pattern: str, text: str) -> str:
    if not re.fullmatch(pattern, text):
        raise invalid_parameter()
    return text
