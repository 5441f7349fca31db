"""Migrations go up and down with data in them, and lose nothing that the older revision can hold."""

from __future__ import annotations

from sqlalchemy import create_engine, inspect

from service.db import current_and_head, upgrade
from tests.support import walk
from tests.support.snapshot import snapshot
from tests.support.world import make_world


def test_down_one_step_and_up_again_keeps_every_row(database_url: str) -> None:
    upgrade(database_url)
    engine = create_engine(database_url)
    world = make_world(engine)
    walk.to_approved(world)
    before = snapshot(engine)
    engine.dispose()
    upgrade(database_url, "0001")
    assert current_and_head(database_url)[0] == "0001"
    upgrade(database_url)
    engine = create_engine(database_url)
    after = snapshot(engine)
    engine.dispose()
    assert sum(len(rows) for rows in before.values()) > 50
    assert after == before


def test_down_to_nothing_leaves_no_table(database_url: str) -> None:
    upgrade(database_url)
    upgrade(database_url, "base")
    engine = create_engine(database_url)
    left = set(inspect(engine).get_table_names()) - {"alembic_version"}
    engine.dispose()
    assert left == set()
