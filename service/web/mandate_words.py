"""Offices and mandates as they stand in letters: ``Plh. Kepala ... a.n. ...``."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from service.web.profile_words import office_name
from service.web.words import _
from workflows.models import Decision

SHORT = {"plt": "Plt.", "plh": "Plh.", "pj": "Pj.", "pjs": "Pjs."}
KINDS = {
    "definitive": _l("Pejabat definitif"),
    "plt": _l("Pelaksana tugas (Plt)"),
    "plh": _l("Pelaksana harian (Plh)"),
    "pj": _l("Penjabat (Pj)"),
    "pjs": _l("Penjabat sementara (Pjs)"),
}
ALARMS = {
    "expiring": _l("mandat habis dan belum ada penggantinya"),
    "expired": _l("mandat sudah habis, tidak ada pejabat berwenang"),
    "vacant": _l("jabatan kosong, tidak ada pejabat berwenang"),
    "on_leave": _l("pejabat tidak di tempat dan belum ada penggantinya"),
}


def with_kind(title: str, kind: str) -> str:
    """``Plh. Kepala ...``, or a name; a definitive holder has no mark."""
    return f"{SHORT.get(kind, '')} {title}".strip()


def office_with_kind(title: str, kind: str) -> str:
    """As ``with_kind``, the office's title in the reader's language where the profile has it."""
    return with_kind(office_name(title), kind)


def with_behalf(words: str, name: str) -> str:
    """``Plh. Kepala ... a.n. Nama``."""
    return _("%(office)s a.n. %(name)s", office=words, name=name) if name else words


def office_words(decision: Decision) -> str:
    """The office as whoever decided signed in it, and for whom."""
    words = office_with_kind(decision.office_title, decision.mandate_kind)
    return with_behalf(words, decision.behalf_of.name if decision.behalf_of else "")
