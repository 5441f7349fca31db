"""Picking a target group, reading it, and what the list of participants makes of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support import walk
from tests.support.contracts import employ
from tests.support.crowd import add_people
from tests.support.queries import counted
from tests.support.world import FIRST_DAY, STARTS, World
from workflows.models import AssignmentKind, ProgrammeVersion, Unit

Visit = Callable[[str], FlaskClient]
CODE = "data_steward"


def version_of(world: World, version_id: int) -> ProgrammeVersion:
    with world.trying() as session:
        version = session.get_one(ProgrammeVersion, version_id)
        session.expunge_all()
        return version


@pytest.fixture
def steward(world: World) -> None:
    with world.writing() as session:
        session.add(AssignmentKind(code=CODE, name="Pengelola data", name_en="Data steward"))


def test_the_number_of_people_is_told_while_ticking(visit: Visit, world: World, steward: None) -> None:
    client = visit("planner")
    asked = {"target_job_field": ["health", "teaching"], "starts_on": STARTS.isoformat()}
    said = client.get("/program/sasaran", query_string=asked).text
    assert "Kena 2 orang menurut data pegawai untuk Senin, 5 April 2027." in said
    assert "<html" not in said
    more = {**asked, "target_unit": "island"}
    assert "Kena 0 orang" in client.get("/program/sasaran", query_string=more).text
    nobody = client.get(
        "/program/sasaran", query_string={"target_assignment": CODE, "starts_on": "2027-04-05"}
    )
    assert "Tidak seorang pun memegang tugas Pengelola data pada Senin, 5 April 2027." in nobody.text
    assert "Belum ada yang dipilih" in client.get("/program/sasaran?starts_on=besok").text
    unknown = client.get("/program/sasaran?target_unit=nowhere")
    assert unknown.status_code == 200
    assert "memuat nowhere yang tidak dikenal" in unknown.text


@pytest.mark.parametrize("name", ["stranger", "quality", "inspector", "unit_head"])
def test_only_who_may_change_a_programme_counts_people(visit: Visit, name: str) -> None:
    assert visit(name).get("/program/sasaran?target_unit=dinas").status_code == 403


def test_a_group_is_picked_counted_saved_and_read(visit: Visit, world: World) -> None:
    version_id = walk.to_proposed(world)
    client, path = visit("planner"), f"/program/{version_id}/ubah"
    version = version_of(world, version_id)
    typed = {
        **{name: str(value) for name, value in vars_of(version).items()},
        "seen_content_no": "1",
        "target_job_field": ["health", "office"],
        "target_employment": ["pppk", "pns"],
        "target_post": "  ANALIS \n\nanalis",
        "target_only": "1",
    }
    counted_first = client.post(path, data={**typed, "action": "count_targets"})
    assert counted_first.status_code == 200
    assert 'name="target_job_field" value="health" checked' in counted_first.text
    assert version_of(world, version_id).target_rules == ""
    saved = client.post(path, data=typed)
    assert saved.status_code == 303, saved.text
    stands = version_of(world, version_id)
    assert stands.target_rules.split("\n") == [
        "employment:pns", "employment:pppk", "job_field:health", "job_field:office", "post:Analis",
    ]  # fmt: skip
    assert (stands.target_only, stands.content_no) == (True, 2)
    page = client.get(f"/program/{version_id}").text
    assert "Rumpun health atau Rumpun office" in page
    assert "PNS atau PPPK" in page
    assert re.search(r"Kena \d+ orang menurut data pegawai untuk Senin, 5 April 2027\.", page)
    assert "Program ini hanya untuk kelompok ini" in page
    again = client.get(path).text
    assert 'name="target_job_field" value="health" checked' in again
    assert 'name="target_only" value="1" checked' in again
    told = client.get(f"/program/{version_id}/riwayat").text
    assert "kelompok sasaran menurut data pegawai, hanya untuk kelompok sasaran" in told


def vars_of(version: ProgrammeVersion) -> dict[str, object]:
    names = (
        "title", "aims", "basis", "competency_id", "level_required", "target_group", "competency_gap",
        "performance_gap", "form_code", "days", "planned_jp", "seats", "starts_on", "ends_on", "site_id",
        "course_ref", "course_title", "ceiling_id", "effect_threshold", "duplicates_checked",
    )  # fmt: skip
    return {name: getattr(version, name) for name in names}


def test_an_unknown_post_is_refused_with_what_was_typed(visit: Visit, world: World) -> None:
    version_id = walk.to_proposed(world)
    typed = {name: str(value) for name, value in vars_of(version_of(world, version_id)).items()}
    typed |= {"seen_content_no": "1", "target_post": "Raja", "target_unit": "dinas"}
    answer = visit("planner").post(f"/program/{version_id}/ubah", data=typed)
    assert answer.status_code == 422
    assert "memuat Raja yang tidak dikenal" in answer.text
    assert 'href="#targets"' in answer.text
    assert ">Raja</textarea>" in answer.text
    assert 'name="target_unit" value="dinas" checked' in answer.text


def test_somebody_elses_group_is_shown_beside_what_was_typed(visit: Visit, world: World) -> None:
    version_id = walk.to_proposed(world, target_rules="employment:pns", target_only=True)
    typed = {name: str(value) for name, value in vars_of(version_of(world, version_id)).items()}
    typed |= {"seen_content_no": "9", "target_job_field": "health"}
    answer = visit("planner").post(f"/program/{version_id}/ubah", data=typed)
    assert answer.status_code == 409
    assert "kelompok sasaran menurut data pegawai: Status kepegawaian: PNS" in answer.text
    assert "hanya untuk kelompok sasaran: ya" in answer.text


def test_an_ended_unit_is_warned_of_with_its_successor(visit: Visit, world: World) -> None:
    version_id = walk.to_approval(world, target_rules="unit:island")
    with world.writing() as session:
        ended = session.get_one(Unit, world.units["island"])
        ended.valid_to, ended.successor_id = FIRST_DAY, world.units["agency"]
    page = visit("planner").get(f"/program/{version_id}").text
    assert "Unit island sudah berakhir pada Senin, 18 Januari 2027; penerusnya Unit agency." in page


def test_the_signer_and_the_next_version_read_the_group_in_words(visit: Visit, world: World) -> None:
    version_id = walk.to_approval(world, target_rules="job_field:health\nunit:dinas")
    with world.trying() as session:
        task = walk.task_of(session, version_id, "unit_head")
        assert task is not None
        path = f"/keputusan/{task.id}"
    said = "Rumpun jabatan: Rumpun health; Unit kerja, dengan semua unit di bawahnya: Unit dinas"
    assert said in visit("unit_head").get(path).text


def test_the_group_reads_in_english(visit: Visit, world: World, steward: None) -> None:
    version_id = walk.to_proposed(world, target_rules=f"assignment:{CODE}\nleads:yes")
    client = visit("planner")
    client.post("/bahasa", data={"language": "en"})
    page = client.get(f"/program/{version_id}").text
    assert "Data steward" in page
    assert "direct superior of somebody" in page
    assert "By the register this selects 0 people on" in page


def test_participants_are_suggested_and_others_flagged(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world, target_rules="job_field:health\njob_field:teaching")
    client, path = visit("planner"), f"/program/{version_id}/peserta"
    assert "2 orang dari kelompok sasaran belum terdaftar." in client.get(path).text
    suggested = client.get(f"{path}?sasaran=1").text
    assert "Nurse Contoh" in suggested
    assert "Builder Contoh" not in suggested
    assert "Di luar kelompok sasaran" not in suggested
    searched = client.get(f"{path}?q=builder").text
    assert "Di luar kelompok sasaran" in searched
    walk.enrol(world, version_id, ["nurse", "builder"])
    listed = client.get(path).text
    assert listed.count("Di luar kelompok sasaran") == 1
    assert "1 orang dari kelompok sasaran belum terdaftar." in listed
    without = walk.to_approved(world)
    assert "kelompok sasaran belum terdaftar" not in client.get(f"/program/{without}/peserta").text


def test_a_strict_group_refuses_with_a_sentence_and_keeps_the_ticks(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world, target_rules="job_field:health", target_only=True)
    client, path = visit("planner"), f"/program/{version_id}/peserta"
    assert "program ini hanya untuk kelompoknya" in client.get(f"{path}?q=builder").text
    data = {"person_ids": str(world.people["builder"]), "q": "builder"}
    answer = client.post(path, data=data)
    assert answer.status_code == 422
    assert "1 orang tidak termasuk, antara lain Builder Contoh" in answer.text
    assert f'value="{world.people["builder"]}" checked' in answer.text


def test_the_list_takes_the_same_queries_for_few_and_many_with_a_group(
    visit: Visit, world: World, app: Flask
) -> None:
    version_id = walk.to_approved(world, seats=90, target_rules="job_field:health")
    client, path, seen = visit("planner"), f"/program/{version_id}/peserta", []
    employ(world, "contract_clerk", date(2026, 8, 25))
    for count in (1, 20):
        walk.enrol(world, version_id, add_people(world, count, prefix=f"p{count}x"))
        add_people(world, count, prefix=f"w{count}x")
        with counted(app) as said:
            assert client.get(f"{path}?q=w{count}x").status_code == 200
        seen.append(len(said))
    assert seen[0] == seen[1]
