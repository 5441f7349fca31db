"""The auditor sees from where each thing was done; that the auditor looked is noted with the filter (R39)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.db import writing
from tests.service.test_audit_pages import as_csv, audit, rows, take
from tests.service.test_offices_pages import LETTER, place
from tests.support import walk
from tests.support.world import World
from workflows.actions.sites import register_site
from workflows.actor import CLOCK, OPERATOR
from workflows.history import record
from workflows.models import HistoryValue, Look, LookedAt

Visit = Callable[[str], FlaskClient]
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"


def announce(client: FlaskClient, world: World) -> None:
    given = {**LETTER, "first_day": "2027-01-18", "last_day": "2027-01-20"}
    answer = client.post(place(world, "unit_head", "cuti"), data=given, headers={"User-Agent": PHONE})
    assert answer.status_code == 303


def test_what_a_person_does_in_a_page_says_from_where(visit: Visit, world: World) -> None:
    announce(visit("planner"), world)
    [row] = rows(audit(visit("inspector"), tindakan="office"))
    assert "lewat laman Chrome, Android · 127.0.0.1" in row
    [line] = as_csv(take(visit("inspector"), "csv", tindakan="office"))
    assert (line["Lewat"], line["Perangkat"], line["Alamat jaringan"]) == (
        "lewat laman",
        "Chrome, Android",
        "127.0.0.1",
    )


def test_the_command_line_and_the_service_itself_are_named(app: Flask, visit: Visit, world: World) -> None:
    with app.app_context(), writing() as session:
        register_site(session, actor=OPERATOR, code="lain", url="https://lain.test")
        record(session, "budget.reserved", stream="version:1", actor=CLOCK, amount="Rp1")
    page = rows(audit(visit("inspector")))
    assert any("baris perintah" in row and "Pengelola mesin" in row for row in page)
    assert any("sistem" in row and "Sistem" in row and "Rp1" in row for row in page)


def test_what_was_recorded_before_says_nothing_it_does_not_know(visit: Visit, world: World) -> None:
    walk.to_proposed(world)
    assert all("lewat laman" not in row for row in rows(audit(visit("inspector"))))


def test_an_erased_address_says_so(visit: Visit, world: World) -> None:
    announce(visit("planner"), world)
    with world.writing() as session:
        for value in session.scalars(select(HistoryValue)):
            session.delete(value)
    [row] = rows(audit(visit("inspector"), tindakan="office"))
    assert "(dihapus) · (dihapus)" in row


def test_nobody_but_the_auditor_and_the_person_sees_the_address(visit: Visit, world: World) -> None:
    announce(visit("planner"), world)
    unit = place(world)
    for name in ("planner2", "inspector"):
        assert "127.0.0.1" not in visit(name).get(unit).text
    held = visit("planner").get("/saya/data").text
    assert "Alamat jaringan dan perangkat saat Anda bertindak" in held
    assert "127.0.0.1" in held
    assert "127.0.0.1" not in visit("planner2").get("/saya/data").text


def looks(world: World) -> list[tuple[str, int]]:
    with world.trying() as session:
        found = session.scalars(select(Look).where(Look.what == "audit").order_by(Look.id)).all()
        return [(one.ref, session.query(LookedAt).filter_by(look_id=one.id).count()) for one in found]


def test_looking_at_the_history_is_noted_with_its_filter_once_an_hour(visit: Visit, world: World) -> None:
    announce(visit("planner"), world)
    client = visit("inspector")
    for _ in range(2):
        audit(client)
        audit(client, tindakan="office", nama="Planner")
    assert looks(world) == [("audit:", 1), ("audit:tindakan=office&nama=Planner", 1)]
    world.clock.wait(hours=1)
    audit(client)
    assert [ref for ref, _people in looks(world)] == [
        "audit:",
        "audit:tindakan=office&nama=Planner",
        "audit:",
    ]
    log = visit("officer").get("/data-pribadi/catatan").text
    assert "tindakan office, nama Planner" in log
    assert "riwayat untuk auditor" in log
    mine = visit("planner").get("/saya/data").text
    assert "nama Planner" not in mine


def test_an_empty_page_and_a_long_filter_are_noted_as_well(visit: Visit, world: World) -> None:
    client = visit("inspector")
    audit(client, nama="x" * 80, dari="2027-01-01", sampai="2027-12-31", tindakan="preparation")
    [(ref, people)] = looks(world)
    assert len(ref) == 80
    assert ref.startswith("audit:dari=2027-01-01&sampai=2027-12-31&tindakan=preparation&nama=xxx")
    assert people == 0


@pytest.mark.parametrize("name", ["author", "planner"])
def test_who_may_not_read_it_leaves_no_look(visit: Visit, world: World, name: str) -> None:
    assert visit(name).get("/audit").status_code == 403
    assert looks(world) == []


def test_the_file_has_the_column_in_every_row(visit: Visit, world: World) -> None:
    announce(visit("planner"), world)
    walk.to_proposed(world)
    made = take(visit("inspector"), "csv").data.decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(made)))
    assert {len(row) for row in table} == {17}
    assert "Lewat" in table[0]
