"""How migrations run: one connection, foreign keys off on SQLite while tables are rebuilt, checked after."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection, NullPool, create_engine, text

import service.sso.models  # noqa: F401
from workflows.models import Base
from workflows.models.base import UtcDateTime


def render(kind: str, thing: Any, autogen: Any) -> str | bool:
    """Types of ours as plain ones: a migration must not depend on what the code looks like later."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def _without_foreign_keys(connection: Connection) -> None:
    """Said to the driver itself: inside a transaction, which SQLAlchemy would begin, SQLite ignores it."""
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")


def run() -> None:
    engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
    with engine.connect() as connection:
        connection = connection.execution_options(bangkom_mode="write")
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            _without_foreign_keys(connection)
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=sqlite,
            compare_type=True,
            render_item=render,
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()
            if sqlite and connection.execute(text("PRAGMA foreign_key_check")).first():
                raise RuntimeError(
                    "the migration would leave rows without their parents; nothing was changed"
                )
        connection.commit()


run()
