"""A merger of units as the agency enters it: shown before it is confirmed, planned for its day, taken back."""

from __future__ import annotations

from datetime import date, timedelta

from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.places import AGENCY
from tests.browser.screens import PHONE, WIDE, Screens
from tests.browser.test_entered import looked_at
from tests.flows.regency import Regency
from workflows.models import Unit


def test_a_merger_is_seen_before_it_is_confirmed_and_can_be_taken_back(
    screens: Screens, regency: Regency
) -> None:
    departments = select(Unit.code, Unit.id).where(Unit.kind == "department")
    into = regency.ask_row(departments.order_by(Unit.id.desc()))
    from_ = regency.ask_row(departments.order_by(Unit.id))
    page = screens.as_label(AGENCY, PHONE)
    page.goto("/unit")
    problems = looked_at(page, "units")
    page.goto("/unit/-baru")
    problems += looked_at(page, "unit-new")
    page.goto(f"/unit/{from_[0]}")
    problems += looked_at(page, "unit")
    page.get_by_role("link", name="Gabungkan").click()
    page.locator("#into_id").select_option(str(into[1]))
    today = date.fromisoformat(page.locator("#day").input_value())
    page.locator("#day").fill((today + timedelta(days=40)).isoformat())
    page.locator("#letter_no").fill("Perbup 4 Tahun 2027")
    page.locator("#letter_date").fill(today.isoformat())
    problems += looked_at(page, "unit-merge")
    page.get_by_role("button", name="Lihat yang ikut berubah").click()
    expect(page.get_by_text("Yang ikut berubah").first).to_be_visible()
    problems += looked_at(page, "unit-preview")
    page.get_by_role("button", name="Ya, catat").click()
    expect(page.get_by_text("direncanakan").first).to_be_visible()
    problems += looked_at(page, "unit-planned")
    page.get_by_text("Batalkan rencana ini").click()
    page.locator("input[name='reason']").fill("Peraturannya ditunda")
    page.get_by_role("button", name="Batalkan rencana", exact=True).click()
    expect(page.get_by_text("Rencana perubahan dibatalkan.")).to_be_visible()
    page.set_viewport_size({"width": WIDE, "height": 800})
    page.goto(f"/unit/{from_[0]}")
    assert page.get_by_text("direncanakan").count() == 0
    assert problems == []
