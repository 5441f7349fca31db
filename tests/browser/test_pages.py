"""Every main page of the demo as its own person sees it: no barrier, nothing scrolls sideways, nothing breaks."""

from __future__ import annotations

import pytest

from tests.browser.hand import problems_on
from tests.browser.places import main_pages
from tests.browser.screens import PHONE, WIDE, Screens, shoot
from tests.flows.regency import Regency

REFUSED = {"not-found": 404, "forbidden": 403}


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_no_main_page_has_a_barrier_or_scrolls_sideways(
    screens: Screens, regency: Regency, width: int
) -> None:
    pages = main_pages(regency)
    problems = []
    for name, label, path in pages:
        page = screens.as_label(label, width)
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == REFUSED.get(name, 200), (name, answer.status)
        problems += [(name, problem) for problem in problems_on(page)]
        shoot(page, f"{name}-{width}", full=True)
    assert len(pages) > 50
    assert problems == []


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_the_stand_ins_and_a_failed_sign_in_have_no_barrier_and_do_not_scroll_sideways(
    screens: Screens, regency: Regency, width: int
) -> None:
    places = regency.demo.stack.places
    page = screens.at("", width)
    problems = []
    for name, address in (
        ("sign-in", places.app_url),
        ("provider", places.issuer),
        ("sandbox", places.site_url),
        ("sandbox-course", ""),
        ("public-seals", f"{places.app_url}/segel"),
        ("public-proof", f"{places.app_url}/keaslian?kode=K7QF2-9XM4T-0A1B1-ZZZZ9"),
        ("sign-in-problem", f"{places.app_url}/masuk/kembali?error=access_denied&state=x"),
    ):
        if address:
            page.goto(address)
        else:
            page.locator("a[href*='/course/view.php']").first.click()
        problems += [(name, problem) for problem in problems_on(page)]
        shoot(page, f"{name}-{width}", full=True)
    assert problems == []
