"""Sentences for people that arise here; they are translated where they are shown."""

from __future__ import annotations


def N_(text: str) -> str:
    """Mark an Indonesian sentence for the translators without translating it."""
    return text
