"""How a participant's row reads: what we want, what the site holds, in words."""

from __future__ import annotations

from flask_babel import gettext as _

from workflows.models import Enrolment

Chip = tuple[str, str, str]
"""(word, tone, sign) of the macro ``chip``."""


def state_chip(row: Enrolment) -> Chip:
    """Where the row stands with the site."""
    if row.status == "applied":
        if row.desired == "removed":
            return _("Dikeluarkan"), "plain", "cross"
        return (_("Dihentikan"), "plain", "pause") if is_off(row) else (_("Di Moodle"), "leaf", "check")
    if row.status == "held":
        return _("Ditahan, menunggu diperiksa"), "sun", "pause"
    if row.status == "needs_account":
        return _("Perlu akun"), "rust", "person"
    if row.status == "failed":
        return _("Gagal kirim"), "rust", "alert"
    return (_("Dihentikan, menunggu") if is_off(row) else _("Menunggu")), "sun", "clock"


def is_off(row: Enrolment) -> bool:
    return row.desired != "active"


def wanted_word(row: Enrolment) -> str:
    return held_word(row.desired)


def applied_word(row: Enrolment) -> str:
    return held_word(row.applied)


def held_word(state: str) -> str:
    """none | active | suspended | removed in words."""
    words = {
        "none": _("Belum ada"),
        "active": _("Ikut serta"),
        "suspended": _("Dihentikan"),
        "removed": _("Dikeluarkan"),
    }
    return str(words[state])
