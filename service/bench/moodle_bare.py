"""What ours is compared with: calls with nothing around them, neither database nor doubt."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

from service.bench.moodle_site import Measured

BATCH, CONNECTIONS = 50, 4
"""The best that was found on a real site: batches of 50-100 on 4 connections."""


class Bare:
    """Posts forms over one session a thread, and takes any answer but ``null`` or a list for a failure."""

    def __init__(self, site: Measured) -> None:
        self.site = site
        self._mine = threading.local()

    def call(self, function: str, fields: Iterable[tuple[str, str]]) -> Any:
        session = getattr(self._mine, "session", None)
        if session is None:
            session = self._mine.session = requests.Session()
            session.trust_env = False
        fixed = [("wstoken", self.site.token), ("wsfunction", function), ("moodlewsrestformat", "json")]
        address = f"{self.site.url}/webservice/rest/server.php"
        answer = session.post(address, data=[*fixed, *fields], timeout=300)
        value = answer.json()
        if answer.status_code != 200 or isinstance(value, dict):
            raise RuntimeError(f"{function} failed: {answer.status_code}")
        return value

    def in_batches(self, course: str, users: Sequence[str]) -> float:
        """(a) Rows a second: optimal batches, then one roster read of ids."""
        begun = time.perf_counter()
        batches = [users[start : start + BATCH] for start in range(0, len(users), BATCH)]
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(lambda some: self._enrol(course, some), batches))
        if not set(users) <= set(self.roster(course)):
            raise RuntimeError("the bare loop did not enrol everyone")
        return len(users) / (time.perf_counter() - begun)

    def one_by_one(self, course: str, users: Sequence[str]) -> float:
        """(b) Rows a second: one call a person, as clients do that offer one function a call."""
        begun = time.perf_counter()
        for user in users:
            self._enrol(course, [user])
        return len(users) / (time.perf_counter() - begun)

    def roster(self, course: str) -> list[str]:
        options = [("courseid", course), ("options[0][name]", "userfields"), ("options[0][value]", "id")]
        return [str(user["id"]) for user in self.call("core_enrol_get_enrolled_users", options)]

    def empty(self, course: str, users: Sequence[str]) -> None:
        """Take these people out again, so that the next measurement finds the course as this one did."""
        for start in range(0, len(users), BATCH):
            rows = enumerate(users[start : start + BATCH])
            self.call("enrol_manual_unenrol_users", [f for n, user in rows for f in _row(n, course, user)])

    def _enrol(self, course: str, users: Sequence[str]) -> None:
        rows = list(enumerate(users))
        roles = [(f"enrolments[{n}][roleid]", str(self.site.role_id)) for n, _ in rows]
        self.call("enrol_manual_enrol_users", roles + [f for n, user in rows for f in _row(n, course, user)])


def _row(number: int, course: str, user: str) -> list[tuple[str, str]]:
    place = f"enrolments[{number}]"
    return [(f"{place}[userid]", user), (f"{place}[courseid]", course)]
