"""The daily seals as people read them, the newest first."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from service.dates import long_date, moment
from workflows.ports import SealStore
from workflows.seals import BadSeal, code_of, read_header

PAGE = 30


def seal_page(store: SealStore, before: int = 0) -> dict[str, Any]:
    """``seals`` of one page, those before number ``before`` where given; ``next`` = the number to go on from."""
    names = [name for name in reversed(store.names()) if not before or name.number < before]
    shown = [_row(name.number, store.read(name.number)) for name in names[:PAGE]]
    return {"seals": shown, "next": names[PAGE - 1].number if len(names) > PAGE else None}


def in_groups(code: str) -> Markup:
    """The code with places where the line may break; copied, it has no spaces."""
    groups = (code[at : at + 8] for at in range(0, len(code), 8))
    return Markup("<wbr>").join(groups)


def _row(number: int, data: bytes) -> dict[str, Any]:
    row: dict[str, Any] = {"number": number, "code": in_groups(code_of(data)), "header": None}
    try:
        header = read_header(data)
    except BadSeal:
        return row
    moved = abs(header.made_at - header.real_at).total_seconds() > 60
    return {
        **row,
        "header": header,
        "day": long_date(header.day),
        "made": moment(header.made_at),
        "machine": moment(header.real_at) if moved else "",
        "previous": in_groups(header.previous),
    }
