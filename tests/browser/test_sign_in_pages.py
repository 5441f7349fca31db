"""Sign-in, its problems and devices as people see them: on a phone and wide, in both languages, without a barrier."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from service.db import writing
from service.sso.client import Provider
from service.sso.models import LoginSession
from tests.browser.hand import problems_on
from tests.browser.screens import PHONE, WIDE, Screens, choose, shoot
from tests.flows.regency import Regency

STRANGER = {
    "sub": "s-tak-dikenal",
    "name": "Orang Tak Dikenal",
    "label": "Bukan pegawai - contoh",
    "nip": "199912312025011999",
    "email": "tak.dikenal@contoh.test",
    "preferred_username": "takdikenal",
    "roles": [],
}
SAID = {
    "sign-in-stale": ("Permintaan masuk tidak berlaku lagi", "This sign-in request is no longer valid"),
    "sign-in-unknown": ("Anda belum terdaftar", "You are not registered"),
    "sign-in-not-finished": ("Anda belum masuk", "You are not signed in"),
    "sign-in-down": ("SSO tidak menjawab", "SSO is not answering"),
    "devices": ("Perangkat yang masuk", "Signed-in devices"),
    "kept-form": ("Kirim lagi", "Send again"),
    "session-over": ("Anda perlu masuk lagi", "You need to sign in again"),
    "signed-out": ("Anda sudah keluar", "You have signed out"),
}


@pytest.mark.parametrize("width", [PHONE, WIDE])
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_of_sign_in_speaks_plainly_and_has_no_barrier(
    screens: Screens, regency: Regency, language: str, width: int
) -> None:
    walk = _Walk(screens.at("", width), regency, language, width)
    walk.not_let_in()
    walk.let_in_and_out()
    assert walk.seen == list(SAID)
    assert walk.problems == []


class _Walk:
    """From page to page, as somebody who runs into everything."""

    def __init__(self, page: Page, regency: Regency, language: str, width: int) -> None:
        self.page, self.regency, self.stack = page, regency, regency.demo.stack
        self.suffix, self.column = f"{language}-{width}", ["id", "en"].index(language)
        self.seen: list[str] = []
        self.problems: list[tuple[str, str]] = []
        page.goto("/masuk/kembali")
        page.locator(f"button[name=language][value={language}]").first.click()

    def not_let_in(self) -> None:
        self.page.goto("/masuk/kembali?state=x&error=access_denied")
        self._look("sign-in-stale")
        accounts = self.stack.places.accounts
        before = accounts.read_text()
        accounts.write_text(json.dumps([*json.loads(before), STRANGER]))
        self.page.goto("/")
        choose(self.page, self.regency, str(STRANGER["sub"]), arrives=False)
        self._look("sign-in-unknown")
        accounts.write_text(before)
        self.page.context.clear_cookies(name="bk_idp")
        self.page.goto("/")
        self.page.goto(self.page.url.replace("state=", "prompt=none&state="))
        self._look("sign-in-not-finished")
        party = self.stack.app.extensions["bangkom_sso"]
        known, party.provider = party.provider, Provider(party.settings)
        self.stack.provider.stop()
        self.page.goto("/")
        self._look("sign-in-down")
        self.stack.start_provider()
        party.provider = known

    def let_in_and_out(self) -> None:
        page, sub = self.page, self.regency.demo.sub("pengusul")
        page.goto("/perangkat")
        choose(page, self.regency, sub)
        self._look("devices")
        self._fill_in()
        with self.stack.app.app_context(), writing() as session:
            session.execute(update(LoginSession).values(ended_at=datetime.now(UTC), ended_why="test"))
        self._send()
        self._look("kept-form")
        self._fill_in()
        page.context.clear_cookies(name="bangkom")
        self._send()
        self._look("session-over")
        page.goto("/perangkat")
        page.locator("form[data-forget] button").first.click()
        self._look("signed-out")

    def _fill_in(self) -> None:
        self.page.goto("/kebutuhan/baru")
        self.page.locator("[name=problem]").fill("Jadwal posyandu sering bentrok.")
        self.page.locator("[name=since]").fill("2026")
        self.page.locator("[name=service]").fill("Posyandu")

    def _send(self) -> None:
        self.page.locator("main form button.primary").last.click()

    def _look(self, name: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(SAID[name][self.column])
        shoot(self.page, f"{name}-{self.suffix}", full=True)
        self.seen.append(name)
        self.problems += [(name, problem) for problem in problems_on(self.page)]
