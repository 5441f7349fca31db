"""The table "What must be refused" (sso/FACTS.md): one test id a row, on the real routes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from service.sso import checks, client
from service.sso.client import Provider
from service.sso.problems import SsoRefused
from tests.service.sso.browser import Browser
from tests.service.sso.faulty import GONE, KEYS, NIP, NIP_2, Faulty, hs256, rs256, unsigned
from tests.service.sso.site import Site
from tests.service.sso.test_backchannel import STOPS
from tests.service.sso.test_refresh import STOPS as REFRESH_STOPS

Setup = Callable[[Faulty], object]


@dataclass(frozen=True)
class Row:
    """``check`` is the function of ours that refuses it; empty where Authlib or joserfc does.

    ``page`` is the code of the page that says so: its title and its status are looked at.
    """

    name: str
    setup: Setup
    check: str = ""
    accepted: bool = False
    stepup: bool = False
    page: str = "unsafe"


def claims(**changes: Any) -> Setup:
    return lambda faulty: faulty.claims.update(changes)


def header(**changes: Any) -> Setup:
    return lambda faulty: faulty.header.update(changes)


def set_to(**changes: Any) -> Setup:
    return lambda faulty: [setattr(faulty, name, value) for name, value in changes.items()]


def off(name: str, seconds: int) -> Setup:
    """A moment ``seconds`` from now, taken when the row runs."""
    return lambda faulty: faulty.claims.update({name: int(time.time()) + seconds})


def both(*setups: Setup) -> Setup:
    return lambda faulty: [setup(faulty) for setup in setups]


def none_advertised(faulty: Faulty) -> None:
    faulty.metadata["id_token_signing_alg_values_supported"] = ["RS256", "none"]
    faulty.claims["at_hash"] = GONE
    faulty.sign = unsigned


def the_login_again(faulty: Faulty) -> None:
    """Half a minute old, so within the skew: the authentication that signed the person in."""
    faulty.claims["auth_time"] = faulty.said["auth_time"]


def other_payload(token: str) -> str:
    head, body, signature = token.split(".")
    return f"{head}.{body[:-4]}{'AAAA' if body[-4:] != 'AAAA' else 'BBBB'}.{signature}"


def trailing_slash(faulty: Faulty) -> None:
    faulty.claims["iss"] = faulty.issuer + "/"


def other_issuer(faulty: Faulty) -> None:
    """A whole provider that calls itself otherwise, from discovery to token."""
    faulty.metadata["issuer"] = faulty.claims["iss"] = "https://lain.test"
    faulty.response["iss"] = GONE


def embedded_key(faulty: Faulty) -> None:
    faulty.sign = rs256(KEYS[1])
    faulty.header.update(kid=GONE, jwk=KEYS[1].as_dict(private=False))


PUBLIC_PEM = KEYS[0].as_pem(private=False)
SECRET = b"rahasia-uji-yang-panjang"
HS_ADVERTISED = set_to(metadata={"id_token_signing_alg_values_supported": ["RS256", "HS256"]})
AUD, SUB = "audience_is_us_and_nobody_unknown", "subject_is_a_name"
FRESH, STRONG = "stepup_is_fresh", "stepup_is_strong_enough"

LOGIN = [
    Row("all right", lambda faulty: None, accepted=True),
    Row("iss wrong", claims(iss="https://lain.test")),
    Row("iss with a trailing slash", trailing_slash),
    Row("iss missing", claims(iss=GONE)),
    Row("sub missing", claims(sub=GONE)),
    Row("sub a number", claims(sub=7)),
    Row("sub empty", claims(sub="", nip=NIP_2), SUB),
    Row("aud wrong, no azp", claims(aud="lain")),
    Row("aud wrong, azp us", claims(aud="lain", azp="bangkom"), AUD),
    Row("aud an empty list", claims(aud=[]), AUD),
    Row("aud with another, azp us", claims(aud=["bangkom", "lain"], azp="bangkom"), AUD),
    Row("aud right, azp wrong", claims(azp="lain")),
    Row("aud missing", claims(aud=GONE)),
    Row("aud a list of us", claims(aud=["bangkom"]), accepted=True),
    Row("exp past 600 s", off("exp", -600)),
    Row("exp past 90 s", off("exp", -90)),
    Row("exp past 50 s, a skew of clocks", off("exp", -50), accepted=True),
    Row("exp missing", claims(exp=GONE)),
    Row("exp a string", claims(exp="besok")),
    Row("iat missing", claims(iat=GONE)),
    Row("iat in the future", off("iat", 600)),
    Row("iat 50 s ahead, a skew of clocks", off("iat", 50), accepted=True),
    Row("nbf in the future", off("nbf", 600)),
    Row("nonce wrong", claims(nonce="lain")),
    Row("nonce missing", claims(nonce=GONE)),
    Row("at_hash wrong", claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA")),
    Row("at_hash missing", claims(at_hash=GONE), accepted=True),
    Row("discovery issuer differs", other_issuer, "discovery_issuer_is_the_configured_one"),
    Row("alg none, not advertised", set_to(sign=unsigned)),
    Row("alg none, advertised, no at_hash", none_advertised, "pinned_algorithms"),
    Row("HS256 with the public key", both(HS_ADVERTISED, set_to(sign=hs256(PUBLIC_PEM)))),
    Row("HS256 with the client secret", both(HS_ADVERTISED, set_to(sign=hs256(SECRET)))),
    Row("HS256 not advertised", set_to(sign=hs256(PUBLIC_PEM))),
    Row("algorithm not advertised", header(alg="RS384")),
    Row(
        "no common algorithm",
        set_to(metadata={"id_token_signing_alg_values_supported": ["PS512"]}),
    ),
    Row("kid unknown", header(kid="lain")),
    Row("kid absent, one key", header(kid=GONE), accepted=True),
    Row("kid absent, two keys", both(header(kid=GONE), set_to(published=KEYS[:2]))),
    Row("signed by another key", set_to(sign=rs256(KEYS[1]))),
    Row("payload changed", set_to(spoil=other_payload)),
    Row("header jwk", embedded_key),
    Row("unknown crit", header(crit=["x-lain"], **{"x-lain": 1})),
    Row("garbage for a token", set_to(spoil=lambda token: "bukan.token.sama sekali")),
    Row("id_token missing", set_to(answer={"id_token": GONE}), "answer_holds_an_id_token"),
    Row("id_token null", set_to(answer={"id_token": None}), "answer_holds_an_id_token"),
    Row("state wrong", set_to(response={"state": "lain"}), page="state_unknown"),
    Row("state missing", set_to(response={"state": GONE}), page="state_unknown"),
    Row("code missing", set_to(response={"code": GONE}), page="provider_refused"),
    Row(
        "iss parameter wrong",
        set_to(response={"iss": "https://lain.test"}),
        "response_issuer_is_the_configured_one",
    ),
    Row(
        "iss parameter promised and missing",
        set_to(response={"iss": GONE}, metadata={"authorization_response_iss_parameter_supported": True}),
        "response_issuer_is_the_configured_one",
    ),
    Row("iss parameter missing, not promised", set_to(response={"iss": GONE}), accepted=True),
    Row(
        "userinfo sub differs",
        both(claims(nip=GONE), set_to(userinfo={"sub": "s-lain"})),
        "userinfo_is_about_the_same_subject",
    ),
    Row("NIP from userinfo", claims(nip=GONE), accepted=True),
    Row("NIP nowhere", both(claims(nip=GONE), set_to(userinfo={"nip": ""})), page="nip_missing"),
    Row("NIP a number", claims(nip=int(NIP)), page="nip_missing"),
    Row("roles as a string", claims(realm_access={"roles": "pegawai"}), accepted=True),
    Row("auth_time 0 and no acr", claims(auth_time=0, acr=GONE), accepted=True),
    Row("key rotated before login", set_to(key=KEYS[2], published=[KEYS[2]]), accepted=True),
]

STEPUP = [
    Row("step-up all right", lambda faulty: None, accepted=True),
    Row("auth_time missing", claims(auth_time=GONE), FRESH, page="not_fresh"),
    Row("auth_time old", off("auth_time", -120), FRESH, page="not_fresh"),
    Row("auth_time of the login again", the_login_again, "stepup_is_a_new_authentication", page="not_fresh"),
    Row("auth_time in the future", off("auth_time", 120), FRESH, page="not_fresh"),
    Row("auth_time true", claims(auth_time=True), FRESH, page="not_fresh"),
    Row("auth_time a string", claims(auth_time="1769000000")),
    Row("auth_time 0", claims(auth_time=0), FRESH, page="not_fresh"),
    Row("acr missing", claims(acr=GONE), STRONG, page="level_low"),
    Row("acr low", claims(acr="password"), STRONG, page="level_low"),
    Row("acr a list", claims(acr=["otp"]), STRONG, page="level_low"),
    Row("another user", claims(sub="s-2"), "stepup_is_by_the_same_person", page="other_person"),
    Row("nonce wrong at step-up", claims(nonce="lain")),
    Row("id_token missing at step-up", set_to(answer={"id_token": GONE}), "answer_holds_an_id_token"),
]
STEPUP = [replace(row, stepup=True) for row in STEPUP]


def is_let_in(row: Row, faulty: Faulty, site: Site) -> bool:
    """Run the row; a refusal must show our page and leave no session and no decision."""
    browser, before = Browser(), len(site.sessions())
    if row.stepup or row.name == "key rotated before login":
        browser.get(site.url + "/tugas/7")
        before += 1
        assert len(site.sessions()) == before
    row.setup(faulty)
    if row.stepup:
        browser.post(site.url + "/putusan", task="1")
        accepted = bool(site.decided)
    else:
        browser.http.cookies.pop("bangkom", None)
        browser.get(site.url + "/tugas/7")
        accepted = len(site.sessions()) > before
    if not accepted:
        page, said = SsoRefused(row.page).text, unescape(browser.page.text)
        assert browser.page.status_code == page.status
        assert f"<h1>{page.title}</h1>" in said
        assert page.sentence in said
        assert "Kode masalah" in said
        assert NIP not in said
        assert len(site.sessions()) == before
        assert site.decided == []
        assert row.stepup or browser.cookie("bangkom") is None
    return accepted


@pytest.mark.parametrize("row", [*LOGIN, *STEPUP], ids=lambda row: row.name)
def test_only_what_holds_is_let_in(row: Row, faulty: Faulty, wide_site: Site) -> None:
    assert is_let_in(row, faulty, wide_site) is row.accepted


OVERLAPS = {"answer_holds_an_id_token": "no token has no claims either; the check names the cause in the log"}
ELSEWHERE = {"discovery_names_only_https": "test_checks.py: plain http is what these tests speak"}
ALONE = [
    check
    for check in checks.CHECKS
    if check[0] not in ("logout", "refresh") and check[1].__name__ not in ELSEWHERE
]


@pytest.mark.parametrize("check", ALONE, ids=lambda check: check[1].__name__)
def test_each_check_of_ours_stops_what_nothing_else_stops(
    check: tuple[str, checks.Check], faulty: Faulty, wide_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = check[1].__name__
    monkeypatch.setattr(checks, "CHECKS", [other for other in checks.CHECKS if other != check])
    rows = [row for row in [*LOGIN, *STEPUP] if row.check == name]
    let_in = [row.name for row in rows if _gets_through(row, faulty, wide_site)]
    assert rows
    assert bool(let_in) is (name not in OVERLAPS)


def test_no_check_is_left_out_of_the_tests_that_remove_it() -> None:
    removed = {("logout", name) for name in STOPS} | {("refresh", name) for name in REFRESH_STOPS}
    removed |= {(stage, check.__name__) for stage, check in ALONE}
    left = {(stage, check.__name__) for stage, check in checks.CHECKS} - removed
    assert left == {("discovery", name) for name in ELSEWHERE}


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_the_pinned_algorithms_stop_what_nothing_else_stops(
    faulty: Faulty, wide_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "pinned_algorithms", lambda settings, advertised: advertised)
    rows = [row for row in LOGIN if row.check == "pinned_algorithms"]
    assert [row.name for row in rows if _gets_through(row, faulty, wide_site)]


def _gets_through(row: Row, faulty: Faulty, site: Site) -> bool:
    faulty.reset()
    site.decided.clear()
    party = site.app.extensions["bangkom_sso"]
    party.provider = Provider(party.settings)
    before = len(site.sessions())
    browser = Browser()
    if row.stepup:
        browser.get(site.url + "/")
        row.setup(faulty)
        browser.post(site.url + "/putusan", task="1")
        return bool(site.decided)
    row.setup(faulty)
    browser.get(site.url + "/")
    return len(site.sessions()) > before


def test_roles_as_a_string_give_no_roles(faulty: Faulty, wide_site: Site) -> None:
    faulty.claims["realm_access"] = {"roles": "pegawai"}
    assert Browser().get(wide_site.url + "/").json()["roles"] == []


def test_an_unknown_kid_asks_for_keys_at_most_once_a_pause(faulty: Faulty, wide_site: Site) -> None:
    party = wide_site.app.extensions["bangkom_sso"]
    party.provider = Provider(replace(wide_site.settings, jwks_pause=timedelta(seconds=10)))
    faulty.header["kid"] = "lain"
    for _ in range(4):
        Browser().get(wide_site.url + "/")
    assert faulty.jwks_fetched == 1
