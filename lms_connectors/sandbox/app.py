"""The stand-in as a WSGI application. It starts for a demo or a test only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from flask import Flask

from lms_connectors.sandbox import pages, rest
from lms_connectors.sandbox.faults import Faults
from lms_connectors.sandbox.outbox import Outbox
from lms_connectors.sandbox.seed import SeedCourse, SeedUser, seed_courses, seed_users
from lms_connectors.sandbox.site import SandboxSite
from lms_connectors.sandbox.store import Store

PURPOSES = ("demo", "test")


class SandboxApp(Flask):
    """Flask with the stand-in's state beside it."""

    site: SandboxSite
    outbox: Outbox

    @property
    def faults(self) -> Faults:
        return self.site.faults

    def seed_courses(self, courses: Iterable[SeedCourse]) -> list[int]:
        return seed_courses(self.site, courses)

    def seed_users(self, users: Iterable[SeedUser]) -> list[int]:
        return seed_users(self.site, users)


def create_sandbox(
    path: Path | str,
    *,
    purpose: str,
    token: str,
    home_page: str,
    clock: Callable[[], datetime],
    xapi_endpoint: str,
    xapi_key: str,
    xapi_secret: str,
    max_input_vars: int = 5000,
) -> SandboxApp:
    """The application; ``path`` is its SQLite file. Raises ValueError for any purpose but demo and test."""
    if purpose not in PURPOSES:
        raise ValueError("The Moodle stand-in starts for purpose 'demo' or 'test' only")
    app = SandboxApp(__name__, template_folder="templates")
    store = Store(path)
    app.site = SandboxSite(store, token, home_page.rstrip("/"), clock, max_input_vars=max_input_vars)
    app.outbox = Outbox(store, xapi_endpoint.rstrip("/"), xapi_key, xapi_secret)
    # A form of 5000 enrolments has 15003 fields; Werkzeug would stop at 1000 parts or 500 kB.
    app.config.update(MAX_FORM_MEMORY_SIZE=50_000_000, MAX_FORM_PARTS=None)
    rest.install(app, app.site)
    pages.install(app, app.site, app.outbox)
    return app
