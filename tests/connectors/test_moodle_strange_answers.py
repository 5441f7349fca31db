"""Good status, strange body: the border still raises nothing but Retryable and Permanent."""

from __future__ import annotations

import contextlib
import logging

import pytest
from pytest_httpserver import HTTPServer

from lms_connectors.contract import someone
from lms_connectors.moodle.client import END_POINT
from lms_connectors.moodle.platform import MoodlePlatform
from tests.connectors.running_sandbox import Running
from tests.connectors.sandbox_state import PEOPLE
from workflows.ports import DesiredEnrolment, LearnerAccount, Permanent, Retryable, RowStatus

STRANGE = ["null", "5", '"text"', "[]", "{}", "[1]", '[{"x": 1}]', '{"courses": 3}', "", "[{", "<br>Warning"]
STRANGE += ['{"exception": 5}', '{"exception": null, "errorcode": null}', '{"completionstatus": []}']


@pytest.mark.parametrize("body", STRANGE)
def test_strange_answer_never_breaks_the_promise_of_the_border(body: str, httpserver: HTTPServer) -> None:
    httpserver.expect_request(END_POINT).respond_with_data(body, content_type="application/json")
    platform = MoodlePlatform(httpserver.url_for(""), "TOKEN")
    calls = (
        lambda: platform.find_course("20"),
        lambda: platform.search_courses(""),
        lambda: platform.resolve_accounts([someone()]),
        lambda: platform.roster("20"),
        lambda: platform.completions("20", ["5"]),
    )
    for call in calls:
        with contextlib.suppress(Retryable, Permanent):
            call()
    assert platform.check()
    (result,) = platform.apply("20", [DesiredEnrolment("k", "5")])
    assert result.status is not RowStatus.APPLIED, (
        "null is success, but nobody could look whether the form was cut"
    )


def test_civil_servants_numbers_are_in_no_log(sandbox: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    people = [
        LearnerAccount(str(ref), nip, nip, f"asn{ref - 4}@instansi.test", first, last)
        for ref, nip, first, last in PEOPLE
    ]
    results = sandbox.platform().resolve_accounts(people)
    assert all(result.usable for result in results)
    assert "core_user_get_users_by_field" in caplog.text
    assert not any(nip in caplog.text for _, nip, _, _ in PEOPLE)
