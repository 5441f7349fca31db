"""When stops wait: a floor, a share and a number, never whoever is enrolled (R26)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.brake import CAUSES, Limits, crossed, put_back, stops_of, without
from workflows.ports import ActualEnrolment
from workflows.sync_plan import SyncPlan, Wish, plan_sync

USUAL = Limits(least=3, most=50, percent=20, hours=24)
numbers = st.integers(min_value=0, max_value=2_000)
limits = st.builds(
    Limits,
    least=st.integers(0, 100),
    most=st.integers(0, 500),
    percent=st.integers(0, 100),
    hours=st.just(24),
)


@pytest.mark.parametrize(
    ("stops", "base", "expected"),
    [
        (0, 0, ""),
        (1, 1, ""),  # one person of a course of one
        (3, 4, ""),
        (4, 4, "share"),
        (6, 30, ""),
        (7, 30, "share"),
        (50, 1_000, ""),
        (51, 1_000, "most"),
        (51, 60, "most"),
    ],
)
def test_a_class_loses_a_few_unasked_and_no_more(stops: int, base: int, expected: str) -> None:
    assert crossed(stops, base, USUAL) == expected


@given(numbers, numbers, limits)
def test_more_stops_never_pass_where_fewer_wait(stops: int, base: int, one: Limits) -> None:
    if crossed(stops, base, one):
        assert crossed(stops + 1, base, one)
        assert stops > one.least
    elif stops > one.least:
        assert stops <= one.most
        assert stops * 100 <= one.percent * base


@given(st.lists(st.integers(1, 60), max_size=8), st.integers(1, 200), limits)
def test_small_plans_in_a_row_pass_no_more_people_than_one_large_plan(
    plans: list[int], base: int, one: Limits
) -> None:
    """Each plan is counted together with those that were sent before it in the same hours."""
    passed = 0
    for plan in plans:
        if not crossed(passed + plan, base, one):
            passed += plan
    assert not crossed(passed, base, one)


wishes = st.lists(
    st.tuples(st.sampled_from(["active", "suspended", "removed"]), st.sampled_from([None, True, False])),
    max_size=30,
)


@given(wishes, st.data())
def test_only_stops_are_left_out_and_all_of_those_that_are_held(
    told: list[tuple[str, bool | None]], data: st.DataObject
) -> None:
    ours = [Wish(number, str(number), desired) for number, (desired, _) in enumerate(told, 1)]
    roster = {
        str(number): ActualEnrolment(str(number), seen)
        for number, (_, seen) in enumerate(told, 1)
        if seen is not None
    }
    plan = plan_sync(ours, roster)
    stops = stops_of(plan)
    held = data.draw(st.sets(st.sampled_from(sorted(stops) or [0])))
    left = without(plan, held)
    assert stops_of(left) == {key: wish for key, wish in stops.items() if key not in held}
    kept = [row for row in plan.apply if not row.suspended]
    assert [row for row in left.apply if not row.suspended] == kept
    assert left.settled == plan.settled
    desired = {wish.enrolment_id: wish.desired for wish in ours}
    assert all(desired[key] == wish != "active" for key, wish in stops.items())


@pytest.mark.parametrize("cause", sorted({*CAUSES, ""}))
def test_turned_down_the_wish_is_what_the_site_was_last_known_to_hold(cause: str) -> None:
    if cause == "repair":
        assert put_back("suspended", "none", cause) == ("suspended", "suspended")
        return
    assert put_back("suspended", "active", cause) == ("active", "active")
    assert put_back("removed", "suspended", cause) == ("suspended", "suspended")
    assert put_back("suspended", "none", cause) == ("active", "none")


def test_an_empty_plan_has_no_stops() -> None:
    assert stops_of(SyncPlan()) == {}
