"""What people do with sign-in and step-up on the whole app: mandates that end, second numbers, lost answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import requests
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.sso.models import LoginSession, RefusedSignIn
from tests.service.test_stepup_decision import task_id, waiting_for_finance
from tests.support.beside_provider import Beside, beside_provider
from tests.support.scripted import ScriptedBrowser
from tests.support.world import FIRST_DAY, World
from workflows.models import ApprovalTask, Decision, Identifier, Person

NAMES = ["finance_officer", "author", "stranger"]


@pytest.fixture
def beside(world: World, tmp_path: Path) -> Iterator[Beside]:
    with beside_provider(world, tmp_path, NAMES) as beside:
        yield beside


@pytest.fixture
def task(world: World) -> int:
    return task_id(world, waiting_for_finance(world, "Program"))


def decisions(world: World, task: int) -> list[Decision]:
    with Session(world.engine) as session:
        return list(session.scalars(select(Decision).where(Decision.task_id == task)))


def at_the_otp(beside: Beside, task: int) -> ScriptedBrowser:
    """The finance officer has pressed the button and stands at the provider."""
    browser = beside.signed_in("finance_officer", f"/keputusan/{task}")
    browser.send("outcome=approve")
    return browser


def end_sessions(world: World) -> None:
    with world.writing() as session:
        session.execute(update(LoginSession).values(ended_at=datetime.now(UTC), ended_why="test"))


def test_a_mandate_that_ended_between_page_and_return_decides_nothing(beside: Beside, task: int) -> None:
    browser = at_the_otp(beside, task)
    beside.world.end_mandate("finance_officer", FIRST_DAY - timedelta(days=1))
    browser.confirm("s-finance_officer")
    assert browser.page.status_code == 403
    assert decisions(beside.world, task) == []


def test_the_evidence_holds_the_roles_of_the_fresh_token_not_of_the_login(
    world: World, tmp_path: Path, task: int
) -> None:
    roles = {"BANGKOM_SSO_ROLE_MAP": '{"keu": "finance_officer", "sidak": "inspectorate"}'}
    with beside_provider(world, tmp_path, NAMES, **roles) as beside:
        beside.change_account("finance_officer", roles=["keu", "sidak"])
        browser = at_the_otp(beside, task)
        beside.change_account("finance_officer", roles=["keu"])
        browser.confirm("s-finance_officer")
    [decision] = decisions(world, task)
    assert json.loads(decision.evidence)["roles"] == ["finance_officer"]


def test_a_proposer_who_holds_the_office_cannot_decide_under_either_number(beside: Beside, task: int) -> None:
    """R12: one person, whatever number the token names; the other account of theirs is not let in."""
    world = beside.world
    world.end_mandate("finance_officer", FIRST_DAY - timedelta(days=1))
    world.appoint("finance_officer", "author", "definitive", FIRST_DAY, None)
    second = "200001012025211001"
    with world.writing() as session:
        session.add(
            Identifier(
                person_id=world.people["author"], kind="ni_pppk", value=second, valid_from=date(2025, 1, 1)
            )
        )
    for number in (None, second):
        if number:
            beside.change_account("author", nip=number)
        browser = beside.signed_in("author", f"/keputusan/{task}")
        assert browser.page.status_code in (403, 404)
        answer = browser.session.post(
            f"{beside.url}/keputusan", data={"task": task, "outcome": "approve"}, timeout=20
        )
        assert answer.status_code in (403, 404)
    beside.change_account("stranger", nip=second)
    browser = beside.signed_in("stranger")
    assert browser.page.status_code == 403
    assert "Akun SSO tidak cocok" in browser.text
    assert decisions(world, task) == []


def test_whoever_left_is_told_whom_to_ask_and_the_administrator_sees_it(beside: Beside) -> None:
    with beside.world.writing() as session:
        session.get_one(Person, beside.world.people["stranger"]).left_on = date(2026, 12, 31)
    browser = beside.signed_in("stranger")
    assert browser.page.status_code == 403
    assert "sudah tidak bertugas" in browser.text
    assert beside.app.extensions["bangkom"].profile.texts["help"].id in browser.text
    with Session(beside.world.engine) as session:
        [row] = session.scalars(select(RefusedSignIn)).all()
    assert (row.code, row.times) == ("person_left", 1)


@pytest.mark.parametrize(("number", "code"), [("198001012010011099", "person_unknown"), ("", "nip_missing")])
def test_whoever_is_not_known_becomes_a_case_without_a_nip(beside: Beside, number: str, code: str) -> None:
    beside.change_account("stranger", nip=number)
    for _ in range(2):
        assert beside.signed_in("stranger").page.status_code == 403
    with Session(beside.world.engine) as session:
        [row] = session.scalars(select(RefusedSignIn)).all()
    assert (row.code, row.times) == (code, 2)
    assert not number or number not in f"{row.who_hash}{row.who_masked}"


def test_a_lost_answer_to_a_decision_says_that_it_was_made_and_shows_it(beside: Beside, task: int) -> None:
    """The answer, and the new session key in it, never reach the browser; it asks for the same address again."""
    browser = at_the_otp(beside, task)
    returned = address_of_return(browser)
    old = browser.session.cookies.copy()
    browser.session.get(returned, timeout=20)
    assert len(decisions(beside.world, task)) == 1
    browser.session.cookies = old
    browser.open(returned)
    assert browser.page.status_code == 400
    assert "Konfirmasi ini sudah dipakai" in browser.text
    assert "Belum ada yang diputuskan" not in browser.text
    assert len(decisions(beside.world, task)) == 1
    browser.open(f"/masuk?next=/keputusan/{task}")
    if f"/keputusan/{task}" not in browser.path:
        browser.choose("s-finance_officer")
    assert "Masuk ulang lewat SSO pukul" in browser.text


def test_a_lost_request_of_the_return_can_simply_be_asked_again(beside: Beside, task: int) -> None:
    browser = at_the_otp(beside, task)
    returned = address_of_return(browser)
    assert decisions(beside.world, task) == []
    browser.open(returned)
    assert len(decisions(beside.world, task)) == 1


def test_a_session_that_ended_at_the_provider_keeps_what_was_typed(beside: Beside, task: int) -> None:
    browser = beside.signed_in("finance_officer", f"/keputusan/{task}")
    browser.send("Kembalikan", reason="Harga satuan melebihi standar", return_to="1")
    end_sessions(beside.world)
    browser.confirm("s-finance_officer")
    assert browser.page.status_code == 403
    assert "Belum ada yang diputuskan" in browser.text
    assert decisions(beside.world, task) == []
    way = browser.text.split('href="/masuk?next=')[1].split('"')[0]
    browser.sign_in_at(f"/masuk?next={way}", "s-finance_officer")
    assert "Konfirmasi belum selesai" in browser.text
    browser.send("trip")
    browser.confirm("s-finance_officer")
    [decision] = decisions(beside.world, task)
    assert (decision.outcome, decision.reason) == ("return", "Harga satuan melebihi standar")


def test_a_decision_sent_after_the_session_is_decided_with_one_more_tap(beside: Beside, task: int) -> None:
    browser = beside.signed_in("finance_officer", f"/keputusan/{task}")
    end_sessions(beside.world)
    browser.send("Kembalikan", reason="Harga satuan melebihi standar", return_to="1")
    if "Kirim lagi" not in browser.text:
        browser.choose("s-finance_officer")
    assert "Harga satuan melebihi standar" in browser.text
    browser.send("kept_form")
    browser.confirm("s-finance_officer")
    [decision] = decisions(beside.world, task)
    assert (decision.outcome, decision.reason) == ("return", "Harga satuan melebihi standar")
    with Session(beside.world.engine) as session:
        assert session.get_one(ApprovalTask, task).status != "granted"


def test_the_way_on_survives_a_provider_that_is_down(
    beside: Beside, task: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = beside.app.extensions["bangkom_sso"]
    with monkeypatch.context() as away:
        away.setattr(party.provider, "begin", lambda: party.provider.documents._get("http://127.0.0.1:9/"))
        browser = beside.browser()
        browser.open(f"/keputusan/{task}")
        assert browser.page.status_code == 503
    assert f'href="/masuk?next=/keputusan/{task}"' in browser.text


def address_of_return(browser: ScriptedBrowser) -> str:
    """Confirm at the provider without following its redirect home."""
    if "otp" not in {name for form in browser.forms() for name in form.names}:
        browser.choose("s-finance_officer")
    code = browser.text.split("<output>")[1].split("</output>")[0]
    form = browser.form("otp")
    fields = {**dict(form.fields), "otp": code, "action": "otp"}
    answer: requests.Response = browser.session.post(
        browser.page.url, data=fields, timeout=20, allow_redirects=False
    )
    return answer.headers["Location"]
