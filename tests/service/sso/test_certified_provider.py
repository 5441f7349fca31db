"""Everything once more against a certified provider that shares no line with Authlib: npm oidc-provider."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from sqlalchemy import update

from service.sso.keys import real_now
from service.sso.models import LoginSession
from service.sso.refresh import renew_due
from tests.service.sso.browser import Browser
from tests.service.sso.conftest import ACCOUNTS, NIPS
from tests.service.sso.site import Site, make_site
from tests.support.node import installed, running_node
from tests.support.ports import free_port

SECRET = "rahasia-uji-yang-panjang"
PEOPLE = {nip: [UUID(int=number)] for number, nip in enumerate(NIPS.values(), 1)}


@dataclass
class Certified:
    issuer: str
    site_url: str


def told(port: int, url: str, backchannel: bool = True, **more: Any) -> str:
    client: dict[str, Any] = {
        "client_id": "bangkom",
        "client_secret": SECRET,
        "redirect_uris": [f"{url}/masuk/kembali"],
        "post_logout_redirect_uris": [f"{url}/keluar/kembali"],
        "grant_types": ["authorization_code", "refresh_token"],
    }
    if backchannel:
        client |= {
            "backchannel_logout_uri": f"{url}/keluar/dari-sso",
            "backchannel_logout_session_required": True,
        }
    return json.dumps({"port": port, "client": client, "accounts": ACCOUNTS, "idTokenClaims": True, **more})


def provider(**more: Any) -> Iterator[Certified]:
    script = installed(Path(__file__).parent / "certified") / "provider.mjs"
    port, url = free_port(), f"http://127.0.0.1:{free_port()}"
    with running_node(script, told(port, url, **more)):
        yield Certified(f"http://127.0.0.1:{port}", url)


@pytest.fixture(scope="module")
def certified() -> Iterator[Certified]:
    yield from provider()


@pytest.fixture(scope="module")
def certified_by_userinfo() -> Iterator[Certified]:
    """Its ID token holds nothing but the subject."""
    yield from provider(idTokenClaims=False)


@pytest.fixture(scope="module")
def certified_silent() -> Iterator[Certified]:
    yield from provider(silent=True)


@pytest.fixture(scope="module", params=[True, False], ids=["claims in the ID token", "claims by userinfo"])
def certified_refreshing(request: pytest.FixtureRequest) -> Iterator[Certified]:
    """It gives refresh tokens, and says nothing by the back channel."""
    yield from provider(refresh=True, backchannel=False, idTokenClaims=request.param)


def site_beside(certified: Certified, database_url: str) -> Iterator[Site]:
    site = make_site(database_url, certified.issuer, certified.site_url, PEOPLE)
    site.start()
    yield site
    site.stop()


@pytest.fixture
def site(certified: Certified, database_url: str) -> Iterator[Site]:
    yield from site_beside(certified, database_url)


@pytest.fixture
def site_by_userinfo(certified_by_userinfo: Certified, database_url: str) -> Iterator[Site]:
    yield from site_beside(certified_by_userinfo, database_url)


@pytest.fixture
def silent_site(certified_silent: Certified, database_url: str) -> Iterator[Site]:
    yield from site_beside(certified_silent, database_url)


@pytest.fixture
def refreshing_site(certified_refreshing: Certified, database_url: str) -> Iterator[Site]:
    yield from site_beside(certified_refreshing, database_url)


def sign_in(browser: Browser, site: Site, sub: str = "s-keu") -> None:
    browser.get(site.url + "/tugas/7")
    browser.press("sub", sub)


def ask(browser: Browser, site: Site) -> None:
    browser.post(site.url + "/putusan", task="1", reason="Sesuai pagu")


def test_login(site: Site, browser: Browser) -> None:
    sign_in(browser, site)
    assert browser.page.json() == {
        "person": 2,
        "roles": ["employee", "finance_officer"],
        "acr": "password",
        "number": 7,
    }
    [row] = site.open_sessions()
    assert row.sid
    assert row.auth_time is not None


def test_login_by_userinfo(site_by_userinfo: Site, browser: Browser) -> None:
    sign_in(browser, site_by_userinfo)
    assert browser.page.json()["person"] == 2
    assert browser.page.json()["roles"] == ["employee", "finance_officer"]


def test_a_cancelled_login_lets_nobody_in(site: Site, browser: Browser) -> None:
    browser.get(site.url + "/tugas/7")
    browser.press("deny", "yes")
    assert browser.page.status_code == 400
    assert "membatalkannya" in browser.page.text
    assert site.sessions() == []


def test_stepup_by_a_second_factor_decides(site: Site, browser: Browser) -> None:
    sign_in(browser, site)
    ask(browser, site)
    browser.press("sub", "s-keu", acr="otp")
    assert browser.page.json() == {"decided": {"reason": "Sesuai pagu"}, "person": 2}
    [(_, evidence)] = site.decided
    assert (evidence.sub, evidence.acr, evidence.amr) == ("s-keu", "otp", ("pwd", "otp"))
    assert evidence.auth_time is not None
    assert evidence.roles == ("employee", "finance_officer")


def test_stepup_by_password_alone_decides_nothing(site: Site, browser: Browser) -> None:
    sign_in(browser, site)
    ask(browser, site)
    browser.press("sub", "s-keu", acr="password")
    assert browser.page.status_code == 403
    assert "faktor kedua" in browser.page.text
    assert site.decided == []


def test_stepup_by_another_person_signs_the_first_one_out_and_decides_nothing(
    site: Site, browser: Browser
) -> None:
    """This provider ends the first one's session before the second signs in, and says so by the back channel."""
    sign_in(browser, site)
    ask(browser, site)
    browser.press("sub", "s-sekda", acr="otp")
    browser.press("xsrf")
    if browser.page.url.startswith(site.settings.issuer):
        browser.press("sub", "s-sekda", acr="otp")
    assert browser.page.status_code == 403
    assert "sesi lain" in browser.page.text
    assert site.open_sessions() == []
    assert site.decided == []


