"""Two different people at once for one signature: a letter names a stand-in while both decide (R8, R11, R20).

On one day one person signs an office; who that is may change while two of them have the same page open.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support import walk
from tests.support.world import FIRST_DAY, World
from tests.workflows.test_leaves import announce
from workflows.actions import decisions
from workflows.actions.decisions import Item
from workflows.audit import broken_links
from workflows.clock import today
from workflows.models import Decision, OfficeHolding, OfficeLeave
from workflows.signers import signer_of

NORMAL, MANY = 10, 200
HOLDER, STAND_IN = "unit_head", "deputy"
HEARD = {"", "not_yours", "already_done", "not_now"}
"""Decided; the office is not theirs on that day; somebody was quicker, and signed or sent it back."""


def press(world: World, name: str, item: Item) -> str:
    with world.writing() as session:
        actor = world.actor(session, name)
        [result] = decisions.decide(session, actor=actor, items=[item], evidence=walk.proof([item]))
        return result.error.code if result.error else ""


def at_once(pool: ThreadPoolExecutor, *acts: Callable[[], object]) -> list[object]:
    barrier = threading.Barrier(len(acts))

    def begin(act: Callable[[], object]) -> object:
        barrier.wait()
        return act()

    return list(pool.map(begin, acts))


def take_letter_back(world: World) -> None:
    """So that the next round begins with the holder."""
    before = FIRST_DAY - timedelta(days=1)
    with world.writing() as session:
        for leave in session.scalars(select(OfficeLeave).where(OfficeLeave.ended_on.is_(None))):
            leave.ended_on, leave.end_reason = before, "contoh"
        for held in session.scalars(select(OfficeHolding).where(OfficeHolding.kind == "plh")):
            held.ended_on, held.end_reason = before, "contoh"


def played(world: World, pool: ThreadPoolExecutor, outcomes: tuple[str, str]) -> tuple[str, str]:
    """What holder and stand-in heard; the letter that changes who signs arrives in the same moment."""
    version_id = walk.to_approval(world)
    with world.trying() as session:
        items = [walk.item_for(session, version_id, HOLDER, outcome) for outcome in outcomes]
    heard = at_once(
        pool,
        lambda: press(world, HOLDER, items[0]),
        lambda: press(world, STAND_IN, items[1]),
        lambda: announce(world, STAND_IN),
    )
    first, second = str(heard[0]), str(heard[1])
    assert {first, second} <= HEARD, heard
    with world.trying() as session:
        task = walk.task_of(session, version_id, HOLDER)
        made = session.scalars(select(Decision).where(Decision.task_id == items[0].task_id)).all()
        assert len(made) == (first == "") + (second == "") <= 1, heard
        for one in made:
            decided = (world.name_of(one.person_id), one.mandate_kind, one.behalf_of is not None)
            assert decided == ((HOLDER, "definitive", False) if first == "" else (STAND_IN, "plh", True))
        if not made:
            holding = signer_of(session, task, today(session)).holding
            assert holding is not None
            assert world.name_of(holding.person_id) == STAND_IN, (
                "both came at the wrong moment; it waits for the Plh"
            )
    if not made:
        assert press(world, HOLDER, items[0]) == "not_yours"
        assert press(world, STAND_IN, items[1]) == ""
    take_letter_back(world)
    return first, second


def rounds(world: World, count: int) -> None:
    outcomes = (("approve", "approve"), ("approve", "reject"), ("return", "approve"), ("reject", "return"))
    with ThreadPoolExecutor(3) as pool:
        met = Counter(played(world, pool, outcomes[number % len(outcomes)]) for number in range(count))
    print(f"holder and stand-in heard: {dict(met)}")
    with world.trying() as session:
        assert not list(broken_links(session))
        made = Counter(session.scalars(select(Decision.task_id)))
        assert len(made) == count
        assert set(made.values()) == {1}


def test_a_letter_that_arrives_while_two_people_decide_leaves_exactly_one_decision(world: World) -> None:
    rounds(world, NORMAL)


@pytest.mark.long
def test_a_letter_that_arrives_while_two_people_decide_many_times(world: World) -> None:
    rounds(world, MANY)
