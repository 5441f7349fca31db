"""Trouble on the way to the site: every row says what became of it, and nobody is enrolled twice."""

from __future__ import annotations

import json
import logging
import time
import traceback
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest
import requests

from lms_connectors.contract import someone
from lms_connectors.moodle.client import MoodleClient
from lms_connectors.sandbox import SeedUser, faults
from lms_connectors.sandbox.enrolment import put
from lms_connectors.sandbox.faults import Fault
from tests.connectors.running_sandbox import Running
from tests.connectors.sandbox_state import TOKEN, load_many
from workflows.ports import (
    AccountStatus,
    DesiredEnrolment,
    LearnerAccount,
    Permanent,
    Retryable,
    RowResult,
    RowStatus,
)

ENROL = "enrol_manual_enrol_users"
CREATE = "core_user_create_users"
ROSTER = "core_enrol_get_enrolled_users"
COUNT_26 = "SELECT count(*), count(DISTINCT user) FROM enrolments WHERE course = 26"


def wishes(first: int, count: int) -> list[DesiredEnrolment]:
    return [DesiredEnrolment(f"k{number}", str(number)) for number in range(first, first + count)]


def statuses(results: Sequence[RowResult]) -> set[RowStatus]:
    return {result.status for result in results}


def codes(results: Sequence[RowResult]) -> set[str]:
    return {result.code for result in results}


def test_site_that_is_down_leaves_every_row_to_be_tried_again(sandbox: Running) -> None:
    sandbox.server.stop()
    results = sandbox.platform().apply("26", wishes(5, 3))
    assert (statuses(results), codes(results)) == ({RowStatus.RETRY}, {"unreachable"})


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (faults.BAD_GATEWAY, "http_502"),
        (faults.UNAVAILABLE, "http_503"),
        (faults.GATEWAY_TIMEOUT, "http_504"),
        (faults.HTML, "html"),
        (faults.PHP_FATAL, "http_500"),
    ],
)
def test_site_in_trouble_leaves_every_row_to_be_tried_again_and_later_all_go_through(
    sandbox: Running, fault: Fault, code: str
) -> None:
    platform, rows = sandbox.platform(batch_size=2), wishes(5, 6)
    sandbox.app.faults.always = fault
    results = platform.apply("26", rows)
    assert (statuses(results), codes(results)) == ({RowStatus.RETRY}, {code})
    assert sandbox.rows(COUNT_26) == [(0, 0)]
    sandbox.app.faults.clear()
    assert statuses(platform.apply("26", rows)) == {RowStatus.APPLIED}
    assert sandbox.rows(COUNT_26) == [(6, 6)]


@pytest.mark.parametrize(
    "fault",
    [
        faults.GATEWAY_TIMEOUT_AFTER_WORK,
        faults.CUT_AFTER_WORK,
        Fault(502, "<html>", after_work=True),
        Fault(200, "nul", content_type="application/json", after_work=True),
        Fault(after_work=True, seconds=0.9),
    ],
    ids=["504", "cut", "502", "half", "slow"],
)
def test_lost_answer_of_done_work_is_read_back_and_told_as_applied(sandbox: Running, fault: Fault) -> None:
    asked: list[str] = []
    count_calls(sandbox, asked)
    sandbox.app.faults.next(fault)
    results = sandbox.platform(timeouts=(1.0, 0.4)).apply("26", wishes(5, 5))
    assert statuses(results) == {RowStatus.APPLIED}
    assert sandbox.rows(COUNT_26) == [(5, 5)]
    assert asked.count(ENROL) == 1


def count_calls(sandbox: Running, into: list[str]) -> None:
    take = sandbox.app.faults.take

    def counted(function: str) -> Fault | None:
        into.append(function)
        return take(function)

    sandbox.app.faults.take = counted  # type: ignore[method-assign]


def test_lost_answer_of_work_not_done_is_sent_once_more(sandbox: Running) -> None:
    sandbox.app.faults.next(faults.GATEWAY_TIMEOUT)
    results = sandbox.platform().apply("26", wishes(5, 5))
    assert statuses(results) == {RowStatus.APPLIED}
    assert sandbox.rows(COUNT_26) == [(5, 5)]


def test_doubt_that_cannot_be_read_back_is_tried_again_later(sandbox: Running) -> None:
    sandbox.app.faults.next(faults.GATEWAY_TIMEOUT_AFTER_WORK)
    sandbox.app.faults.always = Fault(503, "<html>", function=ROSTER)
    results = sandbox.platform().apply("26", wishes(5, 5))
    assert (statuses(results), codes(results)) == ({RowStatus.RETRY}, {"http_504"})
    sandbox.app.faults.clear()
    assert statuses(sandbox.platform().apply("26", wishes(5, 5))) == {RowStatus.APPLIED}
    assert sandbox.rows(COUNT_26) == [(5, 5)]


