"""A programme is discussed and decided in Chromium: speakers and signers on a phone, the agency wide."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from service.dates import rupiah
from tests.browser.hand import Hand, no_wider, seen, tab_to
from tests.browser.screens import PHONE, WIDE, Screens, choose, shoot
from tests.flows import life
from tests.flows.life import STEPPED_UP, TITLE, Told
from tests.flows.regency import Regency

COST = 8_300_000
VERBS = {"authorised_official": ("Paraf", "Diparaf"), "personnel_authority": ("Tetapkan", "Ditetapkan")}
MOST_SECONDS = 60
MOST_TAPS = 6


def test_a_programme_is_discussed_by_other_fields_and_decided_step_by_step(
    screens: Screens, regency: Regency
) -> None:
    told = Told()
    life.file_need(regency, told)
    life.propose(regency, told)
    fields = regency.job_fields()[:7]
    life.open_review(regency, told, fields)
    speakers = regency.speakers(fields)
    for number, person in enumerate(speakers[:2]):
        _speak(screens, told, regency.sub_of(person), number)
    _answer_all(screens, told)
    _closing_is_refused(screens, told)
    for number, person in enumerate(speakers[2:], start=2):
        _speak(screens, told, regency.sub_of(person), number)
    _answer_all(screens, told)
    _close(screens, told)
    for _step in range(5):
        _sign(screens, regency, told)
    assert regency.state(told.version) == "approved"
    page = screens.as_label("petugas", WIDE)
    page.goto(f"/program/{told.version}")
    expect(page.locator(".rail li.now")).to_contain_text("Disetujui")
    shoot(page, "4-disetujui-1100", full=True)


def _speak(screens: Screens, told: Told, sub: str, number: int) -> None:
    page = screens.at(sub, PHONE)
    page.goto("/")
    page.get_by_role("link", name=TITLE).first.click()
    if not page.url.endswith("/pembahasan"):
        page.get_by_role("link", name=re.compile("Beri masukan|Pembahasan")).first.click()
    page.get_by_label("Usulan perubahan" if number == 0 else "Masukan", exact=False).first.check()
    text = f"Tambah praktik lapangan di ruas nomor {number + 1}."
    page.get_by_label("Masukan Anda").fill(text)
    page.locator("#importance").get_by_label(str(3 + number % 3), exact=True).check()
    if number == 0:
        shoot(page, "3-masukan-360", full=True)
    page.get_by_role("button", name="Kirim masukan").click()
    expect(page.get_by_role("heading", name="Masukan Anda")).to_be_visible()
    expect(page.get_by_text(text)).to_be_visible()
    expect(page.get_by_text(f"Kepentingan {3 + number % 3} dari 5").first).to_be_visible()
    assert no_wider(page)


def _answer_all(screens: Screens, told: Told) -> None:
    page = screens.as_label("petugas", WIDE)
    page.goto(f"/program/{told.version}/pembahasan")
    waiting = page.locator(".voice:has(summary)")
    while waiting.count():
        left, one = waiting.count(), waiting.first
        one.locator("summary").click()
        one.get_by_label("Diterima").check()
        one.get_by_label("Jawaban resmi").fill("Diterima: praktik ditambah setengah hari.")
        one.get_by_role("button", name="Simpan jawaban").click()
        expect(waiting).to_have_count(left - 1)
    expect(page.locator(".voice-answer").first).to_contain_text("Diterima: praktik ditambah")
    shoot(page, "3-jawaban-1100", full=True)


def _closing_is_refused(screens: Screens, told: Told) -> None:
    page = screens.as_label("petugas", WIDE)
    page.get_by_role("button", name="Tutup pembahasan").click()
    summary = page.locator(".error-summary")
    expect(summary).to_contain_text("Belum dapat ditutup")
    expect(summary).to_contain_text("rumpun jabatan yang didengar")
    expect(summary).to_be_focused()
    shoot(page, "3-belum-dapat-ditutup-1100")


def _close(screens: Screens, told: Told) -> None:
    page = screens.as_label("petugas", WIDE)
    page.get_by_role("button", name="Tutup pembahasan").click()
    expect(page.locator(".rail li.now")).to_contain_text("Menunggu persetujuan (1 dari 5)")
    shoot(page, "3-ditutup-1100", full=True)


def _sign(screens: Screens, regency: Regency, told: Told) -> None:
    task, sub, code = regency.signer(told.version)
    verb, done = VERBS.get(code, ("Setujui", "Disetujui"))
    page = screens.at(sub, PHONE)
    page.goto("/")
    page.goto("/keputusan")
    hand = Hand(page)
    link = page.locator(f"a[href$='/keputusan/{task}']")
    by_keyboard = code == "unit_head"
    if by_keyboard:
        tab_to(page, link)
        page.keyboard.press("Enter")
    else:
        hand.tap(link)
    _first_screen_shows_what_decides(page, verb)
    shoot(page, f"4-{code}-360")
    button = page.locator(".decision-yes button")
    if by_keyboard:
        tab_to(page, button, most=80)
        page.keyboard.press("Enter")
    else:
        hand.tap(button)
    if code in STEPPED_UP:
        _step_up(page, hand, regency, sub, code)
    expect(page.locator(".outcome")).to_contain_text(TITLE)
    expect(page.locator(".outcome")).to_contain_text(done)
    expect(page.get_by_text("Berikutnya")).to_be_visible()
    shoot(page, f"4-{code}-hasil-360")
    if code in STEPPED_UP:
        print(f"{code}: {hand.seconds:.1f} s and {hand.taps} taps from the list to decided, with step-up")
        assert hand.taps <= MOST_TAPS
        assert hand.seconds < MOST_SECONDS


def _first_screen_shows_what_decides(page: Page, verb: str) -> None:
    """Cost, what is left of the ceiling, what the review said, and the three answers: without scrolling."""
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    assert page.evaluate("scrollY") == 0
    assert seen(page, rupiah(COST))
    assert seen(page, "Sisa pagu sesudahnya")
    assert seen(page, "7 dari 7 rumpun jabatan didengar")
    assert seen(page, "7 masukan, semuanya dijawab")
    answers = page.locator(".decision summary, .decision-yes button")
    assert [word.strip() for word in answers.all_inner_texts()] == ["Kembalikan", "Tolak", verb]
    for answer in answers.all():
        box = answer.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 800
    assert no_wider(page)


def _step_up(page: Page, hand: Hand, regency: Regency, sub: str, code: str) -> None:
    """The same person again at the provider, with the code that its page shows."""
    page.wait_for_url(f"{regency.demo.stack.places.issuer}/**")
    if page.locator("#otp").count() == 0:
        hand.taps += 1
        choose(page, regency, sub, arrives=False)
    shoot(page, f"4-{code}-otp-360")
    hand.type(page.locator("#otp"), page.locator("output").inner_text())
    hand.tap(page.get_by_role("button", name="Lanjut"))
    page.wait_for_url(f"{regency.demo.url}/**")
