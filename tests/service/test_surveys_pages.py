"""Surveys: prepared with proposed dates, opened and closed, answered without leaving a trace of who said what."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support import walk
from tests.support.crowd import add_people
from tests.support.queries import counted
from tests.support.world import LEARNERS, LONG_AGO, World
from workflows.models import Answer, Invitation, LegalParameter, Survey, Wave

Visit = Callable[[str], FlaskClient]
FORM = {
    "questions": "Memahami data\n\nMampu mengolah data",
    "before_opens": "2027-03-29",
    "before_closes": "2027-04-05",
    "after_opens": "2027-08-30",
    "after_closes": "2027-09-12",
}


def open_survey(world: World, questions: tuple[str, ...] = ("Memahami data", "Mampu mengolah data")) -> int:
    """A version whose first wave is open for all learners and their superior."""
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, LEARNERS)
    waves = walk.prepare_survey(world, version_id, questions)
    world.clock.go(walk.BEFORE[0])
    walk.open_wave(world, waves["before"])
    return version_id


def invitation(world: World, version_id: int, respondent: str, assessed: str) -> int:
    wave = walk.wave_ids(world, version_id)["before"]
    with world.trying() as session:
        return walk.invitation_of(session, world, wave, respondent, assessed).id


def answers(world: World) -> list[list[int]]:
    with world.trying() as session:
        return [json.loads(row.scores) for row in session.query(Answer)]


def test_the_form_proposes_dates_from_the_version_and_the_usual_months(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    client, path = visit("quality"), f"/program/{version_id}/survei"
    assert 'name="after_opens"' in client.get(path).text
    with world.writing() as session:
        session.add(
            LegalParameter(
                key="evaluation.months_default", value="4", valid_from=LONG_AGO, source_document="contoh"
            )
        )
    shown = client.get(path).text
    for day in ("2027-03-22", "2027-04-05", "2027-08-09", "2027-08-22"):
        assert f'value="{day}"' in shown
    assert "Pengelolaan data" in shown


def test_preparing_keeps_one_question_a_line_and_both_waves(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    client, path = visit("planner"), f"/program/{version_id}/survei"
    assert client.post(path, data=FORM).status_code == 303
    with world.trying() as session:
        survey = session.query(Survey).one()
        assert json.loads(survey.questions) == ["Memahami data", "Mampu mengolah data"]
        assert [(w.kind, w.opens_on) for w in survey.waves] == [
            ("before", date(2027, 3, 29)),
            ("after", date(2027, 8, 30)),
        ]
    shown = client.get(path).text
    assert "Direncanakan" in shown
    assert "Mampu mengolah data" in shown
    assert client.post(path, data=FORM).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"questions": " \n "}, "questions"),
        ({"before_opens": ""}, "before"),
        ({"after_closes": "besok"}, "after"),
        ({"after_opens": "2027-04-01"}, "after"),
        ({"before_opens": "2027-04-09", "before_closes": "2027-04-09"}, "before"),
    ],
)
def test_a_refused_survey_keeps_what_was_typed(
    visit: Visit, world: World, wrong: dict[str, str], field: str
) -> None:
    version_id = walk.to_approved(world)
    answer = visit("quality").post(f"/program/{version_id}/survei", data={**FORM, **wrong})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text
    kept = FORM["before_closes"] if "before_closes" not in wrong else wrong["before_closes"]
    assert f'value="{kept}"' in answer.text
    if "questions" not in wrong:
        assert "Mampu mengolah data" in answer.text


def test_a_wave_opens_by_hand_on_its_day_and_not_before(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, LEARNERS)
    walk.prepare_survey(world, version_id)
    client, path = visit("planner"), f"/program/{version_id}/survei"
    assert "Buka sekarang" not in client.get(path).text
    early = client.post(f"{path}/buka", data={"wave": "before"})
    assert early.status_code == 422
    assert "belum waktunya dibuka" in early.text
    world.clock.go(walk.BEFORE[0])
    assert "Buka sekarang" in client.get(path).text
    assert client.post(f"{path}/buka", data={"wave": "before"}).status_code == 303
    assert client.post(f"{path}/buka", data={"wave": "before"}).status_code == 409
    assert client.post(f"{path}/buka", data={"wave": "never"}).status_code == 404


def test_closing_early_is_the_quality_teams(visit: Visit, world: World) -> None:
    version_id = open_survey(world)
    path = f"/program/{version_id}/survei"
    assert "Tutup sekarang" not in visit("planner").get(path).text
    assert visit("planner").post(f"{path}/tutup", data={"wave": "before"}).status_code == 403
    assert "Tutup sekarang" in visit("quality").get(path).text
    assert visit("quality").post(f"{path}/tutup", data={"wave": "before"}).status_code == 303
    with world.trying() as session:
        assert session.query(Wave).filter_by(kind="before").one().status == "closed"


def test_my_invitations_are_mine_and_say_about_whom(visit: Visit, world: World) -> None:
    open_survey(world)
    learner = visit("learner1").get("/survei").text
    assert "tentang diri Anda sendiri" in learner
    assert "Learner2" not in learner
    superior = visit("superior").get("/survei").text
    assert "tentang Learner2 Contoh" in superior
    assert "Tidak ada survei yang menunggu" in visit("stranger").get("/survei").text


def test_the_questionnaire_tells_how_answers_are_kept_apart(visit: Visit, world: World) -> None:
    version_id = open_survey(world)
    shown = visit("learner1").get(f"/survei/{invitation(world, version_id, 'learner1', 'learner1')}").text
    for words in ("Sangat tidak sesuai", "sekurangnya 5 orang", "pengelola basis data", "dimusnahkan"):
        assert words in shown
    assert "data-keep" not in shown


def test_an_answer_is_taken_once_and_thanks_name_nothing(visit: Visit, world: World) -> None:
    version_id = open_survey(world)
    number = invitation(world, version_id, "learner1", "learner1")
    client, path = visit("learner1"), f"/survei/{number}"
    answer = client.post(path, data={"score_1": "4", "score_2": "2"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/survei/terima-kasih"
    assert "Set-Cookie" not in answer.headers
    assert "Terima kasih" in client.get("/survei/terima-kasih").text
    assert answers(world) == [[4, 2]]
    again = client.post(path, data={"score_1": "1", "score_2": "1"})
    assert again.status_code == 409
    assert answers(world) == [[4, 2]]
    assert "Anda sudah menjawab survei ini" in client.get(path).text


def test_a_missing_answer_links_to_its_question_and_keeps_the_others(visit: Visit, world: World) -> None:
    version_id = open_survey(world)
    number = invitation(world, version_id, "learner1", "learner1")
    answer = visit("learner1").post(f"/survei/{number}", data={"score_1": "4"})
    assert answer.status_code == 422
    assert 'href="#score_2"' in answer.text
    assert 'name="score_1" value="4" required checked' in answer.text
    assert answers(world) == []


@pytest.mark.parametrize("score", ["0", "6", "-1", "x", "9999999999", "\u0664"])
def test_a_score_off_the_scale_is_refused(visit: Visit, world: World, score: str) -> None:
    version_id = open_survey(world)
    number = invitation(world, version_id, "learner1", "learner1")
    data = {"score_1": "4", "score_2": score}
    expected = 303 if score == "\u0664" else 422
    assert visit("learner1").post(f"/survei/{number}", data=data).status_code == expected


def test_nobody_answers_for_another(visit: Visit, world: World) -> None:
    version_id = open_survey(world)
    path = f"/survei/{invitation(world, version_id, 'learner1', 'learner1')}"
    for name in ("learner2", "superior", "quality", "planner"):
        assert visit(name).get(path).status_code == 403
        assert visit(name).post(path, data={"score_1": "4", "score_2": "2"}).status_code == 403
    assert visit("learner1").get("/survei/9999").status_code == 404
    assert answers(world) == []


def test_a_closed_wave_takes_no_answer(visit: Visit, world: World) -> None:
    version_id = open_survey(world)
    number = invitation(world, version_id, "learner1", "learner1")
    walk.close_wave(world, walk.wave_ids(world, version_id)["before"])
    client = visit("learner1")
    assert "tidak sedang dibuka" in client.get(f"/survei/{number}").text
    assert client.post(f"/survei/{number}", data={"score_1": "4", "score_2": "2"}).status_code == 409


def test_no_log_line_says_what_was_answered_or_by_whom(
    app: Flask, visit: Visit, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    version_id = open_survey(world)
    number = invitation(world, version_id, "learner1", "learner1")
    client = visit("learner1")
    logging.getLogger("bangkom").setLevel(logging.DEBUG)
    with caplog.at_level(logging.DEBUG):
        client.post(f"/survei/{number}", data={"score_1": "4"})
        client.post(f"/survei/{number}", data={"score_1": "4", "score_2": "2"})
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("bangkom")]
    assert "POST /survei/<int:invitation_id> 303" in lines
    assert [line for line in lines if "score" in line.replace("refused scores", "")] == []
    assert str(world.people["learner1"]) not in "".join(lines)


@pytest.mark.parametrize("name", ["stranger", "learner1", "administrator"])
def test_strangers_neither_see_nor_prepare(visit: Visit, world: World, name: str) -> None:
    version_id = walk.to_approved(world)
    path = f"/program/{version_id}/survei"
    assert visit(name).get(path).status_code == 403
    assert visit(name).post(path, data=FORM).status_code == 403
    assert visit(name).post(f"{path}/buka", data={"wave": "before"}).status_code in (403, 404)
    with world.trying() as session:
        assert session.query(Survey).count() == 0


def test_a_programme_that_is_not_approved_says_what_would_be_here(visit: Visit, world: World) -> None:
    version_id = walk.to_proposed(world)
    assert "Survei belum disiapkan" in visit("quality").get(f"/program/{version_id}/survei").text


def test_my_list_asks_the_same_for_three_and_for_thirty(app: Flask, visit: Visit, world: World) -> None:
    version_id = open_survey(world)
    wave = walk.wave_ids(world, version_id)["before"]
    client, names = visit("superior"), add_people(world, 30)
    with counted(app) as few:
        client.get("/survei")
    with world.writing() as session:
        session.add_all(
            Invitation(
                wave_id=wave,
                respondent_id=world.people["superior"],
                assessed_id=world.people[name],
                relation="superior",
            )
            for name in names
        )
    with counted(app) as many:
        client.get("/survei")
    assert len(many) == len(few)
