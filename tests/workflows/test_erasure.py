"""Requests about own data, and erasing what is past its term: nothing else goes, and the chain stays whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.support import walk
from tests.support.world import World
from workflows.actions import data_requests, erasure, needs
from workflows.actor import OPERATOR
from workflows.audit import broken_links
from workflows.errors import Conflict, Denied, NotFound, Refused
from workflows.looks import Glance, note_look
from workflows.models import DataRequest, Decision, HistoryRow, HistoryValue, Look, LookedAt

YEARS = timedelta(days=366 * 6)


def words(world: World, name: str | None = None) -> int:
    query = select(func.count()).select_from(HistoryValue).join(HistoryRow)
    if name:
        query = query.where(HistoryRow.actor_id == world.people[name])
    with world.trying() as session:
        return session.scalar(query) or 0


def whole(world: World) -> bool:
    with world.trying() as session:
        return list(broken_links(session)) == []


def ask(world: World, name: str = "planner", kind: str = "erasure") -> int:
    with world.writing() as session:
        row = data_requests.file_request(
            session, actor=world.actor(session, name), kind=kind, text="Hapus catatan saya"
        )
        return row.id


def reply(
    session: Session, world: World, request_id: int, by: str = "officer", outcome: str = "granted", erase: bool = False
) -> None:  # fmt: skip
    data_requests.answer_request(
        session,
        actor=world.actor(session, by),
        request_id=request_id,
        outcome=outcome,
        answer="Yang boleh dihapus sudah dihapus.",
        erase=erase,
    )


def decline(world: World) -> None:
    """The planner writes a reason, a word beside the history."""
    with world.writing() as session:
        need = needs.file_need(
            session, actor=world.actor(session, "author"), problem="x", since="2026", service="x"
        )
    with world.writing() as session:
        needs.decline_need(
            session, actor=world.actor(session, "planner"), need_id=need.id, reason="Di luar tugas"
        )


def test_words_go_after_their_term_and_the_chain_is_whole_without_them(world: World) -> None:
    decline(world)
    world.clock.work += YEARS
    decline(world)
    before = words(world)
    assert before == 2
    with world.writing() as session:
        gone = erasure.erase_due(session, actor=world.actor(session, "officer"))
    assert gone.words == 1
    assert words(world) == 1
    assert whole(world)
    with world.trying() as session:
        [row] = session.scalars(select(HistoryRow).where(HistoryRow.stream == "register:privacy"))
        assert row.name == "privacy.erased"
        assert '"words":1' in row.payload


def test_a_value_that_was_changed_instead_of_erased_is_still_found(world: World) -> None:
    decline(world)
    with world.writing() as session:
        session.scalars(select(HistoryValue)).one().value = "Lain"
    assert not whole(world)


def test_before_the_term_nothing_goes_and_nothing_is_noted(world: World) -> None:
    decline(world)
    world.clock.work += timedelta(days=365 * 4)
    with world.writing() as session:
        gone = erasure.erase_due(session, actor=OPERATOR)
    assert gone == erasure.Due(0, 0)
    assert words(world) == 1
    with world.trying() as session:
        assert session.scalars(select(HistoryRow).where(HistoryRow.name == "privacy.erased")).all() == []


def test_the_term_is_a_number_that_can_be_corrected_and_must_be_there(world: World) -> None:
    decline(world)
    world.clock.work += timedelta(days=100)
    world.set_parameter("retention.own_words_months", 3)
    with world.trying() as session:
        assert erasure.due(session).words == 1
    world.set_parameter("retention.own_words_months", 4)
    with world.trying() as session:
        assert erasure.due(session).words == 0


def test_old_looks_go_with_the_people_on_them(world: World) -> None:
    for session_key in ("old", "new"):
        with world.writing() as session:
            people = frozenset({world.people["learner1"], world.people["learner2"]})
            note_look(session, Glance(world.people["planner"], session_key, "facts", "all", people))
        world.clock.work += timedelta(days=400)
    with world.writing() as session:
        assert erasure.erase_due(session, actor=world.actor(session, "officer")).looks == 1
    with world.trying() as session:
        assert session.scalars(select(Look.session_key)).all() == ["new"]
        assert session.scalar(select(func.count()).select_from(LookedAt)) == 2


@pytest.mark.parametrize("by", ["planner", "administrator", "inspector", "author"])
def test_only_the_officer_erases(world: World, by: str) -> None:
    with pytest.raises(Denied), world.writing() as session:
        erasure.erase_due(session, actor=world.actor(session, by))


def test_a_granted_erasure_takes_the_person_s_own_old_words_and_no_decision(world: World) -> None:
    walk.to_rejected(world)
    decline(world)
    mine, all_words = words(world, "planner"), words(world)
    assert 0 < mine < all_words
    world.clock.work += YEARS
    request_id = ask(world)
    with world.writing() as session:
        decisions = session.scalar(select(func.count()).select_from(Decision))
        reply(session, world, request_id, erase=True)
    assert words(world, "planner") == 0
    assert words(world) == all_words - mine
    assert whole(world)
    with world.trying() as session:
        row = session.get_one(DataRequest, request_id)
        assert (row.outcome, row.erased, row.answered_by) == ("granted", mine, world.people["officer"])
        assert session.scalar(select(func.count()).select_from(Decision)) == decisions


def test_an_erasure_before_the_term_erases_nothing_and_says_so(world: World) -> None:
    decline(world)
    request_id = ask(world)
    with world.writing() as session:
        reply(session, world, request_id, outcome="partly", erase=True)
    assert words(world, "planner") == 1
    with world.trying() as session:
        assert session.get_one(DataRequest, request_id).erased == 0


def test_a_request_has_its_deadline_and_its_way_in_the_history(world: World) -> None:
    request_id = ask(world, "nurse", "correction")
    with world.writing() as session:
        row = session.get_one(DataRequest, request_id)
        assert row.due_at - row.filed_at == timedelta(hours=72)
        reply(session, world, request_id)
    with world.trying() as session:
        stream = f"person:{world.people['nurse']}"
        rows = session.scalars(select(HistoryRow).where(HistoryRow.stream == stream).order_by(HistoryRow.seq))
        told = [(row.name, world.name_of(row.actor_id)) for row in rows]
    assert told == [("request.filed", "nurse"), ("request.answered", "officer")]


def test_an_answer_is_given_once_and_not_by_oneself(world: World) -> None:
    request_id, own = ask(world), ask(world, "officer")
    with pytest.raises(Denied, match="own_request"), world.writing() as session:
        reply(session, world, own)
    with world.writing() as session:
        reply(session, world, request_id)
    with pytest.raises(Conflict), world.writing() as session:
        reply(session, world, request_id, outcome="refused")
    with pytest.raises(NotFound), world.writing() as session:
        reply(session, world, 99)


@pytest.mark.parametrize("by", ["planner", "administrator", "inspector", "author"])
def test_only_the_officer_answers(world: World, by: str) -> None:
    request_id = ask(world, "nurse")
    with pytest.raises(Denied), world.writing() as session:
        reply(session, world, request_id, by=by)


@pytest.mark.parametrize(
    ("kind", "outcome", "erase", "field"),
    [
        ("erasure", "maybe", False, "outcome"),
        ("erasure", "refused", True, "erase"),
        ("correction", "granted", True, "erase"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(
    world: World, kind: str, outcome: str, erase: bool, field: str
) -> None:
    request_id = ask(world, "nurse", kind)
    with pytest.raises(Refused) as caught, world.writing() as session:
        reply(session, world, request_id, outcome=outcome, erase=erase)
    assert caught.value.field == field


def test_a_person_has_only_so_many_requests_waiting(world: World) -> None:
    for _number in range(data_requests.MOST_OPEN):
        ask(world, "nurse")
    with pytest.raises(Conflict):
        ask(world, "nurse")
    ask(world, "teacher")
    with pytest.raises(Refused):
        ask(world, "teacher", "everything")


@pytest.mark.parametrize(
    ("moment", "months", "earlier"),
    [
        (datetime(2027, 3, 31, tzinfo=UTC), 1, datetime(2027, 2, 28, tzinfo=UTC)),
        (datetime(2028, 2, 29, tzinfo=UTC), 12, datetime(2027, 2, 28, tzinfo=UTC)),
        (datetime(2027, 1, 15, tzinfo=UTC), 1, datetime(2026, 12, 15, tzinfo=UTC)),
        (datetime(2027, 12, 15, tzinfo=UTC), 12, datetime(2026, 12, 15, tzinfo=UTC)),
        (datetime(2027, 1, 15, tzinfo=UTC), 60, datetime(2022, 1, 15, tzinfo=UTC)),
    ],
)
def test_months_are_counted_as_people_count_them(moment: datetime, months: int, earlier: datetime) -> None:
    assert erasure.months_before(moment, months) == earlier
