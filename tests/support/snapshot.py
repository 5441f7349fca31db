"""All rows of all tables as plain values: nothing changed means that two of these are equal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, select

from workflows.models import Base


def snapshot(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in Base.metadata.sorted_tables
        }
