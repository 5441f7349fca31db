"""What a person sees and takes of the own data, and what nobody else does."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from tests.support import walk
from tests.support.queries import counted
from tests.support.web import browser, running_app
from tests.support.world import World
from workflows.models import HistoryRow, Identifier, LegalParameter, Person

Visit = Callable[[str], FlaskClient]


def taken(client: FlaskClient) -> dict[str, Any]:
    answer = client.post("/saya/data/salinan")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert sorted(archive.namelist()) == ["BACA-SAYA.txt", "data.json"]
        assert "Jawaban survei Anda tidak ada di sini" in archive.read("BACA-SAYA.txt").decode()
        data: dict[str, Any] = json.loads(archive.read("data.json"))
    return data


def rows(data: dict[str, Any], category: str, title: str) -> list[dict[str, Any]]:
    found = next(one for one in data["categories"] if one["code"] == category)
    return next((table["rows"] for table in found["tables"] if table["title"] == title), [])


def number_of(world: World, name: str) -> str:
    with world.trying() as session:
        return session.scalars(
            select(Identifier.value).where(Identifier.person_id == world.people[name])
        ).one()


def test_the_page_says_what_is_held_why_how_long_and_by_which_right(visit: Visit, world: World) -> None:
    walk.to_review(world)
    page = visit("author").get("/saya/data")
    assert page.status_code == 200
    for words in ("Data tersebar", "Untuk apa", "Dasar", "Berapa lama", "author@example.test", "Analis"):
        assert words in page.text
    assert "Jawaban survei Anda tidak ada di sini" in page.text
    assert 'href="/saya/data"' in visit("author").get("/saya").text


def test_the_page_shows_no_whole_number_of_a_person(visit: Visit, world: World) -> None:
    number = number_of(world, "nurse")
    page = visit("nurse").get("/saya/data").text
    assert number not in page
    assert f"…{number[-3:]}" in page


def test_a_term_that_nobody_entered_is_left_out_and_one_that_was_is_told(visit: Visit, world: World) -> None:
    assert "60 bulan" in visit("nurse").get("/saya/data").text
    with world.writing() as session:
        session.execute(delete(LegalParameter).where(LegalParameter.key == "retention.own_words_months"))
    assert "60 bulan" not in visit("nurse").get("/saya/data").text


def test_the_copy_has_everything_of_the_person_and_nothing_of_others(visit: Visit, world: World) -> None:
    version_id = walk.to_review(world)
    walk.speak(world, version_id)
    data = taken(visit("nurse"))
    assert rows(data, "identity", "Nomor induk")[0]["Nomor"] == number_of(world, "nurse")
    assert [row["Isi"] for row in rows(data, "participation", "Masukan dalam pembahasan bersama")] == [
        "Masukan nurse"
    ]
    whole = json.dumps(data)
    with world.trying() as session:
        query = select(Person.name, Person.email, Person.id).where(Person.id != world.people["nurse"])
        others = session.execute(query).all()
    assert len(others) > 20
    assert [value for other in others for value in map(str, other) if value in whole] == []


def test_the_name_of_the_file_names_nobody(visit: Visit, world: World) -> None:
    answer = visit("nurse").post("/saya/data/salinan")
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="salinan-data-pribadi-2027-01-18.zip"'
    )
    assert answer.headers["Cache-Control"] == "no-store"


def test_answers_to_surveys_are_not_in_the_copy(visit: Visit, world: World) -> None:
    version_id = walk.to_running(world)
    walk.run_waves(world, version_id, {"learner1": 1}, {"learner1": 5}, ["learner1"])
    data = taken(visit("learner1"))
    asked = rows(data, "survey", "Undangan mengisi survei")
    assert {row["Survei"] for row in asked} == {"before", "after"}
    assert all(set(row) == {"Program", "Survei", "Sebagai"} for row in asked)
    assert rows(data, "learning", "Buku JP")[0]["JP"] > 0


def test_a_copy_is_written_into_the_history_of_the_person(visit: Visit, world: World) -> None:
    taken(visit("nurse"))
    with world.trying() as session:
        [row] = session.scalars(select(HistoryRow).where(HistoryRow.name == "person.data_copied"))
        assert row.stream == f"person:{world.people['nurse']}"
        assert row.actor_id == world.people["nurse"]


def test_copies_are_limited_for_each_person_not_for_a_whole_office(world: World, tmp_path: Path) -> None:
    with running_app(world, tmp_path, BANGKOM_DATA_COPY_LIMIT="2 per hour") as app:
        phone, desk, other = (browser(app, world, name) for name in ("nurse", "nurse", "teacher"))
        answers = [client.post("/saya/data/salinan").status_code for client in (phone, desk, phone, other)]
        assert answers == [200, 200, 429, 200]
        assert "Terlalu sering" in phone.post("/saya/data/salinan").text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_stranger_sees_nobody_s_data(app: Flask, method: str) -> None:
    path = "/saya/data" if method == "GET" else "/saya/data/salinan"
    answer = app.test_client().open(path, method=method)
    assert answer.status_code in (302, 401)


def test_a_copy_is_no_link(visit: Visit) -> None:
    assert visit("nurse").get("/saya/data/salinan").status_code == 405


def test_the_page_costs_as_many_queries_for_much_as_for_little(
    app: Flask, visit: Visit, world: World
) -> None:
    version_id = walk.to_review(world)
    client, counts = visit("nurse"), []
    for _round in range(2):
        walk.speak(world, version_id, ["nurse"] * 8)
        client.get("/saya/data")
        with counted(app) as said:
            page = client.get("/saya/data").text
        counts.append(len(said))
    assert counts[0] == counts[1]
    assert "(10+)" in page
    assert "Yang terbaru saja" in page


def test_a_report_of_another_s_account_is_not_mine(visit: Visit, world: World) -> None:
    walk.to_running(world)
    world.clock.go(walk.ENDS, hour=18)
    walk.report(world, walk.fact(world, "learner1"))
    assert len(rows(taken(visit("learner1")), "learning", "Laporan selesai dari Moodle")) == 1
    assert rows(taken(visit("learner2")), "learning", "Laporan selesai dari Moodle") == []


def test_somebody_who_left_the_service_keeps_the_right(visit: Visit, world: World) -> None:
    client = visit("nurse")
    with world.writing() as session:
        session.execute(
            update(Person).where(Person.id == world.people["nurse"]).values(left_on=walk.FIRST_DAY)
        )
    assert client.get("/saya/data").status_code == 200
