"""What the end point takes: statements posted and put, as Moodle sends them."""

from __future__ import annotations

import pytest

from tests.connectors.xapi import recorded
from tests.connectors.xapi.samples import body, plain
from tests.service.xapi_bench import GOOD, ID, MAX_BYTES, SITE, Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize("name", recorded.NAMES)
def test_every_recorded_request_is_accepted_with_its_own_headers(bench: Bench, name: str) -> None:
    request = recorded.load(name)
    headers = {**request.headers, "Authorization": GOOD["Authorization"]}
    answer = bench.client.post("/xapi/statements", data=request.body, headers=headers)
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert answer.json == list(bench.store.kept)
    assert len(bench.store.kept) == len(request.statements)


def test_a_batch_reaches_the_store_whole_and_with_its_sender(bench: Bench) -> None:
    answer = bench.ask(body=[plain(id=ID), plain()])
    ((sender, batch),) = bench.store.batches
    assert sender is SITE
    assert answer.json == [one.id for one in batch]
    assert answer.json[0] == ID


def test_a_single_statement_answers_an_array_of_one_id(bench: Bench) -> None:
    assert bench.ask(body=plain(id=ID)).json == [ID]


def test_an_idle_post_is_answered_without_touching_the_store(bench: Bench) -> None:
    answer = bench.ask(body=b"[]")
    assert (answer.status_code, answer.json, bench.store.batches) == (200, [], [])


def test_the_same_statement_again_is_no_conflict(bench: Bench) -> None:
    answers = [bench.ask(body=plain(id=ID)), bench.ask(body=plain(id=ID, stored="2026-11-24T03:00:00Z"))]
    assert [answer.status_code for answer in answers] == [200, 200]


def test_put_stores_one_statement_under_the_id_of_the_address(bench: Bench) -> None:
    answer = bench.ask("PUT", f"/xapi/statements?statementId={ID}", plain())
    assert (answer.status_code, answer.data) == (204, b"")
    assert list(bench.store.kept) == [ID]


@pytest.mark.parametrize("again", ["POST", "PUT"])
def test_the_same_id_with_other_content_is_a_conflict(bench: Bench, again: str) -> None:
    bench.ask(body=plain(id=ID))
    path = "/xapi/statements" + (f"?statementId={ID}" if again == "PUT" else "")
    answer = bench.ask(again, path, plain(id=ID, timestamp="2026-11-24T03:00:00Z"))
    assert answer.status_code == 409
    assert bench.store.kept[ID].timestamp is None


@pytest.mark.parametrize("version", ["1.0", "1.0.0", "1.0.3", "1.0.99"])
def test_every_version_1_0_is_taken_and_answered_as_1_0_3(bench: Bench, version: str) -> None:
    answer = bench.ask(X_Experience_API_Version=version)
    assert answer.status_code == 200
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"


def test_the_charset_may_be_told(bench: Bench) -> None:
    assert bench.ask(Content_Type="application/json; charset=UTF-8").status_code == 200


def test_a_body_of_exactly_the_limit_is_taken(bench: Bench) -> None:
    text = body(plain())
    assert bench.ask(body=text + b" " * (MAX_BYTES - len(text))).status_code == 200


def test_about_is_open_to_all_and_lists_the_version(bench: Bench) -> None:
    answer = bench.client.get("/xapi/about")
    assert (answer.status_code, answer.json) == (200, {"version": ["1.0.3"]})
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"
    head = bench.client.head("/xapi/about")
    assert (head.status_code, head.data) == (200, b"")
