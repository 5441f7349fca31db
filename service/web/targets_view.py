"""A target group in words, how many people it selects, and what in it leads nowhere."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.dates import long_date
from service.languages import chosen
from service.web.cap_view import Flag
from service.web.person_words import EMPLOYMENT
from service.web.support import say
from workflows.errors import Refused
from workflows.models import AssignmentKind, JobField, ProgrammeVersion, Unit
from workflows.targets import Doubt, count, day_of, doubts, must_be_known, read, selected

KINDS: Mapping[str, Any] = {
    "job_field": _l("Rumpun jabatan"),
    "unit": _l("Unit kerja, dengan semua unit di bawahnya"),
    "employment": _l("Status kepegawaian"),
    "assignment": _l("Tugas tambahan"),
    "post": _l("Jabatan"),
    "leads": _l("Kedudukan"),
}
LEADING = _l("atasan langsung seseorang")


@dataclass(frozen=True, slots=True)
class Counted:
    """``said``: how many people on which day; ``warnings``: rules that select nobody then, or a refusal."""

    said: str
    warnings: Sequence[str] = field(default=())


def in_words(session: Session, text: str) -> list[tuple[str, str]]:
    """(kind, its codes in words) in the order of the form; kinds must all hold, codes of one are alternatives."""
    rules, between = read(text), " " + str(_("atau")) + " "
    names = {kind: _names(session, kind, rules[kind]) for kind in KINDS if kind in rules}
    return [
        (str(KINDS[kind]), between.join(words[code] for code in rules[kind])) for kind, words in names.items()
    ]


def in_one_line(session: Session, text: str) -> str:
    """For lists of what differs; empty where no rule stands."""
    return "; ".join(f"{label}: {words}" for label, words in in_words(session, text))


def counted(session: Session, text: str, day: date) -> Counted:
    """What a form says about rules as typed; unknown ones are a sentence here, a refusal on saving."""
    if not text:
        return Counted(str(_("Belum ada yang dipilih: kelompok sasaran hanya tertulis dengan kata-kata.")))
    try:
        must_be_known(session, text)
    except Refused as error:
        return Counted(say(error)["text"])
    found = count(session, text, day)
    said = _("Kena %(count)s orang menurut data pegawai untuk %(day)s.", count=found, day=long_date(day))
    return Counted(str(said), [_warning(session, one, day) for one in doubts(session, text, day)])


def shown(session: Session, version: ProgrammeVersion) -> dict[str, Any] | None:
    """For the page of a version; None where its group stands in words alone."""
    if not version.target_rules:
        return None
    return {
        "words": in_words(session, version.target_rules),
        "counted": counted(session, version.target_rules, day_of(session, version)),
        "only": version.target_only,
    }


def outsiders(
    session: Session, version: ProgrammeVersion, person_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Flag]:
    """A flag for each of these people whom the version's group does not select."""
    if not version.target_rules:
        return {}
    inside = selected(session, version.target_rules, day_of(session, version), person_ids)
    said = _("Di luar kelompok sasaran")
    if version.target_only:
        said = _("Di luar kelompok sasaran: program ini hanya untuk kelompoknya")
    return {person: Flag(str(said), warns=True) for person in person_ids if person not in inside}


def _warning(session: Session, one: Doubt, day: date) -> str:
    name = _names(session, one.kind, (one.code,))[one.code]
    values = {"name": name, "day": long_date(day)}
    if one.kind == "assignment":
        return str(_("Tidak seorang pun memegang tugas %(name)s pada %(day)s.", **values))
    if one.kind == "post":
        return str(_("Tidak seorang pun menduduki jabatan %(name)s pada %(day)s.", **values))
    if one.ended is None or one.ended >= day:
        return str(_("%(name)s belum ada pada %(day)s.", **values))
    if not one.successor:
        return str(_("%(name)s sudah berakhir pada %(ended)s.", name=name, ended=long_date(one.ended)))
    following = _names(session, "unit", (one.successor,))[one.successor]
    said = _("%(name)s sudah berakhir pada %(ended)s; penerusnya %(following)s.",
             name=name, ended=long_date(one.ended), following=following)  # fmt: skip
    return str(said)


def _names(session: Session, kind: str, codes: Sequence[str]) -> dict[str, str]:
    if kind == "employment":
        return {code: str(EMPLOYMENT[code]) for code in codes}
    if kind == "leads":
        return dict.fromkeys(codes, str(LEADING))
    if kind == "post":
        return {code: code for code in codes}
    if kind == "unit":
        return dict(session.execute(select(Unit.code, Unit.name).where(Unit.code.in_(codes))).all())
    table = JobField if kind == "job_field" else AssignmentKind
    name = table.name_en if chosen() == "en" else table.name
    return dict(session.execute(select(table.code, name).where(table.code.in_(codes))).all())
