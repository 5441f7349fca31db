"""A real Chromium before a whole running demo: HTTP, redirects, style and script as people have them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.screens import Screens
from tests.flows.regency import Regency
from tests.support.running import running_demo


@pytest.fixture(scope="package")
def regency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Regency]:
    """One demo for all browser tests: each finds or makes its own programme."""
    with running_demo(tmp_path_factory.mktemp("demo")) as demo:
        yield Regency(demo)


@pytest.fixture
def screens(chromium: Browser, regency: Regency) -> Iterator[Screens]:
    opened = Screens(chromium, regency)
    yield opened
    opened.close()
