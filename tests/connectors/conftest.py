"""A stand-in on a port, loaded with the recorded state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_connectors.sandbox import serve_sandbox
from tests.connectors.running_sandbox import Running
from tests.connectors.sandbox_state import empty_sandbox, load


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Running]:
    app = empty_sandbox(tmp_path)
    load(app)
    server = serve_sandbox(app, "127.0.0.1", 0, resend_every=600)
    yield Running(app, server)
    server.stop()
