"""The stand-in's pages in Chromium: axe finds nothing, nothing scrolls sideways, no script needed."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from lms_connectors.sandbox.enrolment import put
from lms_connectors.sandbox.learning import complete_course
from tests.connectors.running_sandbox import Running


@pytest.mark.parametrize("width", [360, 1200])
def test_pages_are_axe_clean_and_fit_the_screen(sandbox: Running, chromium: Browser, width: int) -> None:
    with sandbox.app.site.store.writing() as db:
        put(db, 22, 11, suspended=True)
    complete_course(sandbox.app.site, 22, 5)
    page = chromium.new_page(viewport={"width": width, "height": 800}, bypass_csp=True)
    for path in ("/", "/course/view.php?id=22", "/course/view.php?id=26"):
        page.goto(sandbox.server.url + path)
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_buttons_work_without_javascript(sandbox: Running, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{sandbox.server.url}/course/view.php?id=21")
    page.get_by_role("button", name="Selesaikan kursus: Siti Rahmawati").click()
    assert "Kursus selesai" in page.inner_text("main")
    context.close()
    assert sandbox.rows("SELECT user FROM course_completions WHERE course = 21") == [(5,)]
