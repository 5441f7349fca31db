"""People in front of a screen: who signs in once, on a phone or wide, and what is kept as a picture."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, FloatRect, Page
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.flows.regency import Regency

PHONE = 360
WIDE = 1100
REFUSED = "Unable to capture screenshot"
TRIES = 4
PATIENCE = 10_000
"""Milliseconds for one try."""
TALLEST = 12_000
"""Pixels that are drawn in one piece; Chromium's own limit is 16,384."""
SHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"


class Screens:
    """``at(sub, width)`` is that person's page, signed in once; an empty ``sub`` is nobody's browser."""

    def __init__(self, browser: Browser, regency: Regency) -> None:
        self.browser = browser
        self.regency = regency
        self.pages: dict[tuple[str, bool], Page] = {}

    def at(self, sub: str, width: int, script: bool = True) -> Page:
        if (sub, script) not in self.pages:
            self.pages[sub, script] = self._signed_in(sub, script)
        page = self.pages[sub, script]
        page.set_viewport_size({"width": width, "height": 800})
        return page

    def as_label(self, label: str, width: int, script: bool = True) -> Page:
        return self.at(self.regency.demo.sub(label), width, script)

    def close(self) -> None:
        for page in self.pages.values():
            page.context.close()

    def _signed_in(self, sub: str, script: bool) -> Page:
        context = self.browser.new_context(
            base_url=self.regency.demo.url, java_script_enabled=script, locale="id-ID", color_scheme="light"
        )
        page = context.new_page()
        if sub:
            page.goto("/")
            choose(page, self.regency, sub)
        return page


def choose(page: Page, regency: Regency, sub: str, *, arrives: bool = True) -> None:
    """On the development provider's page: this person, found by name where the list does not show them.

    ``arrives`` False: something else is asked there first.
    """
    button = page.locator(f"button[value='{sub}']")
    if button.count() == 0:
        name = next(account["name"] for account in regency.demo.accounts if account["sub"] == sub)
        page.get_by_label("Cari nama, NIP, atau peran").fill(name)
        page.get_by_role("button", name="Cari").click()
    button.first.click()
    if arrives:
        page.wait_for_url(f"{regency.demo.url}/**")


def shoot(page: Page, name: str, full: bool = False) -> bool:
    """A picture for people to look at; True when there is one.

    Chromium refuses a picture now and then when its drawing process does not get to draw in time, and always
    when the page is taller than it can draw in one piece: it is asked again, and of a tall page for its upper part.
    No picture is no fault of the page: whoever calls looks at the page itself.
    """
    SHOTS.mkdir(parents=True, exist_ok=True)
    path = SHOTS / f"{name}.png"
    for again in range(TRIES):
        if _taken(page, path, full):
            return True
        page.bring_to_front()
        page.wait_for_timeout(200 * (again + 1))
    path.unlink(missing_ok=True)
    print(f"{TRIES} times no picture of {name}")
    return False


def _taken(page: Page, path: Path, full: bool) -> bool:
    try:
        if full and page.evaluate("document.documentElement.scrollHeight") > TALLEST:
            width = (page.viewport_size or {"width": WIDE})["width"]
            upper: FloatRect = {"x": 0, "y": 0, "width": width, "height": TALLEST}
            page.screenshot(path=path, full_page=True, clip=upper, timeout=PATIENCE)
        else:
            page.screenshot(path=path, full_page=full, timeout=PATIENCE)
    except PlaywrightError as error:
        if not (isinstance(error, PlaywrightTimeout) or REFUSED in error.message):
            raise
        return False
    return True
