"""Every route is guarded unless it stands in a short list; forms need a token unless a key guards them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from service.app import create_app
from service.config import load_settings
from service.db import db
from service.sso.guard import SSO_PUBLIC
from service.web import PUBLIC

BASE = "http://127.0.0.1:8080"
OPEN = {
    "static",
    "authenticity.check",
    "home.healthy",
    "home.emblem",
    "language.choose",
    "seals.index",
    "seals.text",
    "sso.start",
    "sso.callback",
    "sso.logout",
    "sso.logged_out",
    "sso.backchannel",
    "xapi.about",
    "xapi.statements",
    "xapi.elsewhere",
}
"""Public on purpose: each was weighed. Back-channel logout asks for a token signed by the issuer. xAPI's two have a
guard of their own (keys), tested in tests/service. Seals are published so that a change can be seen from outside:
they hold codes and counts, no names (tests/service/test_seals_pages.py). Whoever holds a decision's code holds the
paper: the answer compares with it and names nobody (tests/service/test_authenticity_pages.py)."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder: Path = tmp_path_factory.mktemp("routes")
    app = create_app(
        load_settings(
            {
                "BANGKOM_DATABASE_URL": f"sqlite:///{folder}/none.sqlite3",
                "BANGKOM_SECRET_KEY": "k" * 32,
                "BANGKOM_PUBLIC_URL": BASE,
                "BANGKOM_SSO_ISSUER": "http://127.0.0.1:9",
                "BANGKOM_SURVEY_SECRETS": str(folder / "secrets"),
            }
        )
    )
    yield app
    with app.app_context():
        db.engine.dispose()


def test_the_list_of_public_end_points_is_the_one_that_was_weighed() -> None:
    assert {"static"} | PUBLIC | SSO_PUBLIC == OPEN


def test_a_stranger_is_let_in_nowhere_else(app: Flask) -> None:
    client, let_in = app.test_client(), []
    app.config["WTF_CSRF_ENABLED"] = False
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPEN:
            continue
        path = re.sub(r"<[^<>]+>", "1", re.sub(r"<uuid:[^<>]+>", str(UUID(int=1)), rule.rule))
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            answer = client.open(path, method=method, base_url=BASE)
            guarded = answer.status_code == 401 or answer.headers.get("Location", "").startswith(
                "/masuk?next="
            )
            if not guarded:
                let_in.append(f"{method} {path} {answer.status_code}")
    app.config["WTF_CSRF_ENABLED"] = True
    assert let_in == []


def test_a_form_without_its_token_changes_nothing(app: Flask) -> None:
    client = app.test_client()
    assert client.post("/bahasa", base_url=BASE, data={"language": "en"}).status_code == 400
    assert client.post("/keluar", base_url=BASE).status_code == 400
