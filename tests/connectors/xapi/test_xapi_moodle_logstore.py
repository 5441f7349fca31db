"""Which statements of Moodle are facts: each recorded one, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from lms_connectors.xapi import profiles
from lms_connectors.xapi.profiles.moodle_logstore import read_fact
from tests.connectors.xapi import recorded
from tests.connectors.xapi.samples import REFERENCE, plain
from workflows.ports import LearningFact

STORED = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
KINDS: dict[str, list[str | None]] = {
    "actor_id_account_homepage_ignored": [None],
    "actor_mbox": [None],
    "actor_username": [None],
    "answer_400_resend_halves": [None] * 8,
    "assignment_graded_pass": ["activity_completed", "graded"],
    "assignment_submitted": ["activity_completed", None],
    "batch_of_30": ["enrolled"] * 30,
    "course_completed_with_idnumber": ["course_completed", "course_completed"],
    "course_created": [None, None],
    "course_idnumber_and_shortname": [None],
    "course_viewed": [None],
    "enrolment_created": ["enrolled", "enrolled"],
    "enrolment_deleted": ["unenrolled"],
    "enrolment_suspended": ["suspended"],
    "feedback_submitted": [None, None, None, None, "activity_completed"],
    "idle": [],
    "immediate_course_viewed": [None],
    "manual_completion_on": ["activity_completed"],
    "page_viewed_and_completed": [None, "uncompleted", "activity_completed"],
    "quiz_attempt_started": [None],
    "quiz_attempt_submitted": ["course_completed", "activity_completed", None, None, None, None],
    "user_created": [None],
    "user_loggedin": [None],
    "user_loggedout": [None],
}


def facts(name: str) -> list[LearningFact | None]:
    request = recorded.load(name)
    return [
        read_fact(statement, account_kind=request.account_kind, stored=STORED)
        for statement in request.statements
    ]


@pytest.mark.parametrize("name", recorded.NAMES)
def test_each_recorded_statement_is_the_fact_it_tells(name: str) -> None:
    assert [fact and fact.kind for fact in facts(name)] == KINDS[name]


def test_the_course_completion_of_a_quiz_is_the_course_and_neither_activity_nor_attempt() -> None:
    assert facts("quiz_attempt_submitted")[0] == LearningFact(
        kind="course_completed",
        site="http://moodle.test",
        account="11",
        account_kind="id",
        course_ref="21",
        when=datetime(2026, 11, 24, 3, 15, 31, tzinfo=UTC),
    )


def test_the_account_is_a_user_name_where_the_site_is_set_so() -> None:
    read = [
        (fact.account, fact.account_kind, fact.course_ref)
        for fact in facts("course_completed_with_idnumber")
        if fact
    ]
    assert read == [("199012212015032012", "username", "20"), ("199012212015032012", "username", "22")]


def test_an_activity_carries_its_course_and_its_own_address() -> None:
    for fact in facts("assignment_graded_pass"):
        assert fact is not None
        assert (fact.course_ref, fact.activity) == ("22", "http://moodle.test/mod/assign/view.php?id=22")


def test_the_score_comes_from_raw_min_and_max_never_from_scaled() -> None:
    completed, graded = facts("assignment_graded_pass")
    assert completed is not None
    assert graded is not None
    assert (completed.score, graded.score) == (None, 85.0)


def completion(**changed: Any) -> dict[str, Any]:
    return {**recorded.load("quiz_attempt_submitted").statements[0], **changed}


def read(statement: dict[str, Any], account_kind: str = "id") -> LearningFact | None:
    return read_fact(statement, account_kind=account_kind, stored=STORED)


def told() -> LearningFact:
    fact = read(completion())
    assert fact is not None
    return fact


def test_a_score_without_bounds_is_not_told() -> None:
    statement = recorded.load("assignment_graded_pass").statements[1]
    fact = read({**statement, "result": {"score": {"raw": 85, "scaled": 0.7}}})
    assert fact is not None
    assert fact.score is None


@pytest.mark.parametrize("setting", ["id", "username", "email"])
def test_an_mbox_is_an_email_whatever_the_setting(setting: str) -> None:
    fact = read(completion(actor={"mbox": "mailto:asn12@instansi.test"}), setting)
    assert fact == replace(told(), account="asn12@instansi.test", account_kind="email")


def test_where_actors_go_by_email_an_account_is_nobody() -> None:
    assert "account" in completion()["actor"]
    assert read(completion(), "email") is None


def test_a_user_name_belongs_to_the_site_of_the_course_whatever_its_home_page() -> None:
    actor = {"account": {"homePage": "http://moodle.test/asn", "name": "dewi"}}
    assert read(completion(actor=actor), "username") == replace(
        told(), account="dewi", account_kind="username"
    )


def test_a_user_id_of_another_site_completes_no_course_here() -> None:
    actor = {"account": {"homePage": "http://lain.test/", "name": "11"}}
    assert read(completion(actor=actor)) == replace(told(), site="http://lain.test", course_ref=None)


def test_a_site_below_a_folder_keeps_its_folder() -> None:
    about = {**completion()["object"], "id": "http://kota.test/lms/course/view.php?section=1&id=7#a"}
    actor = {"account": {"homePage": "http://kota.test/lms", "name": "11"}}
    assert read(completion(object=about, actor=actor)) == replace(
        told(), site="http://kota.test/lms", course_ref="7"
    )


def test_without_a_timestamp_the_time_of_storing_counts() -> None:
    statement = {key: value for key, value in completion().items() if key != "timestamp"}
    assert read(statement) == replace(told(), when=STORED)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"context": recorded.load("course_viewed").statements[0]["context"]}, id="other_event"),
        pytest.param({"result": {"completion": False}}, id="completion_denied"),
        pytest.param({"object": plain()["object"]}, id="type_missing"),
        pytest.param(
            {"object": {**completion()["object"], "id": "http://moodle.test/mod/quiz/view.php?id=18"}},
            id="address_of_an_activity",
        ),
        pytest.param({"object": REFERENCE}, id="statement_reference"),
        pytest.param({"actor": {"objectType": "Group", "member": [{"mbox": "mailto:a@b.test"}]}}, id="group"),
        pytest.param({"actor": {"objectType": "Group", "mbox": "mailto:a@b.test"}}, id="named_group"),
        pytest.param({"actor": {"mbox_sha1sum": "a" * 40}}, id="hidden_address"),
    ],
)
def test_what_only_resembles_a_course_completion_is_none(changed: dict[str, Any]) -> None:
    assert read(completion(**changed)) is None


@pytest.mark.parametrize("extensions", [{}, {"http://lrs.learninglocker.net/define/extensions/info": []}])
def test_a_course_completion_without_the_event_name_still_counts(extensions: dict[str, Any]) -> None:
    assert read(completion(context={"extensions": extensions})) == told()


def test_an_unknown_account_kind_is_a_mistake_of_the_configuration() -> None:
    with pytest.raises(ValueError, match="account_kind"):
        read(completion(), "guess")


def test_a_reader_is_found_by_name_and_an_unknown_name_lists_the_known() -> None:
    assert profiles.get("moodle_logstore")(completion(), account_kind="id", stored=STORED) == told()
    with pytest.raises(ValueError, match="moodle_logstore"):
        profiles.get("canvas")
