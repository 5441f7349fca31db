"""Migrations go up and down with data in them, and lose nothing that the older revision can hold."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from alembic.config import Config
from sqlalchemy import create_engine, inspect, text

import migrations
from service import db
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
    engine = create_engine(database_url)
    older = set(inspect(engine).get_table_names())
    engine.dispose()
    upgrade(database_url)
    engine = create_engine(database_url)
    after = snapshot(engine)
    engine.dispose()
    assert sum(len(rows) for rows in before.values()) > 50
    for table in older - {"alembic_version"}:
        assert after[table] == before[table], table


def test_down_to_nothing_leaves_no_table(database_url: str) -> None:
    upgrade(database_url)
    upgrade(database_url, "base")
    engine = create_engine(database_url)
    left = set(inspect(engine).get_table_names()) - {"alembic_version"}
    engine.dispose()
    assert left == set()


REBUILD = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "rebuild", "{head}", None, None
def upgrade() -> None:
    with op.batch_alter_table("unit", recreate="auto") as batch:
        batch.alter_column("short_name", type_=sa.String(80), existing_type=sa.String(60))
"""


def test_a_table_with_children_is_rebuilt_and_no_child_is_lost(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite changes a column by a new table: with its foreign keys on, children would go or stand in the way."""
    upgrade(database_url)
    engine = create_engine(database_url)
    walk.to_approved(make_world(engine))
    before = snapshot(engine)
    engine.dispose()
    folder = tmp_path / "migrations"
    shutil.copytree(Path(migrations.__file__).parent, folder)
    (folder / "versions" / "rebuild.py").write_text(REBUILD.format(head=current_and_head(database_url)[1]))

    def with_one_more(url: str) -> Config:
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.attributes["url"] = url
        return config

    monkeypatch.setattr(db, "alembic_config", with_one_more)
    upgrade(database_url)
    engine = create_engine(database_url)
    assert snapshot(engine) == before
    assert inspect(engine).get_columns("unit")[3]["type"].length == 80
    engine.dispose()


def test_batches_of_an_older_release_get_a_group_each_and_keep_their_people(database_url: str) -> None:
    upgrade(database_url)
    engine = create_engine(database_url)
    world = make_world(engine)
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, ["learner1", "learner2"])
    with world.writing() as session:
        walk.another_batch(session, version_id, 2)
    before = snapshot(engine)
    engine.dispose()
    upgrade(database_url, "0017")
    upgrade(database_url)
    engine = create_engine(database_url)
    after = snapshot(engine)
    with engine.connect() as connection:
        keys = [row[0] for row in connection.execute(text("SELECT group_key FROM batch ORDER BY number"))]
    engine.dispose()
    assert len(set(keys)) == 2
    assert all(key.startswith("angkatan-") for key in keys)
    assert after["enrolment"] == before["enrolment"]
    assert len(after["batch"]) == 2
