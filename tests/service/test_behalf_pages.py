"""Pages on which an operator of a unit enters for colleagues, and on which the colleague answers for it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from sqlalchemy import select

from tests.service.test_surveys_pages import answers, invitation, open_survey
from tests.support import walk
from tests.support.world import World
from tests.workflows.test_on_behalf import file_for, make_operator, speak_for
from workflows.models import InputItem, Need

Visit = Callable[[str], FlaskClient]
NEED = {"problem": "Data tersebar di banyak berkas", "since": "awal tahun", "service": "Layanan data"}
INPUT = {"kind": "comment", "text": "Perlu lebih banyak praktik", "importance": "4"}


def test_the_choice_of_a_colleague_is_an_operator_s_alone(visit: Visit, world: World) -> None:
    assert "Atas nama" not in visit("author").get("/kebutuhan/baru").text
    make_operator(world)
    page = visit("stranger").get("/kebutuhan/baru").text
    assert "Atas nama" in page
    assert str(world.people["nurse"]) in page
    assert str(world.people["remote_farmer"]) not in page, "of another unit"
    assert f'value="{world.people["stranger"]}"' not in page
    found = visit("stranger").get("/kebutuhan/baru?q=nurse").text
    assert str(world.people["nurse"]) in found
    assert str(world.people["teacher"]) not in found
    assert str(world.people["remote_farmer"]) not in visit("stranger").get("/kebutuhan/baru?q=remote").text


def test_a_need_for_a_colleague_reaches_the_colleague_who_confirms_it(visit: Visit, world: World) -> None:
    make_operator(world)
    data = {**NEED, "person_id": str(world.people["nurse"])}
    answer = visit("stranger").post("/kebutuhan/baru", data=data)
    assert answer.status_code == 303
    path = urlsplit(answer.location).path
    words = "diinput oleh Stranger Contoh atas nama Nurse Contoh"
    for name in ("stranger", "nurse", "planner"):
        page = visit(name).get(path).text
        assert words in page, name
        assert ("Ya, ini dari saya" in page) == (name == "nurse")
    assert "diinput oleh Stranger Contoh" in visit("planner").get("/kebutuhan").text
    assert "Yang Anda input untuk rekan" in visit("stranger").get("/kebutuhan").text
    home = visit("nurse").get("/").text
    assert "Stranger Contoh menginputnya atas nama Anda" in home
    assert path in home
    assert visit("stranger").post(f"{path}/benar").status_code == 403
    assert visit("nurse").post(f"{path}/benar").status_code == 303
    assert "menginputnya atas nama Anda" not in visit("nurse").get("/").text
    assert "membenarkan" in visit("planner").get(path).text
    assert visit("nurse").post(f"{path}/benar").status_code == 409


def test_a_colleague_objects_and_the_need_waits_no_more(visit: Visit, world: World) -> None:
    make_operator(world)
    path = f"/kebutuhan/{file_for(world, 'nurse')}"
    nurse = visit("nurse")
    refused = nurse.post(f"{path}/keberatan", data={"objection": " "})
    assert refused.status_code == 422
    assert "Tulis alasannya" in refused.text
    assert visit("teacher").post(f"{path}/keberatan", data={"objection": "x"}).status_code == 403
    assert nurse.post(f"{path}/keberatan", data={"objection": "Bukan kata saya"}).status_code == 303
    page = visit("planner").get(path).text
    assert "Keberatan pengusul" in page
    assert "Ditarik pengusul" in page
    assert "Jadikan program" not in page
    assert "Data tersebar" not in visit("planner").get("/kebutuhan").text
    assert "Data tersebar" in visit("planner").get("/kebutuhan?keadaan=withdrawn").text


def test_a_forged_colleague_is_refused_and_nothing_is_kept(visit: Visit, world: World) -> None:
    nurse, farmer = str(world.people["nurse"]), str(world.people["remote_farmer"])
    assert visit("author").post("/kebutuhan/baru", data={**NEED, "person_id": nurse}).status_code == 403
    make_operator(world)
    operator = visit("stranger")
    assert operator.post("/kebutuhan/baru", data={**NEED, "person_id": farmer}).status_code == 403
    wrong = operator.post("/kebutuhan/baru", data={**NEED, "person_id": "bukan-orang"})
    assert wrong.status_code == 422
    assert "Data tersebar di banyak berkas" in wrong.text, "what was typed is still there"
    version_id = walk.to_review(world)
    give = f"/program/{version_id}/pembahasan/masukan"
    assert visit("author").post(give, data={**INPUT, "person_id": nurse}).status_code == 403
    assert operator.post(give, data={**INPUT, "person_id": farmer}).status_code == 403
    with world.trying() as session:
        entered = select(Need).where(Need.entered_by.is_not(None))
        assert session.scalars(entered).all() == []
        assert session.scalars(select(InputItem)).all() == []


def test_an_input_for_a_colleague_shows_names_to_those_who_may_read_them(visit: Visit, world: World) -> None:
    make_operator(world)
    version_id = walk.to_review(world)
    path = f"/program/{version_id}/pembahasan"
    page = visit("stranger").get(path).text
    assert "Input masukan untuk rekan" in page
    assert str(world.people["nurse"]) in page
    assert "Input masukan untuk rekan" not in visit("author").get(path).text
    data = {**INPUT, "person_id": str(world.people["nurse"])}
    empty = visit("stranger").post(f"{path}/masukan", data={**data, "text": ""})
    assert empty.status_code == 422
    assert 'id="for-text-error"' in empty.text
    assert visit("stranger").post(f"{path}/masukan", data=data).status_code == 303
    both = "diinput oleh Stranger Contoh atas nama Nurse Contoh"
    for name in ("stranger", "nurse", "planner"):
        assert both in visit(name).get(path).text, name
    others = visit("teacher").get(path).text
    assert "diinput operator unit" in others
    assert "Nurse Contoh" not in others
    assert "Stranger Contoh" not in others
    assert "menginputnya atas nama Anda" in visit("nurse").get("/").text


def test_an_author_objects_to_an_input_on_the_page(visit: Visit, world: World) -> None:
    make_operator(world)
    version_id = walk.to_review(world)
    item = speak_for(world, version_id, "nurse")
    path = f"/program/{version_id}/pembahasan"
    assert "1 masukan, 1 belum dijawab" in visit("planner").get(path).text
    nurse = visit("nurse")
    refused = nurse.post(f"{path}/masukan/{item}/keberatan", data={"objection": ""})
    assert refused.status_code == 422
    assert f'id="stand-{item}-objection-error"' in refused.text
    assert visit("planner").post(f"{path}/masukan/{item}/benar").status_code == 403
    assert nurse.post(f"{path}/masukan/9999/benar").status_code == 404
    assert nurse.post(f"{path}/masukan/{item}/keberatan", data={"objection": "Bukan"}).status_code == 303
    page = visit("planner").get(path).text
    assert "0 masukan, 0 belum dijawab" in page
    assert "pengusul berkeberatan" in page
    assert f"answer-{item}-disposition" not in page


def test_both_names_stand_in_the_auditor_s_trail(visit: Visit, world: World) -> None:
    make_operator(world)
    file_for(world, "nurse")
    page = visit("inspector").get("/audit").text
    assert "Stranger Contoh" in page
    assert "atas nama Nurse Contoh" in page


def test_no_operator_answers_a_survey_for_a_colleague_not_by_a_forged_field_either(
    visit: Visit, world: World
) -> None:
    """``stranger`` is the operator of the learners' unit; ``learner2`` is one as well and has an own invitation."""
    make_operator(world)
    make_operator(world, "learner2")
    version_id = open_survey(world)
    theirs = invitation(world, version_id, "learner1", "learner1")
    own = invitation(world, version_id, "learner2", "learner2")
    forged = {
        "score_1": "5", "score_2": "5", "person_id": str(world.people["learner1"]),
        "author_id": str(world.people["learner1"]), "invitation_id": str(theirs),
        "entered_by": str(world.people["stranger"]),
    }  # fmt: skip
    for name in ("stranger", "learner2"):
        assert visit(name).get(f"/survei/{theirs}").status_code in (403, 404)
        assert visit(name).post(f"/survei/{theirs}", data=forged).status_code in (403, 404)
    assert answers(world) == []
    assert visit("learner2").post(f"/survei/{own}", data={**forged, "score_1": "2"}).status_code == 303
    assert answers(world) == [[2, 5]], "the forged field is nobody's voice but the own"
    with world.trying() as session:
        waves = walk.wave_ids(world, version_id)
        asked = walk.invitation_of(session, world, waves["before"], "learner1", "learner1")
        assert asked.answered is False
    assert "Atas nama" not in visit("learner2").get("/survei").text
