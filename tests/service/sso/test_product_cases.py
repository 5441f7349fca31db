"""What people and attackers do with a sign-in (sso/FACTS.md, product cases)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import requests
from sqlalchemy import event, update

from service.demo.provider import create_provider
from service.sso.keys import real_now
from service.sso.models import LoginSession
from service.sso.sessions import end_login
from tests.service.sso.browser import Browser
from tests.service.sso.conftest import NIPS, Idp
from tests.service.sso.site import Site
from tests.service.sso.test_login import sign_in
from tests.service.sso.test_stepup import ask, confirm


def returned(browser: Browser, site: Site, sub: str = "s-keu") -> str:
    """The address with which the provider sends the browser back, not yet followed."""
    browser.get(site.url + "/")
    return browser.press("sub", sub, follow=False).headers["Location"]


def test_a_callback_replayed_is_refused(site: Site, browser: Browser) -> None:
    address = returned(browser, site)
    assert browser.get(address).status_code == 200
    for copied in (browser, browser):
        page = copied.get(address)
        assert page.status_code == 400
        assert "hanya berlaku satu kali" in page.text
    assert len(site.sessions()) == 1


def test_a_callback_in_another_browser_is_refused_and_the_first_can_still_return(
    site: Site, browser: Browser
) -> None:
    address = returned(browser, site)
    other = Browser()
    other.get(site.url + "/")
    assert other.get(address).status_code == 400
    assert "peramban lain" in other.page.text
    assert Browser().get(address).status_code == 400
    assert site.sessions() == []
    assert browser.get(address).status_code == 200


def test_an_error_answer_needs_a_known_state_and_ends_the_trip(site: Site, browser: Browser) -> None:
    page = browser.get(f"{site.url}/masuk/kembali?error=access_denied&state=lain")
    assert "tanpa permintaan masuk yang sah" in page.text
    browser.get(site.url + "/")
    browser.press("action", "cancel")
    assert browser.page.status_code == 400
    assert "membatalkannya" in browser.page.text
    browser.get(browser.page.url)
    assert "hanya berlaku satu kali" in browser.page.text


def test_text_of_the_provider_reaches_neither_page_nor_log(
    site: Site, browser: Browser, logs: pytest.LogCaptureFixture
) -> None:
    browser.get(site.url + "/")
    state = browser.page.url.split("state=")[1].split("&")[0]
    logs.clear()
    address = f"{site.url}/masuk/kembali?state={state}&iss={site.settings.issuer}"
    page = browser.get(f"{address}&error=%3Cb%3E{NIPS['s-keu']}&error_description=rahasia")
    ours = [record.getMessage() for record in logs.records if record.name == "bangkom.sso"]
    assert page.status_code == 400
    assert "rahasia" not in page.text
    assert "unreadable" in ours[0]
    logs.clear()


def watched(site: Site) -> list[str]:
    """The statements from now on, without those that begin a transaction."""
    queries: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            queries.append(statement)

    with site.database() as session:
        event.listen(session.get_bind(), "before_cursor_execute", note)
    return queries


@pytest.mark.parametrize("path", ["//jahat.test/", "https://jahat.test/", "/%5Cjahat.test"])
def test_next_to_another_host_leads_home(site: Site, browser: Browser, path: str) -> None:
    browser.get(f"{site.url}/masuk?next={path}")
    browser.press("sub", "s-keu")
    assert browser.page.url == site.url + "/"
    assert not [address for address in browser.trail[1:] if "jahat" in address]


def test_provider_down_at_the_start_says_so_and_opens_no_other_way(
    site: Site, idp: Idp, browser: Browser
) -> None:
    idp.served.stop()
    page = browser.get(site.url + "/")
    assert page.status_code == 503
    assert "SSO tidak menjawab" in page.text
    assert "password" not in page.text
    assert page.headers["Retry-After"]
    assert site.sessions() == []


def test_provider_down_on_return_lets_nobody_in(site: Site, idp: Idp, browser: Browser) -> None:
    address = returned(browser, site)
    idp.served.stop()
    assert browser.get(address).status_code == 503
    assert site.sessions() == []


def test_provider_down_keeps_those_in_who_are_in(site: Site, idp: Idp, browser: Browser) -> None:
    sign_in(browser, site)
    idp.served.stop()
    assert browser.get(site.url + "/").status_code == 200
    page = browser.post(site.url + "/keluar")
    assert page.status_code == 200
    assert site.open_sessions() == []


def test_provider_down_at_stepup_keeps_what_was_typed(site: Site, idp: Idp, browser: Browser) -> None:
    sign_in(browser, site)
    ask(browser, site, "1", reason="jangan hilang")
    confirm(browser, follow=False)
    back = browser.page.headers["Location"]
    idp.served.stop()
    assert browser.get(back).status_code == 503
    assert "Isian Anda masih tersimpan" in browser.page.text
    assert site.decided == []
    idp.restart()
    browser.press("trip")
    confirm(browser)
    assert browser.page.json()["decided"] == {"reason": "jangan hilang"}


@pytest.mark.parametrize(
    ("found", "sentence"),
    [([], "belum ada di layanan ini"), ([UUID(int=1), UUID(int=2)], "lebih dari satu orang")],
    ids=["nobody", "two"],
)
def test_nobody_is_created_and_two_are_not_guessed(
    site: Site, browser: Browser, found: list[UUID], sentence: str
) -> None:
    site.people[NIPS["s-keu"]] = found
    assert sign_in(browser, site).status_code == 403
    assert sentence in browser.page.text
    assert site.sessions() == []


def test_two_accounts_with_one_nip_do_not_both_get_in(site: Site, idp: Idp, browser: Browser) -> None:
    sign_in(browser, site)
    idp.accounts.write_text(idp.accounts.read_text().replace(NIPS["s-sekda"], NIPS["s-keu"]))
    assert sign_in(Browser(), site, "s-sekda").status_code == 403
    assert len(site.sessions()) == 1


def test_one_request_reads_the_login_with_one_query(site: Site, browser: Browser) -> None:
    sign_in(browser, site)
    queries = watched(site)
    browser.get(site.url + "/")
    assert len(queries) == 1


def test_a_callback_asks_the_database_at_most_eight_times(site: Site, browser: Browser) -> None:
    address = returned(browser, site)
    queries = watched(site)
    browser.get(address, follow=False)
    assert 0 < len(queries) <= 8


def test_a_session_ended_by_hand_is_over_at_once(site: Site, browser: Browser) -> None:
    sign_in(browser, site)
    with site.database() as session:
        end_login(session, site.sessions()[0].id, "administrator", real_now())
        session.commit()
    assert browser.get(site.url + "/", follow=False).status_code == 302


@pytest.mark.parametrize(
    ("seen_ago", "made_ago", "status"), [(29, 60, 200), (31, 60, 302), (1, 479, 200), (1, 481, 302)]
)
def test_a_session_is_over_by_idle_and_by_absolute_time(
    site: Site, browser: Browser, seen_ago: int, made_ago: int, status: int
) -> None:
    sign_in(browser, site)
    now = real_now()
    with site.database() as session:
        made, seen = now - timedelta(minutes=made_ago), now - timedelta(minutes=seen_ago)
        session.execute(update(LoginSession).values(created_at=made, last_seen_at=seen))
        session.commit()
    assert browser.get(site.url + "/", follow=False).status_code == status
    if status == 200:
        [row] = site.sessions()
        assert (row.last_seen_at > seen) is (seen_ago == 29), "a visit keeps it awake"


def test_the_stand_in_starts_for_demo_and_tests_only(tmp_path: Path) -> None:
    for purpose in ("production", "", "Demo"):
        with pytest.raises(ValueError, match="demo"):
            create_provider(
                tmp_path, issuer="http://x", clients=[], purpose=purpose, accounts=tmp_path / "a.json"
            )


def test_the_stand_in_sends_codes_to_registered_addresses_only(site: Site, idp: Idp) -> None:
    query = {"response_type": "code", "client_id": "bangkom", "redirect_uri": "https://jahat.test/"}
    query |= {"scope": "openid", "nonce": "n", "state": "s"}
    answer = requests.get(f"{idp.issuer}/authorize", params=query, timeout=5, allow_redirects=False)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_the_stand_in_takes_forms_from_its_own_pages_only(site: Site, browser: Browser) -> None:
    page = browser.get(site.url + "/")
    answer = requests.post(page.url, data={"action": "account", "sub": "s-keu"}, timeout=5)
    assert answer.status_code == 400
    assert "bk_idp" not in answer.cookies
