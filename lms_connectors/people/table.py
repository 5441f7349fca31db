"""A file of rows, CSV or XLSX, as texts: what a spreadsheet did to numbers and days is told, not guessed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from python_calamine import CalamineError, CalamineWorkbook

from lms_connectors.people.columns import COLUMNS, folded
from workflows.ports import Permanent

MOST_ROWS = 20_000
HEAD_WITHIN = 20
"""The line with the names of the columns stands this far down at most: exports begin with titles."""
EXACT = 10**15
"""A spreadsheet keeps fifteen figures of a number; what is larger has lost its end."""
_XLSX = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Table:
    """``rows``: (number of the row as people see it, cells), as wide as ``header``."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_table(content: bytes) -> Table:
    """The first sheet or the CSV text. Permanent: table_empty, table_unreadable, table_no_head, table_too_long."""
    if not content.strip():
        raise Permanent("table_empty")
    lines = _sheet(content) if content.startswith(_XLSX) else _text(content)
    filled = [(number, cells) for number, cells in lines if any(cells)]
    if not filled:
        raise Permanent("table_empty")
    place = _head(filled)
    header = _names(filled[place][1])
    rows = tuple((number, _fitted(cells, len(header))) for number, cells in filled[place + 1 :])
    if not rows:
        raise Permanent("table_empty")
    if len(rows) > MOST_ROWS:
        raise Permanent("table_too_long", str(MOST_ROWS))
    return Table(header, rows)


def _sheet(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError, OSError) as error:
        raise Permanent("table_unreadable", type(error).__name__) from error
    for number, cells in enumerate(rows, start=1):
        yield number, [_cell(cell) for cell in cells]


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        if abs(value) >= EXACT:
            return f"{value:.5E}"
        return str(int(value)) if value == int(value) else str(value)
    return str(value).strip()


def _text(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for cells in reader:
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise Permanent("table_unreadable", str(error)) from error


def _decoded(content: bytes) -> str:
    """UTF-8 as today's exports are; else what older Windows writes. Bytes of no text are refused."""
    if b"\x00" in content:
        raise Permanent("table_unreadable", "binary")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """Whichever of ``;``, ``,`` and tab stands most often in the first lines."""
    start = "\n".join(text.splitlines()[:HEAD_WITHIN])
    return max(";,\t", key=start.count)


def _head(lines: Sequence[tuple[int, list[str]]]) -> int:
    numbers = set(COLUMNS["number"]) | {"number"}
    for place, (_row, cells) in enumerate(lines[:HEAD_WITHIN]):
        if numbers & {folded(cell) for cell in cells} and sum(map(bool, cells)) > 1:
            return place
    for place, (_row, cells) in enumerate(lines[:HEAD_WITHIN]):
        if sum(map(bool, cells)) > 1:
            return place
    raise Permanent("table_no_head")


def _names(cells: Iterable[str]) -> tuple[str, ...]:
    """Each name once: a second ``Jabatan`` becomes ``Jabatan (2)``; a column without a name says its place."""
    seen: dict[str, int] = {}
    names = []
    for place, cell in enumerate(cells, start=1):
        name = cell or f"({place})"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)


def _fitted(cells: Sequence[str], width: int) -> tuple[str, ...]:
    return tuple([*cells, *[""] * width][:width])
