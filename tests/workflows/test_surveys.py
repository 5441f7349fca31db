"""Surveys: the same instrument twice, each person once, only while it is open (R34)."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.support import walk
from tests.support.walk import AFTER, BEFORE
from tests.support.world import ENDS, LEARNERS, STARTS, World
from workflows.actions import surveys
from workflows.errors import Conflict, Denied, NotFound, Refused
from workflows.models import Answer, Invitation, Survey, Wave

DAY = timedelta(days=1)


def _prepare(world: World, version_id: int, by: str = "quality", **changes: object) -> None:
    values = {"questions": ["Saya mampu", " "], "before": BEFORE, "after": AFTER, **changes}
    with world.writing() as session:
        surveys.prepare_survey(session, actor=world.actor(session, by), version_id=version_id, **values)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"before": (STARTS, STARTS - DAY)}, "wave_dates"),
        ({"after": (AFTER[1], AFTER[0])}, "wave_dates"),
        ({"before": (STARTS + DAY, ENDS)}, "baseline_late"),
        ({"before": (STARTS, ENDS + DAY)}, "baseline_late"),
        ({"before": (date(2027, 1, 1), date(2027, 1, 2))}, "baseline_late"),
        ({"after": (ENDS, AFTER[1])}, "after_early"),
        ({"questions": [" "]}, "questions"),
        ({"questions": ["Saya mampu"] * 21}, "questions"),
    ],
)
def test_the_baseline_comes_before_and_the_second_wave_after_the_training(
    world: World, changes: dict[str, object], code: str
) -> None:
    version_id = walk.to_approved(world)
    with pytest.raises(Refused, match=code):
        _prepare(world, version_id, **changes)
    with world.trying() as session:
        assert session.query(Survey).count() == 0


def test_one_survey_a_version_by_those_who_may_after_the_approval(world: World) -> None:
    with pytest.raises(Conflict, match="wrong_state"):
        _prepare(world, walk.to_proposed(world))
    version_id = walk.to_approved(world)
    with pytest.raises(Denied):
        _prepare(world, version_id, by="author")
    _prepare(world, version_id)
    with pytest.raises(Conflict, match="survey_exists"):
        _prepare(world, version_id)
    with world.trying() as session:
        survey = session.query(Survey).one()
        assert json.loads(survey.questions) == ["Saya mampu"]
        assert [wave.kind for wave in survey.waves] == ["before", "after"]
        assert len(world.secrets.read(survey.secret_name)) == 32


def _invited(world: World, wave_id: int) -> set[tuple[str, str, str]]:
    with world.trying() as session:
        rows = session.scalars(select(Invitation).where(Invitation.wave_id == wave_id))
        return {(world.name_of(r.respondent_id), world.name_of(r.assessed_id), r.relation) for r in rows}


def test_before_everybody_after_those_who_completed_each_with_the_superior(world: World) -> None:
    version_id = walk.to_running(world, LEARNERS[:3])
    waves = walk.wave_ids(world, version_id)
    walk.open_wave(world, waves["before"])
    asked = {(name, name, "self") for name in LEARNERS[:3]}
    asked |= {("superior", name, "superior") for name in LEARNERS[:3]}
    assert _invited(world, waves["before"]) == asked
    walk.close_wave(world, waves["before"])
    world.clock.go(ENDS, hour=20)
    walk.report(world, walk.fact(world, "learner2"))
    world.clock.go(AFTER[0])
    walk.open_wave(world, waves["after"])
    assert _invited(world, waves["after"]) == {
        ("learner2", "learner2", "self"),
        ("superior", "learner2", "superior"),
    }


def test_who_joins_while_the_wave_is_open_is_invited_once(world: World) -> None:
    version_id = walk.to_running(world, LEARNERS[:2])
    before = walk.wave_ids(world, version_id)["before"]
    walk.open_wave(world, before)
    walk.enrol(world, version_id, ["learner3"])
    counts = []
    for _ in range(2):
        with world.writing() as session:
            counts.append(surveys.invite(session, session.get_one(Wave, before)))
    assert counts == [2, 0]
    assert len(_invited(world, before)) == 6


def test_a_wave_opens_once_and_not_early_and_closes_once(world: World) -> None:
    version_id = walk.to_running(world, LEARNERS[:1])
    waves = walk.wave_ids(world, version_id)
    with pytest.raises(Refused, match="wave_early"):
        walk.open_wave(world, waves["after"])
    with pytest.raises(Conflict, match="wave_status"):
        walk.close_wave(world, waves["before"])
    walk.open_wave(world, waves["before"])
    with pytest.raises(Conflict, match="wave_status"):
        walk.open_wave(world, waves["before"])
    walk.close_wave(world, waves["before"])
    with pytest.raises(Conflict, match="wave_status"):
        walk.close_wave(world, waves["before"])
    with world.trying() as session:
        with pytest.raises(NotFound):
            surveys.open_wave(session, actor=world.actor(session, "clock"), wave_id=99)
        with pytest.raises(Denied):
            surveys.close_wave(session, actor=world.actor(session, "planner"), wave_id=waves["before"])


def test_each_is_answered_once_by_the_one_invited_and_only_while_open(world: World) -> None:
    version_id = walk.to_running(world, LEARNERS[:2])
    before = walk.wave_ids(world, version_id)["before"]
    walk.open_wave(world, before)
    walk.answer(world, before, "learner1", "learner1", 3)
    with pytest.raises(Conflict, match="answered"):
        walk.answer(world, before, "learner1", "learner1", 4)
    with world.trying() as session:
        invitation = walk.invitation_of(session, world, before, "learner2", "learner2")
        learner = world.actor(session, "learner1")
        with pytest.raises(Denied):
            surveys.answer(session, actor=learner, invitation_id=invitation.id, scores=[3])
        with pytest.raises(NotFound):
            surveys.answer(session, actor=learner, invitation_id=999, scores=[3])
    walk.close_wave(world, before)
    with pytest.raises(Conflict, match="wave_closed"):
        walk.answer(world, before, "learner2", "learner2", 3)
    with world.trying() as session:
        assert session.scalars(select(Answer.scores)).all() == ["[3]"]


@pytest.mark.parametrize("scores", [(), (3, 3), (0,), (6,)])
def test_every_question_is_answered_on_the_scale(world: World, scores: tuple[int, ...]) -> None:
    version_id = walk.to_running(world, LEARNERS[:1])
    before = walk.wave_ids(world, version_id)["before"]
    walk.open_wave(world, before)
    with pytest.raises(Refused, match="scores"):
        walk.answer(world, before, "learner1", "learner1", *scores)
    with world.trying() as session:
        assert session.query(Answer).count() == 0
        assert not session.scalars(select(Invitation).where(Invitation.answered)).all()


def test_a_cancelled_survey_spends_its_secret_and_keeps_counts_only(world: World) -> None:
    version_id = walk.to_running(world, LEARNERS[:1])
    before = walk.wave_ids(world, version_id)["before"]
    walk.open_wave(world, before)
    walk.answer(world, before, "learner1", "learner1", 3)
    with world.writing() as session:
        survey = session.query(Survey).one()
        surveys.cancel_survey(session, survey)
        assert surveys.spent_secrets(session) == [survey.secret_name]
    with world.trying() as session:
        waves = session.scalars(select(Wave).order_by(Wave.opens_on)).all()
        assert [(wave.status, wave.answered) for wave in waves] == [("closed", 1), ("closed", 0)]
        assert session.query(Answer).count() == 0
