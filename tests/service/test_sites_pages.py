"""Pages of learning sites: for the administrator alone, without a secret, with the reason at the field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.web.sites_words import CHOICES, GROUPS, LABELS
from tests.support.web import browser, running_app
from tests.support.world import World
from workflows.models import Site
from workflows.site_settings import BY_NAME, SETTINGS

Visit = Callable[[str], FlaskClient]
TOKEN = "5ecre7-token-of-the-site"


def test_every_setting_has_its_words_and_its_place_on_the_page() -> None:
    assert set(LABELS) == set(BY_NAME)
    placed = [name for _, names in GROUPS for name in names]
    assert sorted([*placed, "name"]) == sorted(BY_NAME)
    assert {name: set(choices) for name, choices in CHOICES.items()} == {
        setting.name: set(setting.choices) for setting in SETTINGS if setting.choices
    }


def test_the_list_leads_to_the_site_and_home_leads_to_the_list(visit: Visit) -> None:
    client = visit("administrator")
    assert 'href="/situs"' in client.get("/").text
    assert 'href="/situs/lms"' in client.get("/situs").text
    shown = client.get("/situs/lms").text
    assert "http://lms.test" in shown
    assert "Token situs ini belum dipasang" in shown


def test_a_token_is_told_to_be_there_and_never_shown(world: World, tmp_path: Path) -> None:
    with running_app(world, tmp_path, BANGKOM_SITE_LMS_TOKEN=TOKEN) as app:
        for path in ("/situs", "/situs/lms", "/situs/lms/ubah"):
            answer = browser(app, world, "administrator").get(path)
            assert answer.status_code == 200
            assert TOKEN not in answer.text
        assert "terpasang" in browser(app, world, "administrator").get("/situs/lms").text


@pytest.mark.parametrize("name", ["planner", "quality", "inspector", "author"])
def test_others_are_refused(visit: Visit, world: World, name: str) -> None:
    client = visit(name)
    for path in ("/situs", "/situs/lms", "/situs/lms/ubah"):
        assert client.get(path).status_code == 403
    assert client.post("/situs/lms/ubah", data={"batch_size": "7"}).status_code == 403
    with world.trying() as session:
        assert session.get_one(Site, world.site).batch_size == 50


def test_a_site_that_is_not_there_is_not_found(visit: Visit) -> None:
    for path in ("/situs/nowhere", "/situs/nowhere/ubah"):
        assert visit("administrator").get(path).status_code == 404
    assert visit("administrator").post("/situs/nowhere/ubah", data={}).status_code == 404


def test_what_is_sent_is_kept_and_told_in_words(visit: Visit, world: World) -> None:
    client = visit("administrator")
    form = {setting.name: str(setting.default) for setting in SETTINGS} | {
        "auth": "oidc",
        "category_ref": "6",
        "calls_per_second": "20",
    }
    assert client.post("/situs/lms/ubah", data=form).status_code == 303
    shown = client.get("/situs/lms").text
    assert "SSO (OpenID Connect)" in shown
    assert "Pengaturan situs lms diubah: nama situs, cara masuk akun baru" in shown
    with world.trying() as session:
        site = session.get_one(Site, world.site)
        assert (site.auth, site.category_ref, site.calls_per_second) == ("oidc", "6", 20)


def test_the_address_is_not_changed_by_a_page(visit: Visit, world: World) -> None:
    visit("administrator").post("/situs/lms/ubah", data={"url": "https://elsewhere.test", "batch_size": "60"})
    with world.trying() as session:
        site = session.get_one(Site, world.site)
        assert (site.url, site.batch_size) == ("http://lms.test", 60)


def test_a_wrong_value_comes_back_with_what_was_typed_and_a_reason_at_its_field(
    visit: Visit, world: World
) -> None:
    answer = visit("administrator").post("/situs/lms/ubah", data={"batch_size": "5000", "name": "Kelas kami"})
    assert answer.status_code == 422
    assert 'value="5000"' in answer.text
    assert 'value="Kelas kami"' in answer.text
    assert 'href="#batch_size"' in answer.text
    assert "Isi baris per panggilan dengan bilangan bulat dari 1 sampai 140." in answer.text
    with world.trying() as session:
        assert session.get_one(Site, world.site).name == "Kelas"


def test_the_pages_speak_english_too(app: Flask, visit: Visit) -> None:
    client = visit("administrator")
    client.post("/bahasa", data={"language": "en"})
    answer = client.post("/situs/lms/ubah", data={"connections": "77"})
    assert "Calls at a time" in answer.text
    assert "a whole number from 1 to 8" in answer.text
