"""An import as its pages show it: counts, the rows of one kind by key, columns and unknown words to map."""

from __future__ import annotations

import json
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lms_connectors.people.source import FIELDS
from service.dates import moment
from service.web.day_words import day_or_none
from service.web.person_words import EMPLOYMENT
from service.web.profile_words import in_words
from service.web.words import _
from workflows.actions.people_imports import KINDS, FileMapping, mapping_of
from workflows.actor import Actor
from workflows.clock import today
from workflows.errors import N_, NotFound
from workflows.models import JobField, PeopleImport, PeopleImportRow, Unit
from workflows.parameters import whole_number
from workflows.people_register import folded
from workflows.units import alive

PAGE = 50
LATEST = 20
MOST_WORDS = 60
SHOWN_FIRST = ("refused", "changed", "new", "left", "same")
"""What needs eyes comes first."""
STATES = {
    "compared": (_l("Menunggu dilihat"), "sun", "clock"),
    "waiting": (_l("Menunggu orang kedua"), "sun", "alert"),
    "applied": (_l("Diterapkan"), "leaf", "check"),
    "dropped": (_l("Dibatalkan"), "plain", "cross"),
}
KIND_WORDS = {
    "new": _l("Baru"),
    "changed": _l("Berubah"),
    "same": _l("Sama"),
    "left": _l("Tidak ada di berkas"),
    "refused": _l("Ditolak"),
}
FIELD_WORDS = {
    "number": _l("NIP atau NI PPPK"),
    "name": _l("Nama"),
    "previous_number": _l("Nomor lama"),
    "email": _l("Surel"),
    "employment": _l("Hubungan kerja"),
    "contract_from": _l("Perjanjian mulai"),
    "contract_to": _l("Perjanjian berakhir"),
    "unit": _l("Unit kerja"),
    "post": _l("Jabatan"),
    "job_field": _l("Rumpun jabatan"),
    "superior_number": _l("NIP atasan langsung"),
    "superior": _l("Atasan langsung"),
    "since": _l("Mulai jabatan atau unit"),
    "left_on": _l("Tanggal berhenti"),
    "assignments": _l("Tugas tambahan"),
    "assignment": _l("Tugas tambahan"),
}


def get_import(session: Session, import_id: int) -> PeopleImport:
    found = session.get(PeopleImport, import_id)
    if found is None:
        raise NotFound("no_import", N_("Impor ini tidak ada."))
    return found


def latest(session: Session) -> list[list[Any]]:
    """The last imports: when, by whom, counts, state."""
    rows = session.scalars(
        select(PeopleImport)
        .options(joinedload(PeopleImport.uploader))
        .order_by(PeopleImport.id.desc())
        .limit(LATEST)
    )
    return [
        [
            {"text": moment(row.uploaded_at), "url": url_for("people_imports.show", import_id=row.id)},
            row.uploader.name if row.uploader else _("pengelola mesin"),
            row.new,
            row.changed,
            row.refused,
            str(STATES[row.status][0]),
        ]
        for row in rows
    ]


def shown(session: Session, one: PeopleImport, me: Actor, kind: str, after: int) -> dict[str, Any]:
    """``rows`` of one kind by key; where the kind is not asked for, the first that has any."""
    counts = {name: getattr(one, name) for name in KINDS}
    wanted = kind if kind in KINDS else next((k for k in SHOWN_FIRST if counts[k]), "same")
    query = select(PeopleImportRow).where(
        PeopleImportRow.import_id == one.id, PeopleImportRow.kind == wanted, PeopleImportRow.id > after
    )
    rows = session.scalars(query.order_by(PeopleImportRow.id).limit(PAGE + 1)).all()
    first = {person for person in (one.asked_by, one.uploaded_by) if person is not None}
    return {
        "one": one,
        "state": STATES[one.status],
        "kind": wanted,
        "tabs": [(name, str(KIND_WORDS[name]), counts[name]) for name in SHOWN_FIRST],
        "rows": [_row(row) for row in rows[:PAGE]],
        "older": rows[PAGE - 1].id if len(rows) > PAGE else 0,
        "after": after,
        "open": one.status in ("compared", "waiting"),
        "compared": one.compared_at is not None,
        "second": one.status == "waiting" and me.person_id not in first,
        "limit": whole_number(session, "people.second_look_percent", today(session)),
        "percent": one.share,
        **_mapping(session, one),
    }


