"""A stand-in on a port, loaded with the recorded state, and a platform that speaks to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sandbox_state import TOKEN, empty_sandbox, load

from lms_connectors.moodle.platform import MoodlePlatform
from lms_connectors.sandbox import SandboxApp, SandboxServer, serve_sandbox


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


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Running]:
    app = empty_sandbox(tmp_path)
    load(app)
    server = serve_sandbox(app, "127.0.0.1", 0, resend_every=600)
    yield Running(app, server)
    server.stop()
