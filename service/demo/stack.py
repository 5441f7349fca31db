"""All of a demo in one process: pages, runner, and the two stand-ins on their own ports."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import select

from lms_connectors.sandbox import SeedCourse, create_sandbox, learning, serve_sandbox
from service import connectors
from service.app import create_app
from service.config import Settings, load_settings
from service.current import bangkom
from service.db import upgrade, writing
from service.demo.bar import add_bar
from service.demo.clock import MovableClock, PastClock
from service.demo.places import HOST, Places
from service.demo.provider import create_provider, serve_provider
from service.demo.seed import course_titles, past_clock, seed
from service.profiles import default_name
from service.profiles.completing import complete
from service.server import start_runner
from service.xapi import hash_secret
from workflows.models import Person, Site
from workflows.site_settings import SETTINGS

SITE_CODE = "moodle"
CLIENT_ID = "bangkom"
Say = Callable[[str], None]


class DemoStack:
    """``prepare()`` makes or finds the data; ``start()`` opens the stand-ins and the runner; ``stop()`` ends all.

    ``purpose`` is ``demo`` or ``test``: the stand-ins refuse anything else. ``app`` is then served by the caller.
    """

    def __init__(
        self,
        places: Places,
        *,
        purpose: str,
        say: Say,
        database_url: str | None = None,
        profile: str | None = None,
    ) -> None:
        self.places = places
        self.purpose = purpose
        self.say = say
        self.secrets = places.secrets()
        self.settings = self._settings(database_url, profile or default_name())
        self.clock = MovableClock()
        self._shown: Callable[[], datetime] = self.clock.now
        self.app: Flask = self._make_app()
        self.sandbox: Any = None
        self.provider: Any = None
        self.provider_port = places.ports.provider
        """Where the provider listens; elsewhere than its address says when a test stands something between."""
        self.runner: Any = None

    def prepare(self) -> None:
        """Migrate, and seed where there is nothing yet. The learning site must listen while seeding."""
        upgrade(self.settings.database_url)
        complete(self.settings.database_url, self.settings.profile)
        self._start_sandbox()
        with self.app.app_context():
            if self._is_empty():
                self._seed()
            with writing() as session:
                self.clock.load(session)
                site = session.scalars(select(Site).where(Site.code == SITE_CODE)).one()
                site.url = site.home_page = self.places.site_url

    def start(self) -> None:
        self.start_provider()
        self.runner = start_runner(self.app, self.settings)

    def stop(self) -> None:
        for part in (self.runner, self.provider, self.sandbox):
            if part is not None:
                part.stop()

    def _settings(self, database_url: str | None, profile: str) -> Settings:
        places, secrets = self.places, self.secrets
        return load_settings(
            {
                "BANGKOM_DATABASE_URL": database_url or f"sqlite:///{places.database}",
                "BANGKOM_PROFILE": profile,
                "BANGKOM_SECRET_KEY": secrets.secret_key,
                "BANGKOM_PUBLIC_URL": places.app_url,
                "BANGKOM_SSO_ISSUER": places.issuer,
                "BANGKOM_SSO_CLIENT_ID": CLIENT_ID,
                "BANGKOM_SSO_CLIENT_SECRET": secrets.client_secret,
                "BANGKOM_SURVEY_SECRETS": str(places.survey_secrets),
                "BANGKOM_SEALS": str(places.seals),
                f"BANGKOM_SITE_{SITE_CODE.upper()}_TOKEN": secrets.site_token,
                "BANGKOM_SWEEP_SECONDS": "1",
                "BANGKOM_LOG_LEVEL": "WARNING",
                "BANGKOM_LOGIN_LIMIT": "600 per minute",
            }
        )

    def _make_app(self) -> Flask:
        app = create_app(self.settings, clock=self.clock)
        add_bar(app, self.clock)
        return app

    def _is_empty(self) -> bool:
        with writing() as session:
            return session.scalars(select(Person.id).limit(1)).first() is None

    def _start_sandbox(self) -> None:
        app = create_sandbox(
            self.places.folder / "moodle.sqlite3",
            purpose=self.purpose,
            token=self.secrets.site_token,
            home_page=self.places.site_url,
            clock=lambda: self._shown(),
            xapi_endpoint=f"{self.places.app_url}/xapi",
            xapi_key=self.secrets.xapi_key,
            xapi_secret=self.secrets.xapi_secret,
        )
        self.sandbox = serve_sandbox(app, HOST, self.places.ports.sandbox)

    def start_provider(self) -> None:
        url = self.places.app_url
        client = {
            "client_id": CLIENT_ID,
            "client_secret": self.secrets.client_secret,
            "redirect_uris": [f"{url}/masuk/kembali"],
            "post_logout_redirect_uris": [f"{url}/keluar/kembali"],
            "backchannel_logout_uri": f"{url}/keluar/dari-sso",
        }
        app = create_provider(
            self.places.folder / "provider",
            issuer=self.places.issuer,
            clients=[client],
            purpose=self.purpose,
            accounts=self.places.accounts,
        )
        self.provider = serve_provider(app, HOST, self.provider_port)

    def _seed(self) -> None:
        self.say("Making 200 people and their programmes / Membuat 200 orang dan program-programnya ...")
        self.places.unfinished.touch()
        profile, past = bangkom().profile, past_clock(bangkom().profile)
        titles = course_titles()
        refs = self.sandbox.app.seed_courses(
            SeedCourse(fullname=title, shortname=f"kelas-{number}")
            for number, title in enumerate(titles, start=1)
        )
        with self._under(past):
            report = seed(
                writing,
                profile,
                clock=past,
                site_url=self.places.site_url,
                xapi_key=self.secrets.xapi_key,
                xapi_secret_sha256=hash_secret(self.secrets.xapi_secret),
                courses=list(zip(map(str, refs), titles, strict=True)),
                secrets=self.app.extensions["bangkom_session_info"]["secrets"],
                platform=connectors.platform_factory(self.settings)(self._site()),
                on_completion=self._complete,
            )
        self.places.accounts.write_text(json.dumps(report.accounts, ensure_ascii=False))
        with writing() as session:
            self.clock.set(session, report.starts_at)
        self.places.unfinished.unlink()

    def _complete(self, course_ref: str, remote_id: str, when: datetime) -> None:
        """What the seed's past says was learnt stands on the learning site too; it tells nobody again."""
        learning.complete_course(self.sandbox.app.site, int(course_ref), int(remote_id))

    def _site(self) -> Site:
        url = self.places.site_url
        settings = {setting.name: setting.default for setting in SETTINGS}
        return Site(code=SITE_CODE, platform="moodle", url=url, home_page=url, **settings)

    @contextmanager
    def _under(self, past: PastClock) -> Iterator[None]:
        """Sessions see the past and take demo evidence; the learning site stamps by it."""
        info = self.app.extensions["bangkom_session_info"]
        self.app.extensions["bangkom_session_info"] = {**info, "clock": past, "demo_evidence": True}
        self._shown = past.now
        try:
            yield
        finally:
            self.app.extensions["bangkom_session_info"] = info
            self._shown = self.clock.now