def test_trouble_in_the_middle_keeps_what_is_done_and_tells_it(sandbox: Running) -> None:
    load_many(sandbox.app, 201, "16", 40)
    fine = [Fault(after_work=True, function=ENROL)] * 2
    sandbox.app.faults.next(*fine, Fault(503, "<html>", function=ENROL))
    results = sandbox.platform(batch_size=10, connections=1).apply("26", wishes(201, 40))
    assert [result.status for result in results] == [*[RowStatus.APPLIED] * 20, *[RowStatus.RETRY] * 20]
    assert sandbox.rows(COUNT_26) == [(20, 20)]


def test_token_that_is_gone_is_one_alarm_and_not_failed_rows(sandbox: Running) -> None:
    platform = sandbox.platform(token="withdrawn-token")
    for call in (
        lambda: platform.apply("26", wishes(5, 120)),
        lambda: platform.unenrol("26", wishes(5, 2)),
        lambda: platform.roster("26"),
        lambda: platform.resolve_accounts([someone()]),
        lambda: platform.completions("20", ["5"]),
        lambda: platform.search_courses(""),
    ):
        with pytest.raises(Permanent) as caught:
            call()
        assert (caught.value.code, caught.value.site_wide) == ("invalidtoken", True)


def test_foreign_enrolments_are_left_as_they_are(sandbox: Running) -> None:
    with sandbox.app.site.store.writing() as db:
        put(db, 26, 9, method="self", timeend=1)
        put(db, 26, 10, timestart=7, timeend=9, suspended=True)
    foreign = "SELECT * FROM enrolments WHERE user IN (9, 10) AND course = 26 ORDER BY user"
    before = sandbox.rows(foreign)
    sandbox.app.faults.next(faults.GATEWAY_TIMEOUT_AFTER_WORK)
    bad = DesiredEnrolment("bad", "98765")
    sandbox.platform().apply("26", [*wishes(5, 4), bad])
    sandbox.platform().unenrol("26", wishes(5, 2))
    assert sandbox.rows(foreign) == before
    assert len(before) == 2


def test_door_that_another_method_keeps_open_is_told_and_not_tried_for_ever(sandbox: Running) -> None:
    with sandbox.app.site.store.writing() as db:
        put(db, 26, 9, method="self")
    platform = sandbox.platform()
    (closed,) = platform.apply("26", [DesiredEnrolment("k", "9", suspended=True)])
    (left,) = platform.unenrol("26", [DesiredEnrolment("k", "9")])
    assert (closed.status, closed.code) == (RowStatus.REFUSED, "not_as_wished")
    assert (left.status, left.code) == (RowStatus.REFUSED, "still_enrolled")


def test_dates_reach_the_site_and_survive_a_lost_answer(sandbox: Running) -> None:
    start, end = datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
    row = DesiredEnrolment("k", "5", starts_at=start, ends_at=end)
    sandbox.app.faults.next(faults.GATEWAY_TIMEOUT)
    (result,) = sandbox.platform().apply("26", [row])
    assert result.status is RowStatus.APPLIED
    held = sandbox.rows("SELECT timestart, timeend FROM enrolments WHERE course = 26")
    assert held == [(int(start.timestamp()), int(end.timestamp()))]


@pytest.mark.parametrize("limit", [1000, 500, 40])
def test_php_that_cuts_the_form_silently_loses_nobody(sandbox: Running, limit: int) -> None:
    load_many(sandbox.app, 201, "16", 400)
    sandbox.app.site.max_input_vars = limit
    results = sandbox.platform(batch_size=1000, connections=1).apply("26", wishes(201, 400))
    assert statuses(results) == {RowStatus.APPLIED}
    assert sandbox.rows(COUNT_26) == [(400, 400)]


@pytest.mark.parametrize("limit", [1000, 60])
def test_php_that_cuts_the_form_silently_makes_no_account_twice(sandbox: Running, limit: int) -> None:
    load_many(sandbox.app, 201, "16", 30)
    sandbox.app.site.max_input_vars = limit
    people = [someone(key=f"k{number}") for number in range(30)]
    known = [
        LearnerAccount(f"old{number}", f"16{number:016d}", "", "x@y.test", "A", "B") for number in range(30)
    ]
    results = sandbox.platform(batch_size=500).resolve_accounts([*people, *known])
    assert [result.status for result in results] == [
        *[AccountStatus.MADE] * 30,
        *[AccountStatus.FOUND] * 30,
    ]


