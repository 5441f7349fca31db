"""The auditor reads who did what for whom, under which letter, why, from where and when; a file of it is noted."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from service.web.audit_file import harmless
from tests.support import walk
from tests.support.counting import statements
from tests.support.world import FIRST_DAY, LONG_AGO, World
from workflows.actions import audit as use_cases
from workflows.actor import CLOCK
from workflows.events import PRIVACY_REGISTER, STREAM_OF_PEOPLE
from workflows.history import record
from workflows.models import HistoryRow, RoleGrant

Visit = Callable[[str], FlaskClient]
MAY = ("inspector", "administrator")
MAY_NOT = ("author", "planner", "quality", "unit_head", "personnel_authority", "stranger")


def audit(client: FlaskClient, **query: str | int) -> str:
    answer = client.get("/audit", query_string=query)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def rows(page: str) -> list[str]:
    return [
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row))
        for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL)[1:]
    ]


def take(client: FlaskClient, kind: str, **fields: str) -> TestResponse:
    return client.post("/audit/unduh", data={"format": kind, **fields})


def as_csv(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def decide_in_pages(visit: Visit, world: World, version_id: int, reason: str) -> None:
    """As a browser does it, so that the evidence holds device and address."""
    client = visit("unit_head")
    page = client.get("/keputusan").get_data(as_text=True)
    task = re.search(r"/keputusan/(\d+)", page)
    assert task is not None
    shown = re.search(rf'name="shown-{task[1]}" value="(\w+)"', client.get(task[0]).get_data(as_text=True))
    assert shown is not None
    form = {
        "task": task[1],
        f"shown-{task[1]}": shown[1],
        "outcome": "return",
        "reason": reason,
        "return_to": "1",
    }
    agent = "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile"
    answer = client.post("/keputusan", data=form, headers={"User-Agent": agent})
    assert answer.status_code == 200


@pytest.mark.parametrize("name", MAY)
def test_the_auditor_reads_the_whole_sentence_of_a_decision(visit: Visit, world: World, name: str) -> None:
    version_id = walk.to_approval(world)
    decide_in_pages(visit, world, version_id, "Jadwal <bentrok>")
    row = rows(audit(visit(name)))[0]
    for said in (
        "18 Jan 2027 09.00", "jam mesin: 24 Nov 2026", "Unit_head Contoh", "Kepala Dinas Contoh", "surat 800/unit_head",
        "mengembalikan: Jadwal &lt;bentrok&gt;", "Pengelolaan data publik", "Masuk lewat SSO",
        "Chrome, Android · 127.0.0.1",
    ):  # fmt: skip
        assert said in row


@pytest.mark.parametrize("name", MAY_NOT)
def test_nobody_else_reads_or_takes_it(visit: Visit, world: World, name: str) -> None:
    walk.to_proposed(world)
    assert visit(name).get("/audit").status_code == 403
    assert take(visit(name), "csv").status_code == 403
    with world.trying() as session:
        assert session.query(HistoryRow).filter_by(name="audit.exported").count() == 0


def test_the_data_protection_officer_reads_it(visit: Visit, world: World) -> None:
    with world.writing() as session:
        session.add(RoleGrant(person_id=world.people["stranger"], role="dpo", valid_from=LONG_AGO))
    walk.to_proposed(world)
    assert len(rows(audit(visit("stranger")))) == 3


def test_whom_somebody_stood_in_for_is_named(visit: Visit, world: World) -> None:
    walk.to_rejected(world)
    with world.engine.begin() as connection:
        away = "(SELECT id FROM person WHERE name = 'Deputy Contoh')"
        connection.execute(text(f"UPDATE decision SET mandate_kind = 'plh', behalf_of_id = {away}"))  # noqa: S608
    page = audit(visit("inspector"))
    assert "atas nama Deputy Contoh" in page
    assert "Plh. Kepala" in page
    assert "atas nama Deputy Contoh" in audit(visit("inspector"), nama="deputy")


def test_filters_by_period_office_action_and_name(visit: Visit, world: World) -> None:
    version_id = walk.to_approval(world)
    world.clock.go(FIRST_DAY + timedelta(days=3))
    walk.decide(world, "unit_head", version_id, "unit_head", "return", reason="Perbaiki")
    client = visit("inspector")
    everything = len(rows(audit(client)))
    later = rows(audit(client, dari="2027-01-21"))
    assert ["mengembalikan" in row for row in later] == [True]
    assert len(rows(audit(client, sampai="2027-01-20"))) == everything - 1
    assert rows(audit(client, jabatan=world.offices["unit_head"])) == later
    assert rows(audit(client, jabatan=world.offices["finance_officer"])) == []
    assert rows(audit(client, tindakan="approval")) == later
    assert rows(audit(client, nama="unit_head", tindakan="approval")) == later
    by_author = rows(audit(client, nama="AUTHOR con"))
    assert len(by_author) == 1
    assert "Author Contoh" in by_author[0]
    assert "Tidak ada yang cocok" in audit(client, nama="%")


@pytest.mark.parametrize(
    "query",
    [{"dari": "kemarin"}, {"jabatan": "x"}, {"tindakan": "'"}, {"sebelum": "-3"}, {"sampai": "9999-12-31"}],
)
def test_a_filter_that_is_none_is_no_wish(visit: Visit, world: World, query: dict[str, str]) -> None:
    walk.to_proposed(world)
    assert len(rows(audit(visit("inspector"), **query))) == 3


def test_no_number_of_a_person_stands_in_the_page_or_in_its_addresses(visit: Visit, world: World) -> None:
    walk.to_rejected(world)
    page = audit(visit("inspector"), nama="199001010000000003 author")
    assert not re.search(r"\b\d{18}\b", page)
    assert len(rows(page)) == 1, "the number is dropped, the name counts"


def test_pages_by_key_at_the_same_price(visit: Visit, world: World) -> None:
    client = visit("inspector")
    version_id = walk.to_approval(world)
    walk.decide(world, "unit_head", version_id, "unit_head", "return")
    audit(client)
    with statements() as short:
        audit(client)
    with world.writing() as session:
        for number in range(90):
            record(
                session, "budget.reserved", stream=f"version:{version_id}", actor=CLOCK, amount=f"Rp{number}"
            )
    with statements() as long:
        page = audit(client)
    assert len(long) == len(short)
    seen: list[str] = []
    while True:
        seen += rows(page)
        older = re.search(r'href="/audit\?sebelum=(\d+)" rel="next"', page)
        if older is None:
            break
        page = audit(client, sebelum=older[1])
    with world.trying() as session:
        assert len(seen) == session.query(HistoryRow).count()
    assert len({row for row in seen if "Rp" in row and "dicadangkan" in row}) == 90


def test_an_erased_reason_and_erased_evidence_leave_the_page_whole(visit: Visit, world: World) -> None:
    walk.to_rejected(world)
    with world.engine.begin() as connection:
        connection.execute(text("DELETE FROM history_value"))
        connection.execute(text("UPDATE decision SET evidence = '', reason = '(dihapus)'"))
    page = audit(visit("inspector"))
    assert "(dihapus)" in page
    assert "Buktinya sudah dihapus." in page
    assert as_csv(take(visit("inspector"), "csv"))


def test_what_a_line_is_about_is_said_in_words_for_every_stream(visit: Visit, world: World) -> None:
    with world.writing() as session:
        record(session, "people.dropped", stream=STREAM_OF_PEOPLE, actor=CLOCK, import_no=1)
        record(session, "breach.overdue", stream=PRIVACY_REGISTER, actor=CLOCK, breach=1)
    page = audit(visit("inspector"))
    assert "Data pegawai" in page
    assert "Data pribadi" in page
    assert "register:" not in page


def test_the_file_is_the_filtered_history_with_masked_numbers_and_is_noted(
    visit: Visit, world: World
) -> None:
    version_id = walk.to_approval(world)
    decide_in_pages(visit, world, version_id, "Jadwal bentrok")
    client = visit("inspector")
    answer = take(client, "csv", tindakan="approval", nama="unit_head")
    found = as_csv(answer)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="riwayat-2027-01-18.csv"'
    assert len(found) == 1
    line = found[0]
    assert line["Kapan"] == "2027-01-18T09:00:00+08:00"
    assert line["Jam mesin"].startswith("2026-11-24T")
    assert line["Siapa"] == "Unit_head Contoh"
    assert re.fullmatch(r"…\d{3}", line["Nomor induk (disamarkan)"])
    assert (line["Tindakan"], line["Alasan"]) == ("approval.returned", "Jadwal bentrok")
    assert (line["Perangkat"], line["Alamat jaringan"]) == ("Chrome, Android", "127.0.0.1")
    assert not re.search(rb"\b\d{18}\b", answer.data)
    with world.trying() as session:
        row = session.scalars(select(HistoryRow).where(HistoryRow.name == "audit.exported")).one()
        noted = json.loads(row.payload)
        assert world.name_of(row.actor_id) == "inspector"
        assert (noted["rows"], noted["format"], noted["group"]) == (1, "csv", "approval")
        assert noted["sha256"] == hashlib.sha256(answer.data).hexdigest()
        assert "unit_head" not in row.payload, "the name looked for is a personal value"
        assert {value.key: value.value for value in row.values}["name"] == "unit_head"
    assert "1 catatan riwayat diunduh sebagai csv." in audit(client)


def test_the_spreadsheet_holds_texts_only(visit: Visit, world: World) -> None:
    version_id = walk.to_approval(world)
    walk.decide(
        world, "unit_head", version_id, "unit_head", "return", reason='=HYPERLINK("http://x.example")'
    )
    answer = take(visit("inspector"), "xlsx")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        sheets = [
            book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")
        ]
        texts = book.read("xl/sharedStrings.xml").decode()
    assert len(sheets) == 2
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)
    assert "=HYPERLINK" in texts
    assert not re.search(r"\b\d{18}\b", texts)


def test_no_cell_of_the_csv_is_a_formula(visit: Visit, world: World) -> None:
    version_id = walk.to_approval(world)
    walk.decide(world, "unit_head", version_id, "unit_head", "return", reason="=1+1\n@SUM(A1)")
    found = as_csv(take(visit("inspector"), "csv"))
    assert found[0]["Alasan"] == "'=1+1\n@SUM(A1)"
    assert not [
        cell for line in found for cell in line.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    ]


@pytest.mark.parametrize(
    ("cell", "safe"), [("=A1", "'=A1"), ("-1", "'-1"), ("\t=A1", "'\t=A1"), ("A=1", "A=1"), ("", "")]
)
def test_a_text_like_a_formula_gets_an_apostrophe(cell: str, safe: str) -> None:
    assert harmless(cell) == safe


def test_too_much_for_one_file_is_refused_with_what_to_do(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk.to_proposed(world)
    monkeypatch.setattr(use_cases, "MOST_ROWS", 2)
    answer = take(visit("inspector"), "csv")
    assert answer.status_code == 422
    assert "Persempit periodenya" in answer.get_data(as_text=True)
    with world.trying() as session:
        assert session.query(HistoryRow).filter_by(name="audit.exported").count() == 0


def test_nothing_to_take_and_an_unknown_kind_of_file_are_said(visit: Visit, world: World) -> None:
    client = visit("inspector")
    assert take(client, "csv", nama="nobody of that name").status_code == 422
    assert take(client, "pdf").status_code == 404


def test_a_long_history_is_read_in_pieces(visit: Visit, world: World) -> None:
    walk.to_proposed(world)
    with world.writing() as session:
        for number in range(1100):
            record(session, "budget.reserved", stream="version:1", actor=CLOCK, amount=f"Rp{number}")
    with statements() as said:
        found = as_csv(take(visit("inspector"), "csv"))
    assert len(found) == 1103
    assert len(said) < 40
