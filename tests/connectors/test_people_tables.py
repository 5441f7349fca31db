"""A file of an HR system as a table of texts, with what spreadsheets do to it."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
import xlsxwriter

from lms_connectors.people.columns import guess, kind_of
from lms_connectors.people.source import TablePeople, as_table
from lms_connectors.people.table import MOST_ROWS, read_table
from workflows.ports import PeopleSource, Permanent, PersonRecord

NIP = "198503152010011002"


def xlsx(*rows: list[Any]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            if cell is not None:
                sheet.write(number, place, cell)
    book.close()
    return out.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_csv_of_any_usual_kind_is_read(delimiter: str, encoding: str) -> None:
    text = delimiter.join(["NIP", "Nama"]) + "\r\n" + delimiter.join([NIP, "Siti Néng"]) + "\r\n"
    table = read_table(text.encode(encoding))
    assert table.header == ("NIP", "Nama")
    assert table.rows == ((2, (NIP, "Siti Néng")),)


def test_titles_above_the_head_and_empty_lines_are_passed_over_and_rows_keep_their_number() -> None:
    content = xlsx(
        ["DAFTAR PEGAWAI", None], [None], ["No", "NIP_BARU", "Nama"], [1, NIP, "A"], [None], [2, NIP, "B"]
    )
    table = read_table(content)
    assert table.header == ("No", "NIP_BARU", "Nama")
    assert [number for number, _ in table.rows] == [4, 6]
    assert guess(table.header) == {"number": 1, "name": 2}


def test_days_become_texts_and_a_rounded_number_shows_that_it_is_one() -> None:
    table = read_table(xlsx(["NIP", "TMT Kontrak", "x"], [int(NIP), date(2025, 3, 1), True]))
    number, day, yes = table.rows[0][1]
    assert "E+" in number
    assert (day, yes) == ("2025-03-01", "ya")


def test_two_columns_of_one_name_and_one_without_a_name_stay_apart() -> None:
    table = read_table(b"NIP,Jabatan,Jabatan,\n1,a,b,c\n")
    assert table.header == ("NIP", "Jabatan", "Jabatan (2)", "(4)")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "table_empty"),
        (b"\n \n,,\n", "table_empty"),
        (b"NIP,Nama\n", "table_empty"),
        (b"PK\x03\x04 not a workbook", "table_unreadable"),
        (b"\x00\x01\x02\x03", "table_unreadable"),
        (b"only\none\ncolumn\n", "table_no_head"),
        (b"NIP,Nama\n" + b"1,a\n" * (MOST_ROWS + 1), "table_too_long"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Permanent) as caught:
        read_table(content)
    assert caught.value.code == code


def test_rows_become_records_and_records_a_table_again() -> None:
    source = TablePeople([(2, (NIP, "A", "CPNS"))], {"number": 0, "name": 1, "employment": 2, "email": 9})
    assert isinstance(source, PeopleSource)
    records = list(source.people())
    assert records == [PersonRecord(2, NIP, "A", employment="pns")]
    table = as_table(records)
    assert list(TablePeople(table.rows, guess(table.header)).people()) == records


def test_words_for_kinds_of_employment() -> None:
    words = {"PNS": "pns", "P3K Paruh Waktu": "pppk_part_time", "PPPK": "pppk", "Honorer": "Honorer", "": ""}
    assert {word: kind_of(word) for word in words} == words
