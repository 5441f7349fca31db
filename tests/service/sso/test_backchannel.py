"""Back-channel logout: what must be refused, what older providers may send, and that it works."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from service.sso import checks
from service.sso.checks import LOGOUT_EVENT
from tests.service.sso.browser import Browser
from tests.service.sso.conftest import Idp
from tests.service.sso.faulty import GONE, KEYS, Faulty, Signer, laid_over, rs256, unsigned
from tests.service.sso.site import Site
from tests.service.sso.test_login import sign_in

Change = dict[str, Any]
IDS = iter(range(1_000_000))


def logout_token(faulty: Faulty, claims: Change, header: Change, sign: Signer) -> str:
    now = int(time.time())
    right: Change = {"iss": faulty.issuer, "aud": "bangkom", "iat": now, "exp": now + 120, "sub": "s-1"}
    right |= {"jti": f"jti-{next(IDS)}", "events": {LOGOUT_EVENT: {}}}
    offsets = {
        name: now + value
        for name, value in claims.items()
        if name in ("iat", "exp") and isinstance(value, int)
    }
    kind = {"alg": "RS256", "typ": "logout+jwt", "kid": faulty.key.kid}
    return sign(laid_over(kind, header), laid_over(right, {**claims, **offsets}))


def send(site: Site, token: str) -> requests.Response:
    return requests.post(site.url + "/keluar/dari-sso", data={"logout_token": token}, timeout=5)


def row(claims: Change | None = None, header: Change | None = None, sign: Signer | None = None) -> Any:
    return claims or {}, header or {}, sign or rs256(KEYS[0])


REFUSED = {
    "iss wrong": row({"iss": "https://lain.test"}),
    "aud wrong": row({"aud": "lain"}),
    "aud missing": row({"aud": GONE}),
    "no event": row({"events": GONE}),
    "other event": row({"events": {"https://lain.test": {}}}),
    "event value not an object": row({"events": {LOGOUT_EVENT: True}}),
    "events a list": row({"events": [LOGOUT_EVENT]}),
    "nonce present": row({"nonce": "n"}),
    "neither sub nor sid": row({"sub": GONE}),
    "sub a number": row({"sub": 7}),
    "iat old": row({"iat": -600}),
    "iat missing": row({"iat": GONE}),
    "iat in the future": row({"iat": 600}),
    "exp past": row({"exp": -120}),
    "jti missing": row({"jti": GONE}),
    "jti empty": row({"jti": ""}),
    "jti a number": row({"jti": 7}),
    "typ wrong": row(header={"typ": "at+jwt"}),
    "alg none": row(sign=unsigned),
    "bad signature": row(sign=rs256(KEYS[1])),
    "kid unknown": row(header={"kid": "lain"}),
}
ACCEPTED = {
    "right": row(),
    "typ JWT": row(header={"typ": "JWT"}),
    "typ missing": row(header={"typ": GONE}),
    "exp missing": row({"exp": GONE}),
    "sid instead of sub": row({"sub": GONE, "sid": "sid-1"}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_logout_token_that_does_not_hold_ends_nothing(faulty: Faulty, wide_site: Site, name: str) -> None:
    Browser().get(wide_site.url + "/")
    open_before = len(wide_site.open_sessions())
    assert send(wide_site, logout_token(faulty, *REFUSED[name])).status_code == 400
    assert len(wide_site.open_sessions()) == open_before


@pytest.mark.parametrize("garbage", ["", "bukan token", "a.b.c", "a.b"])
def test_garbage_is_refused(wide_site: Site, garbage: str) -> None:
    assert send(wide_site, garbage).status_code == 400


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_logout_token_ends_the_sessions_it_names(faulty: Faulty, wide_site: Site, name: str) -> None:
    faulty.claims["sid"] = "sid-1"
    browser = Browser()
    browser.get(wide_site.url + "/")
    assert send(wide_site, logout_token(faulty, *ACCEPTED[name])).status_code == 200
    assert wide_site.open_sessions() == []
    assert wide_site.sessions()[-1].ended_why == "backchannel"
    assert browser.get(wide_site.url + "/", follow=False).status_code == 302


def test_a_logout_token_is_obeyed_once(faulty: Faulty, wide_site: Site) -> None:
    token = logout_token(faulty, *ACCEPTED["right"])
    assert send(wide_site, token).status_code == 200
    Browser().get(wide_site.url + "/")
    assert send(wide_site, token).status_code == 400
    assert len(wide_site.open_sessions()) == 1
    send(wide_site, logout_token(faulty, *ACCEPTED["right"]))


STOPS: dict[str, str] = {
    "logout_token_has_a_fitting_type": "typ wrong",
    "logout_token_is_from_our_issuer": "iss wrong",
    "audience_is_us_and_nobody_unknown": "aud wrong",
    "logout_token_is_of_now": "iat old",
    "logout_token_says_logout": "no event",
    "logout_token_is_no_id_token": "nonce present",
    "logout_token_names_whom": "neither sub nor sid",
    "logout_token_has_an_id": "jti empty",
}


@pytest.mark.parametrize("name", STOPS)
def test_each_logout_check_stops_what_nothing_else_stops(
    faulty: Faulty,
    wide_site: Site,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    assert send(wide_site, logout_token(faulty, *REFUSED[STOPS[name]])).status_code == 400
    left: list[tuple[str, Callable[[checks.Seen], None]]]
    left = [item for item in checks.CHECKS if not (item[0] == "logout" and item[1].__name__ == name)]
    monkeypatch.setattr(checks, "CHECKS", left)
    assert send(wide_site, logout_token(faulty, *REFUSED[STOPS[name]])).status_code == 200


def test_signing_out_at_the_provider_ends_the_session_here(site: Site, idp: Idp, browser: Browser) -> None:
    sign_in(browser, site)
    other = Browser()
    sign_in(other, site, "s-sekda")
    browser.get(idp.issuer + "/")
    browser.press("form")
    assert "sudah keluar" in browser.page.text
    assert [row.sub for row in site.open_sessions()] == ["s-sekda"]
    assert site.sessions()[0].ended_why == "backchannel"


def test_a_stepup_after_back_channel_logout_decides_nothing(site: Site, idp: Idp, browser: Browser) -> None:
    sign_in(browser, site)
    browser.post(site.url + "/putusan", task="1")
    waiting = browser.page
    browser.get(idp.issuer + "/")
    browser.press("form")
    browser.page = waiting
    code = waiting.text.split("<output>")[1].split("</output>")[0]
    browser.press("otp", otp=code, action="otp")
    assert browser.page.status_code == 403
    assert site.decided == []
