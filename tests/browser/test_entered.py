"""Pages that only show something after somebody entered it: seen by their people, narrow and wide, no barrier."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser.hand import problems_on
from tests.browser.places import AGENCY, OFFICER
from tests.browser.screens import PHONE, WIDE, Screens, shoot
from tests.flows.regency import Regency
from workflows.models import Batch, Enrolment, Identifier, Person, ProgrammeVersion, Unit

HEADER = "NIP;Nama;Email;Status Pegawai;Unit Kerja;Jabatan"


def looked_at(page: Page, name: str) -> list[tuple[str, str]]:
    """What is wrong with the page at hand, at both widths."""
    problems = []
    for width in (PHONE, WIDE):
        page.set_viewport_size({"width": width, "height": 800})
        shoot(page, f"{name}-{width}", full=True)
        problems += [(f"{name}-{width}", problem) for problem in problems_on(page)]
    return problems


def export_of(regency: Regency) -> bytes:
    """A changed post, somebody new, and a row without a good number."""
    number, name, email = regency.ask_row(
        select(Identifier.value, Person.name, Person.email)
        .join(Person, Person.id == Identifier.person_id)
        .where(Identifier.kind == "nip", Identifier.valid_to.is_(None), Person.left_on.is_(None))
        .order_by(Person.name)
    )
    unit = regency.ask(select(Unit.name).order_by(Unit.id))
    rows = (
        HEADER,
        f"{number};{name};{email};PNS;{unit};Analis Data Ahli Muda",
        f"198503152010011002;Rina Contoh;rina.contoh@example.test;PNS;{unit};Pranata Komputer",
        f"123;Nomor Keliru;keliru@example.test;PNS;{unit};Pranata Komputer",
    )
    return "\n".join(rows).encode()


def test_a_file_of_people_is_compared_before_anything_changes(screens: Screens, regency: Regency) -> None:
    page = screens.as_label(AGENCY, PHONE)
    page.goto("/orang/impor")
    page.locator("#file").set_input_files(
        {"name": "pegawai.csv", "mimeType": "text/csv", "buffer": export_of(regency)}
    )
    page.get_by_role("button", name="Unggah dan bandingkan").click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_text("Nomor Keliru").first).to_be_visible()
    assert looked_at(page, "import-difference") == []


def test_a_breach_has_its_clock_on_the_page_and_on_the_first_one(screens: Screens, regency: Regency) -> None:
    page = screens.as_label(OFFICER, PHONE)
    page.goto("/data-pribadi/insiden/baru")
    page.locator("#happened").fill("Laptop petugas hilang dalam perjalanan; belum ditemukan.")
    page.locator("#revealed").fill("Nama dan nilai peserta satu kelas.")
    page.get_by_role("button", name="Catat insiden").click()
    expect(page.get_by_text("Laptop petugas hilang").first).to_be_visible()
    problems = looked_at(page, "breach")
    page.goto("/")
    expect(page.get_by_text("insiden", exact=False).first).to_be_visible()
    assert problems + looked_at(page, "home-officer") == []


def test_a_request_about_own_data_is_answered_by_the_officer(screens: Screens, regency: Regency) -> None:
    page = screens.as_label("peserta", PHONE)
    page.goto("/saya/data/permintaan")
    page.locator("input[name='kind']").first.check()
    page.locator("#text").fill("Gelar saya kurang: S.Kom., M.Si.")
    page.locator("main form button.primary").click()
    problems = looked_at(page, "my-data-asked")
    officer = screens.as_label(OFFICER, PHONE)
    officer.goto("/data-pribadi")
    officer.locator("a[href*='/data-pribadi/permintaan/']").first.click()
    expect(officer.get_by_text("Gelar saya kurang").first).to_be_visible()
    assert problems + looked_at(officer, "request") == []


def test_differences_from_the_site_are_told_by_name(screens: Screens, regency: Regency) -> None:
    """Somebody takes a learner out of the course on the site itself; the comparison finds it."""
    version, course = regency.ask_row(
        select(ProgrammeVersion.id, ProgrammeVersion.course_ref)
        .join(Batch, Batch.version_id == ProgrammeVersion.id)
        .join(Enrolment, Enrolment.batch_id == Batch.id)
        .where(ProgrammeVersion.state == "running", Enrolment.applied == "active")
    )
    with regency.demo.stack.sandbox.app.site.store.writing() as db:
        gone = db.execute("SELECT user FROM enrolments WHERE course = ? LIMIT 1", (int(course),)).fetchone()
        db.execute("DELETE FROM enrolments WHERE course = ? AND user = ?", (int(course), gone["user"]))
    page = screens.as_label(AGENCY, WIDE)
    page.goto(f"/program/{version}/moodle/beda")
    page.get_by_role("button", name="Bandingkan sekarang").click()
    for _ in range(60):
        page.reload()
        if page.get_by_text("Tidak ada di kelas").count():
            break
        page.wait_for_timeout(500)
    expect(page.get_by_text("Tidak ada di kelas").first).to_be_visible()
    assert looked_at(page, "differences-found") == []
    page.get_by_role("button", name="Perbaiki yang dipilih").click()
    expect(page.get_by_text("baris dikirim lagi ke Moodle").first).to_be_visible()
