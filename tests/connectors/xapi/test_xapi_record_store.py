"""An external record store: what is sent, and which failure is worth another try."""

from __future__ import annotations

import base64
import socket

import orjson
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from lms_connectors.xapi.lrs import HttpRecordStore
from tests.connectors.xapi.samples import plain
from workflows.ports import Permanent, RecordStore, Retryable

ID = "8f87ccde-bb56-4c2e-ab83-44982ef22df0"


def store(server: HTTPServer, **changed: float) -> HttpRecordStore:
    return HttpRecordStore(server.url_for("/xapi/"), "kunci", "rahasia-é", **changed)


def answer(server: HTTPServer, status: int, body: str = "") -> None:
    server.expect_request("/xapi/statements", method="POST").respond_with_data(body, status=status)


def test_statements_are_sent_as_the_specification_wants(httpserver: HTTPServer) -> None:
    seen: list[Request] = []

    def take(request: Request) -> Response:
        seen.append(request)
        assert orjson.loads(request.get_data()) == [plain()]
        return Response(orjson.dumps([ID]))

    httpserver.expect_request("/xapi/statements", method="POST").respond_with_handler(take)
    assert store(httpserver).send([plain()]) == [ID]
    httpserver.check_assertions()
    headers = seen[0].headers
    assert headers["X-Experience-API-Version"] == "1.0.3"
    assert headers["Content-Type"] == "application/json"
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode() == "kunci:rahasia-é"


def test_nothing_to_send_is_not_sent(httpserver: HTTPServer) -> None:
    assert store(httpserver).send([]) == []
    assert httpserver.log == []


def test_it_is_a_record_store_of_the_port(httpserver: HTTPServer) -> None:
    assert isinstance(store(httpserver), RecordStore)


@pytest.mark.parametrize(
    ("status", "doubtful"), [(408, False), (429, False), (500, True), (502, True), (503, False), (504, True)]
)
def test_a_store_that_cannot_now_is_tried_again(httpserver: HTTPServer, status: int, doubtful: bool) -> None:
    answer(httpserver, status)
    with pytest.raises(Retryable) as failure:
        store(httpserver).send([plain()])
    assert (failure.value.code, failure.value.doubtful) == (f"http_{status}", doubtful)


@pytest.mark.parametrize(
    ("status", "site_wide"), [(400, False), (409, False), (413, False), (401, True), (403, True), (302, True)]
)
def test_a_refusal_is_not_repeated(httpserver: HTTPServer, status: int, site_wide: bool) -> None:
    answer(httpserver, status)
    with pytest.raises(Permanent) as failure:
        store(httpserver).send([plain()])
    assert (failure.value.code, failure.value.site_wide) == (f"http_{status}", site_wide)


@pytest.mark.parametrize("body", ["<html>", "[]", '{"id": 1}', "[1]"])
def test_an_answer_without_ids_is_no_record_store(httpserver: HTTPServer, body: str) -> None:
    answer(httpserver, 200, body)
    with pytest.raises(Permanent, match="no_record_store"):
        store(httpserver).send([plain()])


def test_a_slow_answer_is_doubtful() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(Retryable) as failure:
            HttpRecordStore(address, "kunci", "rahasia", read_timeout=0.2).send([plain()])
    assert (failure.value.code, failure.value.doubtful) == ("timeout", True)


def test_an_address_where_nobody_listens_is_tried_again_and_tells_no_secret() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = f"http://127.0.0.1:{gone.getsockname()[1]}"
    with pytest.raises(Retryable) as failure:
        HttpRecordStore(address, "kunci", "rahasia").send([plain()])
    assert failure.value.code == "connection"
    assert "rahasia" not in repr(failure.value)


def test_an_address_that_is_none_is_a_mistake_of_the_configuration() -> None:
    with pytest.raises(Permanent) as failure:
        HttpRecordStore("moodle.test", "kunci", "rahasia").send([plain()])
    assert failure.value.site_wide


def test_a_redirect_is_not_followed(httpserver: HTTPServer) -> None:
    elsewhere = {"Location": httpserver.url_for("/elsewhere")}
    httpserver.expect_request("/xapi/statements").respond_with_data("", status=307, headers=elsewhere)
    httpserver.expect_request("/elsewhere").respond_with_json([ID])
    with pytest.raises(Permanent, match="http_307"):
        store(httpserver).send([plain()])
    assert [request.path for request, _ in httpserver.log] == ["/xapi/statements"]
