"""What is decided about sites in trouble: read on a phone and wide, in both languages, and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import create_engine, select

from service.serving import Served
from tests.browser.hand import no_wider, problems_on, tab_to
from tests.browser.screens import PHONE, WIDE, shoot
from tests.browser.troubled import Troubled, make_trouble
from tests.service.test_english_pages import INDONESIAN
from tests.support.reading import data_texts, texts_of, without
from tests.support.web import browser as signed_in
from tests.support.web import running_app
from tests.support.world import World, make_world
from workflows.models import Enrolment, SiteRewind, SyncHold

HOST = "127.0.0.1"


class Town:
    """A served app on a world in trouble; ``page(name, width)`` is that person's own browser."""

    def __init__(self, world: World, app: Any, url: str, trouble: Troubled, chromium: Browser) -> None:
        self.world, self.app, self.url, self.trouble, self.chromium = world, app, url, trouble, chromium
        self.pages: list[Page] = []

    def page(self, name: str, width: int, *, script: bool = True, language: str = "id") -> Page:
        client = signed_in(self.app, self.world, name)
        context = self.chromium.new_context(
            base_url=self.url, java_script_enabled=script, viewport={"width": width, "height": 800}
        )
        login = client.get_cookie("bangkom", domain=HOST)
        assert login is not None
        context.add_cookies([{"name": login.key, "value": login.value, "url": self.url}])
        page = context.new_page()
        self.pages.append(page)
        if language == "en":
            page.goto("/situs")
            page.locator("button[name=language][value=en]").first.click()
        return page

    def places(self) -> list[tuple[str, str]]:
        version, unlinked = self.trouble.version_id, self.trouble.without_course
        return [
            ("sites", "/situs"),
            ("site", "/situs/kesehatan"),
            ("sync", "/sinkron"),
            ("site-braked", "/sinkron/lms"),
            ("site-back", "/sinkron/kesehatan"),
            ("site-refuses", "/sinkron/provinsi"),
            ("report-back", "/sinkron/kesehatan/laporan"),
            ("brakes", "/sinkron/lms/rem"),
            ("brake", f"/sinkron/lms/rem/{self.trouble.hold_id}"),
            ("rewind", "/sinkron/kesehatan/mundur"),
            ("rewind-none", "/sinkron/lms/mundur"),
            ("accounts", "/sinkron/lms/akun"),
            ("report", "/sinkron/provinsi/laporan"),
            ("row-held", f"/sinkron/baris/{self.trouble.row_id}"),
            ("version-sync", f"/program/{version}/moodle"),
            ("differences", f"/program/{version}/moodle/beda"),
            ("batches", f"/program/{version}/angkatan"),
            ("course-choice", f"/program/{unlinked}/kelas"),
            ("course-made", f"/program/{unlinked}/kelas/baru"),
        ]


@pytest.fixture
def town(chromium: Browser, databases_of: Callable[[str], Any], tmp_path: Path) -> Iterator[Town]:
    databases = databases_of("sqlite")
    database = databases.migrated()
    engine = create_engine(database.url)
    world = make_world(engine)
    with running_app(world, tmp_path) as app:
        trouble = make_trouble(app, world)
        served = Served(app, HOST, 0)
        town = Town(world, app, f"http://{HOST}:{served.port}", trouble, chromium)
        yield town
        for page in town.pages:
            page.context.close()
        served.stop()
    engine.dispose()
    databases.drop(database)


def indonesian(page: Page, data: set[str]) -> list[str]:
    """What is still Indonesian on a page, but for the data."""
    texts = [text for text in texts_of(page.content()) if INDONESIAN.search(text)]
    return [text for text in texts if text != "Bahasa Indonesia" and INDONESIAN.search(without(text, data))]


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_pages_of_sites_in_trouble_have_no_barrier(town: Town, width: int) -> None:
    problems, leaks = [], []
    data = data_texts(town.world.engine)
    for language in ("id", "en"):
        people = {name: town.page(name, width, language=language) for name in ("administrator", "planner")}
        for name, path in town.places():
            page = people["planner" if name.startswith("course-") else "administrator"]
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, (name, answer.status)
            assert " object at 0x" not in page.content(), name
            if language == "id":
                problems += [(name, problem) for problem in problems_on(page)]
            elif not name.startswith("report"):
                assert page.locator("html").get_attribute("lang") == "en"
                problems += [] if no_wider(page) else [(name, "scrolls sideways in English")]
                leaks += [(name, text) for text in indonesian(page, data)]
            shoot(page, f"trouble-{name}-{language}-{width}", full=True)
    assert problems == []
    assert leaks == []


def test_a_brake_and_a_restored_site_are_decided_by_keyboard_alone_from_the_banner(town: Town) -> None:
    """Without a script: from the banner to the names, the reason and the decision; then it is said what came of it."""
    page = town.page("administrator", PHONE, script=False)
    page.goto("/")
    _follow(page, "Periksa yang ditahan")
    _follow(page, "Pengelolaan data publik: kelas utama 2027")
    expect(page.get_by_text("9 orang hendak dihentikan")).to_be_visible()
    _decide(page, "Tolak", "Mereka hanya sehari di posko")
    expect(page.get_by_text("Ditolak: 9 orang tetap seperti yang ada di Moodle.")).to_be_visible()
    page.goto("/")
    _follow(page, "Periksa dan putuskan")
    expect(page.get_by_text("Sitti Aminah")).to_be_visible()
    _decide(page, "Terima dan perbaiki", "Pengelola Moodle memulihkan cadangan hari Minggu")
    expect(page.get_by_text("Akun dicari ulang dan 7 baris dikirim lagi.")).to_be_visible()
    with town.world.trying() as session:
        assert session.scalars(select(SyncHold.status)).one() == "declined"
        assert session.scalars(select(SiteRewind.status)).one() == "repaired"
        assert "held" not in session.scalars(select(Enrolment.status)).all()


def _follow(page: Page, words: str) -> None:
    tab_to(page, page.get_by_role("link", name=words).first, most=80)
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def _decide(page: Page, button: str, reason: str) -> None:
    tab_to(page, page.get_by_label("Alasan"), most=80)
    page.keyboard.type(reason)
    tab_to(page, page.get_by_role("button", name=button))
    page.keyboard.press("Enter")
    page.wait_for_load_state()
