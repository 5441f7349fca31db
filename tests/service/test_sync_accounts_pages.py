"""Who needs an account: why, what to do where, looked for at once, made anew by decision, and the alarm of a right."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import select

from service.web import sync_accounts_view
from service.web.account_words import GROUPS
from service.web.moodle_words import SENTENCES
from tests.browser.hand import problems_on
from tests.browser.screens import shoot
from tests.service.test_english_pages import english, left_over
from tests.service.test_sync_pages import serving
from tests.support import walk
from tests.support.crowd import add_people
from tests.support.queries import counted
from tests.support.world import LEARNERS, World
from workflows.actions import lacks
from workflows.models import Enrolment, LmsAccount

Visit = Callable[[str], FlaskClient]
PAGE = "/sinkron/lms/akun"


def lacking(world: World, name: str, reason: str, **values: Any) -> int:
    """This learner needs an account, for that reason; the account's number of ours."""
    with world.writing() as session:
        account = LmsAccount(
            site_id=world.site, person_id=world.people[name], status="refused", reason=reason,
            checked_at=world.clock.now(), looks=1, check_at=world.clock.real_now() + timedelta(minutes=15),
        )  # fmt: skip
        for key, value in values.items():
            setattr(account, key, value)
        session.add(account)
        for row in session.scalars(select(Enrolment).where(Enrolment.person_id == world.people[name])):
            if account.remote_id is None:
                row.status, row.error_code, row.error_text = "needs_account", "refused", reason
        session.flush()
        return account.id


@pytest.fixture
def version(world: World) -> int:
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, LEARNERS[:4])
    return version_id


def test_each_reason_is_told_with_what_to_do_and_filtered(visit: Visit, world: World, version: int) -> None:
    lacking(world, "learner1", "deleted")
    lacking(world, "learner2", "email_in_use")
    lacking(world, "learner3", "strange_code")
    client = visit("planner")
    every = client.get(PAGE).text
    for name in ("Learner1", "Learner2", "Learner3"):
        assert f"{name} Contoh" in every
    assert "Learner4 Contoh" not in every
    assert "Buat akun baru" in every
    assert "dalam 15 menit" in every
    mail = client.get(PAGE, query_string={"alasan": "email"}).text
    assert "Browse list of users" in mail
    assert ("Learner2 Contoh" in mail, "Learner1 Contoh" in mail) == (True, False)
    assert "Moodle menjawab dengan kode strange_code." in client.get(f"{PAGE}?alasan=other").text
    assert "Learner1 Contoh" in client.get(f"{PAGE}?alasan=tidak-ada").text
    assert "Learner1 Contoh" in client.get("/sinkron/lms/akun?sesudah=x").text


def test_the_participants_page_says_why(visit: Visit, world: World, version: int) -> None:
    lacking(world, "learner1", "may_not_create")
    shown = visit("planner").get(f"/program/{version}/peserta").text
    assert "moodle/user:create" in shown


def test_looking_again_makes_only_that_reason_due(visit: Visit, world: World, version: int) -> None:
    first, second = lacking(world, "learner1", "suspended"), lacking(world, "learner2", "missing")
    answer = visit("administrator").post(f"{PAGE}/periksa", data={"alasan": "suspended"})
    assert (answer.status_code, answer.location.endswith("alasan=suspended")) == (303, True)
    with world.trying() as session:
        now = world.clock.real_now()
        assert session.get_one(LmsAccount, first).check_at <= now
        assert session.get_one(LmsAccount, second).check_at > now
    assert visit("planner").post(f"{PAGE}/periksa").status_code == 303
    with world.trying() as session:
        assert session.get_one(LmsAccount, second).check_at <= world.clock.real_now()


def test_a_new_account_for_a_deleted_one_is_a_persons_decision(
    visit: Visit, world: World, version: int
) -> None:
    account = lacking(world, "learner1", "deleted")
    other = lacking(world, "learner2", "suspended")
    client = visit("planner")
    assert client.post(f"{PAGE}/{account}/baru").status_code == 303
    assert client.post(f"{PAGE}/{account}/baru").status_code == 409
    assert client.post(f"{PAGE}/{other}/baru").status_code == 409
    assert client.post(f"{PAGE}/99999/baru").status_code == 404
    with world.trying() as session:
        assert session.get_one(LmsAccount, account).reason == ""


def test_strangers_see_and_do_nothing_and_an_inspector_only_looks(
    visit: Visit, world: World, version: int
) -> None:
    account = lacking(world, "learner1", "deleted")
    stranger, inspector = visit("stranger"), visit("inspector")
    assert stranger.get(PAGE).status_code == 403
    shown = inspector.get(PAGE)
    assert shown.status_code == 200
    assert "Buat akun baru" not in shown.text
    assert "Periksa lagi" not in shown.text
    for client in (stranger, inspector):
        assert client.post(f"{PAGE}/periksa").status_code == 403
        assert client.post(f"{PAGE}/{account}/baru").status_code == 403
    assert inspector.get("/sinkron/tidak-ada/akun").status_code == 404