def _row(row: PeopleImportRow) -> dict[str, Any]:
    told = json.loads(row.told) if row.told else {}
    refusal = told.get("refusal")
    return {
        "number": row.number,
        "name": told.get("name") or _("tanpa nama"),
        "person_id": row.person_id,
        "why": _sentence(refusal) if refusal else "",
        "changes": [(str(FIELD_WORDS[name]), _value(name, before), _value(name, after))
                    for name, before, after in told.get("changes", [])],
        "notes": [_(note) for note in told.get("notes", [])],
    }  # fmt: skip


def _sentence(refusal: list[Any]) -> str:
    _code, sentence, values = refusal
    values = {key: day_or_none(value) or _(value) if value else value for key, value in values.items()}
    return _(sentence) % values if values else _(sentence)


def _value(name: str, text: str) -> str:
    """Codes and days of a change as people write them."""
    if name == "left_on":
        return day_or_none(text) or text
    if name != "employment" or not text:
        return text
    kind, _gap, days = text.partition(" ")
    begins, _slash, ends = days.partition("/")
    parts = [part for part in (day_or_none(begins), day_or_none(ends)) if part]
    word = str(EMPLOYMENT.get(kind, kind))
    return f"{word}, {' – '.join(parts)}" if parts else word


def _mapping(session: Session, one: PeopleImport) -> dict[str, Any]:
    header, mapping = json.loads(one.header), mapping_of(one.mapping)
    units, fields = _unknown(session, one)
    return {
        "columns": [(name, str(FIELD_WORDS[name]), mapping.columns.get(name, "")) for name in FIELDS],
        "header": list(enumerate(header)),
        "unknown_units": units,
        "unknown_fields": fields,
        "units": _today(session),
        "job_fields": [
            (row.code, in_words(row.name))
            for row in session.scalars(select(JobField).order_by(JobField.name))
        ],
    }


def _today(session: Session) -> list[tuple[str, str]]:
    rows = session.scalars(select(Unit).where(alive(today(session))).order_by(Unit.name))
    return [(row.code, row.name) for row in rows]


def _unknown(session: Session, one: PeopleImport) -> tuple[list[str], list[str]]:
    """Words of units and of job fields (or posts) that nobody has mapped yet."""
    units: dict[str, str] = {}
    fields: dict[str, str] = {}
    rows = session.scalars(
        select(PeopleImportRow.told)
        .where(PeopleImportRow.import_id == one.id, PeopleImportRow.kind == "refused")
        .order_by(PeopleImportRow.id)
    )
    for told in rows:
        refusal = json.loads(told).get("refusal") or ["", "", {}]
        if refusal[0] in ("unknown_unit", "unit_ended"):
            units[folded(refusal[2]["word"])] = refusal[2]["word"]
        elif refusal[0] in ("unknown_job_field", "job_field_unknown"):
            fields[folded(refusal[2]["word"])] = refusal[2]["word"]
    return list(units.values())[:MOST_WORDS], list(fields.values())[:MOST_WORDS]


def mapping_from(session: Session, one: PeopleImport, form: Any) -> FileMapping:
    """The mapping as chosen on the page; words mapped before stay."""
    old = mapping_of(one.mapping)
    width = len(json.loads(one.header))
    columns = {
        name: int(form[f"column_{name}"])
        for name in FIELDS
        if form.get(f"column_{name}", "").isdecimal() and int(form[f"column_{name}"]) < width
    }
    units, fields = _unknown(session, one)
    return FileMapping(
        columns,
        {**old.units, **_chosen(form, "unit", units)},
        {**old.job_fields, **_chosen(form, "job_field", fields)},
    )


def _chosen(form: Any, name: str, words: list[str]) -> dict[str, str]:
    found = {folded(word): form.get(f"{name}_{place}", "") for place, word in enumerate(words)}
    return {word: code for word, code in found.items() if code}
