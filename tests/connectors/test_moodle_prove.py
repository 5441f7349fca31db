"""Proving by doing names what lacks, and leaves nothing behind whatever happens on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lms_connectors import proving
from lms_connectors.moodle import prove
from lms_connectors.sandbox import faults
from lms_connectors.sandbox.faults import Fault
from lms_connectors.sandbox.refusal import MoodleRefusal
from tests.connectors.running_sandbox import Running
from tests.connectors.sandbox_state import WHEN
from workflows.ports import CheckLine

LEFT = "SELECT id FROM courses WHERE shortname LIKE 'bangkom-uji%' OR shortname LIKE 'sisa-%'"


def failures(sandbox: Running, **settings: str) -> dict[str, CheckLine]:
    platform = sandbox.platform(**({"category_ref": "6"} | settings))
    return {line.name: line for line in platform.prove() if not line.ok}


@pytest.mark.parametrize(
    ("capability", "name", "code"),
    [
        ("moodle/user:create", proving.ACCOUNT, "nopermissions"),
        ("moodle/user:update", prove.CHANGES_ACCOUNT, "nopermissions"),
        ("moodle/course:create", prove.MAKES_COURSE, "nopermissions"),
        ("moodle/course:update", prove.CHANGES_COURSE, "nopermissions"),
        ("moodle/restore:restorecourse", prove.COPIES_COURSE, "nopermissions"),
        ("moodle/backup:backupcourse", prove.COPIES_COURSE, "nopermissions"),
        ("moodle/course:changeidnumber", prove.COPIES_COURSE, "nopermissions"),
        ("enrol/manual:enrol", proving.ENROLS, "nopermissions"),
        ("moodle/course:managegroups", proving.GROUPS, "nopermissions"),
        ("report/completion:view", proving.COMPLETION, "cannotviewreport"),
        ("moodle/grade:viewall", proving.GRADES, "nopermissions"),
        ("enrol/manual:unenrol", proving.UNENROLS, "nopermissions"),
    ],
)
def test_each_capability_that_lacks_is_named_with_where_to_set_it(
    sandbox: Running, capability: str, name: str, code: str
) -> None:
    failures(sandbox)  # the account of tries is there from an earlier one
    sandbox.app.site.lacking = {capability}
    found = failures(sandbox)
    assert found[name].detail.startswith(f"{code}: ")
    assert capability in found[name].detail
    assert "Di Moodle" in found[name].mend
    assert sandbox.rows(LEFT) == []


def test_a_role_that_may_not_be_given_is_mended_elsewhere(sandbox: Running) -> None:
    sandbox.app.site.lacking = {"moodle/role:assign"}
    found = failures(sandbox)
    assert found[proving.ENROLS].detail == "wsusercannotassign"
    assert "Allow role assignments" in found[proving.ENROLS].mend
    assert found[proving.SKIPPED].detail == "7"
    assert proving.READS not in found


@pytest.mark.parametrize(
    ("function", "name"),
    [
        ("core_user_update_users", prove.CHANGES_ACCOUNT),
        ("core_course_create_courses", prove.MAKES_COURSE),
        ("core_course_duplicate_course", prove.COPIES_COURSE),
        ("core_group_get_course_groups", proving.GROUPS),
        ("enrol_manual_enrol_users", proving.ENROLS),
    ],
)
def test_a_function_left_out_of_the_service_is_named(sandbox: Running, function: str, name: str) -> None:
    sandbox.app.site.not_in_service = {function}
    found = failures(sandbox)
    assert function in found[name].detail
    assert "External services" in found[name].mend
    assert sandbox.rows(LEFT) == []


def test_without_a_category_no_course_is_made_and_it_is_said_where_to_set_it(sandbox: Running) -> None:
    before = sandbox.rows("SELECT id FROM courses")
    found = failures(sandbox, category_ref="")
    assert found[prove.MAKES_COURSE].detail == "no_category"
    assert "kategori" in found[prove.MAKES_COURSE].mend
    assert sandbox.rows("SELECT id FROM courses") == before


def test_a_category_that_is_not_there_is_said(sandbox: Running) -> None:
    assert failures(sandbox, category_ref="98765")[prove.MAKES_COURSE].mend == prove.MEND_CATEGORY


def test_what_may_not_be_removed_is_said_plainly(sandbox: Running) -> None:
    sandbox.app.site.lacking = {"moodle/course:delete"}
    (left,) = failures(sandbox).values()
    ((number,),) = sandbox.rows(LEFT)  # the copy; the course that was made may go within a day
    assert (left.name, left.detail) == (prove.REMOVED, f"course {number}")
    assert "Hapus sendiri" in left.mend


@pytest.mark.parametrize(
    "fault",
    [
        Fault(504, "<html>", after_work=True, function="core_course_create_courses"),
        Fault(504, "<html>", after_work=True, function="core_course_duplicate_course"),
        Fault(after_work=True, cut=True, function="core_course_update_courses"),
        Fault(503, "<html>", function="core_enrol_get_enrolled_users"),
        Fault(200, "[[]]", content_type="application/json", function="core_group_get_course_groups"),
    ],
    ids=["create lost", "copy lost", "change cut", "away while reading", "strange answer"],
)
def test_nothing_stays_when_it_breaks_in_the_middle(sandbox: Running, fault: Fault) -> None:
    failures(sandbox)
    sandbox.app.faults.next(fault)
    assert failures(sandbox)
    assert sandbox.rows(LEFT) == []


def test_a_site_that_goes_away_for_good_is_said_with_what_stays(sandbox: Running) -> None:
    sandbox.app.faults.next(Fault(503, "<html>", function="core_course_delete_courses"))
    sandbox.app.faults.next(Fault(503, "<html>", function="core_course_delete_courses"))
    found = failures(sandbox)
    assert len(sandbox.rows(LEFT)) == 2
    assert all(f"course {number}" in found[prove.REMOVED].detail for (number,) in sandbox.rows(LEFT))


def test_what_an_old_try_left_is_removed_and_a_young_one_is_left_alone(sandbox: Running) -> None:
    """By the name, for a copy of an old course says that it is old: one of another try at work would be removed."""
    created = int((WHEN - timedelta(days=400)).timestamp())
    old, young = (proving.scratch_mark(WHEN - timedelta(minutes=ago)) for ago in (120, 2))
    with sandbox.app.site.store.writing() as db:
        for number, name in ((80, old), (81, young), (82, "bangkom-uji-buatan-orang")):
            db.execute(
                "INSERT INTO courses VALUES (?, 'Uji', ?, ?, 'none', 1, 1, ?)", (number, name, name, created)
            )
    platform = sandbox.platform(category_ref="6", now=lambda: WHEN + timedelta(seconds=1))
    assert [line for line in platform.prove() if not line.ok] == []
    assert sandbox.rows(LEFT) == [(81,), (82,)]


def test_a_site_that_does_not_answer_is_not_tried_at_all(sandbox: Running) -> None:
    sandbox.app.faults.always = faults.WEB_SERVICES_OFF
    (line,) = sandbox.platform(category_ref="6").prove()
    assert (line.ok, line.detail) == (False, "http_403")


def test_where_no_accounts_are_made_a_missing_test_account_is_said(sandbox: Running) -> None:
    found = failures(sandbox, account_policy="find")
    assert found[proving.ACCOUNT].detail.startswith("missing")
    assert sandbox.rows("SELECT id FROM users WHERE username = 'bangkom-uji'") == []


def test_looking_alone_names_the_capability_and_its_place(sandbox: Running) -> None:
    before = sandbox.rows("SELECT count(*) FROM courses")
    sandbox.app.site.lacking = {"moodle/course:enrolreview"}
    (bad,) = [line for line in sandbox.platform().check() if not line.ok]
    assert bad.name == "Layanan boleh melihat peserta kursus"
    assert bad.detail == "nopermissions: moodle/course:enrolreview"
    assert bad.mend.startswith("Di Moodle, Users > Permissions > Define roles")
    assert sandbox.rows("SELECT count(*) FROM courses") == before


@pytest.mark.parametrize(
    ("refusal", "place"),
    [
        (MoodleRefusal("moodle_exception", "invalidtoken", "x"), "Manage tokens"),
        (MoodleRefusal("webservice_access_exception", "accessexception", "x"), "External services"),
        (MoodleRefusal("moodle_exception", "forcepasswordchangenotice", "x"), "pengguna layanan"),
        (None, "Advanced features"),
    ],
    ids=["token", "access", "password", "off"],
)
def test_a_site_that_lets_nobody_in_says_where_to_let_us_in(
    sandbox: Running, refusal: MoodleRefusal | None, place: str
) -> None:
    sandbox.app.faults.always = Fault(refusal=refusal) if refusal else faults.WEB_SERVICES_OFF
    (bad,) = sandbox.platform().check()
    assert not bad.ok
    assert place in bad.mend
