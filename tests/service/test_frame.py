"""The frame of pages: closed to strangers, headers on every answer, a sentence for every failure."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from tests.support.web import ISSUER

Visit = Callable[[str], FlaskClient]


def test_strangers_are_sent_to_sign_in(app: Flask) -> None:
    answer = app.test_client().get("/program")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/masuk?next=")


def test_signed_in_pages_are_not_stored_and_allow_no_inline_code(visit: Visit) -> None:
    answer = visit("planner").get("/")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    assert ISSUER in answer.headers["Content-Security-Policy"]


def test_an_unknown_address_is_a_page_with_an_id(visit: Visit) -> None:
    answer = visit("planner").get("/tidak-ada")
    assert answer.status_code == 404
    assert answer.headers["X-Request-Id"] in answer.get_data(as_text=True)


def test_another_host_name_is_refused_without_a_trace(app: Flask) -> None:
    answer = app.test_client().get("/", base_url="http://elsewhere.example")
    assert answer.status_code == 400
    assert "Traceback" not in answer.get_data(as_text=True)


def test_the_region_shows_its_own_emblem(app: Flask, visit: Visit) -> None:
    answer = app.test_client().get("/lambang.svg")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert "/lambang.svg" in visit("nurse").get("/").text


def test_every_number_of_law_is_shown_with_its_source(visit: Visit) -> None:
    page = visit("nurse").get("/dasar-hukum").text
    assert "belum diverifikasi" in page
    assert "contoh" in page
