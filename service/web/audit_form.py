"""What an auditor asks for, from an address or a form. No number of a person goes into an address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from workflows.audit_trail import Wish, groups

LONGEST_REF = 80
"""What the access log holds of it."""
OF_AUDIT = "audit:"
_NUMBER = re.compile(r"\d{6,}")


def wish_of(given: Mapping[str, str]) -> Wish:
    """What is no day, no office and no kind of event is no wish."""
    office, group = given.get("jabatan", ""), given.get("tindakan", "")
    return Wish(
        since=_day(given.get("dari", "")),
        until=_day(given.get("sampai", "")),
        office=int(office) if office.isascii() and office.isdigit() and len(office) < 10 else None,
        group=group if group in groups() else "",
        name=" ".join(_NUMBER.sub("", given.get("nama", "")).split())[:80],
    )


def args_of(wish: Wish) -> dict[str, Any]:
    """Arguments for an address, or hidden fields of a form, that ask the same again."""
    given = {
        "dari": wish.since.isoformat() if wish.since else "",
        "sampai": wish.until.isoformat() if wish.until else "",
        "jabatan": wish.office,
        "tindakan": wish.group,
        "nama": wish.name,
    }
    return {key: value for key, value in given.items() if value}


def asked(wish: Wish) -> str:
    """The filter in at most ``LONGEST_REF`` characters, for the access log; a long name is cut."""
    words = "&".join(f"{key}={value}" for key, value in args_of(wish).items())
    return f"{OF_AUDIT}{words}"[:LONGEST_REF]


def asked_words(ref: str) -> str:
    """What ``asked`` wrote, as a reader of the log sees it: ``dari 2027-01-01, tindakan office``."""
    return ref.removeprefix(OF_AUDIT).replace("=", " ").replace("&", ", ")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
