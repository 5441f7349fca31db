"""What the two waves say, and from how many answers on it is shown (R34-R37)."""

from __future__ import annotations

import pytest

from tests.support import walk
from tests.support.world import LEARNERS, World
from workflows.actions.surveys import survey_of
from workflows.models import Posting, ProgrammeVersion
from workflows.results import SurveyResult, survey_result

BEFORE, AFTER = (2, 2, 3, 3, 2, 3), (3, 4, 4, 3, 3, 4)


@pytest.fixture
def running(world: World) -> int:
    """Eight learners without superiors, so that each wave invites eight."""
    with world.writing() as session:
        session.query(Posting).update({"superior_id": None})
    return walk.to_running(world)


def _scores(*scores: int) -> dict[str, int]:
    return dict(zip(LEARNERS, scores, strict=False))


def _result(world: World, version_id: int, before: dict[str, int], after: dict[str, int]) -> SurveyResult:
    walk.run_waves(world, version_id, before, after, LEARNERS)
    return _read(world, version_id)


def _read(world: World, version_id: int) -> SurveyResult:
    with world.trying() as session:
        return survey_result(session, survey_of(session, version_id))


def test_the_paired_change_is_that_of_the_hand_computed_example(world: World, running: int) -> None:
    """The example of test_statistics on the scale 1-5, where a step is 25 points."""
    got = _result(world, running, _scores(*BEFORE), _scores(*AFTER))
    assert [(w.kind, w.invited, w.answered, w.mean) for w in got.waves] == [
        ("before", 8, 6, 37.5),
        ("after", 8, 6, 62.5),
    ]
    assert (got.change.n, got.change.change, got.rate) == (6, 25, 75)
    assert got.change.low == pytest.approx(8.4070, abs=1e-4)
    assert got.suggested == "improved"


def test_fewer_than_five_answers_show_nothing(world: World, running: int) -> None:
    got = _result(world, running, _scores(2, 2, 2, 2), _scores(4, 4, 4, 4))
    assert [(w.answered, w.mean) for w in got.waves] == [(4, None), (4, None)]
    assert (got.change, got.suggested) == (None, "inconclusive")


def test_five_answers_show(world: World, running: int) -> None:
    got = _result(world, running, _scores(2, 2, 2, 2, 2), _scores(4, 4, 4, 4, 4))
    assert [w.mean for w in got.waves] == [25, 75]
    assert got.change.n == 5


def test_pairs_count_and_not_answers(world: World, running: int) -> None:
    """Six answers in each wave, but only four people in both: no class is large enough to be shown or kept."""
    after = dict(zip(LEARNERS[2:], (4, 4, 4, 4, 4, 4), strict=True))
    got = _result(world, running, _scores(2, 2, 2, 2, 2, 2), after)
    assert got.change is None
    assert [(w.answered, w.mean) for w in got.waves] == [(6, None), (6, None)]


def test_what_the_few_without_a_pair_said_cannot_be_worked_out(world: World, running: int) -> None:
    """Six before, five of them after: the sixth is counted, but what they said is neither shown nor kept."""
    got = _result(world, running, _scores(2, 2, 2, 2, 2, 5), _scores(4, 4, 4, 4, 4))
    assert got.change.n == 5
    assert [(w.answered, w.mean) for w in got.waves] == [(6, 25), (5, 75)]


def test_no_mean_is_shown_before_both_waves_are_closed(world: World, running: int) -> None:
    """Shown early it could be compared with the pairs later."""
    waves = walk.wave_ids(world, running)
    walk.open_wave(world, waves["before"])
    for name in LEARNERS:
        walk.answer(world, waves["before"], name, name, 3)
    walk.close_wave(world, waves["before"])
    got = _read(world, running)
    assert [(w.status, w.answered, w.mean) for w in got.waves] == [("closed", 8, None), ("planned", 0, None)]
    assert (got.change, got.suggested) == (None, "inconclusive")


def test_a_response_below_the_least_share_suggests_inconclusive(world: World, running: int) -> None:
    world.set_parameter("survey.response_percent", 76)
    got = _result(world, running, _scores(*BEFORE), _scores(*AFTER))
    assert (got.rate, got.rate_needed, got.suggested) == (75, 76, "inconclusive")


@pytest.mark.parametrize(
    ("after", "threshold", "expected"),
    [
        ((3, 3, 3, 3, 3, 3, 3, 3), 25, "improved"),
        ((3, 3, 3, 3, 3, 3, 3, 3), 26, "no_improvement"),
        ((5, 5, 1, 1, 2, 2, 3, 3), 5, "no_improvement"),
    ],
    ids=["reaches the threshold", "below the threshold", "interval holds zero"],
)
def test_improved_means_threshold_reached_and_no_doubt(
    world: World, running: int, after: tuple[int, ...], threshold: int, expected: str
) -> None:
    with world.writing() as session:
        session.get_one(ProgrammeVersion, running).effect_threshold = threshold
    got = _result(world, running, _scores(*[2] * 8), _scores(*after))
    assert got.suggested == expected
