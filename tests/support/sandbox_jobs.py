"""The jobs of an app beside the stand-in of Moodle with one course, 7."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask

from lms_connectors.moodle.platform import MoodlePlatform
from lms_connectors.sandbox import SandboxServer, SeedCourse, create_sandbox, serve_sandbox
from service.current import bangkom
from service.jobs.context import JobContext
from tests.support.world import World
from workflows.models import Site

TOKEN = "t" * 32


@contextmanager
def sandbox_beside(world: World, folder: Path) -> Iterator[SandboxServer]:
    app = create_sandbox(
        folder / "moodle.sqlite3", purpose="test", token=TOKEN, home_page="http://lms.test", clock=world.clock.now,
        xapi_endpoint="http://127.0.0.1:9/xapi", xapi_key="k", xapi_secret="s",
    )  # fmt: skip
    app.seed_courses([SeedCourse(fullname="Kelas", shortname="kelas", ref=7)])
    server = serve_sandbox(app, "127.0.0.1", 0)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def jobs_beside(app: Flask, moodle: SandboxServer, **settings: Any) -> Iterator[JobContext]:
    """What jobs of this app are given; ``settings`` go to the platform."""

    def platform_for(site: Site) -> MoodlePlatform:
        return MoodlePlatform(
            moodle.url,
            TOKEN,
            home_page="http://lms.test",
            timeouts=(1.0, 2.0),
            account_policy=site.account_policy,
            **settings,
        )

    with app.app_context():
        yield replace(bangkom().jobs, platform_for=platform_for)
