"""Two preparers at once, and one beside the official: one order, one mark, no decision disturbed (R20)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from tests.support import walk
from tests.support.world import World
from tests.workflows.test_preparations import appoint, is_ready, mark, move, order, task_id, told
from workflows.audit import broken_links
from workflows.errors import Conflict
from workflows.models import Preparation

ROUNDS = 8


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Each in its own thread from the same moment; what each returned, or its refusal's code."""
    barrier = threading.Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return deed()
        except Conflict as error:
            return error.code

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def test_two_preparers_sort_at_once_and_one_order_stands(world: World) -> None:
    tasks = [task_id(world, walk.to_approval(world, title=f"Program {n}")) for n in range(4)]
    appoint(world)
    appoint(world, "nurse")
    for number in range(ROUNDS):
        at_once(
            lambda n=number: move(world, tasks[n % 4], up=True),
            lambda n=number: move(world, tasks[(n + 1) % 4], up=False, by="nurse"),
        )
    with world.trying() as session:
        rows = session.scalars(select(Preparation)).all()
        assert sorted(row.place for row in rows) == [1, 2, 3, 4]
        assert not list(broken_links(session))
    assert sorted(order(world)) == sorted(tasks)


def test_two_preparers_mark_at_once_and_it_is_told_once(world: World) -> None:
    task = task_id(world, walk.to_approval(world))
    appoint(world)
    appoint(world, "nurse")
    at_once(lambda: mark(world, task), lambda: mark(world, task, "nurse"))
    assert is_ready(world, task) == (True, False)
    assert told(world) == ["preparation.marked"]


def test_marking_while_the_official_decides_disturbs_nothing(world: World) -> None:
    appoint(world)
    for number in range(ROUNDS):
        version_id = walk.to_approval(world, title=f"Program {number}")
        task = task_id(world, version_id)
        heard, decided = at_once(
            lambda t=task: mark(world, t),
            lambda v=version_id: walk.decide(world, "unit_head", v, "unit_head"),
        )
        assert heard in (None, "not_prepared")
        assert getattr(decided, "error", decided) is None
    with world.trying() as session:
        assert len(walk.select_decisions(session, "unit_head")) == ROUNDS
        assert not list(broken_links(session))
