"""Sign-in over real ports, with the development provider on the other side."""

from __future__ import annotations

import re

import requests

from tests.service.sso.browser import Browser
from tests.service.sso.conftest import NIPS, Idp
from tests.service.sso.site import Site


def sign_in(browser: Browser, site: Site, sub: str = "s-keu", path: str = "/tugas/7") -> requests.Response:
    browser.get(site.url + path)
    return browser.press("sub", sub)


def test_a_link_opens_its_page_after_sign_in(site: Site, browser: Browser) -> None:
    page = sign_in(browser, site)
    assert page.json() == {
        "person": 2,
        "roles": ["employee", "finance_officer"],
        "acr": "password",
        "number": 7,
    }
    assert page.headers["Cache-Control"] == "no-store"
    assert page.url == f"{site.url}/tugas/7"


def test_the_search_finds_people_without_a_label(site: Site, browser: Browser) -> None:
    browser.get(site.url + "/")
    assert "Citra" not in browser.page.text
    browser.press("cari", cari="citra ump")
    assert "Citra" in browser.page.text
    assert browser.press("sub", "s-staf").json()["person"] == 3


def test_user_name_and_password_sign_in_and_a_wrong_one_does_not(site: Site, browser: Browser) -> None:
    browser.get(site.url + "/")
    browser.press("username", username="staf", password="salah")
    assert browser.page.status_code == 400
    assert "tidak cocok" in browser.page.text
    assert browser.press("username", username="staf", password="peragaan").json()["person"] == 3


def test_the_session_cookie_is_closed_to_scripts_and_new_at_each_login(site: Site, browser: Browser) -> None:
    browser.get(site.url + "/")
    answer = browser.press("sub", "s-keu", follow=False)
    answer = browser.get(answer.headers["Location"], follow=False)
    cookie = next(line for line in answer.raw.headers.getlist("Set-Cookie") if line.startswith("bangkom="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    first = browser.cookie("bangkom")
    browser.post(site.url + "/keluar")
    sign_in_again = browser.get(site.url + "/")
    assert sign_in_again.status_code == 200
    assert browser.cookie("bangkom") not in (None, first)


def test_two_tabs_sign_in_at_once(site: Site, browser: Browser) -> None:
    one, two = (browser.get(f"{site.url}/tugas/{n}") for n in (1, 2))
    browser.page = two
    assert browser.press("sub", "s-keu").json()["number"] == 2
    browser.page = one
    assert browser.press("sub", "s-keu").json()["number"] == 1
    assert len(site.open_sessions()) == 1


def test_the_nip_stands_in_no_address(site: Site, browser: Browser) -> None:
    sign_in(browser, site)
    browser.post(site.url + "/keluar")
    browser.press("id_token_hint")
    assert not [address for address in browser.trail if any(nip in address for nip in NIPS.values())]
    assert not [address for address in browser.trail if "eyJ" in address]


def test_logout_ends_both_sessions(site: Site, idp: Idp, browser: Browser) -> None:
    sign_in(browser, site)
    browser.post(site.url + "/keluar")
    assert site.open_sessions() == []
    assert site.sessions()[0].ended_why == "logout"
    assert site.sessions()[0].id_token == ""
    page = browser.press("id_token_hint")
    assert page.url == f"{site.url}/keluar/kembali"
    browser.get(site.url + "/")
    assert "Masuk sebagai siapa?" in browser.page.text


def test_a_copied_cookie_is_worth_nothing_after_logout(site: Site, browser: Browser) -> None:
    sign_in(browser, site)
    copied = {"bangkom": str(browser.cookie("bangkom"))}
    browser.post(site.url + "/keluar")
    answer = requests.get(site.url + "/", cookies=copied, timeout=5, allow_redirects=False)
    assert answer.status_code == 302


def test_sessions_and_keys_outlive_a_restart_of_the_provider(site: Site, idp: Idp, browser: Browser) -> None:
    sign_in(browser, site)
    keys = requests.get(idp.issuer + "/jwks", timeout=5).json()
    idp.restart()
    assert requests.get(idp.issuer + "/jwks", timeout=5).json() == keys
    browser.http.cookies.set("bangkom", None)
    assert browser.get(site.url + "/tugas/4").json()["number"] == 4


def test_accounts_are_read_again_when_the_file_changes(site: Site, idp: Idp, browser: Browser) -> None:
    text = idp.accounts.read_text()
    idp.accounts.write_text(text.replace("Andi Contoh", "Andi Pengganti"))
    browser.get(site.url + "/")
    assert "Andi Pengganti" in browser.page.text


def test_the_provider_says_what_it_is_and_forbids_scripts(site: Site, browser: Browser) -> None:
    page = browser.get(site.url + "/")
    assert "Penyedia identitas tiruan untuk peragaan" in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert f"form-action 'self' {site.url};" in policy
    assert not re.search(r"<script|style=|onclick=", page.text)


def test_a_form_without_a_session_is_told_so(site: Site, browser: Browser) -> None:
    page = browser.post(site.url + "/putusan", task="1")
    assert page.status_code == 401
    assert "masuk lagi" in page.text


def test_only_named_end_points_are_open(site: Site, browser: Browser) -> None:
    assert browser.get(site.url + "/terbuka").text == "terbuka"
    assert browser.get(site.url + "/tidak-ada").status_code == 404
    assert browser.get(site.url + "/tugas/1", follow=False).status_code == 302


def test_a_part_of_a_page_leads_to_the_whole_page(site: Site, browser: Browser) -> None:
    part = {"HX-Request": "true", "HX-Current-URL": f"{site.url}/tugas/7?a=1"}
    answer = browser.http.get(site.url + "/tugas/8", headers=part, timeout=5)
    assert answer.status_code == 401
    browser.get(site.url + answer.headers["HX-Redirect"])
    browser.press("sub", "s-keu")
    assert browser.page.url == f"{site.url}/tugas/7?a=1"
