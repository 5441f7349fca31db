"""Sessions: they wait a limited time, follow nobody, and try again only before anything was sent."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import requests
from pytest_httpserver import HTTPServer

from lms_connectors.http import Redactor, TimedSession, before_sending_only, failure_of
from workflows.ports import Permanent, Retryable


def failed(url: str, session: TimedSession) -> Retryable | Permanent:
    with pytest.raises(requests.RequestException) as caught:
        session.post(url, data={"wstoken": "secret"})
    return failure_of(caught.value)


def test_nobody_listening_is_not_doubtful() -> None:
    failure = failed("http://127.0.0.1:9/", TimedSession(connect_retries=1))
    assert isinstance(failure, Retryable)
    assert (failure.code, failure.doubtful) == ("unreachable", False)


def test_name_that_does_not_resolve_is_not_doubtful() -> None:
    failure = failed("http://nowhere.invalid/", TimedSession(connect_retries=0))
    assert isinstance(failure, Retryable)
    assert (failure.code, failure.doubtful) == ("unreachable", False)


def test_site_that_accepts_and_says_nothing_is_doubtful() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        failure = failed(url, TimedSession((1.0, 0.2)))
    assert isinstance(failure, Retryable)
    assert (failure.code, failure.doubtful) == ("timeout", True)


def test_address_that_is_no_url_is_permanent() -> None:
    failure = failed("moodle.test/webservice", TimedSession())
    assert isinstance(failure, Permanent)
    assert (failure.code, failure.site_wide) == ("bad_url", True)


def test_redirect_is_not_followed_with_the_token(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data("", 302, headers={"Location": "/b"})
    assert TimedSession().post(httpserver.url_for("/a"), data={"wstoken": "secret"}).status_code == 302
    assert len(httpserver.log) == 1


def test_nothing_is_sent_again_once_it_was_sent() -> None:
    retry = before_sending_only(2)
    assert retry.connect == 2
    assert retry.read is False
    assert not retry.is_retry("POST", 503, has_retry_after=True)


def test_password_of_netrc_never_replaces_our_header(
    httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password theirs\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    httpserver.expect_request("/", headers={"Authorization": "Basic b3Vycw=="}).respond_with_data("ok")
    headers = {"Authorization": "Basic b3Vycw=="}
    assert TimedSession().post(httpserver.url_for("/"), headers=headers).text == "ok"


def test_redactor_hides_secrets_and_does_not_show_them_itself() -> None:
    redact = Redactor("token-1", "")
    assert redact("x token-1 y") == "x *** y"
    assert "token-1" not in repr(redact)
