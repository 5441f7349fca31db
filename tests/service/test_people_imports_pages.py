"""Importing people in pages and from the command line, with what a file can be."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from service import cli
from tests.support.web import running_app
from tests.support.world import World
from workflows.models import Identifier, PeopleImport, PeopleImportRow, Person

Visit = Callable[[str], FlaskClient]
HEAD = "NIP;Nama;Email;Status Pegawai;Unit Kerja;Jabatan"
RINA = "198503152010011002;Rina Contoh;rina@example.test;PNS;Unit dinas;Perawat Terampil"
STRANGE = "198503152010011003;Sari Contoh;sari@example.test;PNS;Dinas Antah;Juru Ukir"


@pytest.fixture
def wide(world: World) -> World:
    world.set_parameter("people.second_look_percent", 100)
    return world


def upload(client: FlaskClient, *lines: str) -> Any:
    file = (io.BytesIO("\n".join([HEAD, *lines]).encode()), "pegawai.csv")
    return client.post("/orang/impor", data={"file": file}, content_type="multipart/form-data")


def seen(text: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', text)
    assert found is not None
    return found[1]


def test_upload_look_and_apply(wide: World, visit: Visit) -> None:
    agency = visit("planner")
    answer = upload(agency, RINA)
    assert answer.status_code == 303
    path = answer.headers["Location"]
    text = agency.get(path).text
    assert "Rina Contoh" in text
    assert "baris 2" in text
    assert agency.post(f"{path}/terapkan", data={"seen": "0" * 64}).status_code == 409
    applied = agency.post(f"{path}/terapkan", data={"seen": seen(text)}, follow_redirects=True)
    assert "Impor sudah diterapkan seluruhnya." in applied.text
    with wide.trying() as session:
        assert session.query(Person).filter_by(email="rina@example.test").count() == 1
    assert agency.post(f"{path}/terapkan", data={"seen": seen(text)}).status_code == 409
    assert agency.get("/orang/impor").status_code == 200


def test_unknown_words_are_mapped_on_the_page_and_remembered(wide: World, visit: Visit) -> None:
    agency = visit("planner")
    path = upload(agency, STRANGE).headers["Location"]
    text = agency.get(path).text
    assert "Dinas Antah tidak dikenal" in text
    columns = {
        f"column_{name}": str(n)
        for n, name in enumerate(("number", "name", "email", "employment", "unit", "post"))
    }
    mapped = agency.post(f"{path}/padankan", data={**columns, "unit_0": "dinas"}, follow_redirects=True)
    assert "Juru Ukir" in mapped.text
    assert "Dinas Antah tidak dikenal" not in mapped.text
    mapped = agency.post(f"{path}/padankan", data={**columns, "job_field_0": "office"}, follow_redirects=True)
    assert "Baru (1)" in mapped.text
    again = upload(agency, STRANGE).headers["Location"]
    assert "Baru (1)" in agency.get(again).text
    without = agency.post(f"{path}/padankan", data={"column_name": "1"})
    assert without.status_code == 422
    assert "Pilih kolom yang berisi NIP" in without.text


def test_a_large_change_waits_and_another_person_confirms(wide: World, visit: Visit) -> None:
    wide.set_parameter("people.second_look_percent", 1)
    agency = visit("planner")
    path = upload(agency, RINA).headers["Location"]
    wanted = seen(agency.get(path).text)
    waits = agency.post(f"{path}/terapkan", data={"seen": wanted}, follow_redirects=True)
    assert "orang kedua" in waits.text
    assert 'name="seen"' not in agency.get(path).text
    assert agency.post(f"{path}/terapkan", data={"seen": wanted}).status_code == 403
    second = visit("planner2")
    assert "Anda orang kedua" in second.get(path).text
    assert second.post(f"{path}/terapkan", data={"seen": wanted}).status_code == 303
    with wide.trying() as session:
        assert session.scalars(select(PeopleImport.status)).one() == "applied"


def test_an_unreadable_file_is_refused_with_a_sentence(wide: World, visit: Visit) -> None:
    agency = visit("planner")
    for content, sentence in ((b"", "tidak memuat baris"), (b"PK\x03\x04x", "tidak terbaca")):
        data = {"file": (io.BytesIO(content), "x.xlsx")}
        answer = agency.post("/orang/impor", data=data, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert sentence in answer.text
    assert agency.post("/orang/impor").status_code == 422


def test_dropping_erases_the_rows(wide: World, visit: Visit) -> None:
    agency = visit("planner")
    path = upload(agency, RINA).headers["Location"]
    assert agency.post(f"{path}/batalkan").status_code == 303
    with wide.trying() as session:
        assert session.query(PeopleImportRow).count() == 0
    assert agency.get(path).status_code == 200
    assert agency.get("/orang/impor/9999").status_code == 404


@pytest.mark.parametrize("name", ["author", "inspector"])
def test_imports_are_closed_to_others(wide: World, visit: Visit, name: str) -> None:
    assert visit(name).get("/orang/impor").status_code == 403
    assert upload(visit(name), RINA).status_code == 403


def many(count: int) -> str:
    lines = [HEAD]
    for n in range(count):
        number = f"1980{n % 12 + 1:02d}{n // 12 % 28 + 1:02d}2010{n // 336 % 12 + 1:02d}1{n // 4032 + 1:03d}"
        lines.append(f"{number};Orang Nomor {n};o{n}@example.test;PNS;Unit dinas;Perawat Terampil")
    return "\n".join(lines)


def test_five_thousand_rows_are_compared_and_applied_within_thirty_seconds(
    engine: Engine, wide: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the command, as an operator does it; again, it has no effect."""
    file = tmp_path / "pegawai.csv"
    file.write_text(many(5000))
    wide.set_parameter("people.second_look_percent", 1_000_000)
    with running_app(wide, tmp_path) as app:
        monkeypatch.setattr("service.command.app_of", lambda: app)
        started = time.monotonic()
        result = CliRunner().invoke(cli.main, ["people", "import", str(file), "--apply"])
        took = time.monotonic() - started
        assert result.exit_code == 0, result.output
        assert "new 5000, changed 0, same 0" in result.output
        assert took < 30, took
        again = CliRunner().invoke(cli.main, ["people", "import", str(file), "--apply"])
        assert "new 0, changed 0, same 5000" in again.output
    with Session(engine) as session:
        assert session.query(Identifier).count() == 5000 + len(wide.people)


def test_the_command_compares_only_and_names_refused_rows_without_a_number(
    wide: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "pegawai.csv"
    file.write_text("\n".join([HEAD, RINA, STRANGE]))
    with running_app(wide, tmp_path) as app:
        monkeypatch.setattr("service.command.app_of", lambda: app)
        result = CliRunner().invoke(cli.main, ["people", "import", str(file)])
        assert result.exit_code == 1
        assert "row 3: " in result.output
        assert "198503" not in result.output
        assert "compared only" in result.output
        nothing = CliRunner().invoke(cli.main, ["people", "import", "--source", "nowhere"])
        assert nothing.exit_code == 1
        assert "no installed package" in nothing.output
    with wide.trying() as session:
        assert session.query(Person).filter_by(email="rina@example.test").count() == 0
