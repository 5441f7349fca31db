"""An operator of a unit enters for colleagues: both names are kept, the colleague is the author and may object."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support import walk
from tests.support.unit_letters import merge, move
from tests.support.world import FIRST_DAY, LONG_AGO, SPEAKERS, World
from tests.workflows.test_role_action_state import PLACES, ROLES
from workflows.actions import needs, on_behalf, programmes, reviews, surveys
from workflows.errors import Conflict, Denied, NotFound, Refused
from workflows.models import Answer, HistoryRow, InputItem, Invitation, Need, Person, Posting, RoleGrant
from workflows.representation import representation
from workflows.signers import signer_of

WORDS = {"problem": "Data tersebar", "since": "2026", "service": "Layanan data"}


def make_operator(world: World, name: str = "stranger") -> None:
    with world.writing() as session:
        session.add(RoleGrant(person_id=world.people[name], role="unit_operator", valid_from=LONG_AGO))


def file_for(world: World, author: str, by: str = "stranger") -> int:
    with world.writing() as session:
        actor = world.actor(session, by)
        return needs.file_need(session, actor=actor, author_id=world.people[author], **WORDS).id


def speak_for(world: World, version_id: int, author: str, by: str = "stranger", **changes: Any) -> int:
    given = {"kind": "comment", "text": f"Masukan {author}", "importance": 4, **changes}
    with world.writing() as session:
        return reviews.give_input(
            session,
            actor=world.actor(session, by),
            version_id=version_id,
            author_id=world.people[author],
            **given,
        ).id


def told(session: Session, stream: str, name: str) -> HistoryRow:
    return session.scalars(
        select(HistoryRow).where(HistoryRow.stream == stream, HistoryRow.name == name)
    ).one()


def test_both_names_are_kept_and_told(world: World) -> None:
    make_operator(world)
    need_id = file_for(world, "nurse")
    version_id = walk.to_review(world)
    input_id = speak_for(world, version_id, "nurse")
    with world.trying() as session:
        need, item = session.get_one(Need, need_id), session.get_one(InputItem, input_id)
        for entry in (need, item):
            assert world.name_of(entry.author_id) == "nurse"
            assert world.name_of(entry.entered_by) == "stranger"
        assert item.job_field_id == world.fields["health"], "the author's field speaks"
        for row in (
            told(session, f"need:{need_id}", "need.filed_for"),
            told(session, f"version:{version_id}", "review.input_given_for"),
        ):
            assert world.name_of(row.actor_id) == "stranger"
            assert {value.key: value.value for value in row.values} == {"behalf_of": "Nurse Contoh"}


def test_what_one_enters_oneself_has_no_operator(world: World) -> None:
    make_operator(world)
    need_id = file_for(world, "stranger")
    with world.trying() as session:
        assert session.get_one(Need, need_id).entered_by is None
        assert told(session, f"need:{need_id}", "need.filed").actor_id == world.people["stranger"]


@pytest.mark.parametrize("by", ["author", "unit_head", "planner", "administrator", "superior"])
def test_nobody_but_an_operator_enters_for_others(world: World, by: str) -> None:
    version_id = walk.to_review(world)
    with pytest.raises(Denied):
        file_for(world, "nurse", by)
    with pytest.raises(Denied):
        speak_for(world, version_id, "nurse", by)


def test_an_operator_enters_for_the_own_unit_and_those_below_alone(world: World) -> None:
    make_operator(world)
    with pytest.raises(Denied):
        file_for(world, "remote_farmer")
    move(world, world.units["island"], world.units["dinas"])
    assert file_for(world, "remote_farmer")
    with world.writing() as session:
        place = session.scalars(select(Posting).where(Posting.person_id == world.people["stranger"])).one()
        place.unit_id = world.units["island"]
    with pytest.raises(Denied):
        file_for(world, "nurse")
    merge(world, ["dinas"], world.units["island"])
    assert file_for(world, "nurse"), "the unit's people came along"


def test_nobody_is_entered_who_left_or_works_nowhere_or_is_not_there(world: World) -> None:
    make_operator(world)
    with world.writing() as session:
        session.get_one(Person, world.people["nurse"]).left_on = FIRST_DAY
        place = session.scalars(select(Posting).where(Posting.person_id == world.people["teacher"])).one()
        place.valid_to = LONG_AGO
    with pytest.raises(Refused):
        file_for(world, "nurse")
    with pytest.raises(Denied):
        file_for(world, "teacher")
    with world.trying() as session, pytest.raises(Denied):
        needs.file_need(session, actor=world.actor(session, "stranger"), author_id=uuid.uuid4(), **WORDS)


def test_an_operator_whose_role_ended_enters_nothing(world: World) -> None:
    make_operator(world)
    with world.writing() as session:
        grant = session.scalars(select(RoleGrant).where(RoleGrant.role == "unit_operator")).one()
        grant.valid_to = LONG_AGO
    with pytest.raises(Denied):
        file_for(world, "nurse")


@pytest.mark.parametrize("place", ["proposed", "review", "chain_1", "approved", "running", "rejected"])
def test_role_and_state_decide_over_an_input_for_a_colleague(world: World, place: str) -> None:
    version_id = PLACES[place](world)
    make_operator(world, "deputy")
    for role, name in {**ROLES, "operator": "deputy"}.items():
        if name == "clock":
            continue
        try:
            with world.trying() as session:
                reviews.give_input(
                    session, actor=world.actor(session, name), version_id=version_id, kind="comment", text="x",
                    importance=3, author_id=world.people["nurse"],
                )  # fmt: skip
                got: type[Exception] | None = None
        except (Denied, Conflict, NotFound) as error:
            got = type(error)
        if place == "proposed":
            assert got is Conflict, role
        elif role != "operator":
            assert got is Denied, role
        else:
            assert got is (None if place == "review" else Conflict), role


def test_a_field_that_is_not_invited_does_not_speak_through_an_operator(world: World) -> None:
    make_operator(world)
    version_id = walk.to_proposed(world)
    with world.writing() as session:
        reviews.open_review(
            session,
            actor=world.actor(session, "planner"),
            version_id=version_id,
            opens_on=FIRST_DAY,
            closes_on=walk.CLOSES,
            invited=[world.fields[name] for name in ("teaching", "works", "farming", "office")],
        )
    with pytest.raises(Denied):
        speak_for(world, version_id, "nurse")


def test_the_field_of_the_author_is_heard_once_and_that_of_the_operator_not(world: World) -> None:
    make_operator(world)
    version_id = walk.to_review(world)
    speak_for(world, version_id, "nurse")
    speak_for(world, version_id, "nurse", text="Sekali lagi")
    with world.trying() as session:
        review = reviews.review_of(session, version_id)
        assert review is not None
        assert representation(session, review).spoken == ("Rumpun health",)


def test_an_input_that_its_author_withdraws_is_heard_no_more(world: World) -> None:
    make_operator(world)
    version_id = walk.to_review(world)
    walk.speak(world, version_id, [name for name in SPEAKERS if name not in ("nurse", "teacher")])
    input_id = speak_for(world, version_id, "nurse")
    walk.answer_all(world, version_id)
    waiting = speak_for(world, version_id, "teacher")
    with world.writing() as session:
        on_behalf.object_to_input(
            session, actor=world.actor(session, "teacher"), input_id=waiting, reason="Bukan kata saya"
        )
    with world.trying() as session:
        review = reviews.review_of(session, version_id)
        assert review is not None
        assert "Rumpun teaching" in representation(session, review).silent
        with pytest.raises(Conflict):
            reviews.answer_input(
                session,
                actor=world.actor(session, "planner"),
                input_id=waiting,
                disposition="noted",
                answer="x",
            )
    walk.close_review(world, version_id)
    with world.writing() as session:
        on_behalf.object_to_input(
            session, actor=world.actor(session, "nurse"), input_id=input_id, reason="Baru tahu"
        )
    with world.trying() as session:
        review = reviews.review_of(session, version_id)
        assert review is not None
        assert "Rumpun health" in representation(session, review).spoken, (
            "a closed review stays as it was closed"
        )


def test_only_the_author_answers_for_an_entry_and_once(world: World) -> None:
    make_operator(world)
    need_id, version_id = file_for(world, "nurse"), walk.to_review(world)
    input_id = speak_for(world, version_id, "nurse")
    for name in ("stranger", "planner", "administrator", "teacher"):
        with world.trying() as session:
            who = {"session": session, "actor": world.actor(session, name)}
            for use_case, wish in (
                (on_behalf.confirm_need, {"need_id": need_id}),
                (on_behalf.object_to_need, {"need_id": need_id, "reason": "x"}),
                (on_behalf.confirm_input, {"input_id": input_id}),
                (on_behalf.object_to_input, {"input_id": input_id, "reason": "x"}),
            ):
                with pytest.raises(Denied):
                    use_case(**who, **wish)
    with world.writing() as session:
        nurse = world.actor(session, "nurse")
        with pytest.raises(Refused):
            on_behalf.object_to_need(session, actor=nurse, need_id=need_id, reason=" ")
        on_behalf.object_to_need(session, actor=nurse, need_id=need_id, reason="Bukan kata saya")
        on_behalf.confirm_input(session, actor=nurse, input_id=input_id)
        for again in (
            lambda: on_behalf.confirm_need(session, actor=nurse, need_id=need_id),
            lambda: on_behalf.object_to_input(session, actor=nurse, input_id=input_id, reason="x"),
        ):
            with pytest.raises(Conflict):
                again()
        with pytest.raises(NotFound):
            on_behalf.confirm_input(session, actor=nurse, input_id=9999)
    with world.trying() as session:
        assert session.get_one(Need, need_id).status == "withdrawn"
        assert session.get_one(InputItem, input_id).withdrawn_at is None


def test_one_s_own_words_are_not_objected_to(world: World) -> None:
    version_id = walk.to_review(world)
    (input_id,) = walk.speak(world, version_id, ["nurse"])
    with world.trying() as session, pytest.raises(Conflict):
        on_behalf.object_to_input(session, actor=world.actor(session, "nurse"), input_id=input_id, reason="x")


def test_a_withdrawn_need_becomes_no_programme_and_one_taken_up_keeps_the_objection(world: World) -> None:
    make_operator(world)
    gone, used = file_for(world, "nurse"), file_for(world, "teacher")

    def propose(need_id: int) -> None:
        with world.writing() as session:
            programmes.propose(
                session,
                actor=world.actor(session, "planner"),
                owner_unit_id=world.units["dinas"],
                need_ids=[need_id],
                content=walk.content(world),
                costs=walk.COSTS,
            )

    with world.writing() as session:
        on_behalf.object_to_need(session, actor=world.actor(session, "nurse"), need_id=gone, reason="Bukan")
    with pytest.raises(Conflict):
        propose(gone)
    propose(used)
    with world.writing() as session:
        on_behalf.object_to_need(session, actor=world.actor(session, "teacher"), need_id=used, reason="Bukan")
    with world.trying() as session:
        need = session.get_one(Need, used)
        assert need.status == "taken_up"
        assert need.withdrawn_at is not None


@pytest.mark.parametrize(("author", "by"), [("unit_head", "stranger"), ("nurse", "unit_head")])
def test_neither_the_author_nor_whoever_typed_it_signs_the_programme(
    world: World, author: str, by: str
) -> None:
    make_operator(world, by)
    need_id = file_for(world, author, by)
    version_id = walk.to_approval(world)
    with world.writing() as session:
        version = session.get_one(walk.ProgrammeVersion, version_id)
        need = session.get_one(Need, need_id)
        need.programme_id, need.status = version.programme_id, "taken_up"
    with world.trying() as session:
        signer = signer_of(session, walk.task_of(session, version_id, "unit_head"), FIRST_DAY)
        assert signer.why == "proposer"
    assert walk.decide(world, "unit_head", version_id, "unit_head").error is not None


def test_an_operator_answers_no_survey_for_anybody(world: World) -> None:
    make_operator(world)
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, ["learner1"])
    waves = walk.prepare_survey(world, version_id)
    world.clock.go(walk.BEFORE[0])
    walk.open_wave(world, waves["before"])
    with world.trying() as session:
        asked = walk.invitation_of(session, world, waves["before"], "learner1", "learner1").id
        with pytest.raises(Denied):
            surveys.answer(session, actor=world.actor(session, "stranger"), invitation_id=asked, scores=[5])
        session.flush()
        assert session.scalars(select(Answer)).all() == []
        assert session.get_one(Invitation, asked).answered is False
