"""What a version changes from the one before it, in the words of the form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from service.dates import long_date, rupiah
from service.languages import chosen
from service.web.targets_view import in_one_line
from service.web.told import FIELD_WORDS
from workflows.content import Cost, costs_of, difference
from workflows.errors import Refused
from workflows.jp import form_on
from workflows.models import Ceiling, Competency, ProgrammeVersion, Site

TEXTS = frozenset({"title", "aims", "target_group", "competency_gap", "performance_gap", "gap_reason"})
BASIS_WORDS = {
    "hcdp": _l("HCDP"),
    "needs_analysis": _l("Analisis kebutuhan diklat"),
    "offer": _l("Penawaran"),
}
_PIECE = re.compile(r"\w+|\s+|[^\w\s]")
Change = dict[str, Any]
"""label, before, after"""


def changes(session: Session, old: ProgrammeVersion, new: ProgrammeVersion) -> list[Change]:
    """One entry for each part that differs, in the order of the form, then each cost line."""
    found = difference(old, new)
    names = {name for name, _old, _new in found}
    shown = [
        _change(session, name, before, after, old, new)
        for name, before, after in found
        if not (name == "course_ref" and "course_title" in names)
        and not (name == "duplicates_checked" and not after)
    ]
    return [*shown, *_costs(costs_of(old), costs_of(new))]


def _change(
    session: Session, name: str, before: Any, after: Any, old: ProgrammeVersion, new: ProgrammeVersion
) -> Change:
    label = _label(name)
    if name in TEXTS and before and after:
        was, now = marked(before, after)
        return {"label": label, "before": was, "after": now}
    return {
        "label": label,
        "before": _words(session, name, before, old),
        "after": _words(session, name, after, new),
    }


def _label(name: str) -> str:
    known = {"jp": _("JP"), "cost": _("Jumlah biaya")}
    word = known.get(name) or str(FIELD_WORDS[name])
    return word[:1].upper() + word[1:]


def _words(session: Session, name: str, value: Any, version: ProgrammeVersion) -> str:
    """A value as people write it."""
    if value in (None, ""):
        return str(_("belum diisi"))
    if name == "cost":
        return rupiah(value)
    if name in ("starts_on", "ends_on"):
        return long_date(value)
    if name == "competency_id":
        return session.get_one(Competency, value).name
    if name == "ceiling_id":
        ceiling = session.get_one(Ceiling, value)
        return f"{ceiling.code} {ceiling.name} ({ceiling.fiscal_year})"
    if name == "site_id":
        return session.get_one(Site, value).name
    if name == "target_rules":
        return in_one_line(session, value)
    if name == "target_only":
        return str(_("ya") if value else _("tidak"))
    if name == "form_code":
        return _form(session, version)
    return str(BASIS_WORDS.get(value, value)) if name == "basis" else str(value)


def _form(session: Session, version: ProgrammeVersion) -> str:
    try:
        form = form_on(session, version.form_code, version.starts_on)
    except Refused:
        return version.form_code
    return form.name_en if chosen() == "en" else form.name


def marked(before: str, after: str) -> tuple[Markup, Markup]:
    """Both texts with the words that went (``del``) and came (``ins``) marked."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    was, now = Markup(), Markup()
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        was += _piece("del", kind, "".join(old[i1:i2]))
        now += _piece("ins", kind, "".join(new[j1:j2]))
    return was, now


def _piece(tag: str, kind: str, text: str) -> Markup:
    if kind == "equal" or not text:
        return escape(text)
    return Markup(f"<{tag}>{{}}</{tag}>").format(text)  # noqa: S704  the tag is one of two of ours


def _costs(old: Sequence[Cost], new: Sequence[Cost]) -> list[Change]:
    """Cost lines by their label: gone, new, or at another price."""
    was, now = _by_label(old), _by_label(new)
    return [
        {
            "label": _("Biaya: %(label)s", label=label),
            "before": _line(was.get(label)),
            "after": _line(now.get(label)),
        }
        for label in {**was, **now}
        if was.get(label) != now.get(label)
    ]


def _by_label(costs: Sequence[Cost]) -> dict[str, list[Cost]]:
    found: dict[str, list[Cost]] = {}
    for cost in costs:
        found.setdefault(cost.label.strip(), []).append(cost)
    return found


def _line(costs: Sequence[Cost] | None) -> str:
    if not costs:
        return str(_("tidak ada"))
    parts = [
        f"{c.quantity} {c.unit} × {rupiah(c.unit_price)} = {rupiah(c.quantity * c.unit_price)}" for c in costs
    ]
    return "; ".join(parts)
