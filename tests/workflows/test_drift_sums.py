"""What is a difference and what is none (R27): plain data, no database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.drift import Difference, Held, Kind, absent, differences
from workflows.ports import ActualEnrolment

ACTIVE, INACTIVE = ActualEnrolment("5", True), ActualEnrolment("5", False)
CASES = {
    "as wanted": ("active", ACTIVE, (), None),
    "not there": ("active", None, (), Kind.MISSING),
    "account gone": ("active", None, ("5",), Kind.USER_GONE),
    "suspended or expired": ("active", INACTIVE, (), Kind.INACTIVE),
    "stopped and inactive": ("suspended", INACTIVE, (), None),
    "stopped and away": ("suspended", None, (), None),
    "stopped and active": ("suspended", ACTIVE, (), Kind.STILL_ACTIVE),
    "removed and away": ("removed", None, (), None),
    "removed and inactive": ("removed", INACTIVE, (), Kind.STILL_ACTIVE),
    "removed and active": ("removed", ACTIVE, (), Kind.STILL_ACTIVE),
}


@pytest.mark.parametrize(("desired", "actual", "gone", "kind"), CASES.values(), ids=CASES)
def test_a_row_of_ours(
    desired: str, actual: ActualEnrolment | None, gone: tuple[str, ...], kind: Kind | None
) -> None:
    roster = {"5": actual} if actual else {}
    found = differences([Held(1, "5", desired)], roster, gone=gone)
    assert found == ([Difference(kind, "5", 1)] if kind else [])


def test_who_is_not_ours_is_foreign_and_who_is_under_way_is_not() -> None:
    roster = {"5": ACTIVE, "6": ActualEnrolment("6", True), "7": ActualEnrolment("7", False)}
    found = differences([Held(1, "5", "active")], roster, ours={"5", "6"})
    assert found == [Difference(Kind.FOREIGN, "7")]


def test_only_who_should_be_there_is_looked_up() -> None:
    held = [Held(1, "5", "active"), Held(2, "6", "suspended"), Held(3, "7", "active")]
    assert absent(held, {"7": ActualEnrolment("7", False)}) == ["5"]


ids = st.integers(1, 12).map(str)
held_rows = st.dictionaries(ids, st.sampled_from(["active", "suspended", "removed"])).map(
    lambda rows: [Held(int(ref), ref, desired) for ref, desired in rows.items()]
)
rosters = st.dictionaries(ids, st.booleans()).map(
    lambda rows: {ref: ActualEnrolment(ref, active) for ref, active in rows.items()}
)


@given(held_rows, rosters, st.sets(ids))
def test_each_account_differs_at_most_once_and_a_course_as_wanted_not_at_all(
    held: list[Held], roster: dict[str, ActualEnrolment], gone: set[str]
) -> None:
    found = differences(held, roster, gone=gone)
    assert len({one.remote_id for one in found}) == len(found)
    mine = {row.remote_id for row in held}
    assert all((one.enrolment_id is None) == (one.remote_id not in mine) for one in found)
    wanted = {row.remote_id: ActualEnrolment(row.remote_id, True) for row in held if row.desired == "active"}
    assert differences(held, wanted) == []
