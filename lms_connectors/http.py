"""Sessions for talking to the outside: always with time-outs, never with a secret in what they say.

Shared by every connector. Times are seconds. Nothing here follows a redirect: a POST that is redirected turns
into a GET, and a secret in its form would reach an address that nobody configured.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError
from urllib3.util.retry import Retry

from lms_connectors.whole import read_whole
from workflows.ports import Permanent, Retryable

Timeouts = tuple[float, float]
DEFAULT_TIMEOUTS: Timeouts = (5.0, 60.0)
LONGEST = 300.0
"""So long may an answer take to come whole, once it has begun; a large roster takes a minute."""
HIDDEN = "***"
NOTED: list[Callable[[], None]] = []
"""Called before each request: for whoever counts calls."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class TimedSession(requests.Session):
    """A requests session that never waits for ever and never follows a redirect by itself.

    ``longest``: seconds for the whole of an answer; a time-out for reading alone is met by a byte now and then.
    """

    def __init__(
        self, timeouts: Timeouts = DEFAULT_TIMEOUTS, *, connect_retries: int = 2, longest: float = LONGEST
    ) -> None:
        super().__init__()
        self.timeouts, self.longest = timeouts, longest
        self.auth = _as_it_is
        adapter = HTTPAdapter(max_retries=before_sending_only(connect_retries))
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """As in requests, with our time-outs where the caller gives none; the answer is read whole."""
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = self.timeouts
        kwargs.setdefault("allow_redirects", False)
        kwargs["stream"] = True
        for note in NOTED:
            note()
        response = super().request(method, url, *args, **kwargs)
        read_whole(response, self.longest)
        return response

    def merge_environment_settings(self, url: Any, *args: Any) -> Any:
        """Proxy and certificates of the environment count, but no proxy leads to this very machine."""
        settings = super().merge_environment_settings(url, *args)
        if urlsplit(str(url)).hostname in LOOPBACK:
            settings["proxies"] = {}
        return settings


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """An auth that adds nothing: without one, requests would put a password of ~/.netrc over our header."""
    return request


def before_sending_only(connect_retries: int) -> Retry:
    """Retry only while no byte has been sent: anything later may have been carried out already."""
    return Retry(
        total=None, connect=connect_retries, read=False, redirect=0, status=0, other=0, backoff_factor=0.1
    )


class Redactor:
    """Takes known secrets out of any text before it is shown, raised or logged."""

    def __init__(self, *secrets: str) -> None:
        self._secrets = [secret for secret in secrets if secret]

    def __call__(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def __repr__(self) -> str:
        return f"Redactor({len(self._secrets)} secrets)"


def failure_of(error: requests.RequestException) -> Retryable | Permanent:
    """Our word for a broken exchange. The error is dropped: it carries the request and the secret."""
    if isinstance(error, requests.exceptions.SSLError):
        return Permanent("tls", "The certificate of the site is not accepted", site_wide=True)
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.MissingSchema):
        return Permanent("bad_url", "The address of the site is not a URL", site_wide=True)
    if never_sent(error):
        return Retryable("unreachable", "No connection to the site")
    if isinstance(error, requests.Timeout):
        return Retryable("timeout", "The site did not answer in time", doubtful=True)
    return Retryable("connection_cut", "The connection broke before the answer was whole", doubtful=True)


def never_sent(error: requests.RequestException) -> bool:
    """Whether the connection failed before the first byte of the request left."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)
