"""A small made-up regency for every test about meaning."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.support.world import World, make_world


@pytest.fixture
def world(engine: Engine) -> World:
    return make_world(engine)
