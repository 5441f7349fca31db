"""Pages of the participatory review: who is invited speaks, the agency answers, nothing closes too early."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support import walk
from tests.support.queries import counted
from tests.support.world import World
from workflows.models import InputItem, ProgrammeVersion, Review

Visit = Callable[[str], FlaskClient]
SAID = {"kind": "amendment", "text": "Tambah praktik lapangan", "importance": "4"}


def address(version_id: int, more: str = "") -> str:
    return f"/program/{version_id}/pembahasan{more}"


def opening(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "opens_on": "2027-01-18",
        "closes_on": "2027-02-05",
        "invited": list(world.fields.values()),
        "duplicates_checked": "Tidak ada program serupa",
        **changes,
    }


def state_of(world: World, version_id: int) -> str:
    with world.trying() as session:
        return session.get_one(ProgrammeVersion, version_id).state


def inputs_of(world: World, version_id: int) -> list[InputItem]:
    with world.trying() as session:
        review = session.scalars(select(Review).where(Review.version_id == version_id)).one()
        items = list(review.inputs)
        session.expunge_all()
        return items


def test_the_agency_opens_a_review_and_states_the_check_for_duplicates(visit: Visit, world: World) -> None:
    version_id = walk.to_proposed(world, duplicates_checked="")
    planner = visit("planner")
    assert "Rumpun health" in planner.get(address(version_id)).text
    stated = opening(world, duplicates_checked="Sudah dicari di daftar 2026")
    assert planner.post(address(version_id, "/buka"), data=stated).status_code == 303
    assert state_of(world, version_id) == "participatory_review"
    with world.trying() as session:
        assert (
            session.get_one(ProgrammeVersion, version_id).duplicates_checked == "Sudah dicari di daftar 2026"
        )


def test_too_few_invited_comes_back_with_the_ticks_and_nothing_is_written(visit: Visit, world: World) -> None:
    version_id = walk.to_proposed(world, duplicates_checked="")
    one = world.fields["health"]
    stated = opening(world, invited=[one], duplicates_checked="Sudah dicari")
    answer = visit("planner").post(address(version_id, "/buka"), data=stated)
    assert answer.status_code == 422
    assert 'href="#invited"' in answer.text
    assert f'value="{one}" checked' in answer.text
    assert "Sudah dicari" in answer.text
    assert state_of(world, version_id) == "proposed"
    with world.trying() as session:
        assert session.get_one(ProgrammeVersion, version_id).duplicates_checked == ""


def test_an_unreadable_date_is_said_at_its_field(visit: Visit, world: World) -> None:
    version_id = walk.to_proposed(world)
    answer = visit("planner").post(address(version_id, "/buka"), data=opening(world, closes_on="nanti"))
    assert answer.status_code == 422
    assert 'href="#closes_on"' in answer.text


def test_an_invited_person_speaks_and_reads_the_answer(visit: Visit, world: World) -> None:
    version_id = walk.to_review(world)
    nurse = visit("nurse")
    assert "Kirim masukan" in nurse.get(address(version_id)).text
    assert nurse.post(address(version_id, "/masukan"), data=SAID).status_code == 303
    (item,) = inputs_of(world, version_id)
    given = {"disposition": "accepted", "answer": "Dua hari praktik ditambahkan"}
    answered = visit("planner").post(address(version_id, f"/masukan/{item.id}/jawaban"), data=given)
    assert answered.status_code == 303
    page = nurse.get(address(version_id)).text
    assert "Diterima." in page
    assert "Dua hari praktik ditambahkan" in page


def test_a_refused_input_keeps_what_was_typed(visit: Visit, world: World) -> None:
    version_id = walk.to_review(world)
    answer = visit("nurse").post(address(version_id, "/masukan"), data={**SAID, "importance": ""})
    assert answer.status_code == 422
    assert 'href="#importance"' in answer.text
    assert "Tambah praktik lapangan" in answer.text
    assert inputs_of(world, version_id) == []


def test_names_of_authors_are_for_the_agency_only(visit: Visit, world: World) -> None:
    version_id = walk.to_review(world)
    walk.speak(world, version_id)
    assert "Nurse Contoh" in visit("planner").get(address(version_id)).text
    page = visit("teacher").get(address(version_id)).text
    assert "Nurse Contoh" not in page
    assert "Rumpun health · dinas" in page


def test_who_is_not_invited_may_read_but_not_speak(visit: Visit, world: World) -> None:
    version_id = walk.to_proposed(world)
    invited = [world.fields[name] for name in ("health", "teaching", "works")]
    visit("planner").post(address(version_id, "/buka"), data=opening(world, invited=invited))
    farmer = visit("remote_farmer")
    assert "Kirim masukan" not in farmer.get(address(version_id)).text
    assert farmer.post(address(version_id, "/masukan"), data=SAID).status_code == 403


def test_closing_is_refused_with_a_sentence_that_says_who_is_missing(visit: Visit, world: World) -> None:
    version_id = walk.to_review(world)
    walk.speak(world, version_id, ["nurse", "contract_clerk"])
    planner = visit("planner")
    assert "Belum cukup untuk ditutup" in planner.get(address(version_id)).text
    answer = planner.post(address(version_id, "/tutup"))
    assert answer.status_code == 422
    assert "Belum dapat ditutup" in answer.text
    assert "Baru 2 dari sekurangnya 3 rumpun jabatan yang didengar" in answer.text
    assert "kecamatan terpencil" in answer.text
    assert state_of(world, version_id) == "participatory_review"


def test_closing_waits_for_every_official_answer(visit: Visit, world: World) -> None:
    version_id = walk.to_review(world)
    walk.speak(world, version_id)
    planner = visit("planner")
    answer = planner.post(address(version_id, "/tutup"))
    assert answer.status_code == 422
    assert "5 masukan belum dijawab resmi" in answer.text
    walk.answer_all(world, version_id)
    assert planner.post(address(version_id, "/tutup")).status_code == 303
    assert planner.post(address(version_id, "/tutup")).status_code == 409
    assert "Menunggu persetujuan (1 dari 5)" in planner.get(address(version_id)).text


def test_an_empty_answer_opens_its_own_form_again(visit: Visit, world: World) -> None:
    version_id = walk.to_review(world)
    first, _second = walk.speak(world, version_id, ["nurse", "teacher"])
    path = address(version_id, f"/masukan/{first}/jawaban")
    answer = visit("planner").post(path, data={"disposition": "noted", "answer": " "})
    assert answer.status_code == 422
    assert f'href="#answer-{first}-answer"' in answer.text
    assert answer.text.count('value="noted" checked') == 1


def test_an_input_is_answered_once_and_under_its_own_programme(visit: Visit, world: World) -> None:
    version_id = walk.to_review(world)
    other = walk.to_review(world)
    (item,) = walk.speak(world, version_id, ["nurse"])
    given = {"disposition": "noted", "answer": "Dicatat"}
    planner = visit("planner")
    assert planner.post(address(other, f"/masukan/{item}/jawaban"), data=given).status_code == 404
    assert planner.post(address(version_id, f"/masukan/{item}/jawaban"), data=given).status_code == 303
    assert planner.post(address(version_id, f"/masukan/{item}/jawaban"), data=given).status_code == 409


def test_sending_back_needs_a_reason_and_keeps_inputs(visit: Visit, world: World) -> None:
    version_id = walk.to_review(world)
    walk.speak(world, version_id)
    planner = visit("planner")
    assert planner.post(address(version_id, "/kembalikan"), data={"reason": " "}).status_code == 422
    assert (
        planner.post(address(version_id, "/kembalikan"), data={"reason": "Sasaran berubah"}).status_code
        == 303
    )
    assert state_of(world, version_id) == "proposed"
    assert len(inputs_of(world, version_id)) == 5
    page = planner.get(address(version_id)).text
    assert "Masukan nurse" in page
    assert f'value="{world.fields["health"]}" checked' in page


@pytest.mark.parametrize("more", ["/buka", "/tutup", "/kembalikan"])
def test_a_stranger_moves_nothing(visit: Visit, world: World, more: str) -> None:
    version_id = walk.to_proposed(world) if more == "/buka" else walk.to_review(world)
    before = state_of(world, version_id)
    given = {**opening(world), "reason": "x"}
    assert visit("stranger").post(address(version_id, more), data=given).status_code == 403
    assert state_of(world, version_id) == before


@pytest.mark.parametrize("name", ["planner", "nurse"])
def test_the_page_asks_as_much_for_30_inputs_as_for_5(
    app: Flask, visit: Visit, world: World, name: str
) -> None:
    version_id = walk.to_review(world)
    browser = visit(name)
    counts = []
    for rounds in (1, 5):
        for _n in range(rounds):
            walk.speak(world, version_id)
        with counted(app) as said:
            assert browser.get(address(version_id)).status_code == 200
        counts.append(len(said))
    assert counts[0] == counts[1]
