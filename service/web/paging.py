"""Which page of a list was asked for."""

from __future__ import annotations

from flask import request


def page_number(name: str = "halaman") -> int:
    """1 where nothing, or no number, was given."""
    return max(request.args.get(name, 1, type=int), 1)
