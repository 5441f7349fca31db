"""What a letter about a unit would move, shown before it is confirmed: the use case itself runs, and is undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.dates import long_date, short_date
from service.db import writing
from service.web import units_form as form
from service.web.mandate_words import with_kind
from service.web.profile_words import office_name
from service.web.units_words import TITLES
from service.web.words import _
from workflows.clock import today
from workflows.models import ProgrammeVersion, Unit
from workflows.unit_effects import Effects, effects_of
from workflows.units import unit_by_code

MOST = 10


class _OnlyLooked(Exception):
    """Ends the trial, so that nothing of it stays."""


def told(kind: str, code: str, act: Callable[[Session], Any]) -> dict[str, Any]:
    """{title, when, lines, hidden}; a refusal is raised as the real thing would raise it."""
    lines: list[str] = []
    day, when = form.dated()[0], ""
    try:
        with writing() as session:
            lines, when = _lines(session, kind, code, day), _when(session, day)
            act(session)
            raise _OnlyLooked
    except _OnlyLooked:
        pass
    hidden = [(key, value) for key, value in request.form.items(multi=True) if key != "csrf_token"]
    return {"title": str(TITLES[kind]), "when": when, "lines": lines, "hidden": hidden}


def _when(session: Session, day: date) -> str:
    if day > today(session):
        return _(
            "Berlaku %(day)s dan dijalankan pada hari itu. Yang disebut di bawah adalah keadaan hari ini.",
            day=long_date(day),
        )
    return _("Berlaku sejak %(day)s, seketika setelah Anda memastikannya.", day=long_date(day))


def _lines(session: Session, kind: str, code: str, day: date) -> list[str]:
    if kind == "renamed":
        unit, names = unit_by_code(session, code), form.names()
        lines = [_("%(before)s menjadi %(name)s.", before=unit.name, name=names["name"])]
        if names["head_title"]:
            lines.append(_("Kepalanya disebut %(title)s.", title=names["head_title"]))
        return [*lines, _("Pegawai, program, dan jabatannya tetap di sini; yang berganti hanya namanya.")]
    if kind == "moved":
        return [_("Pegawai, program, jabatan, dan unit di bawahnya ikut pindah bersama unit ini.")]
    if kind == "added":
        return [_("%(name)s dibentuk, belum berisi pegawai.", name=form.new_unit().name)]
    if kind == "closed":
        unit = unit_by_code(session, code)
        return [
            _("Hari terakhirnya %(day)s. Riwayatnya tetap terbaca.", day=long_date(day - timedelta(days=1))),
            *[
                _("%(name)s tidak lagi menyiapkan tugas sejak hari itu.", name=one.person.name)
                for one in effects_of(session, unit, day).preparers
            ],
        ]
    return _merged_lines(session, day)


def _merged_lines(session: Session, day: date) -> list[str]:
    which, into_id = form.merged()
    into = session.get(Unit, into_id)
    found = session.scalars(select(Unit).where(Unit.id.in_(which)).order_by(Unit.id)).all()
    lines: list[str] = []
    for unit in found:
        lines += _merged(session, unit, into.name if into else "", effects_of(session, unit, day), day)
    return lines


def _merged(session: Session, unit: Unit, into: str, effects: Effects, day: date) -> list[str]:
    last = short_date(day - timedelta(days=1))
    lines = [
        _("%(unit)s berakhir %(day)s; penerusnya %(into)s.", unit=unit.name, day=last, into=into),
        _("%(count)s pegawai bekerja di %(into)s sejak hari itu.", count=effects.people, into=into),
    ]
    for office in effects.closing:
        lines.append(_("Jabatan %(office)s ditutup.", office=office_name(office.title)))
    for holding in effects.holdings:
        who = with_kind(holding.person.name, holding.kind)
        lines.append(_("Mandat %(who)s berakhir %(day)s.", who=who, day=last))
    for preparer in effects.preparers:
        lines.append(
            _(
                "%(name)s tidak lagi menyiapkan tugas sejak hari itu; kepala %(into)s dapat menunjuknya lagi.",
                name=preparer.person.name,
                into=into,
            )
        )
    for office in effects.kept:
        lines.append(
            _("Jabatan %(office)s tetap ada, di bawah %(into)s.", office=office_name(office.title), into=into)
        )
    lines += _programmes(session, effects, into)
    if effects.needs:
        lines.append(_("%(count)s kebutuhan yang menunggu ikut pindah.", count=len(effects.needs)))
    if effects.tasks:
        lines.append(
            _("%(count)s tugas persetujuan menunggu kepala %(into)s.", count=len(effects.tasks), into=into)
        )
    lines += [
        _("%(child)s berada di bawah %(into)s.", child=child.name, into=into) for child in effects.children
    ]
    return lines


def _programmes(session: Session, effects: Effects, into: str) -> Sequence[str]:
    keys = [programme.id for programme in effects.programmes]
    rows = session.execute(
        select(ProgrammeVersion.programme_id, ProgrammeVersion.title)
        .where(ProgrammeVersion.programme_id.in_(keys[:MOST]))
        .order_by(ProgrammeVersion.number)
    )
    titles: dict[int, str] = {row[0]: row[1] for row in rows}
    lines = [
        _("Program %(title)s menjadi milik %(into)s.", title=title, into=into) for title in titles.values()
    ]
    more = len(keys) - len(titles)
    return [*lines, _("dan %(count)s program lain", count=more)] if more else lines
