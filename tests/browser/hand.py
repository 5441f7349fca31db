"""Hands on a page: presses that are counted, and what stands in the part of the page that is seen."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page


@dataclass
class Hand:
    """Counts what a thumb does; typing a text counts as one."""

    page: Page
    taps: int = 0
    begun: float = field(default_factory=time.monotonic)

    def tap(self, target: Locator) -> None:
        self.taps += 1
        target.click()

    def type(self, target: Locator, text: str) -> None:
        self.taps += 1
        target.fill(text)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.begun


def tab_to(page: Page, target: Locator, most: int = 40) -> int:
    """Press Tab until the focus is there; how many presses it took. AssertionError when it never comes."""
    for presses in range(1, most + 1):
        page.keyboard.press("Tab")
        if target.evaluate("e => e === document.activeElement"):
            assert target.evaluate("e => e.matches(':focus-visible')"), "the focus is not seen"
            return presses
    raise AssertionError(f"{most} presses of Tab do not lead to {target}")


def seen(page: Page, text: str) -> bool:
    """Whether this text stands in the first screen, above the decision bar, without scrolling."""
    bar = page.locator(".decision").bounding_box()
    box = page.get_by_text(text).locator("visible=true").first.bounding_box()
    return bar is not None and box is not None and box["y"] >= 0 and box["y"] + box["height"] <= bar["y"]


def no_wider(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def problems_on(page: Page) -> list[str]:
    """Barriers by axe's rules, and a page that scrolls sideways."""
    found = [
        f"{rule['id']}: {[node['html'][:200] for node in rule['nodes']]}"
        for rule in Axe().run(page).response["violations"]
    ]
    return found if no_wider(page) else [*found, "scrolls sideways"]
