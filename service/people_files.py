"""From a file, or from a source of another package, to a compared import; for pages and the command alike."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from lms_connectors.people.columns import guess
from lms_connectors.people.source import TablePeople, as_table
from lms_connectors.people.table import Table, read_table
from service.connectors import people_source
from service.current import bangkom
from workflows.actions import people_imports
from workflows.actor import Actor
from workflows.errors import N_, Refused
from workflows.models import PeopleImport
from workflows.ports import Permanent, PersonRecord

UNREADABLE = {
    "table_empty": N_("Berkas ini tidak memuat baris pegawai."),
    "table_unreadable": N_("Berkas ini tidak terbaca. Simpan sebagai XLSX atau CSV, lalu unggah lagi."),
    "table_no_head": N_("Baris nama kolom tidak ditemukan. Baris itu memuat NIP, nama, dan seterusnya."),
    "table_too_long": N_(
        "Berkas terlalu panjang: paling banyak %(most)s baris. Bagi menjadi beberapa berkas."
    ),
}


def table_of(content: bytes) -> Table:
    """The file's table. Refused with a sentence where it cannot be read."""
    try:
        return read_table(content)
    except Permanent as error:
        sentence = UNREADABLE.get(error.code, UNREADABLE["table_unreadable"])
        raise Refused(error.code, sentence, field="file", most=error.message) from error


def table_from(source: str) -> Table:
    """What an installed source of another package knows, as a table."""
    return as_table(people_source(source).people())


def records_of(
    rows: Iterable[tuple[int, Sequence[str]]], columns: Mapping[str, int]
) -> Iterable[PersonRecord]:
    return TablePeople(rows, columns).people()


def receive_and_look(
    session: Session,
    actor: Actor,
    table: Table,
    content: bytes = b"",
    on_progress: people_imports.Progress = lambda what, done, total: None,
) -> PeopleImport:
    """Keep the table and compare it, where a column of numbers is known; else the mapping comes first."""
    one = people_imports.receive(
        session,
        actor=actor,
        header=table.header,
        rows=table.rows,
        guessed=guess(table.header),
        digest=hashlib.sha256(content or repr(table.rows).encode()).hexdigest(),
    )
    if "number" in people_imports.mapping_of(one.mapping).columns:
        look(session, actor, one.id, on_progress=on_progress)
    return one


def look(
    session: Session,
    actor: Actor,
    import_id: int,
    mapping: people_imports.FileMapping | None = None,
    on_progress: people_imports.Progress = lambda what, done, total: None,
) -> PeopleImport:
    return people_imports.look(
        session,
        actor=actor,
        import_id=import_id,
        read=records_of,
        posts=bangkom().profile.post_words,
        mapping=mapping,
        on_progress=on_progress,
    )


def apply(
    session: Session,
    actor: Actor,
    import_id: int,
    seen: str,
    mark_left: bool = False,
    on_progress: people_imports.Progress = lambda what, done, total: None,
) -> PeopleImport:
    return people_imports.apply(
        session,
        actor=actor,
        import_id=import_id,
        seen=seen,
        read=records_of,
        posts=bangkom().profile.post_words,
        mark_left=mark_left,
        on_progress=on_progress,
    )
