"""Reports that fit nobody: told in words, without numbers of people, decided with a reason once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support import walk
from tests.support.queries import counted
from tests.support.world import World
from workflows.models import Fact, JpEntry

Visit = Callable[[str], FlaskClient]
AFTER_THE_END = datetime(2027, 4, 12, 3, tzinfo=UTC)


def status(world: World, fact_id: int) -> str:
    with world.trying() as session:
        return session.get_one(Fact, fact_id).status


def late(world: World) -> int:
    """A report of a participant that came after the training; it waits for a person."""
    walk.to_running(world)
    world.clock.go(AFTER_THE_END.date(), hour=18)
    return walk.report(world, walk.fact(world, "learner1", AFTER_THE_END))[0]


def test_an_unknown_account_is_told_without_its_number(visit: Visit, world: World) -> None:
    walk.to_running(world)
    number = "199001010000000999"
    walk.report(world, walk.fact(world, "learner1", account=number, account_kind="username"))
    shown = visit("planner").get("/belum-cocok").text
    assert "Akun ini belum dikenal" in shown
    assert "…999" in shown
    assert number not in shown
    assert "Terima laporan" not in shown


def test_an_email_is_not_shown_in_full(visit: Visit, world: World) -> None:
    walk.to_running(world)
    walk.report(world, walk.fact(world, "learner1", account="siti.aminah@example.test", account_kind="email"))
    shown = visit("planner").get("/belum-cocok").text
    assert "s…@example.test" in shown
    assert "siti.aminah" not in shown


def test_a_report_after_the_training_names_person_and_course(visit: Visit, world: World) -> None:
    late(world)
    shown = visit("planner").get("/belum-cocok").text
    assert "Learner1 Contoh" in shown
    assert "Data publik" in shown
    assert "Selesai sesudah pelatihan berakhir." in shown


def test_accepting_needs_a_reason_and_credits_once(visit: Visit, world: World) -> None:
    fact_id = late(world)
    client, path = visit("planner"), f"/belum-cocok/{fact_id}/terima"
    refused = client.post(path, data={"reason": " "})
    assert refused.status_code == 422
    assert f'href="#reason-{fact_id}"' in refused.text
    assert client.post(path, data={"reason": "Listrik padam di hari terakhir"}).status_code == 303
    assert status(world, fact_id) == "applied"
    again = client.post(path, data={"reason": "Sekali lagi"})
    assert again.status_code == 409
    with world.trying() as session:
        assert session.query(JpEntry).count() == 1


def test_dismissing_keeps_the_report_without_effect(visit: Visit, world: World) -> None:
    fact_id = late(world)
    answer = visit("planner").post(f"/belum-cocok/{fact_id}/kesampingkan", data={"reason": "Uji coba"})
    assert answer.status_code == 303
    assert status(world, fact_id) == "dismissed"
    with world.trying() as session:
        assert session.query(JpEntry).count() == 0


def test_accepting_what_fits_nobody_is_a_sentence_that_keeps_the_reason(visit: Visit, world: World) -> None:
    walk.to_running(world)
    (fact_id,) = walk.report(world, walk.fact(world, "learner1", account="999"))
    answer = visit("planner").post(f"/belum-cocok/{fact_id}/terima", data={"reason": "Orang baru"})
    assert answer.status_code == 409
    assert "Orang baru" in answer.text
    assert status(world, fact_id) == "waiting"


def test_an_unknown_report_is_not_found(visit: Visit) -> None:
    assert visit("planner").post("/belum-cocok/99/terima", data={"reason": "x"}).status_code == 404


def test_nothing_waiting_says_what_would_be_here(visit: Visit) -> None:
    assert "Semua laporan sudah cocok" in visit("planner").get("/belum-cocok").text


@pytest.mark.parametrize("name", ["stranger", "quality", "learner1"])
def test_strangers_are_refused(visit: Visit, world: World, name: str) -> None:
    fact_id = late(world)
    assert visit(name).get("/belum-cocok").status_code == 403
    for way in ("terima", "kesampingkan"):
        assert visit(name).post(f"/belum-cocok/{fact_id}/{way}", data={"reason": "x"}).status_code == 403
    assert status(world, fact_id) == "waiting"


def test_an_administrator_sees_and_does_not_decide(visit: Visit, world: World) -> None:
    fact_id = late(world)
    client = visit("administrator")
    shown = client.get("/belum-cocok").text
    assert "Learner1 Contoh" in shown
    assert "Putuskan" not in shown
    assert client.post(f"/belum-cocok/{fact_id}/terima", data={"reason": "x"}).status_code == 403


def test_the_list_asks_the_same_for_three_and_for_thirty_and_pages_on(
    app: Flask, visit: Visit, world: World
) -> None:
    walk.to_running(world)
    client = visit("planner")
    moments = [walk.FINISHED + timedelta(minutes=n) for n in range(31)]
    facts = [walk.fact(world, "learner1", when, account=f"x{n}") for n, when in enumerate(moments)]
    walk.report(world, *facts[:3])
    with counted(app) as few:
        client.get("/belum-cocok")
    walk.report(world, *facts[3:])
    with counted(app) as many:
        first = client.get("/belum-cocok").text
    assert len(many) == len(few)
    assert "31 laporan menunggu." in first
    assert "/belum-cocok?sesudah=" in first
