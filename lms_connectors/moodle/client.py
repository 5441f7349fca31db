"""One call of Moodle's REST protocol: POST a form, read the answer, keep the token to itself."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from typing import Any

import requests

from lms_connectors.http import DEFAULT_TIMEOUTS, LONGEST, Redactor, TimedSession, Timeouts, failure_of
from lms_connectors.moodle.dialect import Each, read_answer
from lms_connectors.moodle.form import Field, Value, flatten
from lms_connectors.pace import Pace

log = logging.getLogger(__name__)

END_POINT = "/webservice/rest/server.php"


class MoodleClient:
    """Calls web service functions of one site with one token. Safe to share between threads.

    ``url``: the site's address, with or without a trailing slash. ``timeouts``: (connect, read) in seconds;
    ``longest``: for the whole of an answer. ``pace``: how fast calls may begin.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        longest: float = LONGEST,
        pace: Pace | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self.timeouts, self.longest = timeouts, longest
        self.pace = pace or Pace()
        self._token = token
        self._redact = Redactor(token)
        self._mine = threading.local()

    def __repr__(self) -> str:
        return f"MoodleClient({self.url!r})"

    def call(
        self, function: str, parameters: Mapping[str, Value] | None = None, *, each: Each | None = None
    ) -> Any:
        """The parsed answer (``None`` where Moodle answers ``null``). Raises Retryable or Permanent."""
        self.pace.wait()
        answer = self._post(self._fields(function, parameters or {}))
        log.debug("%s answered %s, %d bytes", function, answer.status_code, len(answer.content))
        # Moodle writes UTF-8 and does not always say so; requests would guess Latin-1 for text/html.
        body = self._redact(answer.content.decode("utf-8", errors="replace"))
        return read_answer(answer.status_code, answer.headers.get("Content-Type", ""), body, each)

    def _fields(self, function: str, parameters: Mapping[str, Value]) -> list[Field]:
        """Token, function and format go first: PHP drops the last fields of a long form, silently."""
        fixed = [("wstoken", self._token), ("wsfunction", function), ("moodlewsrestformat", "json")]
        return fixed + flatten(parameters)

    def _post(self, fields: list[Field]) -> requests.Response:
        try:
            return self._session().post(self.url + END_POINT, data=fields)
        except requests.RequestException as error:
            failure = failure_of(error)
        # Raised out here, so that the request (with the token in its body) is not kept as context.
        raise failure

    def _session(self) -> TimedSession:
        """requests does not promise that a session may be shared by threads: one each."""
        session: TimedSession | None = getattr(self._mine, "session", None)
        if session is None:
            session = self._mine.session = TimedSession(self.timeouts, longest=self.longest)
        return session
