"""Batches and the course of a programme, entered by hand in the demo: narrow and wide, no barrier."""

from __future__ import annotations

from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.places import AGENCY
from tests.browser.screens import PHONE, Screens
from tests.browser.test_entered import looked_at
from tests.flows.regency import Regency
from workflows.models import ProgrammeVersion


def test_a_programme_is_divided_and_people_go_over(screens: Screens, regency: Regency) -> None:
    version, starts_on, ends_on = regency.ask_row(
        select(ProgrammeVersion.id, ProgrammeVersion.starts_on, ProgrammeVersion.ends_on).where(
            ProgrammeVersion.state == "approved"
        )
    )
    page = screens.as_label(AGENCY, PHONE)
    page.goto(f"/program/{version}/angkatan")
    page.locator("summary", has_text="Tambah angkatan").click()
    page.locator("#starts_on").fill(starts_on.isoformat())
    page.locator("#ends_on").fill(ends_on.isoformat())
    page.get_by_role("button", name="Tambah angkatan").click()
    expect(page.get_by_text("Angkatan 2 ditambahkan").first).to_be_visible()
    problems = looked_at(page, "batches")
    page.set_viewport_size({"width": PHONE, "height": 800})
    page.get_by_role("link", name="Pindahkan peserta").click()
    problems += looked_at(page, "batches-moving")
    for box in page.locator("input[name='people']").all()[:2]:
        box.check()
    page.locator("#batch").select_option("2")
    page.get_by_role("button", name="Pindahkan yang dipilih").click()
    expect(page.get_by_text("2 peserta dipindahkan").first).to_be_visible()
    page.goto(f"/program/{version}/angkatan/2")
    problems += looked_at(page, "batch")
    page.goto(f"/program/{version}/peserta?angkatan=2")
    expect(page.locator(".people-name").first).to_be_visible()
    assert problems + looked_at(page, "participants-batch") == []


def test_a_template_is_looked_for_on_the_site(screens: Screens, regency: Regency) -> None:
    version = regency.ask(select(ProgrammeVersion.id).where(ProgrammeVersion.state == "approved"))
    page = screens.as_label(AGENCY, PHONE)
    page.goto(f"/program/{version}/kelas")
    problems = looked_at(page, "course-choose")
    page.get_by_role("link", name="Buat kelas baru dari templat").click()
    page.get_by_role("button", name="Cari templat").click()
    expect(page.get_by_text("Kategori kelas baru")).to_be_visible()
    problems += looked_at(page, "course-new")
    page.locator("input[name='template_ref']").first.check()
    page.get_by_role("button", name="Buat kelas").click()
    expect(page.get_by_text("Peserta sudah didaftarkan").first).to_be_visible()
    page.goto(f"/program/{version}/moodle")
    expect(page.get_by_text("Kelas di Moodle").first).to_be_visible()
    assert problems + looked_at(page, "course-standing") == []
