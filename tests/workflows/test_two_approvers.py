"""Two approvers at once: exactly one decision, the other is told (R20)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from tests.support import walk
from tests.support.world import World
from workflows.actions import decisions
from workflows.actions.decisions import Item
from workflows.audit import broken_links
from workflows.models import Ceiling, Decision, HistoryRow, ProgrammeVersion

NORMAL, MANY = 20, 200
OUTCOMES = (("approve", "approve"), ("approve", "reject"), ("return", "approve"), ("reject", "return"))


def _race(world: World, pool: ThreadPoolExecutor, items: list[Item]) -> list[str]:
    """Both press at the same moment; the codes of what they hear, sorted."""
    barrier = threading.Barrier(2)

    def press(item: Item) -> str:
        barrier.wait()
        with world.writing() as session:
            actor = world.actor(session, "finance_officer")
            evidence = walk.proof([item])
            result = decisions.decide(session, actor=actor, items=[item], evidence=evidence)[0]
            return result.error.code if result.error else ""

    return sorted(pool.map(press, items))


def _rounds(world: World, count: int) -> None:
    with world.writing() as session:
        session.get_one(Ceiling, world.ceiling).amount = 10**12
    with ThreadPoolExecutor(2) as pool:
        for number in range(count):
            _round(world, pool, OUTCOMES[number % len(OUTCOMES)])
    with world.trying() as session:
        assert not list(broken_links(session))
        held = session.get_one(Ceiling, world.ceiling).held
        granted = [d for d in walk.select_decisions(session, "finance_officer") if d.outcome == "approve"]
        assert held == walk.COST * len(granted)


def _round(world: World, pool: ThreadPoolExecutor, outcomes: tuple[str, str]) -> None:
    version_id = walk.to_approval(world)
    walk.sign(world, version_id, ["unit_head", "hrd_agency_head"])
    with world.trying() as session:
        items = [walk.item_for(session, version_id, "finance_officer", outcome) for outcome in outcomes]
    heard = _race(world, pool, items)
    assert heard in (["", "already_done"], ["", "not_now"]), heard
    with world.trying() as session:
        task = select(Decision).where(Decision.task_id == items[0].task_id)
        assert len(session.scalars(task).all()) == 1
        told = select(HistoryRow.name).where(HistoryRow.stream == f"version:{version_id}")
        names = [n for n in session.scalars(told) if n.startswith("approval.")]
        assert len(names) == 3
        assert session.get_one(ProgrammeVersion, version_id).state == "participatory_review"


def test_two_approvers_at_once_make_exactly_one_decision(world: World) -> None:
    _rounds(world, NORMAL)


@pytest.mark.long
def test_two_approvers_at_once_make_exactly_one_decision_many_times(world: World) -> None:
    _rounds(world, MANY)
