"""Anybody can check a decision's code; the answer says what stands on the paper and names nobody."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.current import bangkom
from service.jobs.seals import seal_day
from tests.support import forging, walk
from tests.support.counting import statements
from tests.support.web import running_app
from tests.support.world import World
from workflows.codes import new_code, shown_code
from workflows.models import ApprovalTask, Decision

Visit = Callable[[str], FlaskClient]


@pytest.fixture
def version_id(world: World) -> int:
    version_id = walk.to_approval(world)
    walk.decide(world, "unit_head", version_id, "unit_head", "return", reason="Alasan pribadi")
    return version_id


def code(world: World) -> str:
    with world.trying() as session:
        return shown_code(session.scalars(select(Decision.code).order_by(Decision.id)).first() or "")


def test_a_stranger_with_the_paper_reads_what_stands_on_it(app: Flask, world: World, version_id: int) -> None:
    answer = app.test_client().get("/keaslian", query_string={"kode": code(world).lower()})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    for said in (
        "Asli",
        "Dikembalikan",
        "Kepala Dinas Contoh",
        "Pengelolaan data publik, versi 1",
        code(world),
    ):
        assert said in page
    assert "Belum tersegel" in page


def test_no_name_no_reason_no_letter_is_given_away(app: Flask, world: World, version_id: int) -> None:
    page = app.test_client().get("/keaslian", query_string={"kode": code(world)}).get_data(as_text=True)
    for hidden in (
        "Unit_head",
        "Alasan pribadi",
        "800/unit_head",
        "unit_head@",
        "1990010100",
        str(world.people["unit_head"]),
    ):
        assert hidden not in page


def test_whom_an_acting_official_stood_in_for_is_not_named(app: Flask, world: World, version_id: int) -> None:
    away = world.people["deputy"]
    with world.writing() as session:
        session.query(Decision).update({"mandate_kind": "plh", "behalf_of_id": away})
    page = app.test_client().get("/keaslian", query_string={"kode": code(world)}).get_data(as_text=True)
    assert "Plh. Kepala Dinas Contoh" in page
    assert "Deputy" not in page


def test_the_day_after_it_names_its_seal(app: Flask, world: World, version_id: int) -> None:
    with app.app_context():
        assert seal_day(bangkom().jobs) is not None
    client = app.test_client()
    page = client.get("/keaslian", query_string={"kode": code(world)}).get_data(as_text=True)
    assert "Ikut tersegel pada Senin, 18 Januari 2027." in page
    link = re.search(r'href="(/segel\?sebelum=\d+)"', page)
    assert link is not None
    assert "Segel nomor 1" in client.get(link[1]).get_data(as_text=True)


@pytest.mark.parametrize("typed", ["K7QF2", "' OR 1=1 --", "x" * 3000, "00000-00000-00000-00000"])
def test_an_unknown_code_is_answered_in_one_way(app: Flask, version_id: int, typed: str) -> None:
    answer = app.test_client().get("/keaslian", query_string={"kode": typed})
    assert answer.status_code == 404
    assert "Tidak ada keputusan dengan kode ini" in answer.get_data(as_text=True)


def test_an_empty_form_asks_for_the_code(app: Flask) -> None:
    answer = app.test_client().get("/keaslian")
    assert answer.status_code == 200
    assert 'name="kode"' in answer.get_data(as_text=True)


def test_a_history_that_was_changed_is_said_to_be_so(app: Flask, world: World, version_id: int) -> None:
    with app.app_context():
        seal_day(bangkom().jobs)
    forging.change(world.engine, f"version:{version_id}", 2)
    page = app.test_client().get("/keaslian", query_string={"kode": code(world)}).get_data(as_text=True)
    assert "Tidak dapat dipastikan" in page
    assert "Asli<" not in page


def test_the_decision_shows_its_code_and_the_square_leads_to_the_check(
    visit: Visit, world: World, version_id: int
) -> None:
    with world.trying() as session:
        task = session.scalars(select(ApprovalTask.id).join(Decision)).one()
    page = visit("unit_head").get(f"/keputusan/{task}").get_data(as_text=True)
    assert code(world) in page
    assert f"/keaslian?kode={code(world)}" in page
    assert 'class="qr"' in page
    assert "style=" not in page


def test_guessing_is_slowed_down(world: World, version_id: int, tmp_path: Path) -> None:
    with running_app(world, tmp_path, BANGKOM_PUBLIC_LIMIT="3 per minute") as app:
        client = app.test_client()
        found = [client.get(f"/keaslian?kode={new_code()}").status_code for _ in range(5)]
        assert found == [404, 404, 404, 429, 429]


def test_the_price_does_not_grow_with_decisions(app: Flask, world: World, version_id: int) -> None:
    client = app.test_client()
    with statements() as few:
        client.get("/keaslian", query_string={"kode": code(world)})
    walk.to_approved(world)
    with statements() as many:
        client.get("/keaslian", query_string={"kode": code(world)})
    assert len([one for one in few if "SELECT" in one]) == len([one for one in many if "SELECT" in one]) <= 6
