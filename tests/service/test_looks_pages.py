"""The access log: who looked at data of others, once an hour, and never without being written down."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from service.web import looks
from tests.support import walk
from tests.support.crowd import add_people
from tests.support.queries import counted
from tests.support.world import World
from workflows.models import Look, LookedAt

Visit = Callable[[str], FlaskClient]


def noted(world: World) -> list[tuple[str, str, str, list[str]]]:
    """(viewer, what, ref, whose) in the order of the log."""
    with Session(world.engine) as session:
        rows = session.execute(select(Look.id, Look.viewer_id, Look.what, Look.ref).order_by(Look.id)).all()
        return [
            (world.name_of(viewer), what, ref, whose(session, world, look_id))
            for look_id, viewer, what, ref in rows
        ]


def whose(session: Session, world: World, look_id: int) -> list[str]:
    people: Sequence[uuid.UUID] = session.scalars(
        select(LookedAt.person_id).where(LookedAt.look_id == look_id)
    ).all()
    return sorted(world.name_of(person) for person in people)


@pytest.fixture
def running(world: World) -> int:
    return walk.to_running(world, learners=["learner1", "learner2"])


def test_the_list_of_participants_is_a_look_at_each_of_them(visit: Visit, world: World, running: int) -> None:
    assert visit("planner").get(f"/program/{running}/peserta").status_code == 200
    assert noted(world) == [("planner", "participants", f"version:{running}", ["learner1", "learner2"])]


@pytest.mark.parametrize(
    ("name", "path", "what", "people"),
    [
        ("inspector", "/program/{version}/moodle", "moodle", ["learner1", "learner2"]),
        ("inspector", "/program/{version}/moodle/keadaan", "moodle", ["learner1", "learner2"]),
        ("planner", "/program/{version}/peserta/1/berhenti", "participant", ["learner1"]),
        ("planner", "/orang/{learner}", "person", ["learner1"]),
        ("planner", "/orang/{learner}/hubungan-kerja", "person", ["learner1"]),
        ("administrator", "/admin/perangkat/{learner}", "devices", ["learner1"]),
        ("quality", "/program/{version}/evaluasi", "evaluation", []),
        ("planner", "/kebutuhan/1", "need", ["author"]),
    ],
)
def test_each_page_with_data_of_others_is_written_down(
    visit: Visit, world: World, running: int, name: str, path: str, what: str, people: list[str]
) -> None:
    assert visit(name).get(path.format(version=running, learner=world.people["learner1"])).status_code == 200
    assert [(viewer, kind, seen) for viewer, kind, _ref, seen in noted(world)] == [(name, what, people)]


def test_a_report_that_fits_nobody_yet_names_those_whom_we_know(
    visit: Visit, world: World, running: int
) -> None:
    walk.report(world, walk.fact(world, "learner1", when=walk.FINISHED.replace(year=2026)))
    assert "Learner1" in visit("planner").get("/belum-cocok").text
    assert noted(world) == [("planner", "facts", "all", ["learner1"])]


def test_the_same_page_in_the_same_hour_is_one_look(visit: Visit, world: World, running: int) -> None:
    client, path = visit("planner"), f"/program/{running}/peserta"
    world.clock.machine = world.clock.machine.replace(minute=5)
    for _again in range(3):
        client.get(path)
    assert len(noted(world)) == 1
    world.clock.wait(minutes=50)
    client.get(path)
    assert len(noted(world)) == 1
    world.clock.wait(minutes=10)
    client.get(path)
    assert len(noted(world)) == 2


def test_another_device_and_another_person_are_looks_of_their_own(
    visit: Visit, world: World, running: int
) -> None:
    for client in (visit("planner"), visit("planner"), visit("planner2")):
        client.get(f"/program/{running}/peserta")
    assert [row[0] for row in noted(world)] == ["planner", "planner", "planner2"]


def test_who_joins_within_the_hour_is_added_to_the_look(visit: Visit, world: World, running: int) -> None:
    client = visit("planner")
    client.get(f"/program/{running}/peserta")
    walk.enrol(world, running, ["learner3"])
    client.get(f"/program/{running}/peserta")
    assert [row[3] for row in noted(world)] == [["learner1", "learner2", "learner3"]]


def test_a_list_with_nobody_on_it_is_no_look(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    assert visit("planner").get(f"/program/{version_id}/peserta").status_code == 200
    assert visit("planner").get("/belum-cocok").status_code == 200
    assert noted(world) == []


def test_one_s_own_data_is_no_look(visit: Visit, world: World, running: int) -> None:
    assert visit("author").get("/kebutuhan/1").status_code == 200
    visit("learner1").get("/saya")
    visit("learner1").get("/saya/data")
    assert noted(world) == []


def test_who_is_refused_has_seen_nothing(visit: Visit, world: World, running: int) -> None:
    assert visit("stranger").get(f"/program/{running}/peserta").status_code == 403
    assert visit("stranger").get("/kebutuhan/1").status_code == 404
    assert visit("planner").get(f"/orang/{uuid.uuid4()}").status_code == 404
    assert noted(world) == []


def test_a_look_that_cannot_be_written_is_not_shown(
    visit: Visit, world: World, running: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = visit("planner")

    def away(*_arguments: Any) -> int:
        raise OperationalError("insert", {}, Exception("database is locked"))

    monkeypatch.setattr(looks, "note_look", away)
    answer = client.get(f"/program/{running}/peserta")
    assert answer.status_code == 503
    assert "Learner1" not in answer.text
    assert "Layanan sedang tidak dapat dipakai" in answer.text
    monkeypatch.undo()
    assert "Learner1" in client.get(f"/program/{running}/peserta").text


def test_people_see_who_looked_and_at_what(visit: Visit, world: World, running: int) -> None:
    assert "Belum ada orang lain yang membuka" in visit("learner1").get("/saya/data").text
    visit("planner").get(f"/program/{running}/peserta")
    page = visit("learner1").get("/saya/data").text
    assert "Planner Contoh (Unit dinas)" in page
    assert "daftar peserta dan ketuntasannya" in page
    assert "Pengelolaan data publik" in page
    assert "Planner Contoh" not in visit("learner3").get("/saya/data").text


def test_a_long_log_goes_on_by_key(visit: Visit, world: World, running: int) -> None:
    with world.writing() as session:
        for number in range(35):
            glance = looks.Glance(
                world.people["planner"], f"s{number}", "facts", "all", frozenset({world.people["learner1"]})
            )
            looks.note_look(session, glance)
    client = visit("learner1")
    first = client.get("/saya/data").text
    assert first.count("laporan selesai yang belum cocok") >= 30
    oldest = min(row_id for row_id in _ids(world, 30))
    assert f"sebelum={oldest}" in first
    second = client.get(f"/saya/data?sebelum={oldest}").text
    assert "Planner Contoh" in second
    for wrong in ("x", "-1", str(2**40)):
        assert client.get(f"/saya/data?sebelum={wrong}").status_code == 200


def test_looking_again_costs_one_read_and_no_write(
    app: Flask, visit: Visit, world: World, running: int
) -> None:
    client, path = visit("planner"), f"/program/{running}/peserta"
    with counted(app) as first:
        client.get(path)
    walk.enrol(world, running, add_people(world, 2))
    client.get(path)
    with counted(app) as again:
        client.get(path)
    assert sum("INSERT" in said for said in first) == 2
    assert [said for said in again if "INSERT" in said or "UPDATE" in said] == []
    assert sum("FROM look" in said for said in again) == 1


def test_the_officer_reads_the_whole_log_and_that_is_a_look_too(
    visit: Visit, world: World, running: int
) -> None:
    visit("planner").get(f"/program/{running}/peserta")
    visit("quality").get(f"/program/{running}/evaluasi")
    page = visit("officer").get("/data-pribadi/catatan").text
    assert "Planner Contoh" in page
    assert "daftar peserta dan ketuntasannya: 2 orang" in page
    assert "hasil evaluasi (tanpa nama)" in page
    assert noted(world)[-1] == ("officer", "log", "all", ["planner", "quality"])
    only = visit("inspector").get("/data-pribadi/catatan?apa=evaluation").text
    assert "Quality Contoh" in only
    assert "Planner Contoh" not in only


@pytest.mark.parametrize("name", ["planner", "administrator", "quality", "stranger"])
def test_the_whole_log_is_for_those_who_guard_it(visit: Visit, world: World, name: str) -> None:
    for path in ("/data-pribadi", "/data-pribadi/catatan"):
        answer = visit(name).get(path)
        assert answer.status_code == 403
        assert "pejabat pelindungan data" in answer.text


def test_the_overview_says_every_purpose_and_how_long(visit: Visit) -> None:
    page = visit("officer").get("/data-pribadi").text
    for words in ("Pelatihan dan JP", "Catatan akses", "Untuk apa", "Belum diverifikasi"):
        assert words in page


def test_the_log_costs_as_many_queries_at_thirty_as_at_three(
    app: Flask, visit: Visit, world: World, running: int
) -> None:
    client, counts = visit("officer"), []
    for names in (["planner"], ["planner2", "administrator", "inspector"] * 9):
        for name in names:
            visit(name).get(f"/program/{running}/peserta")
        client.get("/data-pribadi/catatan")
        with counted(app) as said:
            client.get("/data-pribadi/catatan")
        counts.append(len(said))
    assert counts[0] == counts[1]


def _ids(world: World, newest: int) -> list[int]:
    with Session(world.engine) as session:
        return list(session.scalars(select(Look.id).order_by(Look.id.desc()).limit(newest)))
