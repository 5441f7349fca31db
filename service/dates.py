"""Dates, times and money as people write them, in the reader's language and the profile's zone."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date, format_datetime
from flask_babel import get_locale

from service.current import bangkom
from service.languages import chosen
from workflows.budget import rupiah

__all__ = ["long_date", "moment", "rupiah", "short_date"]


def long_date(day: date | None) -> str:
    """``Kamis, 18 Maret 2027``."""
    return format_date(day, "EEEE, d MMMM y", locale=get_locale()) if day else ""


def short_date(day: date | None) -> str:
    """``18 Mar 2027``."""
    return format_date(day, "d MMM y", locale=get_locale()) if day else ""


def moment(instant: datetime | None) -> str:
    """``18 Mar 2027 09.15``, in English ``09:15``, with the zone's own short name from the profile."""
    if instant is None:
        return ""
    profile = bangkom().profile
    local = instant.astimezone(profile.zone)
    pattern = "d MMM y HH:mm" if chosen() == "en" else "d MMM y HH.mm"
    return f"{format_datetime(local, pattern, locale=get_locale())} {profile.zone_label}"
