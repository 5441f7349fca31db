"""A form as PHP reads it: ``users[0][id]=5`` becomes nested; fields past ``max_input_vars`` vanish."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

Parsed = dict[str, "str | Parsed"]

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_KEY = re.compile(r"\[([^\[\]]*)\]")


def parse(fields: Iterable[tuple[str, str]], max_input_vars: int) -> Parsed:
    """PHP keeps one field more than the number, drops the rest and goes on as if nothing were."""
    form: Parsed = {}
    for name, value in islice(fields, max_input_vars + 1):
        match = _NAME.fullmatch(name)
        if match:
            _put(form, [match[1], *_KEY.findall(match[2])], value)
    return form


def _put(form: Parsed, path: list[str], value: str) -> None:
    *outer, last = path
    for key in outer:
        inner = form.get(key)
        if not isinstance(inner, dict):
            inner = form[key] = {}
        form = inner
    form[last or str(len(form))] = value
