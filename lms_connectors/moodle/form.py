"""Parameters as PHP reads them from a form: ``{"users": [{"id": 5}]}`` becomes ``users[0][id]=5``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "str | int | bool | Sequence[Value] | Mapping[str, Value]"
Field = tuple[str, str]

FIXED_FIELDS = 3
"""wstoken, wsfunction, moodlewsrestformat."""

MAX_FIELDS = 900
"""Below PHP's default ``max_input_vars`` of 1000, past which fields are dropped without a word."""


def flatten(parameters: Mapping[str, Value]) -> list[Field]:
    """The form fields in the order given. Booleans become 1 and 0, as PARAM_BOOL wants them."""
    return [found for name, value in parameters.items() for found in _fields(name, value)]


def _fields(name: str, value: Value) -> Iterator[Field]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _fields(f"{name}[{key}]", inner)
    elif isinstance(value, str | int):
        yield name, str(int(value)) if isinstance(value, bool) else str(value)
    else:
        for index, inner in enumerate(value):
            yield from _fields(f"{name}[{index}]", inner)


def rows_per_call(fields_per_row: int, *, wanted: int, fixed: int = FIXED_FIELDS) -> int:
    """How many rows of that many fields one call may carry, at most ``wanted``, at least one."""
    return max(1, min(wanted, (MAX_FIELDS - fixed) // fields_per_row))
