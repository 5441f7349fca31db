"""What the site holds beside what we want: counts, reasons in words, next try, trying again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from service.web.moodle_words import SENTENCES
from tests.support import walk
from tests.support.crowd import add_people
from tests.support.queries import counted
from tests.support.world import LEARNERS, World
from workflows.actions import breaker
from workflows.models import CourseLease, Enrolment, Site


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


Visit = Callable[[str], FlaskClient]


def set_row(world: World, enrolment_id: int, **values: Any) -> None:
    with world.writing() as session:
        row = session.get_one(Enrolment, enrolment_id)
        for key, value in values.items():
            setattr(row, key, value)


def test_wanted_and_held_stand_side_by_side(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, LEARNERS[:2])
    waiting = visit("planner").get(f"/program/{version_id}/moodle").text
    assert "Menunggu" in waiting
    assert "segera" in waiting
    walk.deliver(world)
    shown = visit("administrator").get(f"/program/{version_id}/moodle").text
    assert "Di Moodle" in shown
    assert "2 dari 2 orang" in shown


@pytest.mark.parametrize(
    ("status", "code", "text", "said"),
    [
        ("failed", "course_missing", "", "Kelas ini tidak ada lagi di Moodle."),
        ("needs_account", "ambiguous", "two_with_idnumber", "lebih dari satu akun yang cocok"),
        ("needs_account", "suspended", "", "ditangguhkan"),
        ("needs_account", "refused", "email_in_use", "sudah dipakai akun lain"),
        ("failed", "somethingnew", "secret sentence", "Moodle menjawab dengan kode somethingnew."),
    ],
)
def test_a_refusal_is_told_by_its_code(
    visit: Visit, world: World, status: str, code: str, text: str, said: str
) -> None:
    version_id = walk.to_approved(world)
    (row,) = walk.enrol(world, version_id, ["learner1"])
    set_row(world, row, status=status, error_code=code, error_text=text, attempts=2)
    shown = visit("planner").get(f"/program/{version_id}/moodle").text
    assert said in shown
    assert "secret sentence" not in shown
    assert "2 kali" in shown


def test_every_known_code_has_a_sentence_that_ends() -> None:
    assert [code for code, text in SENTENCES.items() if not str(text).endswith(".")] == []


def test_a_site_that_refuses_all_is_an_alarm_with_its_next_try(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, ["learner1"])
    with world.writing() as session:
        breaker.site_refuses(session, site_id=world.site, code="invalidtoken")
    shown = visit("planner").get(f"/program/{version_id}/moodle").text
    assert "Pengiriman ke Moodle dijeda" in shown
    assert "menolak token layanan" in shown
    assert "dalam 1 menit" in shown


def test_trying_again_makes_rows_due_and_frees_them_of_waiting(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    (row,) = walk.enrol(world, version_id, ["learner1"])
    set_row(world, row, status="failed", error_code="course_missing", attempts=3)
    client = visit("administrator")
    assert "Coba lagi" in client.get(f"/program/{version_id}/moodle").text
    assert client.post(f"/program/{version_id}/moodle/ulang").status_code == 303
    assert "1 baris dikirim ulang" in client.get(f"/program/{version_id}/moodle").text
    with world.trying() as session:
        found = session.get_one(Enrolment, row)
        assert (found.status, found.attempts) == ("waiting", 0)


def test_reports_of_the_course_that_fit_nobody_are_linked(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    walk.report(world, walk.fact(world, "learner1", account="999"))
    shown = visit("planner").get(f"/program/{version_id}/moodle").text
    assert "1 laporan selesai dari kelas ini belum cocok" in shown
    assert 'href="/belum-cocok"' in shown


def test_nothing_to_try_again_is_no_button(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, ["learner1"])
    walk.deliver(world)
    client = visit("planner")
    assert "Coba lagi" not in client.get(f"/program/{version_id}/moodle").text
    client.post(f"/program/{version_id}/moodle/ulang")
    assert "Tidak ada yang perlu dikirim ulang." in client.get(f"/program/{version_id}/moodle").text


def test_the_part_asks_again_only_while_rows_wait_and_not_for_ever(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, ["learner1"])
    client, path = visit("planner"), f"/program/{version_id}/moodle/keadaan"
    assert "load delay:3s" in client.get(path).text
    assert "load delay:15s" in client.get(f"{path}?kali=30").text
    assert "hx-trigger" not in client.get(f"{path}?kali=61").text
    walk.deliver(world)
    settled = client.get(f"{path}?kali=5").text
    assert "hx-trigger" not in settled
    assert "Tidak ada lagi yang menunggu Moodle." in settled


def test_the_page_shows_by_itself_what_came_of_the_rows(
    app: Flask, visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch, chromium: Browser
) -> None:
    monkeypatch.setattr("service.web.sync.WATCHING", ((20, 1),))
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, LEARNERS[:2])
    key = visit("planner").get_cookie("bangkom", domain="127.0.0.1")
    assert key is not None
    with serving(app) as address:
        page = chromium.new_page()
        page.context.add_cookies([{"name": "bangkom", "value": key.value, "url": address}])
        page.goto(f"{address}/program/{version_id}/moodle")
        expect(page.locator("#sync progress")).to_have_attribute("value", "0")
        walk.deliver(world)
        expect(page.locator("#sync progress")).to_have_attribute("value", "2")
        expect(page.locator("#announce")).to_have_text("Tidak ada lagi yang menunggu Moodle.")


def test_a_run_under_way_is_told(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, ["learner1"])
    with world.writing() as session:
        until = world.clock.real_now() + timedelta(seconds=30)
        session.add(CourseLease(site_id=world.site, course_ref="7", owner="w", until=until))
    assert "sedang dikirim" in visit("planner").get(f"/program/{version_id}/moodle").text


def test_states_can_be_looked_at_alone(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    rows = walk.enrol(world, version_id, LEARNERS[:2])
    set_row(world, rows[0], status="failed", error_code="course_missing")
    shown = visit("planner").get(f"/program/{version_id}/moodle?keadaan=failed").text
    assert "Learner1 Contoh" in shown
    assert "Learner2 Contoh" not in shown


def test_a_programme_without_participants_says_what_would_be_here(visit: Visit, world: World) -> None:
    version_id = walk.to_proposed(world, site_id=None, course_ref="", course_title="")
    shown = visit("planner").get(f"/program/{version_id}/moodle").text
    assert "Belum ada peserta" in shown
    assert "Kelas Moodle belum dipilih" in shown


@pytest.mark.parametrize("name", ["stranger", "quality", "learner1"])
def test_strangers_see_nothing_and_send_nothing(visit: Visit, world: World, name: str) -> None:
    version_id = walk.to_approved(world)
    client = visit(name)
    assert client.get(f"/program/{version_id}/moodle").status_code == 403
    assert client.get(f"/program/{version_id}/moodle/keadaan").status_code == 403
    assert client.post(f"/program/{version_id}/moodle/ulang").status_code == 403


def test_the_page_asks_the_same_for_three_and_for_thirty(app: Flask, visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world, seats=60)
    names, client = add_people(world, 30), visit("planner")
    walk.enrol(world, version_id, names[:3])
    with counted(app) as few:
        client.get(f"/program/{version_id}/moodle")
    walk.enrol(world, version_id, names[3:])
    with counted(app) as many:
        client.get(f"/program/{version_id}/moodle")
    assert len(many) == len(few)
    with world.trying() as session:
        assert session.scalar(select(Site.failures)) == 0
