"""Use cases about imports of people: a dry run first, what it would change to look at, then all of it at once.

``read`` turns the stored rows into records by a mapping of columns: it is the caller's, as files are not known here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from workflows.actor import Actor
from workflows.clock import now, today
from workflows.errors import N_, Conflict, Denied, NotFound, Refused
from workflows.events import STREAM_OF_PEOPLE
from workflows.history import record
from workflows.models import PeopleImport, PeopleImportRow, PeopleMapping
from workflows.parameters import whole_number
from workflows.people_difference import Outcome, compare, fingerprint
from workflows.people_register import Register, folded, read_register
from workflows.people_rows import Words
from workflows.people_writing import write_outcomes
from workflows.ports import PersonRecord
from workflows.rules import require

Rows = Iterable[tuple[int, Sequence[str]]]
Reading = Callable[[Rows, Mapping[str, int]], Iterable[PersonRecord]]
Progress = Callable[[str, int, int], None]
KINDS = ("new", "changed", "same", "left", "refused")
FORGOTTEN_AFTER = timedelta(days=14)
"""An import that nobody finished is dropped with its rows by the next one."""


@dataclass(frozen=True, slots=True)
class FileMapping:
    """``columns``: field -> number of its column; ``units``, ``job_fields``: folded word -> code."""

    columns: Mapping[str, int]
    units: Mapping[str, str]
    job_fields: Mapping[str, str]

    def as_json(self) -> str:
        parts = {"columns": self.columns, "units": self.units, "job_fields": self.job_fields}
        return json.dumps(
            {name: dict(part) for name, part in parts.items()}, sort_keys=True, ensure_ascii=False
        )


def mapping_of(text: str) -> FileMapping:
    """The mapping that an import or a saved one holds as JSON."""
    parts: dict[str, Any] = json.loads(text)
    return FileMapping(parts["columns"], parts["units"], parts["job_fields"])


def receive(
    session: Session,
    *,
    actor: Actor,
    header: Sequence[str],
    rows: Rows,
    guessed: Mapping[str, int],
    digest: str,
) -> PeopleImport:
    """Keep the rows of a file. The mapping last used for such columns counts, else the one that was guessed."""
    require(actor, "people.import")
    _drop_forgotten(session)
    saved = session.get(PeopleMapping, _header_digest(header))
    mapping = mapping_of(saved.mapping) if saved else FileMapping(guessed, *_last_words(session))
    new = PeopleImport(
        file_digest=digest,
        header=json.dumps(list(header), ensure_ascii=False),
        mapping=mapping.as_json(),
        uploaded_by=actor.person_id,
        uploaded_at=now(session),
    )
    session.add(new)
    session.flush()
    values = [
        {"import_id": new.id, "number": number, "kind": "read", "told": "",
         "cells": json.dumps(list(cells), ensure_ascii=False)}
        for number, cells in rows
    ]  # fmt: skip
    session.execute(insert(PeopleImportRow), values)
    return new


def look(
    session: Session,
    *,
    actor: Actor,
    import_id: int,
    read: Reading,
    posts: Sequence[tuple[str, str]],
    mapping: FileMapping | None = None,
    on_progress: Progress = lambda what, done, total: None,
) -> PeopleImport:
    """Compare (again) and keep the difference to look at; nothing of the register changes. Saves the mapping."""
    require(actor, "people.import")
    one = _open_import(session, import_id)
    if mapping is not None:
        one.mapping = mapping.as_json()
        _save_mapping(session, one)
    if "number" not in mapping_of(one.mapping).columns:
        raise Refused(
            "no_number_column",
            N_("Pilih kolom yang berisi NIP atau NI PPPK."),
            rule="R7",
            field="column_number",
        )
    register, outcomes = _compared(session, one, read, posts, on_progress)
    _keep(session, one, outcomes)
    _count(session, one, register, outcomes)
    one.status, one.asked_by, one.compared_at = "compared", None, now(session)
    return one


def apply(
    session: Session,
    *,
    actor: Actor,
    import_id: int,
    seen: str,
    read: Reading,
    posts: Sequence[tuple[str, str]],
    mark_left: bool = False,
    on_progress: Progress = lambda what, done, total: None,
) -> PeopleImport:
    """Write the difference that was seen, all of it or nothing; ``waiting`` where a second person must look first.

    ``mark_left``: people whom the file lacks are marked as having left today; without it they stay as they are.
    Who asked cannot confirm. A register that changed meanwhile is compared again and shown again.
    """
    require(actor, "people.import")
    one = _open_import(session, import_id)
    if one.status == "waiting":
        _must_be_second(one, actor)
        mark_left = one.mark_left
    register, outcomes = _compared(session, one, read, posts, on_progress)
    if not seen or fingerprint(outcomes) != seen or seen != one.fingerprint:
        raise Conflict(
            "import_stale",
            N_("Data pegawai berubah sejak selisih ini ditampilkan. Bandingkan lagi, lalu lihat selisihnya."),
            rule="R20",
        )
    one.mark_left = mark_left
    _count(session, one, register, outcomes)
    most = whole_number(session, "people.second_look_percent", today(session))
    if one.status == "compared" and one.share > most:
        one.status, one.asked_by = "waiting", actor.person_id
        record(
            session,
            "people.second_look_asked",
            stream=STREAM_OF_PEOPLE,
            actor=actor,
            import_no=one.id,
            share=one.share,
        )
        return one
    left = write_outcomes(session, register, outcomes, mark_left, on_progress)
    _forget_rows(session, one.id)
    one.status, one.done_by, one.done_at = "applied", actor.person_id, now(session)
    if one.new or one.changed or left:
        record(
            session,
            "people.applied",
            stream=STREAM_OF_PEOPLE,
            actor=actor,
            import_no=one.id,
            new=one.new,
            changed=one.changed,
            left=left,
            refused=one.refused,
            file=one.file_digest,
        )
    return one


def drop(session: Session, *, actor: Actor, import_id: int) -> PeopleImport:
    """Give the import up: its rows are erased, the register stays as it is."""
    require(actor, "people.import")
    one = _open_import(session, import_id)
    _forget_rows(session, one.id, whole=True)
    one.status, one.done_by, one.done_at = "dropped", actor.person_id, now(session)
    record(session, "people.dropped", stream=STREAM_OF_PEOPLE, actor=actor, import_no=one.id)
    return one


def _open_import(session: Session, import_id: int) -> PeopleImport:
    """The import, locked. On PostgreSQL two that apply at once wait for each other here."""
    one = session.get(PeopleImport, import_id, with_for_update=True, populate_existing=True)
    if one is None:
        raise NotFound("no_import", N_("Impor ini tidak ada."))
    if one.status not in ("compared", "waiting"):
        raise Conflict("import_done", N_("Impor ini sudah selesai."))
    return one


def _must_be_second(one: PeopleImport, actor: Actor) -> None:
    first = {person for person in (one.asked_by, one.uploaded_by) if person is not None}
    if actor.person_id in first or (actor.person_id is None and one.asked_by is None):
        raise Denied(
            "same_eyes",
            N_("Impor ini mengubah banyak data: orang lain yang berwenang harus melihat dan menyetujuinya."),
            rule="R12",
        )


def _compared(
    session: Session,
    one: PeopleImport,
    read: Reading,
    posts: Sequence[tuple[str, str]],
    on_progress: Progress,
) -> tuple[Register, list[Outcome]]:
    mapping = mapping_of(one.mapping)
    stored = session.execute(
        select(PeopleImportRow.number, PeopleImportRow.cells)
        .where(PeopleImportRow.import_id == one.id, PeopleImportRow.number > 0)
        .order_by(PeopleImportRow.number, PeopleImportRow.id)
    ).all()
    records = list(read(((number, json.loads(cells)) for number, cells in stored), mapping.columns))
    words = Words(mapping.units, mapping.job_fields, tuple((folded(part), code) for part, code in posts))
    register = read_register(session, today(session))
    return register, compare(
        register, records, words, lambda done: on_progress("compare", done, len(records))
    )


def _keep(session: Session, one: PeopleImport, outcomes: Sequence[Outcome]) -> None:
    """Kind and what is told go beside each row; people whom the file lacks get rows of their own."""
    session.execute(
        delete(PeopleImportRow).where(PeopleImportRow.import_id == one.id, PeopleImportRow.number == 0)
    )
    ids = session.execute(
        select(PeopleImportRow.id)
        .where(PeopleImportRow.import_id == one.id)
        .order_by(PeopleImportRow.number, PeopleImportRow.id)
    ).scalars()
    read = [outcome for outcome in outcomes if outcome.kind != "left"]
    updates = [
        {"id": key, "kind": outcome.kind, "person_id": outcome.person_id, "told": _told(outcome)}
        for key, outcome in zip(ids, read, strict=True)
    ]
    if updates:
        session.execute(update(PeopleImportRow), updates)
    left = [
        {"import_id": one.id, "number": 0, "kind": "left", "person_id": outcome.person_id, "cells": "",
         "told": _told(outcome)}
        for outcome in outcomes if outcome.kind == "left"
    ]  # fmt: skip
    if left:
        session.execute(insert(PeopleImportRow), left)
    one.fingerprint = fingerprint(outcomes)


def _told(outcome: Outcome) -> str:
    refusal = outcome.refusal
    told = {
        "name": outcome.name,
        "changes": outcome.changes,
        "refusal": [refusal.code, refusal.sentence, {k: str(v) for k, v in refusal.values.items()}]
        if refusal
        else [],
        "notes": outcome.notes,
    }
    return json.dumps(told, ensure_ascii=False)


def _count(session: Session, one: PeopleImport, register: Register, outcomes: Sequence[Outcome]) -> None:
    counts = dict.fromkeys(KINDS, 0)
    for outcome in outcomes:
        counts[outcome.kind] += 1
    for kind, count in counts.items():
        setattr(one, kind, count)
    leaving = counts["left"] if one.mark_left else 0
    people = register.in_service
    touched = counts["new"] + counts["changed"] + leaving
    one.share = touched * 100 // people if people else 0


def _forget_rows(session: Session, import_id: int, *, whole: bool = False) -> None:
    """What was refused stays with its row and reason, without the cells of the file."""
    rows = delete(PeopleImportRow).where(PeopleImportRow.import_id == import_id)
    session.execute(rows if whole else rows.where(PeopleImportRow.kind != "refused"))
    session.execute(update(PeopleImportRow).where(PeopleImportRow.import_id == import_id).values(cells=""))


def _drop_forgotten(session: Session) -> None:
    old = session.scalars(
        select(PeopleImport).where(
            PeopleImport.status.in_(("compared", "waiting")),
            PeopleImport.uploaded_at < now(session) - FORGOTTEN_AFTER,
        )
    ).all()
    for one in old:
        _forget_rows(session, one.id, whole=True)
        one.status, one.done_at = "dropped", now(session)


def _save_mapping(session: Session, one: PeopleImport) -> None:
    key = _header_digest(json.loads(one.header))
    saved = session.get(PeopleMapping, key) or PeopleMapping(header_digest=key)
    saved.mapping, saved.used_at = one.mapping, now(session)
    session.add(saved)


def _last_words(session: Session) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """What words of units and job fields meant in the last file with other columns."""
    last = session.scalars(select(PeopleMapping).order_by(PeopleMapping.used_at.desc()).limit(1)).first()
    mapping = mapping_of(last.mapping) if last else None
    return (mapping.units, mapping.job_fields) if mapping else ({}, {})


def _header_digest(header: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps([folded(name) for name in header]).encode()).hexdigest()
