"""The participatory review: who is heard, who is answered, when it may close (R32, R33)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support import walk
from tests.support.world import FIRST_DAY, SPEAKERS, STARTS, World
from workflows.actions import reviews
from workflows.errors import Conflict, Denied, NotFound, Refused
from workflows.models import ApprovalTask, InputItem, Review


def _refusal(world: World, version_id: int) -> str:
    """The sentence that close_review answers with."""
    with pytest.raises(Refused) as caught:
        walk.close_review(world, version_id)
    return caught.value.sentence % caught.value.values


def _give(world: World, version_id: int, name: str = "nurse", **changes: object) -> None:
    values = {"kind": "comment", "text": "Masukan", "importance": 3, **changes}
    with world.writing() as session:
        reviews.give_input(session, actor=world.actor(session, name), version_id=version_id, **values)


def _open(world: World, version_id: int, **changes: object) -> None:
    values = {
        "opens_on": FIRST_DAY,
        "closes_on": walk.CLOSES,
        "invited": list(world.fields.values()),
        **changes,
    }
    with world.writing() as session:
        reviews.open_review(session, actor=world.actor(session, "planner"), version_id=version_id, **values)


def test_closing_names_the_fields_that_have_not_spoken(world: World) -> None:
    version_id = walk.to_review(world)
    walk.speak(world, version_id, ["remote_farmer", "contract_clerk"])
    walk.answer_all(world, version_id)
    assert _refusal(world, version_id) == (
        "Baru 2 dari sekurangnya 3 rumpun jabatan yang didengar. "
        "Belum: Rumpun health, Rumpun teaching, Rumpun works."
    )


@pytest.mark.parametrize(
    ("silent", "expected"),
    [
        ({"remote_farmer"}, "Belum ada masukan dari kecamatan terpencil."),
        ({"contract_clerk"}, "Belum ada masukan dari PPPK."),
        ({"remote_farmer", "contract_clerk"}, "Belum ada masukan dari kecamatan terpencil dan dari PPPK."),
    ],
)
def test_closing_names_the_remote_district_and_the_pppk_that_are_missing(
    world: World, silent: set[str], expected: str
) -> None:
    version_id = walk.to_review(world)
    walk.speak(world, version_id, [name for name in SPEAKERS if name not in silent])
    walk.answer_all(world, version_id)
    assert _refusal(world, version_id) == expected


@pytest.mark.parametrize(
    ("speakers", "expected"),
    [
        ([], "Belum ada pula masukan dari kecamatan terpencil dan dari PPPK."),
        (["contract_clerk"], "Belum ada pula masukan dari kecamatan terpencil."),
        (["remote_farmer"], "Belum ada pula masukan dari PPPK."),
    ],
)
def test_closing_names_all_that_is_missing_in_one_sentence(
    world: World, speakers: list[str], expected: str
) -> None:
    version_id = walk.to_review(world)
    walk.speak(world, version_id, speakers)
    sentence = _refusal(world, version_id)
    assert sentence.startswith(f"Baru {len(speakers)} dari sekurangnya 3 rumpun")
    assert sentence.endswith(expected)


def test_two_voices_of_one_field_count_as_one_field(world: World) -> None:
    version_id = walk.to_review(world)
    walk.speak(world, version_id, ["nurse", "nurse", "contract_clerk", "author"])
    walk.answer_all(world, version_id)
    assert "Baru 2 dari sekurangnya 3" in _refusal(world, version_id)


def test_every_input_gets_an_official_answer_before_the_close(world: World) -> None:
    version_id = walk.to_review(world)
    walk.speak(world, version_id)
    assert _refusal(world, version_id).startswith("5 masukan belum dijawab resmi.")
    with world.trying() as session:
        assert session.query(ApprovalTask).count() == 0
    walk.answer_all(world, version_id)
    walk.close_review(world, version_id)


def test_an_answer_is_given_once_with_words_and_a_disposition(world: World) -> None:
    version_id = walk.to_review(world)
    (input_id,) = walk.speak(world, version_id, ["nurse"])
    with world.writing() as session:
        actor = world.actor(session, "planner")
        for disposition, words in (("accepted", " "), ("maybe", "Baik")):
            with pytest.raises(Refused):
                reviews.answer_input(
                    session, actor=actor, input_id=input_id, disposition=disposition, answer=words
                )
        reviews.answer_input(session, actor=actor, input_id=input_id, disposition="rejected", answer="Cukup")
        with pytest.raises(Conflict, match="answered"):
            reviews.answer_input(
                session, actor=actor, input_id=input_id, disposition="accepted", answer="Baik"
            )
        with pytest.raises(NotFound):
            reviews.answer_input(session, actor=actor, input_id=99, disposition="accepted", answer="Baik")
        with pytest.raises(Denied):
            reviews.answer_input(
                session,
                actor=world.actor(session, "nurse"),
                input_id=input_id,
                disposition="accepted",
                answer="Baik",
            )


def test_only_invited_fields_speak(world: World) -> None:
    version_id = walk.to_proposed(world)
    _open(world, version_id, invited=[world.fields[f] for f in ("teaching", "works", "farming")])
    with pytest.raises(Denied):
        _give(world, version_id, "nurse")
    _give(world, version_id, "teacher")


def test_nobody_speaks_before_the_opening_or_after_the_close(world: World) -> None:
    version_id = walk.to_proposed(world)
    with pytest.raises(Conflict, match="no_review"):
        _give(world, version_id)
    _open(world, version_id, opens_on=FIRST_DAY + timedelta(days=1))
    with pytest.raises(Conflict, match="review_not_begun"):
        _give(world, version_id)
    world.clock.go(FIRST_DAY + timedelta(days=1))
    walk.speak(world, version_id)
    walk.answer_all(world, version_id)
    walk.close_review(world, version_id)
    with pytest.raises(Conflict, match="review_closed"):
        _give(world, version_id)


def test_an_input_says_something_and_rates_importance_from_1_to_5(world: World) -> None:
    version_id = walk.to_review(world)
    for bad in ({"text": " "}, {"kind": "poem"}, {"importance": 0}, {"importance": 6}):
        with pytest.raises(Refused):
            _give(world, version_id, **bad)
    _give(world, version_id, importance=5)


def test_an_input_keeps_field_district_and_kind_of_employment(world: World) -> None:
    version_id = walk.to_review(world)
    walk.speak(world, version_id, ["remote_farmer", "contract_clerk"])
    with world.trying() as session:
        kept = [
            (i.job_field.code, i.from_remote, i.from_contract)
            for i in session.scalars(select(InputItem).order_by(InputItem.id))
        ]
    assert kept == [("farming", True, False), ("office", False, True)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"opens_on": FIRST_DAY - timedelta(days=1)}, "closes_on"),
        ({"closes_on": FIRST_DAY - timedelta(days=1)}, "closes_on"),
        ({"closes_on": STARTS}, "closes_on"),
        ({"invited": []}, "invited"),
        ({"invited": [1, 2]}, "invited"),
    ],
)
def test_a_review_opens_with_sound_dates_and_enough_fields(
    world: World, changes: dict[str, object], field: str
) -> None:
    version_id = walk.to_proposed(world)
    with pytest.raises(Refused) as caught:
        _open(world, version_id, **changes)
    assert caught.value.field == field
    with world.trying() as session:
        assert session.query(Review).count() == 0


def test_a_review_opens_only_after_the_check_for_duplicates(world: World) -> None:
    version_id = walk.to_proposed(world, duplicates_checked="")
    with pytest.raises(Refused, match="duplicates_unchecked"):
        _open(world, version_id)


def test_a_missing_gap_needs_a_reason(world: World) -> None:
    with pytest.raises(Refused, match="gap_missing"):
        walk.to_review(world, performance_gap="")
    walk.to_review(world, performance_gap="", gap_reason="Aturan baru, belum diukur")


def test_a_form_without_a_rule_for_jp_cannot_go_to_the_chain(world: World) -> None:
    version_id = walk.to_review(world, form_code="unruled")
    walk.speak(world, version_id)
    walk.answer_all(world, version_id)
    with pytest.raises(Refused) as caught:
        walk.close_review(world, version_id)
    assert caught.value.rule == "R4"


def test_what_the_review_asks_for_is_what_held_when_it_was_opened(world: World) -> None:
    version_id = walk.to_review(world)
    world.set_parameter("review.minimum_fields", 5)
    walk.speak(world, version_id, ["nurse", "remote_farmer", "contract_clerk"])
    walk.answer_all(world, version_id)
    walk.close_review(world, version_id)
