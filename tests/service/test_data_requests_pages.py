"""Asking for a correction or erasure, the answer, and erasing what is past its term, in pages and by the command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.sso.models import LoginSession
from tests.support import walk
from tests.support.world import World
from workflows.audit import broken_links
from workflows.models import DataRequest, HistoryValue, Look

Visit = Callable[[str], FlaskClient]
ASKED = {"kind": "erasure", "text": "Hapus alasan yang saya tulis."}


def test_a_request_goes_to_the_officer_and_its_answer_comes_back(visit: Visit, world: World) -> None:
    person, officer = visit("planner"), visit("officer")
    assert person.post("/saya/data/permintaan", data=ASKED).status_code == 303
    mine = person.get("/saya/data").text
    assert "Menunggu jawaban" in mine
    assert "21 Jan 2027" in mine
    assert "1 permintaan menunggu jawaban" in officer.get("/").text
    overview = officer.get("/data-pribadi").text
    assert "Penghapusan: Planner Contoh" in overview
    assert "/data-pribadi/permintaan/1" in overview
    page = officer.get("/data-pribadi/permintaan/1").text
    assert "Yang boleh dihapus hari ini: 0" in page
    done = officer.post(
        "/data-pribadi/permintaan/1",
        data={"outcome": "partly", "answer": "Belum waktunya dihapus.", "erase": "yes"},
    )
    assert done.status_code == 303
    mine = person.get("/saya/data").text
    assert "Dikabulkan sebagian" in mine
    assert "Belum waktunya dihapus." in mine
    assert "permintaan menunggu" not in officer.get("/").text
    again = officer.post("/data-pribadi/permintaan/1", data={"outcome": "granted", "answer": "Lagi"})
    assert again.status_code == 409


def test_looking_at_a_request_is_a_look(visit: Visit, world: World) -> None:
    visit("nurse").post("/saya/data/permintaan", data=ASKED)
    visit("officer").get("/data-pribadi/permintaan/1")
    assert "permintaan tentang data pribadi" in visit("nurse").get("/saya/data").text


def test_a_late_answer_is_seen_as_late(visit: Visit, world: World) -> None:
    visit("nurse").post("/saya/data/permintaan", data=ASKED)
    world.clock.work += timedelta(hours=73)
    assert "terlambat" in visit("officer").get("/data-pribadi").text


@pytest.mark.parametrize("data", [{"kind": "x", "text": "y"}, {"kind": "erasure", "text": ""}, {}])
def test_a_wrong_form_is_refused_with_a_sentence(visit: Visit, world: World, data: dict[str, str]) -> None:
    answer = visit("nurse").post("/saya/data/permintaan", data=data)
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    with world.trying() as session:
        assert session.scalars(select(DataRequest)).all() == []


def test_a_refused_answer_keeps_what_was_typed(visit: Visit, world: World) -> None:
    visit("nurse").post("/saya/data/permintaan", data=ASKED)
    answer = visit("officer").post("/data-pribadi/permintaan/1", data={"answer": "Panjang sekali"})
    assert answer.status_code == 422
    assert "Pilih jawabannya." in answer.text
    assert "Panjang sekali" in answer.text


@pytest.mark.parametrize("name", ["planner", "administrator", "stranger"])
def test_others_neither_read_requests_nor_erase(visit: Visit, world: World, name: str) -> None:
    visit("nurse").post("/saya/data/permintaan", data=ASKED)
    client = visit(name)
    assert client.get("/data-pribadi/permintaan/1").status_code == 403
    answer = client.post("/data-pribadi/permintaan/1", data={"outcome": "granted", "answer": "x"})
    assert answer.status_code == 403
    assert client.post("/data-pribadi/hapus").status_code == 403


def test_an_inspector_reads_and_does_not_answer(visit: Visit, world: World) -> None:
    visit("nurse").post("/saya/data/permintaan", data=ASKED)
    page = visit("inspector").get("/data-pribadi/permintaan/1").text
    assert "Hapus alasan yang saya tulis." in page
    assert "Kirim jawaban" not in page
    assert visit("officer").get("/data-pribadi/permintaan/99").status_code == 404


def test_what_is_past_its_term_goes_at_the_officer_s_wish_and_the_chain_is_whole(
    visit: Visit, world: World
) -> None:
    walk.to_rejected(world)
    visit("planner").get("/kebutuhan/1")
    visit("nurse")
    with Session(world.engine) as session, session.begin():
        session.execute(update(LoginSession).values(last_seen_at=datetime.now(UTC) - timedelta(days=400)))
        assert session.scalars(select(HistoryValue)).first() is not None
        assert session.scalars(select(Look)).first() is not None
    world.clock.work += timedelta(days=366 * 6)
    officer = visit("officer")
    assert "Hapus yang lewat masa simpan" in officer.get("/data-pribadi").text
    assert officer.post("/data-pribadi/hapus").status_code == 303
    with world.trying() as session:
        left = session.scalars(select(HistoryValue)).all()
        assert {(one.key, one.row.name) for one in left} == {("from_address", "privacy.erased")}, (
            "this very deed"
        )
        assert session.scalars(select(Look)).all() == []
        assert len(session.scalars(select(LoginSession)).all()) == 1
        assert list(broken_links(session)) == []
    page = officer.get("/data-pribadi").text
    assert "Hapus yang lewat masa simpan" not in page
