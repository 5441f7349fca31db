"""What an operator of a unit typed for a colleague: both see it, and the colleague says whether it is theirs."""

from __future__ import annotations

from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.screens import PHONE, Screens
from tests.browser.test_entered import looked_at
from tests.flows.regency import Regency
from workflows.models import Identifier, Need


def test_a_colleague_finds_on_the_first_page_what_was_entered_for_them(
    screens: Screens, regency: Regency
) -> None:
    operator = screens.as_label("operator", PHONE)
    operator.goto("/kebutuhan/baru")
    expect(operator.locator("#person_id")).to_be_visible()
    problems = looked_at(operator, "need-for-colleague")
    number = regency.ask(
        select(Identifier.value)
        .join(Need, Need.author_id == Identifier.person_id)
        .where(Need.entered_by.is_not(None), Identifier.valid_to.is_(None))
    )
    sub = next(account["sub"] for account in regency.demo.accounts if account["nip"] == number)
    author = screens.at(sub, PHONE)
    author.goto("/")
    expect(author.get_by_text("atas nama Anda")).to_be_visible()
    problems += looked_at(author, "home-entered-for")
    author.set_viewport_size({"width": PHONE, "height": 800})
    author.get_by_role("link", name="Kebutuhan: Laporan layanan kesehatan").click()
    expect(author.get_by_role("button", name="Ya, ini dari saya")).to_be_visible()
    author.get_by_text("Saya berkeberatan").click()
    problems += looked_at(author, "need-entered-for")
    author.get_by_role("button", name="Ya, ini dari saya").click()
    expect(author.get_by_text("Tercatat: ini kebutuhan Anda.")).to_be_visible()
    assert problems == []
