"""How the end point refuses: the specification's status, JSON with a place, one log line, nothing stored."""

from __future__ import annotations

import io
import logging
from typing import Any

import pytest
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tests.connectors.xapi.invalid_statements import ROWS
from tests.connectors.xapi.samples import body, plain
from tests.service.xapi_bench import GOOD, ID, MAX_BYTES, SITE, Bench, basic
from workflows.errors import Denied, Refused
from workflows.ports import Retryable

NIP = "199012212015032012"
PUT_PATH = f"/xapi/statements?statementId={ID}"

REQUESTS: dict[str, tuple[dict[str, Any], int, str]] = {
    "no_key": ({"Authorization": None}, 401, "Authorization"),
    "unknown_key": ({"Authorization": basic("lain", "rahasia-é")}, 401, "Authorization"),
    "unknown_key_no_secret": ({"Authorization": basic("lain", "")}, 401, "Authorization"),
    "wrong_secret": ({"Authorization": basic("kunci-moodle", "salah")}, 401, "Authorization"),
    "no_secret": ({"Authorization": basic("kunci-moodle", "")}, 401, "Authorization"),
    "bearer": ({"Authorization": "Bearer rahasia"}, 401, "Authorization"),
    "broken_basic": ({"Authorization": "Basic %%%"}, 401, "Authorization"),
    "no_version": ({"X_Experience_API_Version": None}, 400, "X-Experience-API-Version"),
    "version_0_95": ({"X_Experience_API_Version": "0.95"}, 400, "X-Experience-API-Version"),
    "version_1_1": ({"X_Experience_API_Version": "1.1.0"}, 400, "X-Experience-API-Version"),
    "version_2": ({"X_Experience_API_Version": "2.0.0"}, 400, "X-Experience-API-Version"),
    "version_1_00": ({"X_Experience_API_Version": "1.00"}, 400, "X-Experience-API-Version"),
    "no_content_type": ({"Content_Type": None}, 400, "Content-Type"),
    "form": ({"Content_Type": "application/x-www-form-urlencoded"}, 400, "Content-Type"),
    "multipart": ({"Content_Type": "multipart/mixed; boundary=x"}, 400, "Content-Type"),
    "latin_1": ({"Content_Type": "application/json; charset=iso-8859-1"}, 400, "Content-Type"),
    "empty_body": ({"body": b""}, 400, "body"),
    "no_json": ({"body": b"<html>"}, 400, "body"),
    "not_utf8": ({"body": b'["\xff"]'}, 400, "body"),
    "key_twice": ({"body": b'{"actor":{},"actor":{}}'}, 400, "statement"),
    "wrong_type": ({"body": b"7"}, 400, "statement"),
    "huge": ({"body": b" " * (MAX_BYTES + 1)}, 413, "body"),
    "unknown_parameter": ({"path": "/xapi/statements?limit=1"}, 400, "query"),
    "alternate_syntax": ({"path": "/xapi/statements?method=PUT"}, 400, "query"),
    "put_without_id": ({"method": "PUT", "body": plain()}, 400, "statementId"),
    "put_id_other_case": (
        {"method": "PUT", "path": f"/xapi/statements?statementid={ID}", "body": plain()},
        400,
        "query",
    ),
    "put_id_twice": (
        {"method": "PUT", "path": f"{PUT_PATH}&statementId={ID}", "body": plain()},
        400,
        "statementId",
    ),
    "put_id_no_uuid": (
        {"method": "PUT", "path": "/xapi/statements?statementId=7", "body": plain()},
        400,
        "statementId",
    ),
    "put_array": ({"method": "PUT", "path": PUT_PATH, "body": [plain()]}, 400, "statement"),
    "put_other_id": (
        {"method": "PUT", "path": PUT_PATH, "body": plain(id=ID[:-1] + "1")},
        400,
        "statement.id",
    ),
    "get": ({"method": "GET"}, 400, "method"),
    "delete": ({"method": "DELETE"}, 400, "method"),
    "options": ({"method": "OPTIONS"}, 400, "method"),
    "about_posted": ({"path": "/xapi/about"}, 400, "method"),
    "about_parameter": ({"method": "GET", "path": "/xapi/about?x=1"}, 400, "query"),
    "state": ({"method": "GET", "path": "/xapi/activities/state"}, 404, "path"),
    "trailing_slash": ({"path": "/xapi/statements/"}, 404, "path"),
    "root": ({"method": "GET", "path": "/xapi"}, 404, "path"),
    "root_slash": ({"method": "PUT", "path": "/xapi/"}, 404, "path"),
}


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize("row", REQUESTS)
def test_a_bad_request_is_refused_as_the_specification_says(
    bench: Bench, row: str, caplog: pytest.LogCaptureFixture
) -> None:
    request, status, where = REQUESTS[row]
    answer = bench.ask(**request)
    assert (answer.status_code, answer.content_type) == (status, "application/json")
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"
    assert answer.headers["X-Experience-API-Consistent-Through"] == "2026-11-24T04:00:00.005Z"
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert answer.json is not None
    assert answer.json["where"] == where
    assert answer.json["error"]
    assert f"reference={answer.json['reference']} status={status}" in caplog.text
    assert bench.store.batches == []


