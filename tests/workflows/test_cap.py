"""The cap of contract staff: counted in the year of the agreement, flagged and refused before enrolment (R3)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import walk
from tests.support.contracts import employ
from tests.support.world import World
from workflows.actions import enrolments
from workflows.cap import Standing, anniversary, contract_year, standings
from workflows.errors import Denied, Refused
from workflows.models import (
    CapException,
    Enrolment,
    HistoryRow,
    LegalParameter,
    ProgrammeVersion,
)

CLERK = "contract_clerk"
ONE_DAY = timedelta(days=1)
MAY = {"starts_on": date(2027, 5, 24), "ends_on": date(2027, 5, 28)}
REASON = "Satu-satunya pengelola data di unitnya"


def course(world: World, jp: int, ref: str = "8", **changes: object) -> int:
    """An approved version of so many JP, on a course of its own."""
    return walk.to_approved(world, form_code="course", planned_jp=jp, course_ref=ref, **changes)


def enrol(world: World, version_id: int, names: Iterable[str] = (CLERK,), reason: str = "") -> None:
    with world.writing() as session:
        enrolments.enrol(
            session,
            actor=world.actor(session, "planner"),
            version_id=version_id,
            person_ids=[world.people[name] for name in names],
            cap_reason=reason,
        )


def earn(world: World, version_id: int, day: date, ref: str) -> None:
    """The clerk takes part in a version and completes it on that day."""
    enrol(world, version_id)
    walk.deliver(world, course_ref=ref)
    world.clock.go(day, hour=18)
    when = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    walk.report(world, walk.fact(world, CLERK, when, course_ref=ref))


def standing(world: World, day: date) -> Standing:
    with world.trying() as session:
        return standings(session, {world.people[CLERK]: day})[world.people[CLERK]]


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 4000))
def test_every_day_of_an_agreement_lies_in_exactly_one_of_its_years(start: date, later: int) -> None:
    day = start + timedelta(days=later)
    found = contract_year(start, None, day)
    assert found is not None
    first, last = found
    assert first <= day <= last
    assert 364 <= (last - first).days <= 365
    assert contract_year(start, None, last) == found
    following = contract_year(start, None, last + ONE_DAY)
    assert following is not None
    assert following[0] == last + ONE_DAY


def test_leap_days_lose_and_double_no_day() -> None:
    begun = date(2024, 2, 29)
    assert contract_year(begun, None, date(2025, 2, 28)) == (begun, date(2025, 2, 28))
    assert contract_year(begun, None, date(2025, 3, 1)) == (date(2025, 3, 1), date(2026, 2, 28))
    assert contract_year(begun, None, date(2028, 2, 29)) == (date(2028, 2, 29), date(2029, 2, 28))
    assert contract_year(date(2023, 3, 1), None, date(2024, 2, 29)) == (date(2023, 3, 1), date(2024, 2, 29))
    assert anniversary(begun, 4) == date(2028, 2, 29)


def test_a_day_outside_the_agreement_has_no_year_and_the_last_year_ends_with_it() -> None:
    begun, ended = date(2026, 3, 1), date(2027, 9, 30)
    assert contract_year(begun, ended, date(2026, 2, 28)) is None
    assert contract_year(begun, ended, date(2027, 10, 1)) is None
    assert contract_year(begun, ended, date(2027, 4, 1)) == (date(2027, 3, 1), ended)


def test_scenario_b_on_20_may_ten_and_eighteen_are_four_over_the_cap(world: World) -> None:
    employ(world, CLERK, date(2026, 8, 25))
    earlier, later = course(world, 10, "7"), course(world, 18, seats=20, **MAY)
    earn(world, earlier, date(2027, 4, 8), "7")
    world.clock.go(date(2027, 5, 20))
    one = standing(world, date(2027, 5, 28))
    assert (one.earned, one.planned, one.cap, one.over(18)) == (10, 0, 24, 4)
    with pytest.raises(Refused, match="over_cap") as caught:
        enrol(world, later, [CLERK, "learner1"])
    said = caught.value.sentence % caught.value.values
    assert "akan menjadi 28 dari 24 JP pada tahun perjanjian kerjanya, 4 di atas batas" in said
    assert (caught.value.rule, caught.value.field) == ("R3", "cap_reason")
    with world.trying() as session:
        assert session.query(Enrolment).filter_by(course_ref="8").count() == 0
    enrol(world, later, [CLERK, "learner1"], REASON)
    with world.trying() as session:
        made = session.query(CapException).one()
        row = session.get_one(Enrolment, made.enrolment_id)
        assert row.person_id == world.people[CLERK]
        assert (made.counted_from, made.jp_before, made.jp_added, made.cap) == (date(2026, 8, 25), 10, 18, 24)
        assert (made.reason, made.decided_by) == (REASON, world.people["planner"])
        told = session.query(HistoryRow).filter_by(name="enrolment.cap_exceeded").one()
        payload = json.loads(told.payload)
        assert payload.pop("personal").keys() == {"reason"}
        assert payload == {
            "enrolment": row.id,
            "since": "2026-08-25",
            "earned": 10,
            "planned": 0,
            "added": 18,
            "total": 28,
            "cap": 24,
            "over": 4,
        }
        assert {value.key: value.value for value in told.values} == {"reason": REASON}
        assert told.actor_id == world.people["planner"]


def test_what_is_planned_counts_until_it_is_given_up(world: World) -> None:
    employ(world, CLERK, date(2026, 8, 25))
    first, second = course(world, 16, "7"), course(world, 18, **MAY)
    enrol(world, first)
    assert standing(world, walk.ENDS).planned == 16
    with pytest.raises(Refused, match="over_cap"):
        enrol(world, second)
    with world.writing() as session:
        row = walk.enrolment_of(session, world, first, CLERK)
        enrolments.withdraw(
            session, actor=world.actor(session, "planner"), enrolment_id=row.id, reason="Pindah"
        )
    enrol(world, second)
    assert standing(world, walk.ENDS).before == 18


def test_exactly_the_cap_is_within_it(world: World) -> None:
    employ(world, CLERK, date(2026, 8, 25))
    enrol(world, course(world, 24))
    assert standing(world, walk.ENDS).left == 0
    with pytest.raises(Refused, match="over_cap"):
        enrol(world, course(world, 1, "9"))


def test_a_version_whose_results_are_settled_or_that_is_closed_plans_nothing(world: World) -> None:
    employ(world, CLERK, date(2026, 8, 25))
    version_id = course(world, 16)
    enrol(world, version_id)
    for values in ({"state": "evaluated"}, {"state": "approved", "closed_as": "cancelled"}):
        with world.writing() as session:
            session.query(ProgrammeVersion).filter_by(id=version_id).update(values)
        assert standing(world, walk.ENDS).planned == 0


@pytest.mark.parametrize(("begun", "counted"), [(date(2026, 4, 9), 0), (date(2026, 4, 10), 16)])
def test_hours_count_in_the_year_of_the_agreement_not_of_the_calendar(
    world: World, begun: date, counted: int
) -> None:
    """Earned on 8 April 2027: the day before the anniversary is another year than the anniversary."""
    employ(world, CLERK, begun)
    earn(world, course(world, 16, "7"), date(2027, 4, 8), "7")
    assert standing(world, date(2027, 4, 9)).earned == counted
    assert standing(world, date(2027, 4, 8)).earned == 16
    assert standing(world, date(2027, 12, 31)).earned == 0


def test_an_agreement_without_days_is_flagged_and_hinders_nobody(world: World) -> None:
    version_id = course(world, 40)
    assert standing(world, walk.ENDS).since is None
    enrol(world, version_id)
    employ(world, CLERK, date(2026, 3, 1), date(2027, 2, 28))
    one = standing(world, walk.ENDS)
    assert (one.since, one.over(40), one.cap) == (None, 0, 24)


def test_who_is_no_contract_staff_on_that_day_has_no_cap(world: World) -> None:
    employ(world, CLERK, None, kind="pns", valid_from=date(2027, 3, 1))
    with world.trying() as session:
        person = world.people[CLERK]
        assert standings(session, {person: walk.ENDS, world.people["nurse"]: walk.ENDS}) == {}
        assert standings(session, {person: date(2027, 2, 28)}).keys() == {person}
        assert standings(session, {}) == {}
    enrol(world, course(world, 40))


def test_the_cap_in_force_on_the_day_of_the_batch_counts(world: World) -> None:
    employ(world, CLERK, date(2026, 8, 25), kind="pppk_part_time")
    with world.writing() as session:
        old = session.query(LegalParameter).filter_by(key="jp.cap_pppk_part_time").one()
        old.valid_to = date(2027, 4, 30)
        new = {"value": "30", "valid_from": date(2027, 5, 1), "source_document": "contoh baru"}
        session.add(LegalParameter(key="jp.cap_pppk_part_time", verified=True, **new))
    with pytest.raises(Refused) as caught:
        enrol(world, course(world, 28, "7"))
    assert caught.value.values["cap"] == 24
    enrol(world, course(world, 28, **MAY))
    before, after = standing(world, walk.ENDS), standing(world, date(2027, 5, 28))
    assert (before.cap, before.verified, after.cap, after.verified) == (24, False, 30, True)


def test_a_missing_number_of_law_refuses_nobody_by_guess(world: World) -> None:
    employ(world, CLERK, date(2026, 8, 25))
    with world.writing() as session:
        session.query(LegalParameter).filter_by(key="jp.cap_pppk").delete()
    one = standing(world, walk.ENDS)
    assert (one.cap, one.over(100)) == (None, 0)
    enrol(world, course(world, 40))


def test_who_comes_back_after_completing_earns_nothing_more(world: World) -> None:
    employ(world, CLERK, date(2026, 8, 25))
    version_id = course(world, 24, "7")
    earn(world, version_id, date(2027, 4, 8), "7")
    with world.writing() as session:
        row = walk.enrolment_of(session, world, version_id, CLERK)
        enrolments.withdraw(
            session, actor=world.actor(session, "planner"), enrolment_id=row.id, reason="Salah"
        )
    enrol(world, version_id)


def test_a_reason_helps_only_the_agency(world: World) -> None:
    employ(world, CLERK, date(2026, 8, 25))
    version_id = course(world, 40)
    with world.trying() as session, pytest.raises(Denied):
        enrolments.enrol(
            session,
            actor=world.actor(session, "quality"),
            version_id=version_id,
            person_ids=[world.people[CLERK]],
            cap_reason=REASON,
        )


def test_two_enrolments_of_one_person_at_once_never_pass_the_cap_together(world: World) -> None:
    employ(world, CLERK, date(2026, 8, 25))
    versions = [course(world, 16, "7"), course(world, 16, "8")]
    for _round in range(5):
        barrier = threading.Barrier(2)

        def press(version_id: int, barrier: threading.Barrier = barrier) -> str:
            barrier.wait()
            try:
                enrol(world, version_id)
            except Refused as error:
                return error.code
            return ""

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(press, versions)) == ["", "over_cap"]
        with world.writing() as session:
            session.query(Enrolment).delete()
