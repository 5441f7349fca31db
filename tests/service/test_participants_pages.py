"""Choosing who takes part, and starting: what the pages show, take and refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support import walk
from tests.support.crowd import add_people
from tests.support.queries import counted
from tests.support.world import LEARNERS, STARTS, World
from workflows.models import Enrolment, ProgrammeVersion

Visit = Callable[[str], FlaskClient]


def desired(world: World, version_id: int) -> list[str]:
    with world.trying() as session:
        rows = session.query(Enrolment).join(Enrolment.batch).filter_by(version_id=version_id)
        return sorted(world.name_of(row.person_id) for row in rows if row.desired == "active")


def test_the_agency_finds_people_by_unit_and_name_and_enrols_the_ticked(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    client = visit("planner")
    shown = client.get(f"/program/{version_id}/peserta?unit={world.units['dinas']}&q=learner1").text
    assert "Learner1 Contoh" in shown
    assert "Learner2 Contoh" not in shown
    ids = [str(world.people[name]) for name in LEARNERS[:2]]
    answer = client.post(f"/program/{version_id}/peserta", data={"person_ids": ids})
    assert answer.status_code == 303
    assert desired(world, version_id) == ["learner1", "learner2"]
    after = client.get(f"/program/{version_id}/peserta").text
    assert "2 peserta didaftarkan" in after
    assert "2 dari 10" in after


def test_a_whole_unit_is_enrolled_without_the_one_who_asks(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world, seats=100)
    unit = str(world.units["dinas"])
    assert (
        visit("planner").post(f"/program/{version_id}/peserta", data={"whole_unit": unit}).status_code == 303
    )
    names = desired(world, version_id)
    assert "planner" not in names
    assert {"nurse", *LEARNERS} <= set(names)
    assert "remote_farmer" not in names


def test_too_few_seats_is_a_sentence_and_keeps_the_ticks(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world, seats=1)
    ids = [str(world.people[name]) for name in LEARNERS[:2]]
    data = {"person_ids": ids, "unit": str(world.units["dinas"])}
    answer = visit("planner").post(f"/program/{version_id}/peserta", data=data)
    assert answer.status_code == 422
    assert "1 tempat, 0 terisi, 2 hendak ditambahkan" in answer.text
    assert f'value="{ids[0]}" checked' in answer.text
    assert desired(world, version_id) == []


def test_nobody_chosen_is_a_sentence(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    answer = visit("planner").post(f"/program/{version_id}/peserta")
    assert answer.status_code == 422
    assert "Pilih sekurangnya satu orang." in answer.text


def test_the_agency_does_not_enrol_oneself(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    data = {"person_ids": [str(world.people["planner"])]}
    answer = visit("planner").post(f"/program/{version_id}/peserta", data=data)
    assert answer.status_code == 403
    assert "dimasukkan oleh petugas lain" in answer.text
    assert desired(world, version_id) == []


def test_a_number_typed_as_a_name_is_not_searched_for(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    shown = visit("planner").get(f"/program/{version_id}/peserta?q=199001010000000003").text
    assert "199001010000000003" not in shown


@pytest.mark.parametrize("name", ["stranger", "quality", "learner1"])
def test_strangers_neither_see_nor_choose(visit: Visit, world: World, name: str) -> None:
    version_id = walk.to_approved(world)
    client, data = visit(name), {"person_ids": [str(world.people["nurse"])]}
    assert client.get(f"/program/{version_id}/peserta").status_code == 403
    assert client.post(f"/program/{version_id}/peserta", data=data).status_code == 403
    assert client.post(f"/program/{version_id}/mulai").status_code == 403
    assert desired(world, version_id) == []


def test_an_inspector_sees_the_list_without_anything_to_press(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, ["learner1"])
    shown = visit("inspector").get(f"/program/{version_id}/peserta").text
    assert "Learner1 Contoh" in shown
    assert "Hentikan" not in shown
    assert "Mulai program" not in shown
    assert "Tambah peserta" not in shown


def test_an_unknown_programme_is_not_found(visit: Visit) -> None:
    assert visit("planner").get("/program/99/peserta").status_code == 404


def test_leaving_needs_a_reason_and_happens_once(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    (row,) = walk.enrol(world, version_id, ["learner1"])
    client, path = visit("planner"), f"/program/{version_id}/peserta/{row}/berhenti"
    assert "Learner1 Contoh" in client.get(path).text
    assert "Tulis alasannya." in client.post(path, data={"reason": " "}).text
    assert client.post(path, data={"reason": "Pindah tugas"}).status_code == 303
    assert desired(world, version_id) == []
    again = client.post(path, data={"reason": "Sekali lagi"})
    assert again.status_code == 409
    assert "Sekali lagi" in again.text


def test_a_participant_of_another_programme_is_not_found_here(visit: Visit, world: World) -> None:
    version_id, other = walk.to_approved(world), walk.to_approved(world)
    (row,) = walk.enrol(world, other, ["learner1"])
    path = f"/program/{version_id}/peserta/{row}/berhenti"
    assert visit("planner").get(path).status_code == 404
    assert visit("planner").post(path, data={"reason": "Salah"}).status_code == 404
    assert desired(world, other) == ["learner1"]


def test_starting_waits_for_its_day_and_for_a_participant(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    early = visit("planner").post(f"/program/{version_id}/mulai")
    assert early.status_code == 422
    assert "Senin, 5 April 2027" in early.text
    world.clock.go(STARTS)
    assert "sekurangnya satu peserta" in visit("planner").post(f"/program/{version_id}/mulai").text
    walk.enrol(world, version_id, ["learner1"])
    assert "Mulai program" in visit("planner").get(f"/program/{version_id}/peserta").text
    answer = visit("planner").post(f"/program/{version_id}/mulai")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/program/{version_id}"
    assert visit("planner").post(f"/program/{version_id}/mulai").status_code == 409
    with world.trying() as session:
        assert session.get_one(ProgrammeVersion, version_id).state == "running"


def test_the_list_asks_the_same_for_three_and_for_thirty(app: Flask, visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world, seats=60)
    names, client = add_people(world, 30), visit("planner")
    path = f"/program/{version_id}/peserta?unit={world.units['dinas']}"
    walk.enrol(world, version_id, names[:3])
    with counted(app) as few:
        client.get(path)
    walk.enrol(world, version_id, names[3:])
    with counted(app) as many:
        client.get(path)
    assert len(many) == len(few)
