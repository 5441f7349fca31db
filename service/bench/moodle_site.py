"""The site that is measured: the stand-in in a process of its own, or a known site."""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from service.app import create_app
from service.bench.frame import BenchRefused
from service.config import BadSetting, load_settings
from service.db import db, reading
from workflows.models import Site

FIRST_USER, FIRST_COURSE = 5, 20
"""Ids with which the stand-in begins."""


@dataclass(frozen=True)
class Measured:
    """Where it is, how to be let in, and how its accounts are made."""

    url: str
    token: str
    account_policy: str = "create"
    auth: str = "oauth2"
    role_id: int = 5


@contextmanager
def stand_in(folder: Path, *, people: int, courses: int, pace: bool) -> Iterator[Measured]:
    """Its CPU and memory are not ours: it runs in a process of its own, which ends with the block."""
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", "lms_connectors.sandbox", str(folder), "--token", token]
    command += ["--people", str(people), "--courses", str(courses), *(["--pace"] if pace else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            if not url:
                raise BenchRefused("the stand-in did not start")
            yield Measured(url, token)
        finally:
            process.stdin.close()


def known_site(code: str) -> Measured:
    """The site of that code in the configured database, with its token from the settings."""
    try:
        settings = load_settings()
        token = settings.site_token(code)
    except BadSetting as error:
        raise BenchRefused(str(error)) from error
    app = create_app(settings)
    with app.app_context():
        try:
            with reading() as session:
                site = session.scalars(select(Site).where(Site.code == code)).one_or_none()
                if site is None or site.platform != "moodle":
                    raise BenchRefused(f"no Moodle site {code} is known: `bangkom sites add` makes it known")
                return Measured(site.url, token, site.account_policy, site.auth, site.role_id)
        finally:
            db.session.remove()
            db.engine.dispose()
