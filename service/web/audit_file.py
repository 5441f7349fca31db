"""The history as a file for an auditor: CSV or XLSX. Numbers of persons masked; no cell is ever a formula."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime

import xlsxwriter
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.logs import mask
from service.web.audit_form import args_of
from service.web.audit_view import Line, lines_of
from service.web.words import _
from workflows.audit_trail import Wish, whole_trail
from workflows.clock import now, real_now, zone_of
from workflows.models import Identifier

MIME = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
COLUMNS = (
    _l("Kapan"),
    _l("Jam mesin"),
    _l("Siapa"),
    _l("Nomor induk (disamarkan)"),
    _l("Jabatan"),
    _l("Surat mandat"),
    _l("Atas nama"),
    _l("Tindakan"),
    _l("Uraian"),
    _l("Alasan"),
    _l("Tentang"),
    _l("Cara masuk"),
    _l("Lewat"),
    _l("Perangkat"),
    _l("Alamat jaringan"),
    _l("Nomor mata rantai"),
    _l("Kode mata rantai"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def file_of(session: Session, wish: Wish, kind: str) -> bytes:
    """``kind`` csv: UTF-8 with a mark that spreadsheets know; xlsx: a second sheet says what was asked for."""
    head = [str(word) for word in COLUMNS]
    rows = _rows(session, wish)
    return _csv([head, *map(list, rows)]) if kind == "csv" else _xlsx(head, rows, _about(session, wish))


def harmless(cell: str) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _rows(session: Session, wish: Wish) -> Iterator[list[str]]:
    for chunk in whole_trail(session, wish):
        lines = lines_of(session, chunk)
        numbers = _numbers(session, {line.person_id for line in lines if line.person_id})
        for line in lines:
            yield _cells(session, line, numbers)
        session.expunge_all()


def _cells(session: Session, line: Line, numbers: dict[uuid.UUID, str]) -> list[str]:
    return [
        _stamp(session, line.at),
        _stamp(session, line.real_at),
        line.who,
        numbers.get(line.person_id, "") if line.person_id else "",
        line.office,
        line.letter,
        line.behalf,
        line.event,
        line.what,
        line.why,
        line.thing,
        line.proof,
        line.source,
        line.device,
        line.address,
        str(line.place),
        line.digest,
    ]


def _stamp(session: Session, instant: datetime) -> str:
    """ISO 8601 in the profile's zone, with its offset."""
    return instant.astimezone(zone_of(session)).isoformat(timespec="seconds")


def _numbers(session: Session, people: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The newest NIP or NI PPPK of each, of which only the end is shown."""
    found = session.execute(
        select(Identifier.person_id, Identifier.value)
        .where(Identifier.person_id.in_(people))
        .order_by(Identifier.valid_from)
    )
    return {person_id: mask(value) for person_id, value in found}


def _about(session: Session, wish: Wish) -> list[tuple[str, str]]:
    asked = ", ".join(f"{key}={value}" for key, value in args_of(wish).items())
    return [
        (_("Saringan"), asked or _("semua")),
        (_("Dibuat"), _stamp(session, now(session))),
        (_("Jam mesin"), _stamp(session, real_now(session))),
    ]


def _csv(rows: Iterable[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _xlsx(head: list[str], rows: Iterable[list[str]], about: list[tuple[str, str]]) -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(_("Riwayat"))
    sheet.freeze_panes(1, 0)
    for column, word in enumerate(head):
        sheet.write_string(0, column, word, bold)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell)  # never write(): that would guess formulas and links
    notes = book.add_worksheet(_("Keterangan"))
    for number, (word, value) in enumerate(about):
        notes.write_string(number, 0, word, bold)
        notes.write_string(number, 1, value)
    book.close()
    return made.getvalue()
