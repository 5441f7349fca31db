"""Batches over an outside that is all-or-nothing: nothing lost, nothing twice, the bad rows alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_connectors.batches import Batches, Done, Failed, Outcome
from workflows.ports import Permanent, Retryable

LOST = Retryable("http_504", doubtful=True)
AWAY = Retryable("unreachable")


class Outside:
    """All or nothing; ``moods`` says what each call meets: fine, lost before or after the work, away."""

    def __init__(self, bad: set[int], moods: Sequence[str] = ()) -> None:
        self.bad, self.moods = bad, list(moods)
        self.held: Counter[int] = Counter()
        self.calls = 0

    def send(self, rows: Sequence[int]) -> list[int]:
        self.calls += 1
        mood = self.moods.pop(0) if self.moods else "fine"
        if mood == "away":
            raise AWAY
        if mood == "lost_before":
            raise LOST
        if set(rows) & self.bad:
            raise Permanent("invalidparameter")
        self.held.update(rows)
        if mood == "lost_after":
            raise LOST
        return list(rows)

    def read_back(self, rows: Sequence[int]) -> list[int | None]:
        return [row if self.held[row] else None for row in rows]

    def run(self, rows: Sequence[int], **how: Any) -> list[Outcome[int]]:
        return Batches(send=self.send, read_back=self.read_back, **how).run(rows)


def test_each_row_is_told_once_when_it_has_its_outcome_whatever_that_took() -> None:
    outside, told = Outside({3, 11}, ["fine", "lost_after", "lost_before"]), list[int]()
    for connections in (1, 3):
        told.clear()
        outside.run(range(20), size=6, connections=connections, answered=told.append)
        assert sorted(told) == [2, 6, 6, 6]


@given(
    count=st.integers(0, 40),
    bad=st.sets(st.integers(0, 39)),
    size=st.integers(1, 12),
    moods=st.lists(st.sampled_from(["fine", "lost_before", "lost_after"]), max_size=12),
)
@settings(deadline=None, max_examples=200)
def test_no_row_is_sent_twice_or_lost_and_only_bad_rows_are_refused(
    count: int, bad: set[int], size: int, moods: list[str]
) -> None:
    outside = Outside(bad, moods)
    outcomes = outside.run(range(count), size=size)
    assert len(outcomes) == count
    for row, outcome in enumerate(outcomes):
        assert outside.held[row] <= 1
        if isinstance(outcome, Done):
            assert (outcome.result, outside.held[row]) == (row, 1)
        elif isinstance(outcome.error, Permanent):
            assert row in bad
        else:
            assert outside.held[row] == 0


@given(bad=st.sets(st.integers(0, 49)), size=st.integers(1, 50), connections=st.integers(1, 3))
@settings(deadline=None, max_examples=50)
def test_without_faults_exactly_the_bad_rows_are_refused(bad: set[int], size: int, connections: int) -> None:
    outcomes = Outside(bad).run(range(50), size=size, connections=connections)
    assert {row for row, outcome in enumerate(outcomes) if isinstance(outcome, Failed)} == bad


def test_one_bad_row_of_fifty_costs_few_calls() -> None:
    outside = Outside({17})
    outside.run(range(50), size=50)
    assert outside.calls <= 13


def test_outside_that_is_away_is_asked_once_and_not_for_every_batch() -> None:
    outside = Outside(set(), ["away"] * 100)
    outcomes = outside.run(range(100), size=10)
    assert outside.calls == 1
    assert all(isinstance(outcome, Failed) and outcome.error is AWAY for outcome in outcomes)


def test_outside_that_loses_the_same_rows_twice_is_left_alone() -> None:
    outside = Outside(set(), ["lost_before"] * 100)
    outcomes = outside.run(range(100), size=10)
    assert outside.calls == 2
    assert all(isinstance(outcome, Failed) and outcome.error is LOST for outcome in outcomes)


def test_refusal_of_every_call_is_raised_and_nothing_more_is_sent() -> None:
    calls = []

    def refuse(rows: Sequence[int]) -> list[int]:
        calls.append(rows)
        raise Permanent("invalidtoken", site_wide=True)

    with pytest.raises(Permanent) as caught:
        Batches(send=refuse, read_back=lambda rows: [None for _ in rows], size=2).run(range(10))
    assert caught.value.site_wide
    assert len(calls) == 1


def test_refusal_that_no_row_causes_is_not_cut_in_halves() -> None:
    calls = []

    def refuse(rows: Sequence[int]) -> list[int]:
        calls.append(rows)
        raise Permanent("wsnoinstance")

    asking = Batches(
        send=refuse, read_back=lambda rows: [None for _ in rows], size=8, whole_call=lambda error: True
    )
    outcomes = asking.run(range(8))
    assert len(calls) == 1
    assert all(isinstance(outcome, Failed) for outcome in outcomes)


def test_doubt_that_cannot_be_cleared_leaves_the_rows_to_be_tried_again() -> None:
    def send(rows: Sequence[int]) -> list[int]:
        raise LOST

    def read_back(rows: Sequence[int]) -> list[int | None]:
        raise AWAY

    outcomes = Batches(send=send, read_back=read_back, size=2).run(range(4))
    assert [type(outcome) for outcome in outcomes] == [Failed] * 4
    assert all(isinstance(outcome, Failed) and isinstance(outcome.error, Retryable) for outcome in outcomes)
