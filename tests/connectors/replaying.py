"""A site that answers a recorded form as recorded, for tests of replay."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from lms_connectors.moodle.client import END_POINT
from lms_connectors.moodle.platform import MoodlePlatform
from tests.connectors.recorded import Recording

Form = list[tuple[str, str]]


class Site:
    """Answers the recorded form as recorded, and everything else from a table of bodies."""

    def __init__(self, httpserver: HTTPServer, played: Recording, **others: Any) -> None:
        self.played, self.others = played, others
        self.seen: list[Form] = []
        httpserver.expect_request(END_POINT, method="POST").respond_with_handler(self._answer)
        self.url = httpserver.url_for("").rstrip("/")

    def _answer(self, request: Request) -> Response:
        form = parse_qsl(request.get_data(cache=False, as_text=True), keep_blank_values=True)
        self.seen.append(form)
        if sorted(form) == sorted(self.played.form):
            return Response(self.played.body, self.played.status, content_type=self.played.content_type)
        body = self.others.get(dict(form)["wsfunction"])
        body = body(form) if callable(body) else body
        return Response(body or "null", content_type="application/json")

    def platform(self, **settings: Any) -> MoodlePlatform:
        return MoodlePlatform(
            self.url, self.played.token, home_page="http://moodle.test", connections=1, **settings
        )

    def saw_recorded_form(self) -> bool:
        """Token, function and format first; the order of the rest is free."""
        mine = [form for form in self.seen if sorted(form) == sorted(self.played.form)]
        return bool(mine) and all(form[:3] == self.played.form[:3] for form in mine)
