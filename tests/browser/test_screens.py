"""Pictures for people to look at: taken again when Chromium refuses, and never the reason why a page fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PlaywrightError

from tests.browser import screens as screens_module
from tests.browser.screens import REFUSED, TALLEST, TRIES, WIDE, shoot


@pytest.fixture
def page(chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    monkeypatch.setattr(screens_module, "SHOTS", tmp_path)
    context = chromium.new_context(viewport={"width": WIDE, "height": 800})
    yield context.new_page()
    context.close()


def refusing(page: Page, monkeypatch: pytest.MonkeyPatch, times: int, words: str) -> list[int]:
    """Chromium refuses so many times; one element a refusal."""
    refusals: list[int] = []
    real = page.screenshot

    def screenshot(**asked: object) -> bytes:
        if len(refusals) < times:
            refusals.append(1)
            raise PlaywrightError(f"Page.screenshot: Protocol error (Page.captureScreenshot): {words}")
        return real(**asked)  # type: ignore[arg-type]

    monkeypatch.setattr(page, "screenshot", screenshot)
    return refusals


def size_of(picture: Path) -> tuple[int, int]:
    """Width and height in pixels, as a PNG's head tells."""
    head = picture.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def test_a_picture_that_chromium_refuses_is_taken_again(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.set_content("<p>Bangkom</p>")
    refusals = refusing(page, monkeypatch, TRIES - 1, REFUSED)
    assert shoot(page, "again", full=True)
    assert len(refusals) == TRIES - 1
    assert size_of(tmp_path / "again.png")[0] == WIDE


def test_no_picture_is_told_and_fails_nothing(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "never.png").write_bytes(b"of an earlier run")
    refusing(page, monkeypatch, TRIES, REFUSED)
    assert not shoot(page, "never")
    assert not (tmp_path / "never.png").exists()


def test_what_is_not_a_refused_picture_is_an_error(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(page, monkeypatch, 1, "Target closed")
    with pytest.raises(PlaywrightError, match="Target closed"):
        shoot(page, "closed")


def test_of_a_page_taller_than_chromium_draws_the_upper_part_is_taken(page: Page, tmp_path: Path) -> None:
    page.set_content("<div style='height: 40000px'>tinggi</div>")
    assert shoot(page, "tall", full=True)
    assert size_of(tmp_path / "tall.png") == (WIDE, TALLEST)
