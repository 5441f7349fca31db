"""What every learning platform must hold, whatever it speaks. For pytest: subclass it with a fixture ``bench``.

    class TestMine(PlatformContract):
        @pytest.fixture
        def bench(self) -> Bench:
            return Bench(MyPlatform("http://my.test", "token"), "7", "http://my.test")

The rules use nothing but the port, so they also run against a real site: people are made up each time.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from workflows.ports import (
    AccountStatus,
    DesiredEnrolment,
    LearnerAccount,
    LearningPlatform,
    Permanent,
    RowStatus,
)

NOWHERE = "98765432"


@dataclass
class Bench:
    """A platform and the id of a course on it in which manual enrolment is allowed.

    ``category``: where courses may be made, for ``lms_connectors.contract_courses``.
    """

    platform: LearningPlatform
    course_ref: str
    home_page: str
    category: str = ""


def someone(*, key: str = "k1", **changes: str) -> LearnerAccount:
    """A person whom no platform has seen yet. Upper case in the user name: the platform must cope."""
    mark = uuid.uuid4().hex[:12]
    made = LearnerAccount(
        key=key,
        username=f"Uji{mark}",
        idnumber=f"ID-{mark}",
        email=f"{mark}@uji.instansi.test",
        given_name="Nama",
        family_name="Uji",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # every change is a text


def enrolled(bench: Bench, count: int = 1) -> list[DesiredEnrolment]:
    """People with accounts, not yet in the course."""
    people = [someone(key=f"k{number}") for number in range(count)]
    results = bench.platform.resolve_accounts(people)
    return [DesiredEnrolment(result.key, result.remote_id or "") for result in results]


def refusal_of(call: Callable[[], object]) -> Permanent:
    """What the platform refuses with; no refusal is a failure."""
    try:
        call()
    except Permanent as error:
        return error
    raise AssertionError("not refused")


class PlatformContract:
    """One instance a test, as pytest makes them. ``bench`` may be new each time or the same site."""

    def test_is_a_learning_platform_with_a_home_page_without_trailing_slash(self, bench: Bench) -> None:
        assert isinstance(bench.platform, LearningPlatform)
        assert bench.platform.home_page == bench.home_page
        assert not bench.platform.home_page.endswith("/")

    def test_check_of_a_site_in_order_finds_nothing_to_mend(self, bench: Bench) -> None:
        lines = bench.platform.check()
        assert lines
        assert [line for line in lines if not line.ok] == []

    def test_course_is_found_by_its_id_and_nothing_else(self, bench: Bench) -> None:
        found = bench.platform.find_course(bench.course_ref)
        assert found is not None
        assert found.ref == bench.course_ref
        assert bench.platform.find_course(NOWHERE) is None
        assert bench.platform.find_course("not a number") is None

    def test_search_by_part_of_the_title_in_any_case_finds_the_course(self, bench: Bench) -> None:
        wanted = bench.platform.find_course(bench.course_ref)
        assert wanted is not None
        assert wanted in bench.platform.search_courses(wanted.title[1:].upper())
        assert wanted in bench.platform.search_courses("")
        assert bench.platform.search_courses(uuid.uuid4().hex) == []

    def test_unknown_person_is_made_once_and_found_ever_after(self, bench: Bench) -> None:
        person = someone()
        (made,) = bench.platform.resolve_accounts([person])
        (found,) = bench.platform.resolve_accounts([person])
        assert (made.status, found.status) == (AccountStatus.MADE, AccountStatus.FOUND)
        assert made.remote_id == found.remote_id
        assert found.username == person.username.lower()

    def test_person_is_found_by_user_name_alone_in_any_case(self, bench: Bench) -> None:
        person = someone()
        (made,) = bench.platform.resolve_accounts([person])
        same = someone(username=person.username.upper(), idnumber="", email=person.email)
        (found,) = bench.platform.resolve_accounts([same])
        assert (found.status, found.remote_id) == (AccountStatus.FOUND, made.remote_id)

    def test_one_result_a_person_in_order(self, bench: Bench) -> None:
        people = [someone(key=f"k{number}") for number in range(7)]
        bench.platform.resolve_accounts(people[3:5])
        results = bench.platform.resolve_accounts(people)
        assert [result.key for result in results] == [person.key for person in people]
        assert all(result.usable for result in results)
        assert len({result.remote_id for result in results}) == 7
        assert bench.platform.resolve_accounts([]) == []

    def test_account_is_never_taken_by_its_e_mail_alone(self, bench: Bench) -> None:
        person = someone()
        bench.platform.resolve_accounts([person])
        (other,) = bench.platform.resolve_accounts([someone(email=person.email)])
        assert not other.usable
        assert other.remote_id is None

    def test_account_that_was_made_takes_our_new_name_and_e_mail(self, bench: Bench) -> None:
        person = someone()
        (made,) = bench.platform.resolve_accounts([person])
        now = replace(person, remote_id=made.remote_id, given_name="Baru", email=f"baru.{person.email}")
        (before,) = bench.platform.find_accounts([now])
        results = [bench.platform.update_accounts([now])[0] for _ in range(2)]
        (after,) = bench.platform.find_accounts([now])
        assert [result.status for result in results] == [RowStatus.APPLIED] * 2
        assert (before.differs, after.differs) == (("name", "email"), ())
        assert (after.remote_id, after.username) == (made.remote_id, person.username.lower())

    def test_account_that_was_made_takes_our_new_number_unless_another_carries_it(self, bench: Bench) -> None:
        people = [someone(key=f"k{number}") for number in range(2)]
        ids = [one.remote_id for one in bench.platform.resolve_accounts(people)]
        number = f"{people[0].idnumber}-B"
        wanted = replace(
            people[0], remote_id=ids[0], idnumber=number, given_name="", family_name="", email=""
        )
        (told,) = bench.platform.update_accounts([wanted])
        (found,) = bench.platform.find_accounts([replace(people[0], idnumber=number, username="tak.dikenal")])
        assert (told.code, found.remote_id, found.differs) == ("", ids[0], ())
        double = replace(people[1], remote_id=ids[1], idnumber=number, given_name="Baru")
        (refused,) = bench.platform.update_accounts([double])
        (after,) = bench.platform.find_accounts([replace(double, idnumber=people[1].idnumber)])
        assert (refused.code, after.differs) == ("idnumber_in_use", ()), "the rest of the row was taken"

    def test_change_that_is_refused_stands_alone_and_the_others_are_made(self, bench: Bench) -> None:
        people = [someone(key=f"k{number}") for number in range(4)]
        made = bench.platform.resolve_accounts(people)
        wanted = [
            replace(person, remote_id=one.remote_id, given_name="Baru")
            for person, one in zip(people, made, strict=True)
        ]
        wanted[1] = replace(wanted[1], email=people[3].email)
        wanted[2] = replace(wanted[2], remote_id=NOWHERE)
        results = bench.platform.update_accounts(wanted)
        assert [(result.key, result.code) for result in results] == [
            ("k0", ""),
            ("k1", "email_in_use"),
            ("k2", "user_missing"),
            ("k3", ""),
        ]
        assert bench.platform.update_accounts([]) == []

    def test_who_may_not_be_made_stays_missing(self, bench: Bench) -> None:
        person = replace(someone(), may_be_made=False)
        (result,) = bench.platform.resolve_accounts([person])
        (again,) = bench.platform.find_accounts([person])
        assert (result.status, again.status) == (AccountStatus.MISSING, AccountStatus.MISSING)

    def test_enrolled_people_are_in_the_roster_and_active(self, bench: Bench) -> None:
        rows = enrolled(bench, 3)
        results = bench.platform.apply(bench.course_ref, rows)
        roster = bench.platform.roster(bench.course_ref)
        assert [(result.key, result.status) for result in results] == [
            (row.key, RowStatus.APPLIED) for row in rows
        ]
        assert all(roster[row.remote_id].active for row in rows)

    def test_enrolling_again_changes_nothing(self, bench: Bench) -> None:
        rows = enrolled(bench, 2)
        bench.platform.apply(bench.course_ref, rows)
        before = bench.platform.roster(bench.course_ref)
        results = bench.platform.apply(bench.course_ref, rows)
        assert {result.status for result in results} == {RowStatus.APPLIED}
        assert bench.platform.roster(bench.course_ref) == before

    def test_suspended_keeps_the_row_and_closes_the_door_until_reactivated(self, bench: Bench) -> None:
        (row,) = enrolled(bench)
        states = []
        for suspended in (False, True, False):
            wish = DesiredEnrolment(row.key, row.remote_id, suspended=suspended)
            bench.platform.apply(bench.course_ref, [wish])
            states.append(bench.platform.roster(bench.course_ref)[row.remote_id].active)
        assert states == [True, False, True]

    def test_bad_row_stands_alone_and_the_others_go_through(self, bench: Bench) -> None:
        rows = enrolled(bench, 4)
        bad = DesiredEnrolment("bad", NOWHERE)
        results = bench.platform.apply(bench.course_ref, [*rows[:2], bad, *rows[2:]])
        assert [result.status for result in results] == [
            *[RowStatus.APPLIED] * 2,
            RowStatus.REFUSED,
            *[RowStatus.APPLIED] * 2,
        ]
        assert results[2].code
        assert {row.remote_id for row in rows} <= set(bench.platform.roster(bench.course_ref))

    def test_who_left_is_gone_and_leaving_twice_is_no_error(self, bench: Bench) -> None:
        rows = enrolled(bench, 2)
        bench.platform.apply(bench.course_ref, rows)
        for _ in range(2):
            (result,) = bench.platform.unenrol(bench.course_ref, rows[:1])
            assert result.status is RowStatus.APPLIED
        roster = bench.platform.roster(bench.course_ref)
        assert rows[0].remote_id not in roster
        assert rows[1].remote_id in roster

    def test_course_that_is_gone_is_said_to_be_missing(self, bench: Bench) -> None:
        (row,) = enrolled(bench)
        refusal = refusal_of(lambda: bench.platform.roster(NOWHERE))
        assert (refusal.code, refusal.site_wide) == ("course_missing", False)
        for change in (bench.platform.apply, bench.platform.unenrol):
            (result,) = change(NOWHERE, [row])
            assert (result.status, result.code) == (RowStatus.REFUSED, "course_missing")

    def test_nothing_asked_is_nothing_done(self, bench: Bench) -> None:
        assert bench.platform.apply(bench.course_ref, []) == []
        assert bench.platform.unenrol(bench.course_ref, []) == []
        assert bench.platform.completions(bench.course_ref, []) == []

    def test_who_has_not_completed_or_is_not_enrolled_gives_no_fact(self, bench: Bench) -> None:
        rows = enrolled(bench, 2)
        bench.platform.apply(bench.course_ref, rows[:1])
        ids = [rows[0].remote_id, rows[1].remote_id, NOWHERE]
        assert bench.platform.completions(bench.course_ref, ids) == []

    def test_progress_is_told_of_who_is_enrolled_and_grades_only_where_there_are_any(
        self, bench: Bench
    ) -> None:
        rows = enrolled(bench, 2)
        bench.platform.apply(bench.course_ref, rows[:1])
        (told,) = bench.platform.progress(bench.course_ref, [rows[0].remote_id, rows[1].remote_id, NOWHERE])
        assert (told.remote_id, told.fact, told.steps_done) == (rows[0].remote_id, None, 0)
        assert told.steps_total >= 1
        assert rows[0].remote_id not in bench.platform.grades(bench.course_ref)

    def test_a_number_shows_whose_it_is_and_one_that_is_nobody_s_is_left_out(self, bench: Bench) -> None:
        witness = someone(key="witness")
        (account,) = bench.platform.resolve_accounts([witness])
        assert account.remote_id is not None
        seen = bench.platform.show_accounts([account.remote_id, NOWHERE])
        assert set(seen) == {account.remote_id}
        assert seen[account.remote_id].username.casefold() == witness.username.casefold()
        assert bench.platform.show_accounts([]) == {}

    def test_accounts_that_exist_are_told_from_those_that_do_not(self, bench: Bench) -> None:
        rows = enrolled(bench, 2)
        ids = [row.remote_id for row in rows]
        assert set(bench.platform.existing_accounts([*ids, NOWHERE])) == set(ids)
        assert set(bench.platform.existing_accounts([])) == set()
