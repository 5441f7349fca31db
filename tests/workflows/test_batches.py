"""Batches of a version: within what was decided, nobody in two, and people go over with all they learnt (R21, R23)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support import walk
from tests.support.world import ENDS, LEARNERS, STARTS, World
from workflows.actions import batches, enrolments, sync, sync_dates
from workflows.batches import last_day
from workflows.errors import Conflict, Denied, NotFound, Refused, WorkflowError
from workflows.models import Batch, Completion, Enrolment, HistoryRow, JpEntry

FIRST = (STARTS, STARTS + timedelta(days=1))
SECOND = (ENDS - timedelta(days=1), ENDS)


def act(world: World, verb: Callable[..., Any], by: str = "planner", **given: Any) -> Any:
    with world.writing() as session:
        return verb(session, actor=world.actor(session, by), **given)


def add(world: World, version_id: int, days: tuple[date, date], by: str = "planner") -> int:
    made = act(world, batches.add, by, version_id=version_id, starts_on=days[0], ends_on=days[1])
    return int(made.number)


def two(world: World, **changes: Any) -> int:
    """An approved version in two batches."""
    version_id = walk.to_approved(world, **changes)
    assert [add(world, version_id, FIRST), add(world, version_id, SECOND)] == [1, 2]
    return version_id


def put(world: World, version_id: int, names: tuple[str, ...], number: int | None) -> list[int]:
    people = [world.people[name] for name in names]
    rows = act(world, enrolments.enrol, version_id=version_id, person_ids=people, batch_number=number)
    return [row.id for row in rows]


def move(world: World, version_id: int, ids: list[int], number: int, by: str = "planner") -> list[Enrolment]:
    moved: list[Enrolment] = act(
        world, batches.move, by, version_id=version_id, enrolment_ids=ids, to_number=number
    )
    return moved


def seen(world: World, version_id: int) -> dict[str, tuple[int, str, str]]:
    """name -> (batch, desired, status)"""
    with world.trying() as session:
        rows = session.scalars(select(Enrolment).join(Batch).where(Batch.version_id == version_id))
        return {world.name_of(row.person_id): (row.batch.number, row.desired, row.status) for row in rows}


def test_a_version_has_several_batches_each_with_its_dates(world: World) -> None:
    version_id = two(world)
    put(world, version_id, LEARNERS[:2], 2)
    put(world, version_id, LEARNERS[2:3], None)
    assert seen(world, version_id) == {
        "learner1": (2, "active", "waiting"),
        "learner2": (2, "active", "waiting"),
        "learner3": (1, "active", "waiting"),
    }
    with world.trying() as session:
        told = session.scalars(select(HistoryRow.name).where(HistoryRow.name.like("batch.%"))).all()
        assert told == ["batch.added", "batch.added"]


def test_each_gets_the_dates_of_the_own_batch(world: World) -> None:
    version_id = two(world)
    put(world, version_id, ("learner1",), 1)
    put(world, version_id, ("learner2",), 2)
    walk.deliver(world)
    with world.trying() as session:
        given = session.scalars(select(Enrolment.applied_starts_at).order_by(Enrolment.id)).all()
    assert given[1] - given[0] == SECOND[0] - FIRST[0]


@pytest.mark.parametrize(
    ("days", "code", "field"),
    [
        ((STARTS - timedelta(days=1), ENDS), "outside_programme", "starts_on"),
        ((STARTS, ENDS + timedelta(days=1)), "outside_programme", "ends_on"),
        ((ENDS, STARTS), "dates", "ends_on"),
    ],
)
def test_a_batch_lies_within_the_dates_that_were_decided(
    world: World, days: tuple[date, date], code: str, field: str
) -> None:
    version_id = two(world)
    with pytest.raises(Refused) as caught:
        add(world, version_id, days)
    assert (caught.value.code, caught.value.field) == (code, field)
    with pytest.raises(Refused) as caught:
        act(world, batches.change_dates, version_id=version_id, number=1, starts_on=days[0], ends_on=days[1])
    assert caught.value.code == code


def test_a_batch_that_has_begun_keeps_its_start_and_one_that_is_over_keeps_all(world: World) -> None:
    version_id = two(world)
    change = {"version_id": version_id, "number": 1}
    world.clock.go(FIRST[0])
    with pytest.raises(Refused, match="batch_begun"):
        act(world, batches.change_dates, **change, starts_on=FIRST[1], ends_on=FIRST[1])
    act(world, batches.change_dates, **change, starts_on=FIRST[0], ends_on=FIRST[1] + timedelta(days=1))
    world.clock.go(FIRST[1] + timedelta(days=1))
    with pytest.raises(Refused, match="batch_past"):
        act(world, batches.change_dates, **change, starts_on=FIRST[0], ends_on=FIRST[0])
    world.clock.go(FIRST[1] + timedelta(days=2))
    with pytest.raises(Refused, match="batch_over"):
        act(world, batches.change_dates, **change, starts_on=FIRST[0], ends_on=ENDS)
    with pytest.raises(Refused, match="batch_past"):
        add(world, version_id, FIRST)


def test_new_dates_are_sent_to_everyone_of_the_batch_and_to_nobody_else(world: World) -> None:
    version_id = two(world)
    put(world, version_id, ("learner1",), 1)
    put(world, version_id, ("learner2",), 2)
    walk.deliver(world)
    act(world, batches.change_dates, version_id=version_id, number=2, starts_on=SECOND[1], ends_on=SECOND[1])
    with world.writing() as session:
        assert sync_dates.renew_dates(session) == 1
    assert {name: row[2] for name, row in seen(world, version_id).items()} == {
        "learner1": "applied",
        "learner2": "waiting",
    }


def test_only_a_batch_that_nobody_was_in_is_removed(world: World) -> None:
    version_id = two(world)
    (row,) = put(world, version_id, ("learner1",), 2)
    act(world, enrolments.withdraw, enrolment_id=row, reason="Pindah")
    with pytest.raises(Conflict, match="batch_not_empty"):
        act(world, batches.remove, version_id=version_id, number=2)
    act(world, batches.remove, version_id=version_id, number=1)
    assert add(world, version_id, FIRST) == 3, "a number is not used twice while a later one stands"
    with pytest.raises(NotFound):
        act(world, batches.remove, version_id=version_id, number=1)


def test_nobody_is_in_two_batches(world: World) -> None:
    version_id = two(world)
    (row,) = put(world, version_id, ("learner1",), 1)
    assert put(world, version_id, ("learner1",), 2) == []
    act(world, enrolments.withdraw, enrolment_id=row, reason="Sakit")
    assert put(world, version_id, ("learner1",), 2) == [row]
    assert seen(world, version_id) == {"learner1": (2, "active", "waiting")}


def test_people_go_over_together_and_their_rows_with_them(world: World) -> None:
    version_id = two(world)
    ids = put(world, version_id, LEARNERS[:3], 1)
    put(world, version_id, LEARNERS[3:4], 2)
    walk.deliver(world)
    assert [row.id for row in move(world, version_id, ids[:2], 2)] == ids[:2]
    assert {name: row[:2] for name, row in seen(world, version_id).items()} == {
        "learner1": (2, "active"),
        "learner2": (2, "active"),
        "learner3": (1, "active"),
        "learner4": (2, "active"),
    }
    with world.trying() as session:
        work = sync.claim(session, site_id=world.site, course_ref="7", owner="w", lease=timedelta(seconds=60))
        assert work is not None
        assert sorted(work.rows) == ids[:2]
        assert all(wish.access != wish.held and wish.desired == "active" for wish in work.wishes)
        told = session.scalars(select(HistoryRow).where(HistoryRow.name == "enrolment.moved")).one()
        assert f'"enrolments":[{ids[0]},{ids[1]}]' in told.payload.replace(" ", "")
    assert move(world, version_id, ids[:2], 2) == [], "those who are there stay as they are"


def test_a_row_that_failed_or_waits_is_not_made_due_by_a_move(world: World) -> None:
    version_id = two(world)
    (row,) = put(world, version_id, ("learner1",), 1)
    with world.writing() as session:
        session.get_one(Enrolment, row).status = "needs_account"
    move(world, version_id, [row], 2)
    assert seen(world, version_id)["learner1"] == (2, "active", "needs_account")


def test_all_or_none_go_over(world: World) -> None:
    version_id = two(world)
    ids = put(world, version_id, LEARNERS[:2], 1)
    act(world, enrolments.withdraw, enrolment_id=ids[1], reason="Sakit")
    with pytest.raises(Conflict, match="not_taking_part"):
        move(world, version_id, ids, 2)
    with pytest.raises(NotFound):
        move(world, version_id, [ids[0], 999], 2)
    with pytest.raises(NotFound):
        move(world, version_id, ids[:1], 3)
    with pytest.raises(Refused, match="nobody_chosen"):
        move(world, version_id, [], 2)
    assert seen(world, version_id)["learner1"][0] == 1


def test_what_was_completed_stays_where_it_was_learnt(world: World) -> None:
    version_id = walk.to_running(world, learners=LEARNERS[:2])
    add(world, version_id, SECOND)
    world.clock.go(STARTS + timedelta(days=1))
    walk.report(world, walk.fact(world, "learner1", world.clock.now()))
    with world.trying() as session:
        done = session.scalars(select(Completion.enrolment_id)).one()
        credit = session.scalars(select(JpEntry)).one()
        assert credit.enrolment_id == done
        other = session.scalars(select(Enrolment.id).where(Enrolment.id != done)).one()
    with pytest.raises(Conflict, match="completed"):
        move(world, version_id, [other, done], 2)
    move(world, version_id, [other], 2)
    assert {row[0] for row in seen(world, version_id).values()} == {1, 2}


def test_neither_out_of_nor_into_a_batch_that_is_over(world: World) -> None:
    version_id = two(world)
    early, late = put(world, version_id, ("learner1",), 1), put(world, version_id, ("learner2",), 2)
    world.clock.go(FIRST[1] + timedelta(days=1))
    with pytest.raises(Refused, match="batch_over"):
        move(world, version_id, early, 2)
    with pytest.raises(Refused, match="batch_over"):
        move(world, version_id, late, 1)
    with pytest.raises(Refused, match="batch_over"):
        put(world, version_id, ("learner3",), 1)
    put(world, version_id, ("learner3",), None)
    assert seen(world, version_id)["learner3"][0] == 2


def test_nobody_moves_oneself(world: World) -> None:
    version_id = two(world)
    people = [world.people["planner"]]
    (row,) = act(
        world, enrolments.enrol, "planner2", version_id=version_id, person_ids=people, batch_number=1
    )
    with pytest.raises(Denied) as caught:
        move(world, version_id, [row.id], 2)
    assert caught.value.rule == "R13"
    move(world, version_id, [row.id], 2, by="planner2")


ARRANGING: dict[str, Callable[[Session, World, int, str], object]] = {
    "add": lambda session, world, version_id, by: batches.add(
        session, actor=world.actor(session, by), version_id=version_id, starts_on=STARTS, ends_on=ENDS
    ),
    "change": lambda session, world, version_id, by: batches.change_dates(
        session, actor=world.actor(session, by), version_id=version_id, number=2, starts_on=STARTS, ends_on=ENDS
    ),
    "remove": lambda session, world, version_id, by: batches.remove(
        session, actor=world.actor(session, by), version_id=version_id, number=2
    ),
    "move": lambda session, world, version_id, by: batches.move(
        session, actor=world.actor(session, by), version_id=version_id, enrolment_ids=[1], to_number=2
    ),
}  # fmt: skip
ROLES = ("author", "planner2", "quality", "administrator", "inspector", "unit_head", "clock", "stranger")


@pytest.mark.parametrize("action", ARRANGING)
def test_the_agency_alone_arranges_batches_of_what_is_approved_or_runs(world: World, action: str) -> None:
    proposed, version_id = walk.to_proposed(world), two(world)
    put(world, version_id, ("learner1",), 1)
    for by in ROLES:
        for place, number in (("proposed", proposed), ("approved", version_id)):
            expected: type[WorkflowError] | None = Conflict if place == "proposed" else None
            if by != "planner2":
                expected = Denied
            with world.trying() as session:
                try:
                    ARRANGING[action](session, world, number, by)
                    got = None
                except WorkflowError as error:
                    got = type(error)
            assert got is expected, f"{by} {action} in {place}"


def test_evaluation_waits_for_the_last_batch(world: World) -> None:
    from workflows.guards import must_be_over

    version_id = two(world)
    put(world, version_id, ("learner1",), 1)
    for day, over in (
        (FIRST[1] + timedelta(days=1), False),
        (ENDS, False),
        (ENDS + timedelta(days=31), True),
    ):
        world.clock.go(day)
        with world.trying() as session:
            version = session.get_one(Batch, 1).version
            assert last_day(session, version) == ENDS
            if over:
                must_be_over(session, version)
            else:
                with pytest.raises(Refused, match="not_over"):
                    must_be_over(session, version)


def test_two_who_move_at_once_leave_everybody_in_one_batch(world: World) -> None:
    """The version's row is the lock: the second finds what the first left."""
    version_id = two(world)
    add(world, version_id, (STARTS, ENDS))
    ids = put(world, version_id, LEARNERS, 1)
    results: list[int] = []

    def go(number: int) -> None:
        results.append(len(move(world, version_id, ids, number)))

    threads = [threading.Thread(target=go, args=(number,)) for number in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [8, 8]
    assert len({row[0] for row in seen(world, version_id).values()}) == 1
    assert len(seen(world, version_id)) == 8
