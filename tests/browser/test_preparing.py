"""A preparer with a keyboard alone, or without a script; the official reads the order; in English as well."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hand import problems_on, tab_to
from tests.browser.places import PREPARER, main_pages
from tests.browser.screens import PHONE, WIDE, Screens, shoot
from tests.flows.regency import Regency

ENGLISH = ("preparing", "office-own", "decisions-authorised_official", "task-authorised_official")


def titles(page: Page) -> list[str]:
    return page.locator(".prepared-title").all_inner_texts()


def test_the_order_is_changed_by_keyboard_and_the_focus_stays_at_the_task(screens: Screens) -> None:
    page = screens.as_label(PREPARER, PHONE)
    page.goto("/penyiapan")
    before = titles(page)
    for name in ("Turun", "Naik"):
        button = page.get_by_role("button", name=f"{name} {before[0]}")
        tab_to(page, button, most=60)
        page.keyboard.press("Enter")
        page.wait_for_url("**/penyiapan#tugas-*")
        card = page.locator(".prepared > li").filter(has_text=before[0])
        expect(card).to_be_in_viewport()
        page.keyboard.press("Tab")
        inside = card.evaluate("card => card.contains(document.activeElement)")
        assert inside, "the next Tab goes on at the task that was moved"
        assert (titles(page) == before) is (name == "Naik")


def test_siap_and_a_note_without_a_script(screens: Screens) -> None:
    page = screens.as_label(PREPARER, PHONE, script=False)
    page.goto("/penyiapan")
    last = page.locator(".prepared > li").last
    last.get_by_role("button", name="Tandai siap").click()
    expect(last.locator(".chip", has_text="siap")).to_be_visible()
    last.locator("summary").click()
    last.get_by_label("Catatan untuk pejabat").fill("Rincian transpor sudah masuk.")
    last.get_by_role("button", name="Simpan catatan").click()
    last.locator("summary").click()
    expect(last.get_by_text("Rincian transpor sudah masuk.")).to_be_visible()
    official = screens.as_label("sekda", PHONE)
    official.goto("/keputusan")
    expect(official.get_by_text("Rincian transpor sudah masuk.")).to_be_visible()
    last.get_by_role("button", name="Hapus catatan ini").click()
    last.get_by_role("button", name="Tarik tanda siap").click()
    expect(last.get_by_role("button", name="Tandai siap")).to_be_visible()


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_the_pages_of_preparing_in_english(screens: Screens, regency: Regency, width: int) -> None:
    places = {name: (label, path) for name, label, path in main_pages(regency)}
    problems = []
    for name in ENGLISH:
        label, path = places[name]
        page = screens.as_label(label, width)
        page.goto(path)
        page.locator("button[name=language][value=en]").first.click()
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == "en", name
        shoot(page, f"{name}-en-{width}", full=True)
        problems += [(name, problem) for problem in problems_on(page)]
    assert problems == []
