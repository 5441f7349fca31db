"""What matters works in a browser that runs no script."""

from __future__ import annotations

from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.screens import PHONE, Screens
from tests.flows.regency import Regency
from workflows.models import ApprovalStep, ApprovalTask, Decision, Need

PROBLEM = "Data sekolah kami ketik dua kali karena belum menguasai aplikasi."
NOTE = "Pastikan peserta dari kecamatan terpencil ikut."


def test_a_need_is_filed_without_a_script(screens: Screens, regency: Regency) -> None:
    page = screens.at(regency.demo.sub("pengusul"), PHONE, script=False)
    page.goto("/kebutuhan/baru")
    page.get_by_label("Apa yang sulit").fill(PROBLEM)
    page.get_by_label("Sejak kapan").fill("Awal 2027")
    page.locator("[name=service]").fill("Pendataan sekolah")
    page.get_by_role("button", name="Kirim").click()
    expect(page.get_by_text(PROBLEM)).to_be_visible()
    assert regency.count(Need, Need.problem == PROBLEM) == 1


def test_a_task_is_decided_without_a_script(screens: Screens, regency: Regency) -> None:
    task = regency.ask(
        select(ApprovalTask.id)
        .join(ApprovalStep)
        .where(ApprovalTask.status == "open", ApprovalStep.office_role == "unit_head")
        .order_by(ApprovalTask.id.desc())
    )
    page = screens.at(regency.demo.sub("kepala dinas"), PHONE, script=False)
    page.goto("/keputusan")
    page.locator(f"a[href$='/keputusan/{task}']").click()
    page.locator(".decision summary").filter(has_text="Kembalikan").click()
    expect(page.get_by_label("Alasan pengembalian")).to_be_visible()
    page.get_by_label("Catatan untuk langkah berikutnya").fill(NOTE)
    page.locator(".decision summary").filter(has_text="Kembalikan").click()
    page.locator(".decision-yes button").click()
    expect(page.locator(".outcome")).to_contain_text("Disetujui")
    assert regency.ask(select(Decision.reason).where(Decision.task_id == task)) == NOTE
