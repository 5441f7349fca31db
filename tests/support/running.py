"""A whole demo on free ports, inside the test's process: real HTTP between four parties."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from service.db import db
from service.demo.places import HOST, Places, Ports
from service.demo.provider import Served
from service.demo.stack import DemoStack
from tests.support.scripted import ScriptedBrowser

PATIENCE = 30.0


class Running:
    """``stack`` is served; ``browser()`` is a new one; ``sub(label)`` names an account of the provider."""

    def __init__(self, stack: DemoStack) -> None:
        self.stack = stack
        self.accounts: list[dict[str, Any]] = json.loads(stack.places.accounts.read_text())

    @property
    def url(self) -> str:
        return self.stack.places.app_url

    def browser(self) -> ScriptedBrowser:
        return ScriptedBrowser(self.url)

    def sub(self, label: str) -> str:
        """The account whose label holds these words."""
        return str(next(a["sub"] for a in self.accounts if label.lower() in a["label"].lower()))

    def signed_in(self, label: str, path: str = "/") -> ScriptedBrowser:
        browser = self.browser()
        browser.sign_in(self.sub(label), path)
        return browser


@contextmanager
def running_demo(
    folder: Path,
    *,
    database_url: str | None = None,
    profile: str | None = None,
    behind: tuple[int, int] | None = None,
) -> Iterator[Running]:
    """``behind``: the ports where app and provider listen, when the test answers at their addresses itself."""
    stack = DemoStack(
        Places(folder, Ports.free()),
        purpose="test",
        say=lambda words: None,
        database_url=database_url,
        profile=profile,
    )
    app_port, stack.provider_port = behind or (stack.places.ports.app, stack.places.ports.provider)
    stack.prepare()
    stack.start()
    served = Served(stack.app, HOST, app_port)
    try:
        yield Running(stack)
    finally:
        served.stop()
        stack.stop()
        with stack.app.app_context():
            db.session.remove()
            db.engine.dispose()


def eventually(check: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """What ``check`` answers as soon as it is true; AssertionError when it stays false."""
    deadline = time.monotonic() + patience
    while True:
        found = check()
        if found:
            return found
        assert time.monotonic() < deadline, f"still {found!r} after {patience} s"
        time.sleep(0.1)
