"""Which page of a list was asked for."""

from __future__ import annotations

from flask import request


def before(name: str = "sebelum") -> int | None:
    """The key to go on from in a list, newest first; anything that is no small positive number is no wish."""
    wanted = request.args.get(name, type=int)
    return wanted if wanted is not None and 0 < wanted < 2**31 else None


def page_number(name: str = "halaman") -> int:
    """1 where nothing, or no number, was given."""
    return max(request.args.get(name, 1, type=int), 1)
