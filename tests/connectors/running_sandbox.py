"""The stand-in on a port while a test runs, and a platform that speaks to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lms_connectors.moodle.platform import MoodlePlatform
from lms_connectors.sandbox import SandboxApp, SandboxServer
from tests.connectors.sandbox_state import TOKEN


@dataclass
class Running:
    """The stand-in while a test runs."""

    app: SandboxApp
    server: SandboxServer

    def platform(self, **settings: Any) -> MoodlePlatform:
        token = settings.pop("token", TOKEN)
        settings.setdefault("timeouts", (1.0, 2.0))
        return MoodlePlatform(self.server.url, token, home_page="http://moodle.test", **settings)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the stand-in holds, read from its own state."""
        with self.app.site.store.reading() as db:
            return [tuple(row) for row in db.execute(query)]
