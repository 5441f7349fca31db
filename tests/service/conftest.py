"""A made-up world, the app on it, and signed-in browsers by the names of its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.support.web import browser, running_app
from tests.support.world import World, make_world


@pytest.fixture
def world(engine: Engine) -> World:
    return make_world(engine)


@pytest.fixture
def app(world: World, tmp_path: Path) -> Iterator[Flask]:
    with running_app(world, tmp_path) as app:
        yield app


@pytest.fixture
def visit(app: Flask, world: World) -> Callable[[str], FlaskClient]:
    """name -> a browser in which that person is signed in; addresses are paths."""
    return lambda name: browser(app, world, name)
