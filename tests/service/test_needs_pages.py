"""Pages of needs: three fields in, and everybody sees what they may of what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support import walk
from tests.support.queries import counted
from tests.support.world import World
from workflows.actions import needs
from workflows.models import Need, Posting

Visit = Callable[[str], FlaskClient]
TYPED = {"problem": "Data stok obat tidak cocok", "since": "sejak Januari", "service": "Layanan puskesmas"}


def file(world: World, by: str = "author", **changes: str) -> int:
    with world.writing() as session:
        return needs.file_need(session, actor=world.actor(session, by), **{**TYPED, **changes}).id


def need_of(world: World, need_id: int) -> Need:
    with world.trying() as session:
        need = session.get_one(Need, need_id)
        session.expunge_all()
        return need


def test_three_fields_and_one_button_file_a_need(visit: Visit, world: World) -> None:
    author = visit("author")
    fields = re.findall(r'<(?:input|textarea|select)[^>]* name="(\w+)"', author.get("/kebutuhan/baru").text)
    assert fields.count("problem") == 1
    assert set(fields) <= {"problem", "since", "service", "csrf_token"}
    answer = author.post("/kebutuhan/baru", data=TYPED)
    assert answer.status_code == 303
    page = author.get(answer.headers["Location"])
    assert "Data stok obat tidak cocok" in page.text
    assert "Kebutuhan disampaikan." in page.text


def test_an_empty_field_comes_back_with_the_rest_as_typed(visit: Visit) -> None:
    answer = visit("author").post("/kebutuhan/baru", data={**TYPED, "since": " "})
    assert answer.status_code == 422
    assert '<a href="#since">Sejak kapan: isi bagian ini.</a>' in answer.text
    assert "Data stok obat tidak cocok" in answer.text


def test_the_author_sees_what_became_of_each_need(visit: Visit, world: World) -> None:
    walk.to_proposed(world)
    declined = file(world)
    visit("planner").post(f"/kebutuhan/{declined}/tolak", data={"reason": "Sudah ada di rencana dinas"})
    page = visit("author").get("/kebutuhan").text
    assert "Pengelolaan data publik" in page
    assert "Sudah ada di rencana dinas" in page
    assert "Jadikan program" not in page


def test_the_agency_ticks_needs_and_leads_on_to_a_programme(visit: Visit, world: World) -> None:
    need = file(world)
    page = visit("planner").get("/kebutuhan").text
    assert f'name="need" value="{need}"' in page
    assert 'action="/program/baru"' in page


@pytest.mark.parametrize("name", ["stranger", "nurse"])
def test_a_need_of_others_is_unknown_to_a_stranger(visit: Visit, world: World, name: str) -> None:
    need = file(world)
    assert visit(name).get(f"/kebutuhan/{need}").status_code == 404
    assert "Data stok obat" not in visit(name).get("/kebutuhan").text


def test_the_direct_superior_completes_a_need(visit: Visit, world: World) -> None:
    need = file(world, by="learner1")
    superior = visit("superior")
    assert f"/kebutuhan/{need}" in superior.get("/kebutuhan").text
    given = {
        "competency_id": world.competency,
        "level_required": 3,
        "level_measured": 2,
        "performance_gap": "4 dari 9",
    }
    assert superior.post(f"/kebutuhan/{need}/lengkap", data=given).status_code == 303
    assert need_of(world, need).level_measured == 2
    assert visit("superior").post(f"/kebutuhan/{need}/tolak", data={"reason": "x"}).status_code == 403


def test_completing_without_a_competency_keeps_what_was_typed(visit: Visit, world: World) -> None:
    need = file(world)
    answer = visit("planner").post(f"/kebutuhan/{need}/lengkap", data={"performance_gap": "4 dari 9 laporan"})
    assert answer.status_code == 422
    assert 'href="#competency_id"' in answer.text
    assert "4 dari 9 laporan" in answer.text


def test_a_need_is_declined_once_and_with_a_reason(visit: Visit, world: World) -> None:
    need = file(world)
    planner = visit("planner")
    assert planner.post(f"/kebutuhan/{need}/tolak", data={"reason": ""}).status_code == 422
    assert planner.post(f"/kebutuhan/{need}/tolak", data={"reason": "Di luar tugas"}).status_code == 303
    assert planner.post(f"/kebutuhan/{need}/tolak", data={"reason": "Lagi"}).status_code == 409
    assert need_of(world, need).answer == "Di luar tugas"


@pytest.mark.parametrize("name", ["planner", "author"])
def test_the_list_asks_as_much_for_30_needs_as_for_3(
    app: Flask, visit: Visit, world: World, name: str
) -> None:
    counts = []
    browser = visit(name)
    for more in (3, 27):
        for _n in range(more):
            file(world)
        with counted(app) as said:
            assert browser.get("/kebutuhan").status_code == 200
        counts.append(len(said))
    assert counts[0] == counts[1]


def test_a_long_list_is_paged_by_key(visit: Visit, world: World) -> None:
    for n in range(33):
        file(world, problem=f"Kesulitan nomor {n:02}")
    planner = visit("planner")
    first = planner.get("/kebutuhan").text
    following = re.search(r'href="(/kebutuhan\?[^"]*sesudah=\d+)"', first)
    assert following is not None
    second = planner.get(following[1].replace("&amp;", "&")).text
    assert "Kesulitan nomor 32" not in first
    assert "Kesulitan nomor 32" in second
    assert "Kesulitan nomor 00" not in second


def test_no_page_of_needs_shows_an_identifying_number(visit: Visit, world: World) -> None:
    need = file(world)
    with world.trying() as session:
        numbers = [row.person.identifiers[0].value for row in session.query(Posting)]
    pages = [visit("planner").get(path).text for path in ("/kebutuhan", f"/kebutuhan/{need}")]
    assert not [number for number in numbers for page in pages if number in page]
