"""A made-up world, the app on it, and signed-in browsers by the names of its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms_connectors.sandbox import SandboxServer
from service.jobs.context import JobContext
from tests.support.sandbox_jobs import jobs_beside, sandbox_beside
from tests.support.web import browser, running_app
from tests.support.world import World


@pytest.fixture
def app(world: World, tmp_path: Path) -> Iterator[Flask]:
    with running_app(world, tmp_path) as app:
        yield app


@pytest.fixture
def visit(app: Flask, world: World) -> Callable[[str], FlaskClient]:
    """name -> a browser in which that person is signed in; addresses are paths."""
    return lambda name: browser(app, world, name)


@pytest.fixture
def moodle(world: World, tmp_path: Path) -> Iterator[SandboxServer]:
    """The stand-in with one course, 7, on a port; tests that need no wire put one in memory in its place."""
    with sandbox_beside(world, tmp_path) as server:
        yield server


@pytest.fixture
def jobs(app: Flask, moodle: SandboxServer) -> Iterator[JobContext]:
    with jobs_beside(app, moodle) as context:
        yield context
