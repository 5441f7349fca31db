"""Sign-in problems, people, offices, an import with its difference, the audit: full of data, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from service.db import writing
from service.sso.refusals import NOTED, note_refusal
from tests.browser.hand import problems_on, tab_to
from tests.browser.places import AGENCY, SYSTEM, main_pages
from tests.browser.screens import PHONE, WIDE, Screens, shoot
from tests.flows.regency import Regency
from workflows.models import Identifier, PeopleImport, Person, Posting, Unit

HEADER = "NIP;Nama;Email;Status Pegawai;Unit Kerja;Jabatan"
LONG = "Andi Muhammad Hidayatullah Syamsuddin Daeng Mattawang, S.STP., M.Si."
POST = "Pengelola Sistem Informasi Manajemen Kepegawaian Ahli Muda"
WORDS = {"pns": "PNS", "pppk": "PPPK", "pppk_part_time": "PPPK Paruh Waktu"}
PLACES = (
    "people",
    "people-filtered",
    "person",
    "employment",
    "assignment",
    "number",
    "number-end",
    "imports",
    "roles",
    "offices",
    "office",
    "sign-ins",
    "devices-person",
    "audit",
    "audit-filtered",
)


def export_of(regency: Regency) -> bytes:
    """Everybody but a few, with long names, new posts, units nobody knows, numbers that are none, and new people."""
    query = (
        select(
            Identifier.value, Person.name, Person.email, Person.employment_kind, Unit.name, Posting.post_title
        )
        .join(Person, Person.id == Identifier.person_id)
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Posting.valid_to.is_(None), Identifier.valid_to.is_(None), Person.left_on.is_(None))
        .order_by(Person.name, Person.id)
    )
    with regency.looking() as session:
        rows = [list(row) for row in session.execute(query)]
    lines = [HEADER]
    for n, row in enumerate(rows[6:]):
        row[1] = f"{row[1]} {LONG}" if n % 40 == 0 else row[1]
        row[5] = POST if n % 9 == 0 else row[5]
        row[4] = "Dinas Yang Tidak Dikenal Siapa Pun" if n % 50 == 7 else row[4]
        row[0] = row[0][:-1] if n % 60 == 9 else row[0]
        lines.append(";".join([*row[:3], WORDS[row[3]], *row[4:]]))
    unit = rows[0][4]
    lines += [
        f"1990031520150110{n:02d};Pegawai Baru {n};baru{n}@example.test;PNS;{unit};Perawat" for n in range(9)
    ]
    return "\n".join(lines).encode()


def upload(page: Page, content: bytes) -> None:
    page.locator("#file").set_input_files({"name": "pegawai.csv", "mimeType": "text/csv", "buffer": content})
    page.locator("main form button.primary").click()


@pytest.fixture
def refused(regency: Regency) -> None:
    """Each kind of refused sign-in once at least, one of them often."""
    with regency.demo.stack.app.app_context(), writing() as session:
        for n, code in enumerate(sorted(NOTED)):
            for _ in range(1 + n):
                note_refusal(session, code, f"19800101200501{n:04d}", "k" * 32, datetime.now(UTC))


@pytest.fixture
def difference(screens: Screens, regency: Regency) -> Iterator[str]:
    """The page of an import that waits to be looked at."""
    page = screens.as_label(AGENCY, WIDE)
    page.goto("/orang/impor")
    upload(page, export_of(regency))
    expect(page.locator(".figures")).to_be_visible()
    number = regency.ask(select(PeopleImport.id).order_by(PeopleImport.id.desc()))
    yield f"/orang/impor/{number}"
    page.goto(f"/orang/impor/{number}")
    page.locator("form[action$='/batalkan'] button").click()


@pytest.mark.parametrize("width", [PHONE, WIDE])
@pytest.mark.parametrize("language", ["id", "en"])
def test_full_of_data_they_have_no_barrier_and_do_not_scroll_sideways(
    screens: Screens, regency: Regency, refused: None, difference: str, language: str, width: int
) -> None:
    known = {name: (label, path) for name, label, path in main_pages(regency)}
    kinds = ("refused", "changed", "new", "left", "same")
    places = [(name, *known[name]) for name in PLACES]
    places += [(f"import-{kind}", AGENCY, f"{difference}?jenis={kind}") for kind in kinds]
    problems = []
    for label in (AGENCY, SYSTEM):
        page = screens.as_label(label, width)
        page.goto("/saya")
        page.locator(f"button[name=language][value={language}]").first.click()
    for name, label, path in places:
        page = screens.as_label(label, width)
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, name
        assert page.locator("html").get_attribute("lang") == language, name
        shoot(page, f"{name}-{language}-{width}", full=True)
        problems += [(name, problem) for problem in problems_on(page)]
    assert problems == []


def test_the_register_is_searched_and_a_person_opened_with_the_keyboard_alone(
    screens: Screens, regency: Regency
) -> None:
    name = regency.ask(select(Person.name).where(Person.left_on.is_(None)).order_by(Person.name.desc()))
    page = screens.as_label(AGENCY, PHONE)
    page.goto("/orang")
    tab_to(page, page.locator("#q"))
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    expect(page.locator(".people li").first).to_be_visible()
    assert page.locator("#q").input_value() == name
    tab_to(page, page.locator(".people-name a").first)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(name)


def watch(page: Page) -> None:
    """From now on the words beside the bar are kept; htmx stays on the page, so they outlive the answer."""
    page.evaluate(
        """() => { window.told = []; const box = document.querySelector("[data-sending] b");
        new MutationObserver(() => window.told.push(box.textContent)).observe(box, {childList: true}); }"""
    )


def test_a_file_on_a_slow_line_says_how_much_of_it_has_arrived(screens: Screens, regency: Regency) -> None:
    page = screens.as_label(AGENCY, PHONE)
    page.goto("/orang/impor")
    watch(page)
    line = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 60_000}
    line.send("Network.emulateNetworkConditions", slow)
    rows = "".join(f"\n{n};Orang {n};{n}@example.test;PNS;Dinas Entah;Juru" for n in range(3000))
    before = regency.count(PeopleImport)
    upload(page, (HEADER + rows).encode())
    page.evaluate("document.querySelector('main form button.primary').click()")
    expect(page.locator(".figures")).to_be_visible(timeout=20_000)
    assert regency.count(PeopleImport) == before + 1, "pressed twice, sent once"
    told = page.evaluate("window.told")
    parts = [int(one[:-1]) for one in told if re.fullmatch(r"\d{1,2}%", one)]
    assert parts == sorted(parts)
    assert len({part for part in parts if part > 0}) >= 3
    assert told[-1] == "terkirim, sedang dibandingkan"
    assert re.search(r"/orang/impor/\d+$", page.url)
    line.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    page.locator("form[action$='/batalkan'] button").click()


def test_applying_says_that_it_is_under_way_and_then_that_it_is_done(
    screens: Screens, regency: Regency
) -> None:
    page = screens.as_label(AGENCY, PHONE)
    page.goto("/orang/impor")
    unit = regency.ask(select(Unit.name).where(Unit.valid_to.is_(None)).order_by(Unit.id).limit(1))
    upload(page, f"{HEADER}\n199003152015011098;Satu Orang;satu@example.test;PNS;{unit};Perawat".encode())
    expect(page.locator(".figures")).to_be_visible()
    watch(page)
    page.locator("form[action$='/terapkan'] button.primary").click()
    expect(page.get_by_text("Impor sudah diterapkan seluruhnya.")).to_be_visible()
    assert page.evaluate("window.told")[-1] == "sedang diterapkan"
    assert regency.count(Person, Person.name == "Satu Orang") == 1
    assert problems_on(page) == []


def test_a_file_that_does_not_arrive_can_be_sent_again_and_a_refusal_is_shown(
    screens: Screens, regency: Regency
) -> None:
    page = screens.as_label(AGENCY, PHONE)
    page.goto("/orang/impor")
    page.context.set_offline(True)
    upload(page, b"")
    expect(page.locator("[data-sending]")).to_contain_text("Berkas belum terkirim")
    assert page.locator("main form button.primary").get_attribute("aria-disabled") is None
    page.context.set_offline(False)
    page.locator("main form button.primary").click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("tidak memuat baris pegawai")
    assert problems_on(page) == []
