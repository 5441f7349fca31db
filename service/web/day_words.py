"""An ISO day as people write it."""

from __future__ import annotations

from datetime import date

from service.dates import short_date


def day_or_none(text: str) -> str | None:
    """``18 Mar 2027`` for ``2027-03-18``; None for any other text."""
    try:
        return short_date(date.fromisoformat(text))
    except ValueError:
        return None
