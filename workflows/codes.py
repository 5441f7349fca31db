"""Codes that people copy by hand: 100 random bits in the base 32 of Crockford (no I, L, O, U)."""

from __future__ import annotations

import secrets

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 20
GROUP = 5
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\t": None, ".": None})


def new_code() -> str:
    """Twenty digits that nobody guesses: 32 to the 20th is 2 to the 100th."""
    return "".join(secrets.choice(DIGITS) for _ in range(LENGTH))


def read_code(text: str) -> str | None:
    """What somebody typed or scanned as a code, forgiving case, gaps and look-alikes; None when it is none."""
    code = text.upper().translate(_READ_AS)
    return code if len(code) == LENGTH and all(digit in DIGITS for digit in code) else None


def shown_code(code: str) -> str:
    """``K7QF2-9XM4T-...``, as it stands on paper."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))
