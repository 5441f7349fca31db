"""The timeline of an office as a picture: who acts from when to when, half a year back and ahead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from service.dates import short_date
from service.web.mandate_words import KINDS, with_kind
from service.web.words import _
from workflows.mandates import effective
from workflows.models import OfficeHolding

BEHIND, AHEAD = 120, 240
"""Days that the picture covers before and after today."""
KEYS = (
    ("money-this", _l("definitif")),
    ("money-others", _l("pelaksana atau penjabat")),
    ("money-over", _l("tanpa pejabat berwenang")),
)


def picture(held: Sequence[OfficeHolding], day: date) -> dict[str, Any]:
    """``parts``: [{x, width, look, span, words}] in percent of the width; ``today``: where today stands in it.

    ``first``, ``last``: the days at its ends; ``legend``: [(look, word)] of what is seen in it.
    """
    first, last = day - timedelta(days=BEHIND), day + timedelta(days=AHEAD)
    total = (last - first).days + 1
    starts = _changes(held, first, last)
    ends = [one - timedelta(days=1) for one in starts[1:]] + [last]
    parts = [_part(held, begin, end, first, total) for begin, end in zip(starts, ends, strict=True)]
    seen = {part["look"] for part in parts}
    return {
        "parts": _joined(parts),
        "today": round(100 * (day - first).days / total, 2),
        "first": short_date(first),
        "last": short_date(last),
        "legend": [(look, str(word)) for look, word in KEYS if look in seen],
    }


def _changes(held: Sequence[OfficeHolding], first: date, last: date) -> list[date]:
    days = {first}
    for one in held:
        ends = [end for end in (one.last_day, one.person.left_on) if end is not None]
        days.update([one.valid_from, *(end + timedelta(days=1) for end in ends)])
    return sorted(day for day in days if first <= day <= last)


def _part(held: Sequence[OfficeHolding], begin: date, end: date, first: date, total: int) -> dict[str, Any]:
    acting = effective(one for one in held if one.in_force(begin))
    words = with_kind(acting.person.name, acting.kind) if acting else _("tanpa pejabat berwenang")
    look = "money-over" if acting is None else "money-this" if acting.kind == "definitive" else "money-others"
    return {
        "begin": begin,
        "end": end,
        "x": round(100 * (begin - first).days / total, 2),
        "width": round(100 * ((end - begin).days + 1) / total, 2),
        "look": look,
        "kind": str(KINDS[acting.kind]) if acting else _("kosong"),
        "words": words,
        "span": f"{short_date(begin)} – {short_date(end)}",
    }


def _joined(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Neighbours in which the same one acts are one part."""
    kept: list[dict[str, Any]] = []
    for part in parts:
        if kept and (kept[-1]["words"], kept[-1]["look"]) == (part["words"], part["look"]):
            kept[-1].update(
                end=part["end"],
                width=round(kept[-1]["width"] + part["width"], 2),
                span=f"{short_date(kept[-1]['begin'])} – {short_date(part['end'])}",
            )
        else:
            kept.append(part)
    return kept
