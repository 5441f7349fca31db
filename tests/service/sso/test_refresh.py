"""Asking the provider again between sign-ins: whose roles it changes, whom it puts out, whom it must not."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from service.sso import checks
from service.sso.client import Provider
from service.sso.keys import real_now
from service.sso.models import LoginSession
from service.sso.problems import SsoRefused
from service.sso.refresh import renew_due
from service.sso.relying import RelyingParty
from service.sso.sealed import Seal
from service.sso.sessions import end_login
from tests.service.sso.browser import Browser
from tests.service.sso.faulty import GONE, KEYS, Faulty, rs256, unsigned
from tests.service.sso.site import Site

Setup = Callable[[Faulty], object]


def claims(**changes: Any) -> Setup:
    return lambda faulty: faulty.claims.update(changes)


def set_to(**changes: Any) -> Setup:
    return lambda faulty: [setattr(faulty, name, value) for name, value in changes.items()]


def answer(**changes: Any) -> Setup:
    return lambda faulty: faulty.answer.update(changes)


REFUSED: dict[str, Setup] = {
    "the provider holds it no longer": answer(error="invalid_grant"),
    "iss wrong": claims(iss="https://lain.test"),
    "sub of another": claims(sub="s-2"),
    "sub missing": claims(sub=GONE),
    "aud wrong, azp us": claims(aud="lain", azp="bangkom"),
    "auth_time of another sign-in": lambda faulty: faulty.claims.update(
        auth_time=faulty.said["auth_time"] + 5
    ),
    "auth_time true": claims(auth_time=True),
    "exp past": lambda faulty: faulty.claims.update(exp=int(time.time()) - 600),
    "alg none": set_to(sign=unsigned),
    "signed by another key": set_to(sign=rs256(KEYS[1])),
    "garbage": set_to(spoil=lambda token: "bukan.token.sama"),
}
ACCEPTED: dict[str, Setup] = {
    "right": lambda faulty: None,
    "no ID token in the answer": answer(id_token=GONE),
    "no new refresh token": answer(refresh_token=GONE),
    "nonce missing": claims(nonce=GONE),
    "auth_time missing": claims(auth_time=GONE),
    "key rotated": set_to(key=KEYS[2], published=[KEYS[2]]),
}
STOPS = {
    "refreshed_token_is_about_the_same_person": "sub of another",
    "audience_is_us_and_nobody_unknown": "aud wrong, azp us",
    "refreshed_token_is_no_new_authentication": "auth_time of another sign-in",
}


def party_of(site: Site) -> RelyingParty:
    party: RelyingParty = site.app.extensions["bangkom_sso"]
    return party


@pytest.fixture
def held_site(faulty: Faulty, wide_site: Site) -> Site:
    """The provider gives refresh tokens; sign-ins of earlier tests are over."""
    faulty.answer["refresh_token"] = "segar-1"
    with wide_site.database() as session:
        session.execute(update(LoginSession).values(refresh_token="", ended_at=real_now()))
        session.commit()
    return wide_site


def signed_in(site: Site) -> Browser:
    browser = Browser()
    browser.get(site.url + "/")
    assert browser.page.status_code == 200
    return browser


def change(site: Site, **values: Any) -> None:
    with site.database() as session:
        session.execute(update(LoginSession).where(LoginSession.ended_at.is_(None)).values(**values))
        session.commit()


def its_turn(site: Site) -> None:
    change(site, refresh_at=real_now() - timedelta(seconds=1))


@pytest.mark.parametrize("name", REFUSED)
def test_an_answer_that_does_not_hold_ends_the_sign_in(faulty: Faulty, held_site: Site, name: str) -> None:
    browser = signed_in(held_site)
    its_turn(held_site)
    REFUSED[name](faulty)
    assert renew_due(party_of(held_site)) == 1
    assert held_site.open_sessions() == []
    assert held_site.sessions()[-1].ended_why == "refresh_refused"
    assert held_site.sessions()[-1].refresh_token == ""
    assert browser.get(held_site.url + "/", follow=False).status_code == 302


@pytest.mark.parametrize("name", ACCEPTED)
def test_an_answer_that_holds_keeps_the_sign_in(faulty: Faulty, held_site: Site, name: str) -> None:
    browser = signed_in(held_site)
    its_turn(held_site)
    ACCEPTED[name](faulty)
    assert renew_due(party_of(held_site)) == 1
    assert browser.get(held_site.url + "/", follow=False).status_code == 200
    [row] = held_site.open_sessions()
    assert row.refresh_at is not None
    assert row.refresh_at > real_now()


@pytest.mark.parametrize("name", STOPS)
def test_each_check_of_ours_stops_what_nothing_else_stops(
    faulty: Faulty, held_site: Site, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    signed_in(held_site)
    its_turn(held_site)
    left = [one for one in checks.CHECKS if not (one[0] == "refresh" and one[1].__name__ == name)]
    monkeypatch.setattr(checks, "CHECKS", left)
    REFUSED[STOPS[name]](faulty)
    renew_due(party_of(held_site))
    assert len(held_site.open_sessions()) == 1


def test_roles_that_were_withdrawn_or_given_count_from_then_on(faulty: Faulty, held_site: Site) -> None:
    browser = signed_in(held_site)
    assert browser.page.json()["roles"] == ["employee"]
    for given, ours in ((["keuangan"], ["finance_officer"]), ([], []), ("pegawai", [])):
        faulty.claims["realm_access"] = {"roles": given}
        its_turn(held_site)
        renew_due(party_of(held_site))
        assert browser.get(held_site.url + "/").json()["roles"] == ours


def test_it_is_no_fresh_authentication(faulty: Faulty, held_site: Site) -> None:
    signed_in(held_site)
    [before] = held_site.open_sessions()
    its_turn(held_site)
    renew_due(party_of(held_site))
    [after] = held_site.open_sessions()
    assert (after.auth_time, after.acr, after.key_hash) == (before.auth_time, before.acr, before.key_hash)


def test_the_scope_that_was_asked_for_is_not_sent_again(faulty: Faulty, held_site: Site) -> None:
    signed_in(held_site)
    its_turn(held_site)
    renew_due(party_of(held_site))
    assert faulty.got["grant_type"] == "refresh_token"
    assert faulty.got["refresh_token"] == "segar-1"
    assert "scope" not in faulty.got


def test_a_new_refresh_token_is_used_the_next_time(faulty: Faulty, held_site: Site) -> None:
    signed_in(held_site)
    for turn in (2, 3):
        faulty.answer["refresh_token"] = f"segar-{turn}"
        its_turn(held_site)
        renew_due(party_of(held_site))
        assert faulty.got["refresh_token"] == f"segar-{turn - 1}"


@pytest.mark.parametrize("error", ["invalid_client", "unauthorized_client", "server_error", "<b>"])
def test_a_provider_that_is_cross_with_us_puts_nobody_out(
    faulty: Faulty, held_site: Site, error: str
) -> None:
    browser = signed_in(held_site)
    its_turn(held_site)
    faulty.answer["error"] = error
    assert renew_due(party_of(held_site)) == 1
    assert browser.get(held_site.url + "/", follow=False).status_code == 200


def test_a_provider_that_is_away_puts_nobody_out(faulty: Faulty, held_site: Site) -> None:
    browser, party = signed_in(held_site), party_of(held_site)
    its_turn(held_site)
    faulty.metadata["token_endpoint"] = "http://127.0.0.1:9/token"
    party.provider = Provider(party.settings)
    assert renew_due(party) == 1
    assert browser.get(held_site.url + "/", follow=False).status_code == 200
    assert renew_due(party) == 0, "asked again only at the next turn"


def test_nobody_is_asked_about_before_their_turn_twice_or_when_away(faulty: Faulty, held_site: Site) -> None:
    signed_in(held_site)
    party = party_of(held_site)
    assert renew_due(party) == 0
    its_turn(held_site)
    assert (renew_due(party), renew_due(party)) == (1, 0)
    its_turn(held_site)
    change(held_site, last_seen_at=real_now() - timedelta(hours=1))
    assert renew_due(party) == 0


@pytest.mark.parametrize("refused", [True, False], ids=["refused", "answered"])
def test_an_answer_about_what_no_longer_is_changes_nothing(
    faulty: Faulty, held_site: Site, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    """A step-up came back while the provider was asked with the old token, which it had then withdrawn."""
    signed_in(held_site)
    its_turn(held_site)
    party = party_of(held_site)
    ask = party.provider.refresh

    def meanwhile(token: str) -> dict[str, Any]:
        answered = ask(token)
        change(held_site, refresh_token="tertutup-baru", roles=["finance_officer"])
        if refused:
            raise SsoRefused("unsafe", "refresh:invalid_grant")
        return answered

    monkeypatch.setattr(party.provider, "refresh", meanwhile)
    renew_due(party)
    [row] = held_site.open_sessions()
    assert (row.refresh_token, row.roles) == ("tertutup-baru", ["finance_officer"])


def test_the_database_alone_gives_no_token_away(held_site: Site) -> None:
    signed_in(held_site)
    [row] = held_site.open_sessions()
    assert row.refresh_token
    assert "segar" not in row.refresh_token
    old, new = Seal(["lama"]), Seal(["baru", "lama"])
    assert new.open(old.close("segar-1")) == "segar-1"
    assert old.open(new.close("segar-1")) == ""
    assert old.open("bukan token") == ""


def test_a_token_that_no_key_opens_is_forgotten_and_nobody_put_out(held_site: Site) -> None:
    signed_in(held_site)
    change(held_site, refresh_token=Seal(["kunci lain"]).close("segar-1"), refresh_at=real_now())
    assert renew_due(party_of(held_site)) == 1
    [row] = held_site.open_sessions()
    assert row.refresh_token == ""


def test_signing_out_forgets_it(held_site: Site) -> None:
    signed_in(held_site)
    with held_site.database() as session:
        end_login(session, held_site.open_sessions()[0].id, "logout", real_now())
        session.commit()
    assert held_site.sessions()[-1].refresh_token == ""


def test_a_setting_turns_it_off(held_site: Site) -> None:
    party = party_of(held_site)
    before, party.settings = party.settings, replace(party.settings, refresh_every=timedelta(0))
    try:
        signed_in(held_site)
        [row] = held_site.open_sessions()
        assert (row.refresh_token, row.refresh_at) == ("", None)
    finally:
        party.settings = before