def test_no_call_has_more_than_900_fields(sandbox: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    load_many(sandbox.app, 201, "16", 300)
    counts: list[int] = []
    fields = MoodleClient._fields

    def counted(self: MoodleClient, *args: object) -> list[tuple[str, str]]:
        made = fields(self, *args)  # type: ignore[arg-type]
        counts.append(len(made))
        return made

    monkeypatch.setattr(MoodleClient, "_fields", counted)
    platform = sandbox.platform(batch_size=5000)
    platform.resolve_accounts([someone(key=f"k{number}", idnumber="") for number in range(1000)])
    platform.apply("26", wishes(201, 300))
    assert 600 < max(counts) <= 900


def test_accounts_made_by_a_call_whose_answer_was_lost_are_told_as_made(sandbox: Running) -> None:
    people = [someone(key=f"k{number}") for number in range(4)]
    sandbox.app.faults.next(
        Fault(504, "<html>", after_work=True, function=CREATE),
    )
    results = sandbox.platform().resolve_accounts(people)
    assert {result.status for result in results} == {AccountStatus.MADE}
    assert sandbox.rows("SELECT count(*) FROM users WHERE username LIKE 'uji%'") == [(4,)]


@pytest.mark.parametrize(
    "otherwise",
    [{"idnumber": "lain"}, {"firstname": "Orang", "lastname": "Lain"}, {"email": "lain@x.test"}],
    ids=["number", "name", "e-mail"],
)
def test_account_that_somebody_else_made_while_our_answer_was_lost_is_not_taken_for_ours(
    sandbox: Running, otherwise: dict[str, str]
) -> None:
    """It appeared between the look and the read-back, with our user name: an import by the site's administrator."""
    person = someone()
    held = {
        "firstname": "Nama",
        "lastname": "Uji",
        "email": person.email,
        "idnumber": person.idnumber,
    } | otherwise
    sandbox.app.faults.next(Fault(504, "<html>", function=CREATE))
    real, calls = MoodleClient.call, []

    def meanwhile(self: MoodleClient, function: str, *args: object, **more: object) -> object:
        try:
            return real(self, function, *args, **more)  # type: ignore[arg-type]
        except Retryable:
            calls.append(function)
            if len(calls) == 1:
                sandbox.app.seed_users([SeedUser(person.username.lower(), **held)])
            raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MoodleClient, "call", meanwhile)
        (result,) = sandbox.platform().resolve_accounts([person])
    assert calls == [CREATE]
    assert result.status in (AccountStatus.FOUND, AccountStatus.AMBIGUOUS)
    assert sandbox.rows("SELECT count(*) FROM users WHERE username LIKE 'uji%'") == [(1,)]


@pytest.mark.parametrize("size", [4, 50])
def test_work_that_is_done_only_after_the_504_makes_nobody_twice(sandbox: Running, size: int) -> None:
    people = [someone(key=f"k{number}") for number in range(12)]
    platform = sandbox.platform(batch_size=size, connections=1)
    sandbox.app.faults.next(Fault(504, "<html>", late=0.05, function=CREATE))
    results = platform.resolve_accounts(people)
    sandbox.app.faults.next(Fault(504, "<html>", late=0.05, function=ENROL))
    rows = [DesiredEnrolment(result.key, result.remote_id or "") for result in results]
    assert statuses(platform.apply("26", rows)) == {RowStatus.APPLIED}
    time.sleep(0.2)
    assert {result.status for result in results} == {AccountStatus.MADE}, "nobody else asked for all of this"
    assert sandbox.rows("SELECT count(*) FROM users WHERE username LIKE 'uji%'") == [(12,)]
    assert sandbox.rows(COUNT_26) == [(12, 12)]


def test_accounts_that_cannot_be_settled_now_raise_and_are_found_later(sandbox: Running) -> None:
    people = [someone(key=f"k{number}") for number in range(4)]
    sandbox.app.faults.next(Fault(504, "<html>", after_work=True, function=CREATE))
    sandbox.app.faults.next(*[Fault(after_work=True, function="core_user_get_users_by_field")] * 2)
    sandbox.app.faults.next(Fault(503, "<html>", function="core_user_get_users_by_field"))
    with pytest.raises(Retryable) as caught:
        sandbox.platform().resolve_accounts(people)
    assert caught.value.code == "http_504"
    results = sandbox.platform().resolve_accounts(people)
    assert {result.status for result in results} == {AccountStatus.FOUND}


ECHO = Fault(
    body=json.dumps({"exception": "x", "errorcode": TOKEN, "message": TOKEN}), content_type="application/json"
)


@pytest.mark.parametrize(
    "fault", [None, faults.BAD_GATEWAY, faults.CUT_AFTER_WORK, ECHO], ids=["down", "502", "cut", "echo"]
)
def test_token_is_in_no_error_no_repr_and_no_log(
    sandbox: Running, fault: Fault | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sandbox.app.faults.always = fault
    if fault is None:
        sandbox.server.stop()
    platform = sandbox.platform()
    texts = [repr(platform), repr(platform.site), str(platform.check())]
    texts.append(str(platform.apply("26", wishes(5, 2))))
    for call in (lambda: platform.roster("26"), lambda: platform.resolve_accounts([someone()])):
        with pytest.raises((Retryable, Permanent)) as caught:
            call()
        texts.append("".join(traceback.format_exception(caught.value)))
        assert not any(isinstance(link, requests.RequestException) for link in chain(caught.value))
    assert TOKEN not in "\n".join([*texts, caplog.text])
    assert caplog.text


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Everything that hangs on an error: a request in there would carry the token in its body."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