def test_a_provider_without_acr_and_with_auth_time_0_signs_in_and_steps_up_never(
    silent_site: Site, browser: Browser
) -> None:
    sign_in(browser, silent_site)
    assert browser.page.json()["person"] == 2
    assert browser.page.json()["acr"] is None
    ask(browser, silent_site)
    browser.press("sub", "s-keu")
    assert browser.page.status_code == 403
    assert silent_site.decided == []


def test_logout_here_leads_to_logout_there(site: Site, browser: Browser) -> None:
    sign_in(browser, site)
    browser.post(site.url + "/keluar")
    assert site.open_sessions() == []
    browser.press("id_token_hint")
    browser.press("xsrf", logout="yes")
    assert browser.page.url.startswith(f"{site.url}/keluar/kembali")
    browser.get(site.url + "/")
    assert browser.form_with("sub", "s-keu")


def test_logout_there_ends_the_session_here_by_the_back_channel(site: Site, browser: Browser) -> None:
    sign_in(browser, site)
    other = Browser()
    sign_in(other, site, "s-sekda")
    browser.get(f"{site.settings.issuer}/session/end")
    browser.press("xsrf", logout="yes")
    assert [row.sub for row in site.open_sessions()] == ["s-sekda"]
    assert site.sessions()[0].ended_why == "backchannel"
    assert other.get(site.url + "/").json()["person"] == 1


def test_offline_access_is_not_asked_for_and_no_refresh_token_comes_unasked(
    site: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    party, answers = site.app.extensions["bangkom_sso"], []
    exchange = party.provider.exchange
    monkeypatch.setattr(
        party.provider, "exchange", lambda *given: answers.append(exchange(*given)) or answers[-1]
    )
    sign_in(browser, site)
    asked = next(address for address in browser.trail if "scope=" in address)
    assert "offline_access" not in parse_qs(urlsplit(asked).query)["scope"][0]
    assert "id_token" in answers[0]
    assert "refresh_token" not in answers[0]


def its_turn(site: Site) -> None:
    with site.database() as session:
        session.execute(update(LoginSession).values(refresh_at=real_now()))
        session.commit()


def test_refresh_renews_what_is_held_and_every_refresh_token_once(
    refreshing_site: Site, browser: Browser
) -> None:
    sign_in(browser, refreshing_site)
    party = refreshing_site.app.extensions["bangkom_sso"]
    rows = refreshing_site.open_sessions()
    for _turn in range(2):
        with refreshing_site.database() as session:
            session.execute(update(LoginSession).values(roles=["employee"]))
            session.commit()
        its_turn(refreshing_site)
        assert renew_due(party) == 1
        rows += refreshing_site.open_sessions()
    assert len(rows) == 3
    assert len({party.seal.open(row.refresh_token) for row in rows}) == 3
    assert {(row.auth_time, row.acr, row.sub) for row in rows} == {(rows[0].auth_time, "password", "s-keu")}
    assert browser.get(refreshing_site.url + "/").json()["roles"] == ["employee", "finance_officer"]


def test_refresh_notices_that_somebody_signed_out_there(refreshing_site: Site, browser: Browser) -> None:
    sign_in(browser, refreshing_site)
    browser.get(f"{refreshing_site.settings.issuer}/session/end")
    browser.press("xsrf", logout="yes")
    assert len(refreshing_site.open_sessions()) == 1
    its_turn(refreshing_site)
    renew_due(refreshing_site.app.extensions["bangkom_sso"])
    assert refreshing_site.open_sessions() == []
    assert refreshing_site.sessions()[0].ended_why == "refresh_refused"


def test_a_step_up_after_a_refresh_decides(refreshing_site: Site, browser: Browser) -> None:
    sign_in(browser, refreshing_site)
    its_turn(refreshing_site)
    renew_due(refreshing_site.app.extensions["bangkom_sso"])
    ask(browser, refreshing_site)
    browser.press("sub", "s-keu", acr="otp")
    assert browser.page.json() == {"decided": {"reason": "Sesuai pagu"}, "person": 2}
