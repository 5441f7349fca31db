"""What a hostile way to the site does to a call, and that everyone is enrolled once all the same."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from lms_connectors.moodle.client import MoodleClient
from lms_connectors.moodle.platform import MoodlePlatform
from tests.connectors.running_sandbox import Running
from tests.connectors.sandbox_state import TOKEN, load_many
from tests.support.fault_proxy import FATES, Fate, FaultProxy
from workflows.ports import DesiredEnrolment, GroupMember, Permanent, Retryable, RowStatus

ENROL = "enrol_manual_enrol_users"
COUNT = "SELECT count(*), count(DISTINCT user) FROM enrolments WHERE course = 26"
TIMES: dict[str, Any] = {"timeouts": (1.0, 1.0), "longest": 0.5}


@pytest.fixture
def proxy(sandbox: Running) -> Iterator[FaultProxy]:
    with FaultProxy(sandbox.server.port) as proxy:
        yield proxy


@pytest.mark.parametrize(
    ("fate", "code", "doubtful"),
    [
        ("cut_before", "connection_cut", True),
        ("cut_after", "connection_cut", True),
        ("cut_half", "connection_cut", True),
        ("unavailable", "http_503", False),
        ("gateway_timeout", "http_504", True),
        ("html", "html", True),
        ("drip", "timeout", True),
        ("invalid_token", "invalidtoken", None),
    ],
)
def test_each_fate_is_told_by_its_own_code(
    proxy: FaultProxy, fate: Fate, code: str, doubtful: bool | None
) -> None:
    client = MoodleClient(proxy.url, TOKEN, **TIMES)
    proxy.next("pass", fate)
    assert client.call("core_webservice_get_site_info")["functions"]
    with pytest.raises((Retryable, Permanent)) as caught:
        client.call("core_webservice_get_site_info")
    assert (caught.value.code, getattr(caught.value, "doubtful", None)) == (code, doubtful)
    assert client.call("core_webservice_get_site_info")["functions"], "and the next call passes"


def test_an_answer_that_comes_byte_by_byte_does_not_hold_the_course(proxy: FaultProxy) -> None:
    proxy.drip_seconds = 4.0
    proxy.next("drip")
    begun = time.monotonic()
    with pytest.raises(Retryable):
        MoodleClient(proxy.url, TOKEN, **TIMES).call(ENROL)
    assert time.monotonic() - begun < 2


def test_a_site_that_is_gone_behind_its_gateway_is_a_bad_gateway(sandbox: Running, proxy: FaultProxy) -> None:
    sandbox.server.stop()
    with pytest.raises(Retryable, match="http_502"):
        MoodleClient(proxy.url, TOKEN).call(ENROL)


@pytest.mark.parametrize("fate", [fate for fate in FATES if fate != "invalid_token"])
def test_whatever_meets_a_batch_everyone_is_enrolled_once(
    sandbox: Running, proxy: FaultProxy, fate: Fate
) -> None:
    load_many(sandbox.app, 201, "16", 100)
    platform = MoodlePlatform(proxy.url, TOKEN, home_page="http://moodle.test", batch_size=50, **TIMES)
    rows = [DesiredEnrolment(f"k{n}", str(n)) for n in range(201, 301)]
    proxy.next(fate, fate, function=ENROL)
    results = platform.apply("26", rows)
    left = [row for row, result in zip(rows, results, strict=True) if result.status is not RowStatus.APPLIED]
    assert {one.status for one in platform.apply("26", left)} <= {RowStatus.APPLIED}
    assert sandbox.rows(COUNT) == [(100, 100)]
    assert proxy.calls(fate)[ENROL] == 2


def test_what_was_cut_off_silently_is_not_taken_for_done_when_nobody_can_look(
    sandbox: Running, proxy: FaultProxy
) -> None:
    """The form lost its tail, Moodle said yes, and the look afterwards failed: the rows are tried again."""
    load_many(sandbox.app, 201, "16", 40)
    platform = MoodlePlatform(proxy.url, TOKEN, home_page="http://moodle.test", **TIMES)
    rows = [DesiredEnrolment(f"k{n}", str(n)) for n in range(201, 241)]
    proxy.fields = 3 + 3 * 30
    fates: list[Fate] = ["tail_lost", "unavailable"]
    proxy.fate_of = lambda function: fates.pop(0) if fates else "pass"
    results = platform.apply("26", rows)
    assert sandbox.rows(COUNT) == [(30, 30)]
    assert {(one.status, one.code) for one in results} == {(RowStatus.RETRY, "http_503")}
    assert {one.status for one in platform.apply("26", rows)} == {RowStatus.APPLIED}
    assert sandbox.rows(COUNT) == [(40, 40)]


def test_a_group_form_that_was_cut_silently_leaves_nobody_out(sandbox: Running, proxy: FaultProxy) -> None:
    load_many(sandbox.app, 201, "16", 40)
    platform = MoodlePlatform(proxy.url, TOKEN, home_page="http://moodle.test", **TIMES)
    platform.apply("26", [DesiredEnrolment(f"k{n}", str(n)) for n in range(201, 241)])
    group = platform.ensure_groups("26", {"bangkom-1": "Angkatan 1"})["bangkom-1"].ref
    members = [GroupMember(f"k{n}", group, str(n)) for n in range(201, 241)]
    proxy.fields = 3 + 2 * 30
    proxy.next("tail_lost", function="core_group_add_group_members")
    assert {one.status for one in platform.join_groups("26", members)} == {RowStatus.APPLIED}
    assert sandbox.rows("SELECT count(*) FROM group_members") == [(40,)]
