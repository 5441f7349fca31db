"""The app on a made-up world, with browsers that are signed in without a provider (tests of pages)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lms_connectors.memory import MemoryPlatform
from service.app import create_app
from service.config import load_settings
from service.db import db
from service.sso.sessions import open_login
from tests.support.alike import quick
from tests.support.world import World

BASE = "http://127.0.0.1:8080"
ISSUER = "http://127.0.0.1:8081"


class Browser(FlaskClient):
    """A test client that speaks to the app's own address."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("base_url", BASE)
        return super().open(*args, **kwargs)


@contextmanager
def running_app(world: World, folder: Path, **environment: str) -> Iterator[Flask]:
    """An app on the world's database, clock and secrets; pages take forms without a token."""
    url = world.engine.url.render_as_string(hide_password=False)
    given = {
        "BANGKOM_DATABASE_URL": url,
        "BANGKOM_SECRET_KEY": "k" * 32,
        "BANGKOM_PUBLIC_URL": BASE,
        "BANGKOM_SSO_ISSUER": ISSUER,
        "BANGKOM_SURVEY_SECRETS": str(folder / "secrets"),
        "BANGKOM_SEALS": str(folder / "seals"),
        "BANGKOM_PUBLIC_LIMIT": "10000 per minute",
        "BANGKOM_LOG_LEVEL": "WARNING",
        "BANGKOM_LOGIN_LIMIT": "10000 per minute",
        **environment,
    }
    platform = MemoryPlatform()
    app = create_app(load_settings(given), clock=world.clock, platform_for=lambda site: platform)
    app.test_client_class = Browser
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.extensions["bangkom_session_info"] = world.info
    app.extensions["test_platform"] = platform
    with app.app_context():
        quick(app, db.engine)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def browser(app: Flask, world: World, name: str) -> FlaskClient:
    """A browser in which this person of the world is signed in."""
    client = app.test_client()
    with Session(world.engine) as session, session.begin():
        facts: dict[str, Any] = {
            "iss": ISSUER, "sub": f"sub-{name}", "sid": f"sid-{name}", "id_token": "", "auth_time": None,
            "acr": "password", "amr": [], "roles": [],
        }  # fmt: skip
        key, _ = open_login(session, world.people[name], facts, "test", datetime.now(UTC))
    client.set_cookie("bangkom", key, domain="127.0.0.1")
    return client