@pytest.mark.parametrize("row", ROWS)
def test_one_invalid_statement_refuses_the_whole_batch_with_its_place(bench: Bench, row: str) -> None:
    spoiled, path = ROWS[row]
    answer = bench.ask(body=[plain(), spoiled])
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["where"] == f"statements[1]{path}"
    assert bench.store.batches == []


def test_a_body_without_announced_length_stops_at_the_limit(bench: Bench) -> None:
    answer = bench.client.post(
        "/xapi/statements",
        headers=GOOD,
        input_stream=io.BytesIO(b" " * (MAX_BYTES + 1)),
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "failure",
    [
        OperationalError("INSERT", {"name": NIP}, Exception("database is locked")),
        InterfaceError("INSERT", {"name": NIP}, Exception("connection gone")),
        PoolTimeout("QueuePool limit reached"),
        Retryable("busy", NIP),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_a_busy_store_asks_the_sender_to_keep_it_and_come_again(
    bench: Bench, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    bench.store.failure = failure
    answer = bench.ask(body=[plain()])
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert NIP not in answer.text + caplog.text


@pytest.mark.parametrize(
    ("failure", "status"), [(Denied("d", "Bukan hak Anda"), 403), (Refused("r", "Ditolak"), 400)]
)
def test_a_rule_of_the_inside_is_told_by_a_status_of_the_specification(
    bench: Bench, failure: Exception, status: int
) -> None:
    bench.store.failure = failure
    assert bench.ask(body=[plain()]).status_code == status


def test_a_fault_of_ours_is_500_without_a_trace(bench: Bench) -> None:
    bench.store.failure = KeyError("rahasia di dalam")
    answer = bench.ask(body=[plain()])
    assert (answer.status_code, answer.content_type) == (500, "application/json")
    assert "rahasia" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ({"Authorization": basic(NIP, "rahasia-lain")}, body(plain())),
        ({}, body(plain(actor={"name": "Dewi Lestari", "account": {"homePage": "x", "name": NIP}}))),
        ({}, body({NIP: "Dewi Lestari"})),
        ({}, b'["Dewi Lestari ' + NIP.encode() + b'"'),
    ],
)
def test_the_log_of_a_refusal_holds_neither_secret_nor_person(
    bench: Bench, headers: dict[str, str], text: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert bench.ask(body=text, **headers).status_code in (400, 401)
    assert "xapi refused" in caplog.text
    for hidden in (NIP, "Dewi", "rahasia", "kunci-moodle", GOOD["Authorization"]):
        assert hidden not in caplog.text


def test_a_credential_does_not_show_its_hash() -> None:
    assert SITE.secret_sha256 not in repr(SITE)
