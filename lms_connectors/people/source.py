"""``PeopleSource`` over a table: which column is what is told by a mapping."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields

from lms_connectors.people.columns import kind_of
from lms_connectors.people.table import Table
from workflows.ports import PersonRecord

FIELDS = tuple(one.name for one in fields(PersonRecord) if one.name != "row")


class TablePeople:
    """Rows of a table as records; ``columns``: field -> number of its column."""

    def __init__(self, rows: Iterable[tuple[int, Sequence[str]]], columns: Mapping[str, int]) -> None:
        self.rows = rows
        self.columns = {field: place for field, place in columns.items() if field in FIELDS}

    def people(self) -> Iterator[PersonRecord]:
        for row, cells in self.rows:
            values = {field: cells[place] for field, place in self.columns.items() if place < len(cells)}
            values["employment"] = kind_of(values.get("employment", ""))
            yield PersonRecord(row=row, **{"number": "", **values})


def as_table(records: Iterable[PersonRecord]) -> Table:
    """Records of any source as a table whose columns bear the names of the fields."""
    rows = tuple((one.row, tuple(asdict(one)[field] for field in FIELDS)) for one in records)
    return Table(FIELDS, rows)
