"""Step-up: one fresh authentication, one list, once (R19)."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import abort
from sqlalchemy import select, update

from service.sso import current_login
from service.sso.client import Provider
from service.sso.keys import real_now
from service.sso.models import LoginTransaction
from tests.service.sso.browser import Browser
from tests.service.sso.conftest import Idp
from tests.service.sso.site import Site
from tests.service.sso.test_login import sign_in
from workflows.evidence import Evidence
from workflows.fingerprint import Leaf, merkle_root


def shown_otp(browser: Browser) -> str:
    return browser.page.text.split("<output>")[1].split("</output>")[0]


def ask(browser: Browser, site: Site, *tasks: str, reason: str = "Sesuai pagu") -> None:
    browser.http.headers["Origin"] = site.url
    body = [("task", task) for task in tasks] + [("reason", reason)]
    browser._went(browser.http.post(site.url + "/putusan", data=body, timeout=10))


def confirm(browser: Browser, *, follow: bool = True) -> None:
    browser.press("otp", otp=shown_otp(browser), action="otp", follow=follow)


@pytest.fixture
def signed_in(site: Site, browser: Browser) -> Site:
    sign_in(browser, site)
    return site


def test_the_decision_is_made_on_return_with_all_that_was_typed(signed_in: Site, browser: Browser) -> None:
    before = int(time.time())
    ask(browser, signed_in, "1", "2", reason="Sesuai pagu dan kebutuhan")
    confirm(browser)
    assert browser.page.json() == {"decided": {"reason": "Sesuai pagu dan kebutuhan"}, "person": 2}
    [(_, evidence)] = signed_in.decided
    leaves = (Leaf(1, "f" * 64, "approve"), Leaf(2, "f" * 64, "approve"))
    assert evidence.kind == "sso"
    assert evidence.leaves == leaves
    assert evidence.fingerprint == merkle_root(leaves)
    assert evidence.sub == "s-keu"
    assert evidence.acr == "otp"
    assert evidence.amr == ("pwd", "otp")
    assert evidence.roles == ("employee", "finance_officer")
    assert evidence.client_id == "bangkom"
    assert not evidence.acr_by_auth_time
    assert evidence.auth_time is not None
    assert evidence.auth_time >= before
    [row] = signed_in.open_sessions()
    assert evidence.sid == row.sid
    assert evidence.id_token_sha256 == hashlib.sha256(row.id_token.encode()).hexdigest()


def test_stepup_asks_for_a_fresh_login_and_hints_at_nobody(signed_in: Site, browser: Browser) -> None:
    answer = browser.post(signed_in.url + "/putusan", task="1", follow=False)
    assert answer.status_code == 303
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["prompt"] == ["login"]
    assert query["max_age"] == ["60"]
    assert query["acr_values"] == ["otp"]
    assert query["code_challenge_method"] == ["S256"]
    assert "login_hint" not in query


def set_to(site: Site, **changes: object) -> None:
    party = site.app.extensions["bangkom_sso"]
    party.settings = replace(party.settings, **changes)
    party.provider = Provider(party.settings)


def asked_at_stepup(browser: Browser, site: Site) -> dict[str, list[str]]:
    answer = browser.post(site.url + "/putusan", task="1", follow=False)
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def test_a_setting_leaves_out_what_would_ask_for_the_password_as_well(
    signed_in: Site, browser: Browser
) -> None:
    set_to(signed_in, stepup_forces_login=False)
    assert "prompt" not in asked_at_stepup(browser, signed_in)
    set_to(signed_in, stepup_max_age=None)
    query = asked_at_stepup(browser, signed_in)
    assert "max_age" not in query
    assert query["acr_values"] == ["otp"]


def test_without_a_forced_login_one_authentication_still_covers_one_list(
    signed_in: Site, browser: Browser
) -> None:
    """The second time this provider asks nothing: what it vouches for was used for the first list."""
    set_to(signed_in, stepup_forces_login=False, stepup_max_age=None)
    ask(browser, signed_in, "1")
    confirm(browser)
    assert len(signed_in.decided) == 1
    ask(browser, signed_in, "2", reason="daftar kedua")
    assert browser.page.url.startswith(signed_in.url)
    assert browser.page.status_code == 403
    assert "baru saja masuk ulang" in browser.page.text
    assert "Isian Anda masih tersimpan" in browser.page.text
    assert len(signed_in.decided) == 1


def test_levels_go_by_the_map_in_the_words_of_the_provider(signed_in: Site, browser: Browser) -> None:
    set_to(
        signed_in,
        acr_map={"password": "kata sandi", "otp": "kuat", "sertifikat": "kuat"},
        acr_stepup=("kuat",),
    )
    assert asked_at_stepup(browser, signed_in)["acr_values"] == ["otp sertifikat"]
    ask(browser, signed_in, "1")
    confirm(browser)
    [(_, evidence)] = signed_in.decided
    assert (evidence.acr, evidence.level) == ("otp", "kuat")
    set_to(signed_in, acr_map={"otp": "kata sandi", "sertifikat": "kuat"})
    ask(browser, signed_in, "2")
    browser.press("sub", "s-keu")
    assert "faktor kedua" in browser.page.text
    assert len(signed_in.decided) == 1


def test_the_session_gets_a_new_key_at_stepup(signed_in: Site, browser: Browser) -> None:
    first, [row] = browser.cookie("bangkom"), signed_in.open_sessions()
    ask(browser, signed_in, "1")
    confirm(browser)
    [renewed] = signed_in.open_sessions()
    assert renewed.id == row.id
    assert renewed.key_hash != row.key_hash
    assert browser.cookie("bangkom") not in (None, first)
    assert browser.get(signed_in.url + "/").json()["acr"] == "otp"


def test_a_decision_that_breaks_still_renews_the_key_and_keeps_what_was_typed(
    signed_in: Site, browser: Browser
) -> None:
    party, seen = signed_in.app.extensions["bangkom_sso"], []

    def breaks(payload: Mapping[str, Any], evidence: Evidence) -> Any:
        login = current_login()
        assert login is not None
        seen.append((login.acr, login.auth_time))
        abort(409)

    party.on_stepup, decide = breaks, party.on_stepup
    first, [row] = browser.cookie("bangkom"), signed_in.open_sessions()
    ask(browser, signed_in, "1", reason="tidak hilang")
    confirm(browser)
    assert browser.page.status_code == 409
    [renewed] = signed_in.open_sessions()
    assert renewed.key_hash != row.key_hash
    assert browser.cookie("bangkom") not in (None, first)
    assert seen == [("otp", renewed.auth_time)]
    with signed_in.database() as session:
        trip = session.scalars(select(LoginTransaction).order_by(LoginTransaction.id.desc())).first()
        assert trip is not None
        assert trip.payload["form"] == {"reason": "tidak hilang"}
    party.on_stepup = decide
    browser.post(signed_in.url + "/masuk/ulang", trip=str(trip.id))
    confirm(browser)
    assert browser.page.json()["decided"] == {"reason": "tidak hilang"}
    with signed_in.database() as session:
        rows = session.scalars(select(LoginTransaction).order_by(LoginTransaction.id)).all()
        assert rows[-1].payload == {}


def test_a_stepup_cannot_be_used_twice(signed_in: Site, browser: Browser) -> None:
    ask(browser, signed_in, "1")
    confirm(browser)
    returned = next(address for address in reversed(browser.trail) if "/masuk/kembali" in address)
    browser.get(returned)
    assert browser.page.status_code == 400
    assert "hanya berlaku satu kali" in browser.page.text
    assert len(signed_in.decided) == 1


def test_a_stepup_for_one_list_decides_that_list_though_another_is_open(
    signed_in: Site, browser: Browser
) -> None:
    ask(browser, signed_in, "1", reason="satu")
    first_page = browser.page
    ask(browser, signed_in, "2", reason="dua")
    browser.page = first_page
    confirm(browser)
    [(payload, evidence)] = signed_in.decided
    assert payload == {"reason": "satu"}
    assert not evidence.covers(Leaf(2, "f" * 64, "approve"))


def test_the_code_of_one_stepup_is_worth_nothing_under_the_state_of_another(
    signed_in: Site, browser: Browser
) -> None:
    states = []
    for task in ("1", "2"):
        ask(browser, signed_in, task)
        states.append(parse_qs(urlsplit(browser.page.url).query)["state"][0])
    confirm(browser, follow=False)
    returned = browser.page.headers["Location"]
    assert states[1] in returned
    browser.get(returned.replace(states[1], states[0]))
    assert browser.page.status_code == 403
    assert signed_in.decided == []


def test_another_person_at_stepup_is_refused_and_can_repeat(signed_in: Site, browser: Browser) -> None:
    ask(browser, signed_in, "1", reason="tidak hilang")
    browser.press("action", "switch")
    browser.press("sub", "s-sekda")
    confirm(browser)
    assert browser.page.status_code == 403
    assert "bukan orang yang sedang masuk" in browser.page.text
    assert signed_in.decided == []
    browser.press("trip")
    browser.press("action", "switch")
    browser.press("sub", "s-keu")
    confirm(browser)
    assert browser.page.json()["decided"] == {"reason": "tidak hilang"}


def test_a_cancelled_stepup_decides_nothing_and_can_repeat(signed_in: Site, browser: Browser) -> None:
    ask(browser, signed_in, "1", reason="masih ada")
    browser.press("action", "cancel")
    assert browser.page.status_code == 400
    assert signed_in.decided == []
    browser.press("trip")
    confirm(browser)
    assert browser.page.json()["decided"] == {"reason": "masih ada"}


def test_a_wrong_otp_asks_again(signed_in: Site, browser: Browser) -> None:
    ask(browser, signed_in, "1")
    wrong = f"{(int(shown_otp(browser)) + 1) % 10**6:06d}"
    browser.press("otp", otp=wrong, action="otp")
    assert "Kode OTP salah" in browser.page.text
    confirm(browser)
    assert len(signed_in.decided) == 1


def test_a_stepup_comes_back_to_its_own_session_only(signed_in: Site, browser: Browser) -> None:
    ask(browser, signed_in, "1")
    waiting = browser.page
    browser.post(signed_in.url + "/keluar")
    browser.get(signed_in.url + "/")
    browser.page = waiting
    confirm(browser)
    assert browser.page.status_code == 403
    assert "sesi lain" in browser.page.text
    assert signed_in.decided == []


def test_a_stepup_that_takes_three_minutes_counts_and_sixteen_do_not(
    signed_in: Site, browser: Browser
) -> None:
    for minutes, status in ((3, 200), (16, 400)):
        ask(browser, signed_in, "1")
        _started_earlier(signed_in, timedelta(minutes=minutes))
        confirm(browser)
        assert browser.page.status_code == status
    assert len(signed_in.decided) == 1
    assert "Isian Anda masih tersimpan" in browser.page.text


def test_what_was_typed_is_not_shown_to_another_session(signed_in: Site, browser: Browser) -> None:
    ask(browser, signed_in, "1")
    browser.press("action", "cancel")
    trip = browser.form_with("trip").fields["trip"]
    other = Browser()
    sign_in(other, signed_in, "s-sekda")
    other.post(signed_in.url + "/masuk/ulang", trip=trip)
    assert other.page.status_code == 400
    assert signed_in.decided == []


def test_a_role_withdrawn_since_login_is_not_in_the_evidence(
    signed_in: Site, browser: Browser, idp: Idp
) -> None:
    text = idp.accounts.read_text()
    idp.accounts.write_text(text.replace('"keuangan", ', ""))
    ask(browser, signed_in, "1")
    confirm(browser)
    [(_, evidence)] = signed_in.decided
    assert evidence.roles == ("employee",)


def test_where_the_provider_has_no_acr_the_setting_lets_auth_time_count_and_says_so(
    signed_in: Site, browser: Browser
) -> None:
    party = signed_in.app.extensions["bangkom_sso"]
    party.settings = replace(party.settings, acr_available=False)
    ask(browser, signed_in, "1")
    assert "acr_values" not in browser.page.url
    browser.press("sub", "s-keu")
    [(_, evidence)] = signed_in.decided
    assert evidence.acr_by_auth_time
    assert evidence.acr == "password"


def _started_earlier(site: Site, by: timedelta) -> None:
    now = real_now()
    with site.database() as session:
        waiting = update(LoginTransaction).where(LoginTransaction.used_at.is_(None))
        session.execute(waiting.values(started_at=now - by, expires_at=now - by + timedelta(minutes=15)))
        session.commit()
