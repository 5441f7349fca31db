"""A course from a template: made once, whatever is lost on the way; a failed half is out of the way again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lms_connectors.sandbox.faults import Fault
from lms_connectors.sandbox.refusal import moodle_error
from tests.connectors.running_sandbox import Running
from tests.connectors.sandbox_state import WHEN
from workflows.ports import NewCourse, Permanent, Retryable

DUPLICATE = "core_course_duplicate_course"
STARTS = datetime(2027, 4, 5, 1, tzinfo=UTC)
NEW = NewCourse("bangkom-7", "Pengelolaan Data", "21", "6", STARTS, STARTS + timedelta(days=4))
OURS = "SELECT id, fullname, idnumber, tracked FROM courses WHERE shortname = 'bangkom-7'"
FAILED_RESTORE = Fault(
    refusal=moodle_error("backupprecheckerrors", "webservice/backupprecheckerrors"), function=DUPLICATE
)


def half_made(sandbox: Running, *, minutes_old: int, visible: bool = False) -> None:
    """What a copy leaves behind: a course of that short name, without our idnumber."""
    born = int((WHEN - timedelta(minutes=minutes_old)).timestamp())
    with sandbox.app.site.store.writing() as db:
        db.execute("INSERT INTO courses VALUES (70, 'Setengah', 'bangkom-7', '', 'none', 1, 1, ?)", (born,))
        db.execute("INSERT INTO course_places VALUES (70, 6, ?, 0, 0, 0)", (int(visible),))


def test_a_copy_has_our_idnumber_its_dates_and_completion(sandbox: Running) -> None:
    with sandbox.app.site.store.writing() as db:
        db.execute("UPDATE courses SET tracked = 0 WHERE id = 21")
    made = sandbox.platform(category_ref="6").create_course(NEW)
    assert sandbox.rows(OURS) == [(int(made.ref), "Pengelolaan Data", "bangkom-7", 1)]
    ((category, start, end),) = sandbox.rows(
        f"SELECT category, startdate, enddate FROM course_places WHERE course = {made.ref}"
    )
    assert (category, start, end) == (6, STARTS.timestamp(), (STARTS + timedelta(days=4)).timestamp())
    assert len(sandbox.rows(f"SELECT id FROM activities WHERE course = {made.ref}")) == 2


def test_an_answer_that_was_lost_makes_no_second_course(sandbox: Running) -> None:
    platform = sandbox.platform(category_ref="6")
    sandbox.app.faults.next(Fault(504, "<html>", after_work=True, function=DUPLICATE))
    with pytest.raises(Retryable):
        platform.create_course(NEW)
    made = platform.create_course(NEW)
    assert sandbox.rows(OURS) == [(int(made.ref), "Pengelolaan Data", "bangkom-7", 1)]


def test_the_empty_half_of_a_failed_restore_is_removed(sandbox: Running) -> None:
    platform = sandbox.platform(category_ref="6", now=lambda: WHEN)
    half_made(sandbox, minutes_old=30)
    made = platform.create_course(NEW)
    assert [row[0] for row in sandbox.rows(OURS)] == [int(made.ref)]
    assert sandbox.rows("SELECT id FROM courses WHERE fullname = 'Setengah'") == []


def test_a_refused_copy_takes_its_half_away_at_once(sandbox: Running) -> None:
    platform = sandbox.platform(category_ref="6", now=lambda: WHEN)
    sandbox.app.faults.next(FAILED_RESTORE)
    half_made_on_refusal(sandbox)
    with pytest.raises(Permanent) as refused:
        platform.create_course(NEW)
    assert (refused.value.code, refused.value.message) == ("backupprecheckerrors", "")
    assert sandbox.rows(OURS) == []


def half_made_on_refusal(sandbox: Running) -> None:
    """The half appears with the refusal: it is not there when the platform looks before."""
    take = sandbox.app.faults.take

    def taking(function: str) -> Fault | None:
        if function == DUPLICATE:
            half_made(sandbox, minutes_old=0)
        return take(function)

    sandbox.app.faults.take = taking  # type: ignore[method-assign]


def test_a_half_that_may_not_be_removed_frees_its_name_and_is_told(sandbox: Running) -> None:
    sandbox.app.site.lacking = {"moodle/course:delete"}
    sandbox.app.faults.next(FAILED_RESTORE)
    half_made_on_refusal(sandbox)
    with pytest.raises(Permanent) as refused:
        sandbox.platform(category_ref="6", now=lambda: WHEN).create_course(NEW)
    assert refused.value.message == "course 70 is left, hidden and empty"
    assert sandbox.rows("SELECT shortname FROM courses WHERE id = 70") == [("sisa-70",)]


def test_a_name_that_may_not_even_be_freed_is_told(sandbox: Running) -> None:
    sandbox.app.site.lacking = {"moodle/course:delete", "moodle/course:changeshortname"}
    sandbox.app.faults.next(FAILED_RESTORE)
    half_made_on_refusal(sandbox)
    with pytest.raises(Permanent) as refused:
        sandbox.platform(category_ref="6", now=lambda: WHEN).create_course(NEW)
    assert "keeps the short name" in refused.value.message


def test_a_copy_still_in_the_making_is_waited_for(sandbox: Running) -> None:
    half_made(sandbox, minutes_old=3)
    with pytest.raises(Retryable) as waits:
        sandbox.platform(category_ref="6", now=lambda: WHEN).create_course(NEW)
    assert waits.value.code == "restore_running"
    assert sandbox.rows("SELECT id FROM courses WHERE id = 70") == [(70,)]


def test_a_whole_copy_whose_end_was_lost_is_finished(sandbox: Running) -> None:
    half_made(sandbox, minutes_old=3, visible=True)
    assert sandbox.platform(category_ref="6", now=lambda: WHEN).create_course(NEW).ref == "70"
    assert sandbox.rows(OURS) == [(70, "Pengelolaan Data", "bangkom-7", 1)]


def test_two_at_once_make_one_course(sandbox: Running) -> None:
    sandbox.app.faults.next(
        Fault(refusal=moodle_error("shortnametaken", "Short name is already used"), function=DUPLICATE)
    )
    with pytest.raises(Retryable) as waits:
        sandbox.platform(category_ref="6").create_course(NEW)
    assert waits.value.code == "restore_running"


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"template_ref": "98765"}, "template_missing"), ({"category_ref": "98765"}, "category_missing")],
)
def test_what_is_missing_is_told_apart(sandbox: Running, changes: dict[str, str], code: str) -> None:
    with pytest.raises(Permanent) as refused:
        sandbox.platform(category_ref="6").create_course(replace(NEW, **changes))
    assert refused.value.code == code
    assert sandbox.rows(OURS) == []


def test_groups_whose_answer_was_lost_are_found_again(sandbox: Running) -> None:
    platform = sandbox.platform()
    sandbox.app.faults.next(Fault(504, "<html>", after_work=True, function="core_group_create_groups"))
    with pytest.raises(Retryable):
        platform.ensure_groups("20", {"b-1": "Angkatan 1"})
    made = platform.ensure_groups("20", {"b-1": "Angkatan 1"})
    assert sandbox.rows("SELECT id, idnumber FROM groups") == [(int(made["b-1"].ref), "b-1")]


def test_a_teachers_group_of_the_same_name_is_left_alone(sandbox: Running) -> None:
    with sandbox.app.site.store.writing() as db:
        db.execute("INSERT INTO groups VALUES (9, 20, 'Angkatan 1', '')")
    made = sandbox.platform().ensure_groups("20", {"b-1": "Angkatan 1"})["b-1"]
    assert (made.ref == "9", made.name) == (False, "Angkatan 1 (b-1)")
    assert set(sandbox.platform().groups("20")) == {"b-1"}
