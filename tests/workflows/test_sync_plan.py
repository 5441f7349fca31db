"""What to tell a site: properties that hold for every list of wishes and every roster."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from workflows.ports import ActualEnrolment
from workflows.sync_plan import SyncPlan, Wish, plan_sync

OURS, THEIRS = [str(n) for n in range(8)], [str(n) for n in range(8, 12)]
ROSTERS = st.dictionaries(st.sampled_from(OURS + THEIRS), st.booleans()).map(
    lambda held: {remote: ActualEnrolment(remote, active) for remote, active in held.items()}
)
WISHES = st.dictionaries(st.sampled_from(OURS), st.sampled_from(("active", "suspended", "removed"))).map(
    lambda wanted: [Wish(n, remote, desired) for n, (remote, desired) in enumerate(wanted.items(), start=1)]
)


def _applied(plan: SyncPlan, roster: dict[str, ActualEnrolment]) -> dict[str, ActualEnrolment]:
    """What a site holds after it did as it was told."""
    after = dict(roster)
    for row in plan.apply:
        after[row.remote_id] = ActualEnrolment(row.remote_id, not row.suspended)
    for row in plan.unenrol:
        del after[row.remote_id]
    return after


@given(WISHES, ROSTERS)
def test_whoever_is_not_ours_is_never_in_the_plan(
    wishes: list[Wish], roster: dict[str, ActualEnrolment]
) -> None:
    plan = plan_sync(wishes, roster)
    named = {row.remote_id for row in (*plan.apply, *plan.unenrol, *plan.settled)}
    assert named == {wish.remote_id for wish in wishes}
    after = _applied(plan, roster)
    strangers = roster.keys() - named
    assert {k: after[k] for k in strangers} == {k: roster[k] for k in strangers}


@given(WISHES, ROSTERS)
def test_applying_the_plan_reaches_what_we_want_and_then_there_is_nothing_to_do(
    wishes: list[Wish], roster: dict[str, ActualEnrolment]
) -> None:
    after = _applied(plan_sync(wishes, roster), roster)
    for wish in wishes:
        held = after.get(wish.remote_id)
        open_door = held is not None and held.active
        assert open_door == (wish.desired == "active")
        assert held is None or wish.desired != "removed"
    again = plan_sync(wishes, after)
    assert (again.apply, again.unenrol, again.settled) == ([], [], wishes)


@given(WISHES, ROSTERS)
def test_every_wish_is_answered_once(wishes: list[Wish], roster: dict[str, ActualEnrolment]) -> None:
    plan = plan_sync(wishes, roster)
    keys = [row.key for row in (*plan.apply, *plan.unenrol)] + [str(w.enrolment_id) for w in plan.settled]
    assert sorted(keys) == sorted(str(wish.enrolment_id) for wish in wishes)


@given(WISHES, ROSTERS)
def test_nobody_is_enrolled_only_to_be_suspended(
    wishes: list[Wish], roster: dict[str, ActualEnrolment]
) -> None:
    plan = plan_sync(wishes, roster)
    assert all(row.remote_id in roster for row in plan.apply if row.suspended)
    assert all(row.remote_id in roster for row in plan.unenrol)


BEGINS, ENDS_AT = datetime(2027, 4, 5, tzinfo=UTC), datetime(2027, 5, 10, tzinfo=UTC)
ACCESS = (BEGINS, ENDS_AT)
SHUT = {"9": ActualEnrolment("9", False)}


def test_an_enrolment_before_its_first_day_is_inactive_as_it_should_be() -> None:
    wish = Wish(1, "9", "active", ACCESS, ACCESS, "active")
    assert plan_sync([wish], SHUT, BEGINS - timedelta(days=1)).settled == [wish]
    assert plan_sync([wish], SHUT, BEGINS + timedelta(days=1)).apply, "inactive while it should be open"
    assert plan_sync([wish], {}, BEGINS - timedelta(days=1)).apply


def test_other_dates_than_those_given_are_sent_and_dates_never_given_too() -> None:
    for held in (None, (BEGINS, BEGINS)):
        (row,) = plan_sync([Wish(1, "9", "active", ACCESS, held)], {"9": ActualEnrolment("9", True)}).apply
        assert (row.starts_at, row.ends_at) == ACCESS


def test_inactive_before_the_first_day_is_no_suspension() -> None:
    wish = Wish(1, "9", "suspended", ACCESS, ACCESS)
    (row,) = plan_sync([wish], SHUT, BEGINS - timedelta(days=1)).apply
    assert row.suspended
    assert plan_sync([wish], SHUT, BEGINS + timedelta(days=1)).settled == [wish]


def test_who_was_stopped_and_joins_again_before_the_first_day_is_sent() -> None:
    """The site shows both as inactive: only our own word tells them apart."""
    before = BEGINS - timedelta(days=1)
    (row,) = plan_sync([Wish(1, "9", "active", ACCESS, ACCESS, "suspended")], SHUT, before).apply
    assert not row.suspended
    stopped = Wish(1, "9", "suspended", ACCESS, ACCESS, "suspended")
    assert plan_sync([stopped], SHUT, before).settled == [stopped]


def test_who_is_in_doubt_is_sent_and_not_taken_for_stopped() -> None:
    """Sent once with an answer that was lost: the dates that the site holds are not known."""
    before = BEGINS - timedelta(days=1)
    for applied in ("none", "active", "suspended"):
        assert plan_sync([Wish(1, "9", "suspended", ACCESS, None, applied)], SHUT, before).apply
        assert plan_sync([Wish(1, "9", "active", ACCESS, None, applied)], SHUT, before).apply
