"""The public page of seals: everybody reads it, nobody is named, and the text is what lies in the folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.current import bangkom
from service.jobs.seals import seal_day
from tests.support import walk
from tests.support.counting import statements
from tests.support.outside import MemorySeals
from tests.support.web import running_app
from tests.support.world import FIRST_DAY, World

Visit = Callable[[str], FlaskClient]


def seal(app: Flask) -> None:
    with app.app_context():
        assert seal_day(bangkom().jobs) is not None


def test_everybody_reads_the_seals_and_what_a_seal_is(app: Flask, world: World) -> None:
    walk.to_proposed(world)
    stranger = app.test_client()
    assert "Belum ada segel" in stranger.get("/segel").get_data(as_text=True)
    seal(app)
    page = stranger.get("/segel").get_data(as_text=True)
    assert "Segel nomor 1" in page
    assert "Senin, 18 Januari 2027" in page
    assert "Jam mesin" in page, "the clocks differ here"
    text = stranger.get("/segel/1.txt")
    assert text.mimetype == "text/plain"
    assert text.headers["Content-Disposition"] == 'attachment; filename="segel-000001-2027-01-18.txt"'
    assert text.data == world.seals.read(1)
    assert hashlib.sha256(text.data).hexdigest() in page.replace("<wbr>", "")


def test_no_page_and_no_text_names_a_person_or_a_number(app: Flask, world: World) -> None:
    walk.to_rejected(world)
    seal(app)
    said = "".join(app.test_client().get(path).get_data(as_text=True) for path in ("/segel", "/segel/1.txt"))
    assert not [name for name, person in world.people.items() if str(person) in said or f"{name} " in said]
    assert "Contoh" not in said.replace("Kabupaten Contoh", "")
    assert "19900101" not in said


def test_an_unknown_seal_is_not_found(app: Flask) -> None:
    assert app.test_client().get("/segel/7.txt").status_code == 404


def test_many_seals_come_in_pages_without_a_query(app: Flask, world: World) -> None:
    walk.to_proposed(world)
    for day in range(33):
        world.clock.go(FIRST_DAY + timedelta(days=day))
        seal(app)
    client = app.test_client()
    with statements() as said:
        page = client.get("/segel").get_data(as_text=True)
    assert [one for one in said if "SELECT" in one] == []
    assert page.count('href="/segel/') == 30
    assert "sebelum=4" in page
    older = client.get("/segel?sebelum=4").get_data(as_text=True)
    assert older.count('href="/segel/') == 3
    assert "segel pertama" in older


def test_a_torn_seal_is_shown_as_one(app: Flask, world: World) -> None:
    walk.to_proposed(world)
    seal(app)
    assert isinstance(world.seals, MemorySeals)
    world.seals.kept[world.seals.names()[0]] = b"torn"
    assert "rusak" in app.test_client().get("/segel").get_data(as_text=True)


def test_the_sweep_seals_once_a_day(app: Flask, world: World) -> None:
    walk.to_proposed(world)
    seal(app)
    with app.app_context():
        assert seal_day(bangkom().jobs) is None
    world.clock.go(FIRST_DAY + timedelta(days=1), 0)
    seal(app)
    assert [name.number for name in world.seals.names()] == [1, 2]


def test_too_many_visits_from_one_address_are_slowed_down(world: World, tmp_path: object) -> None:
    with running_app(world, tmp_path, BANGKOM_PUBLIC_LIMIT="2 per minute") as app:  # type: ignore[arg-type]
        client = app.test_client()
        assert [client.get("/segel").status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("path", ["/segel", "/segel/1.txt"])
def test_only_looking_is_possible(app: Flask, path: str) -> None:
    assert app.test_client().post(path).status_code == 405