def test_accounts_that_say_otherwise_are_a_list_of_their_own(
    visit: Visit, world: World, version: int
) -> None:
    lacking(world, "learner1", "", status="found", remote_id="51", differs="name email")
    lacking(world, "learner2", "", status="made", remote_id="52", made_ref="52", update_code="email_in_use")
    client = visit("planner")
    assert "Learner1 Contoh" not in client.get(PAGE).text
    shown = client.get(f"{PAGE}?alasan=differs").text
    assert "nama dan alamat surel" in shown
    assert "sudah dipakai akun lain" in shown
    assert "akun nomor 51" in shown


def test_a_wanting_right_is_told_on_the_site_in_the_banner_and_in_the_report(
    visit: Visit, world: World, version: int
) -> None:
    with world.writing() as session:
        lacks.note(session, site_id=world.site, kind="create", code="nopermissions")
    client = visit("planner")
    assert "moodle/user:create" in client.get("/sinkron/lms").text
    banner = client.get("/program").text
    assert "Kami tidak boleh membuat akun (Kelas)" in banner
    assert "selebihnya diteruskan" in banner
    assert "Pendaftaran menunggu" not in banner
    assert "moodle/user:create" in client.get("/sinkron/lms/laporan.txt").text
    assert "membuat akun" not in visit("nurse").get("/program").text
    with world.writing() as session:
        assert lacks.over(session, site_id=world.site, kind="create")
    assert "moodle/user:create" not in client.get("/sinkron/lms").text


def test_the_list_is_paged_by_key_and_asks_the_same_whatever_its_length(
    app: Flask, visit: Visit, world: World, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_accounts_view, "PAGE", 20)
    client = visit("planner")
    lacking(world, "learner1", "missing")
    client.get(PAGE)
    with counted(app) as few:
        client.get(PAGE)
    names = add_people(world, 45)
    with world.writing() as session:
        batch = session.scalars(select(Enrolment)).first().batch_id
        for name in names:
            session.add(
                Enrolment(
                    batch_id=batch, person_id=world.people[name], site_id=world.site, course_ref="7",
                    status="needs_account", error_code="missing", enrolled_at=world.clock.now(),
                )
            )  # fmt: skip
    for name in names:
        lacking(world, name, "missing")
    client.get(PAGE)
    with counted(app) as many:
        first = client.get(PAGE).text
    assert len(many) <= len(few)
    assert first.count("Crowd Nomor") == 19
    seen, keys = 0, [0]
    while len(keys) == len(set(keys)):
        text = client.get(PAGE, query_string={"sesudah": keys[-1]}).text
        seen += text.count("Crowd Nomor")
        keys.append(max([keys[-1], *map(int, re.findall(r"sesudah=(\d+)", text))]))
    assert seen == 45


@pytest.mark.parametrize("width", [360, 1280])
def test_the_list_has_no_barrier_and_does_not_scroll_sideways(
    app: Flask, visit: Visit, world: World, version: int, chromium: Browser, width: int
) -> None:
    for name, reason in zip(LEARNERS, ("deleted", "email_in_use", "may_not_create"), strict=False):
        lacking(world, name, reason)
    with world.writing() as session:
        lacks.note(session, site_id=world.site, kind="create", code="nopermissions")
    key = visit("planner").get_cookie("bangkom", domain="127.0.0.1")
    assert key is not None
    with serving(app) as address:
        page = chromium.new_page(viewport={"width": width, "height": 800})
        page.context.add_cookies([{"name": "bangkom", "value": key.value, "url": address}])
        problems = []
        for number, path in enumerate((f"{PAGE}?alasan=deleted", PAGE, "/sinkron/lms")):
            page.goto(f"{address}{path}")
            shoot(page, f"sync-accounts-{number}-{width}", full=True)
            problems += problems_on(page)
        page.close()
    assert problems == []


def test_every_reason_with_a_group_has_a_sentence() -> None:
    assert {code for group in GROUPS for code in group.codes} <= set(SENTENCES)


def test_in_english_nothing_indonesian_is_left(visit: Visit, world: World, version: int) -> None:
    lacking(world, "learner1", "deleted")
    lacking(world, "learner2", "", status="found", remote_id="51", differs="name email")
    with world.writing() as session:
        for kind in lacks.WORDS:
            lacks.note(session, site_id=world.site, kind=kind, code="nopermissions")
    client = english(visit, "planner")
    assert (
        left_over(world, client, PAGE, f"{PAGE}?alasan=deleted", f"{PAGE}?alasan=differs", "/sinkron/lms")
        == []
    )
