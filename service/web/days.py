"""A day from a form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal, overload

from workflows.errors import N_, Refused


@overload
def day_of(form: Mapping[str, str], name: str) -> date: ...
@overload
def day_of(form: Mapping[str, str], name: str, *, may_lack: Literal[True]) -> date | None: ...
def day_of(form: Mapping[str, str], name: str, *, may_lack: bool = False) -> date | None:
    """The day as a date field sends it; Refused when it is none, or is missing where it must not be."""
    text = form.get(name, "").strip()
    if not text and may_lack:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("date", N_("Tulis tanggalnya."), field=name) from None
