"""A form open past the session's end: its text waits for its owner, and is sent once after signing in again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from service.jobs.sign_in import forget_kept_forms
from service.sso.kept import LIVES, MOST_BYTES
from service.sso.keys import hashed
from service.sso.models import KeptForm, LoginSession
from service.sso.sessions import open_login
from tests.support.walk import to_running
from tests.support.web import ISSUER
from tests.support.world import World
from workflows.models import Need

Visit = Callable[[str], FlaskClient]
NEED = {"problem": "Laporan gizi selalu terlambat", "since": "awal 2026", "service": "Posyandu & puskesmas"}


def end_sessions(world: World) -> None:
    with world.writing() as session:
        session.execute(update(LoginSession).values(ended_at=datetime.now(UTC), ended_why="test"))


def sign_in_again(client: FlaskClient, world: World, name: str) -> None:
    """A new session in the same browser, as the call-back makes it."""
    with world.writing() as session:
        facts = {"iss": ISSUER, "sub": name, "sid": None, "id_token": "", "auth_time": None, "acr": None}
        key, _ = open_login(
            session, world.people[name], {**facts, "amr": [], "roles": []}, "", datetime.now(UTC)
        )
    client.set_cookie("bangkom", key, domain="127.0.0.1")


def kept_rows(world: World) -> list[KeptForm]:
    with Session(world.engine) as session:
        return list(session.scalars(select(KeptForm).order_by(KeptForm.id)))


def needs_filed(world: World) -> int:
    with Session(world.engine) as session:
        return len(session.scalars(select(Need)).all())


def too_late(client: FlaskClient, world: World, path: str = "/kebutuhan/baru", **more: str) -> TestResponse:
    end_sessions(world)
    return client.post(path, data={**NEED, **more})


def waiting_page(answer: TestResponse) -> str:
    """The page to which signing in again leads."""
    found = re.fullmatch(r"/masuk\?next=(/kiriman/\d+)", answer.headers["Location"])
    assert found
    return found[1]


def resend(client: FlaskClient, page: TestResponse) -> TestResponse:
    """Press the button as the page has it."""
    form = page.text.split('<form method="post" action="/kebutuhan/baru"')[1].split("</form>")[0]
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    return client.post("/kebutuhan/baru", data={name: value.replace("&amp;", "&") for name, value in fields})


def test_a_form_past_its_session_is_kept_shown_and_sent_once(visit: Visit, world: World) -> None:
    client = visit("author")
    page = waiting_page(too_late(client, world))
    assert needs_filed(world) == 0
    sign_in_again(client, world, "author")
    shown = client.get(page)
    assert "Laporan gizi selalu terlambat" in shown.text
    assert "Usulan kebutuhan" in shown.text
    assert resend(client, shown).status_code == 303
    assert needs_filed(world) == 1
    again = resend(client, shown)
    assert again.status_code == 409
    assert "Sudah dikirim" in again.text
    assert needs_filed(world) == 1
    assert kept_rows(world)[0].fields == []
    assert client.get(page).status_code == 404


def test_another_person_in_the_same_browser_neither_sees_nor_sends_it(visit: Visit, world: World) -> None:
    client = visit("author")
    page = waiting_page(too_late(client, world))
    sign_in_again(client, world, "author")
    shown = client.get(page)
    sign_in_again(client, world, "stranger")
    other = client.get(page)
    assert other.status_code == 404
    assert "gizi" not in other.text
    assert resend(client, shown).status_code == 409
    assert needs_filed(world) == 0


def test_the_same_person_in_another_browser_does_not_see_it(visit: Visit, world: World) -> None:
    client = visit("author")
    page = waiting_page(too_late(client, world))
    assert visit("author").get(page).status_code == 404


def test_it_waits_a_quarter_of_an_hour_and_then_the_text_goes(visit: Visit, world: World, app: Flask) -> None:
    client = visit("author")
    page = waiting_page(too_late(client, world))
    [row] = kept_rows(world)
    assert row.expires_at - row.kept_at == LIVES == timedelta(minutes=15)
    with world.writing() as session:
        session.execute(update(KeptForm).values(expires_at=datetime.now(UTC)))
    sign_in_again(client, world, "author")
    assert client.get(page).status_code == 404
    with app.app_context():
        forget_kept_forms(app.extensions["bangkom"].jobs)
    assert kept_rows(world) == []


def test_a_page_still_open_when_its_time_ran_out_can_be_sent_all_the_same(visit: Visit, world: World) -> None:
    client = visit("author")
    page = waiting_page(too_late(client, world))
    sign_in_again(client, world, "author")
    shown = client.get(page)
    with world.writing() as session:
        session.delete(session.scalars(select(KeptForm)).one())
    assert resend(client, shown).status_code == 303
    assert needs_filed(world) == 1


def test_what_the_service_refused_waits_again(visit: Visit, world: World) -> None:
    client = visit("author")
    page = waiting_page(too_late(client, world, problem=""))
    sign_in_again(client, world, "author")
    assert resend(client, client.get(page)).status_code == 422
    assert "awal 2026" in client.get(page).text


def test_secrets_and_tokens_are_not_kept(visit: Visit, world: World) -> None:
    too_late(visit("author"), world, csrf_token="abc", password="rahasia", kata_sandi="x", otp="123456")
    [row] = kept_rows(world)
    assert dict(row.fields) == NEED
    assert row.browser_hash != ""
    assert hashed("") != row.browser_hash


def test_too_long_a_form_and_one_with_a_file_are_not_kept_and_are_told_so(visit: Visit, world: World) -> None:
    client = visit("author")
    answers = [
        too_late(client, world, problem="a" * MOST_BYTES),
        client.post("/kebutuhan/baru", data={**NEED, "file": (BytesIO(b"isi"), "a.csv")}),
        client.post("/kebutuhan/baru", data={}),
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert all("tidak dapat kami simpan" in answer.text for answer in answers)
    assert kept_rows(world) == []


def test_a_form_that_nobody_here_sent_is_not_kept(app: Flask, world: World) -> None:
    client = app.test_client()
    client.set_cookie("bangkom", "tidak-dikenal", domain="127.0.0.1")
    assert client.post("/kebutuhan/baru", data=NEED).status_code == 401
    assert kept_rows(world) == []


def test_answers_of_a_survey_are_never_kept_and_the_page_says_why(visit: Visit, world: World) -> None:
    to_running(world)
    client = visit("learner1")
    end_sessions(world)
    answer = client.post("/survei/1", data={"score_1": "4"})
    assert answer.status_code == 401
    assert "Jawaban survei sengaja tidak pernah disimpan" in answer.text
    assert kept_rows(world) == []


def test_a_part_of_a_page_sent_by_htmx_waits_as_well(visit: Visit, world: World) -> None:
    client = visit("author")
    end_sessions(world)
    answer = client.post(
        "/kebutuhan/baru", data=NEED, headers={"HX-Request": "true", "HX-Current-URL": "http://x/kebutuhan"}
    )
    assert answer.status_code == 401
    assert re.fullmatch(r"/masuk\?next=/kiriman/\d+", answer.headers["HX-Redirect"])


def test_one_person_keeps_at_most_ten(visit: Visit, world: World) -> None:
    client = visit("author")
    for number in range(13):
        too_late(client, world, since=f"tahun {number}")
    kept = [dict(row.fields)["since"] for row in kept_rows(world)]
    assert kept == [f"tahun {number}" for number in range(3, 13)]


@pytest.mark.parametrize("path", ["/kiriman/99999", "/kiriman/2147483647"])
def test_an_address_without_a_form_says_so(visit: Visit, path: str) -> None:
    assert "Tidak ada isian Anda yang menunggu" in visit("author").get(path).text
