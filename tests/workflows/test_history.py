"""What happened goes into a chain in the same transaction as the deed, and stays in order (R39)."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from service.bench.load import counting
from tests.support import walk
from tests.support.world import World
from workflows.actor import CLOCK
from workflows.audit import broken_links
from workflows.events import EVENTS
from workflows.history import GENESIS, record
from workflows.models import HistoryRow, HistoryValue, StreamHead

THREADS, EACH = 4, 25


def _note(world: World, *streams: str) -> None:
    with world.writing() as session:
        for stream in streams:
            record(session, "need.filed", stream=stream, actor=CLOCK, thread=threading.get_ident())


def _seqs(world: World, stream: str) -> list[int]:
    with world.trying() as session:
        rows = select(HistoryRow.seq).where(HistoryRow.stream == stream).order_by(HistoryRow.id)
        return list(session.scalars(rows))


def test_the_first_link_hangs_on_nothing_and_each_next_on_the_one_before(world: World) -> None:
    _note(world, "a", "a")
    _note(world, "a")
    with world.trying() as session:
        rows = session.scalars(select(HistoryRow).order_by(HistoryRow.seq)).all()
        assert [row.previous for row in rows] == [GENESIS, rows[0].digest, rows[1].digest]
        assert (session.query(StreamHead).one().seq, session.query(StreamHead).one().digest) == (
            3,
            rows[2].digest,
        )


def test_what_is_rolled_back_has_not_happened(world: World) -> None:
    with world.trying() as session:
        record(session, "need.filed", stream="a", actor=CLOCK)
        session.rollback()
        session.commit()
        session.flush()
    assert _seqs(world, "a") == []


def test_a_savepoint_ends_without_touching_the_heads(world: World) -> None:
    """Heads are locked at the commit alone, in the order of their names."""
    with world.writing() as session:
        with session.begin_nested():
            record(session, "need.filed", stream="b", actor=CLOCK)
        assert session.query(StreamHead).count() == 0
    assert _seqs(world, "b") == [1]


def test_an_event_that_is_not_listed_cannot_be_recorded(world: World) -> None:
    with world.trying() as session, pytest.raises(KeyError, match=r"need\.danced"):
        record(session, "need.danced", stream="a", actor=CLOCK)


def test_both_times_and_the_actor_are_kept(world: World) -> None:
    version_id = walk.to_proposed(world)
    with world.trying() as session:
        row = session.scalars(select(HistoryRow).where(HistoryRow.stream == f"version:{version_id}")).one()
        assert (row.at, row.real_at) == (world.clock.now(), world.clock.real_now())
        assert world.name_of(row.actor_id) == "planner"
        assert row.payload == '{"number":1}'


def test_a_personal_value_stands_beside_the_chain_and_only_its_hash_in_it(world: World) -> None:
    walk.to_rejected(world)
    with world.trying() as session:
        rows = session.scalars(select(HistoryRow).where(HistoryRow.name == "programme.rejected")).one()
        assert [value.value for value in rows.values] == ["Perlu diperbaiki"]
        assert "diperbaiki" not in rows.payload
        assert len(json.loads(rows.payload)["personal"]["reason"]) == 64
        salts = list(session.scalars(select(HistoryValue.salt)))
        assert len(set(salts)) == len(salts) == 2


def test_a_whole_life_makes_a_whole_chain_of_known_events(world: World) -> None:
    walk.to_revised(world)
    with world.trying() as session:
        assert not list(broken_links(session))
        names = set(session.scalars(select(HistoryRow.name)))
        assert names <= EVENTS.keys()
        assert {"programme.approved", "programme.evaluated", "programme.revised"} <= names
        for row in session.scalars(select(HistoryRow)):
            values = {**json.loads(row.payload), **{v.key: v.value for v in row.values}}
            assert EVENTS[row.name] % values


def test_commits_at_the_same_time_keep_one_order_without_gaps(world: World) -> None:
    """Streams named in opposite orders: nobody waits for the other crosswise."""
    orders = (("a", "b", "c"), ("c", "b", "a"), ("b", "a", "c"), ("c", "a", "b"))
    barrier = threading.Barrier(THREADS)

    def work(streams: tuple[str, ...]) -> None:
        barrier.wait()
        for _ in range(EACH):
            _note(world, *streams)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, orders))
    for stream in "abc":
        assert _seqs(world, stream) == list(range(1, THREADS * EACH + 1))
    with world.trying() as session:
        assert not list(broken_links(session))


def test_many_rows_are_written_in_the_same_number_of_statements_as_few(world: World) -> None:
    """Also where some carry personal values and some do not; every value stands beside its own row."""

    def written(count: int) -> int:
        with counting(world.engine) as said, world.writing() as session:
            for number in range(count):
                more = {"personal": {"reason": f"{count}-{number}"}} if number % 2 else {}
                record(
                    session, "need.filed", stream=f"{count}-{number % 3}", actor=CLOCK, number=number, **more
                )
        return len(said)

    assert written(4) == written(60)
    with world.trying() as session:
        assert not list(broken_links(session))
        rows = session.scalars(select(HistoryRow).where(HistoryRow.stream.like("60-%"))).all()
        told = {json.loads(row.payload)["number"]: [one.value for one in row.values] for row in rows}
        assert told == {number: [f"60-{number}"] if number % 2 else [] for number in range(60)}
