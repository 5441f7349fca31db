"""Two ways to the database: ``reading()`` cannot write, ``writing()`` commits once or not at all (DESIGN.md 6).

SQLite: the driver's own transactions are off; a writer begins with BEGIN IMMEDIATE, so that no update is lost
and nobody meets a lock in the middle of a transaction. PostgreSQL: rows are locked by the use cases.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.orm import Session

import migrations
from service.sso.keys import device_of
from workflows.models import Base
from workflows.origin import Origin

BUSY_TIMEOUT_MS = 20_000


class ReadingSession(FlaskSession):
    """The request's own session; its connection refuses to write."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine:
        return _engine("read")


db = SQLAlchemy(metadata=Base.metadata, session_options={"class_": ReadingSession})


@event.listens_for(Engine, "connect")
def _set_up_sqlite(connection: Any, record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("bangkom_mode", "write")
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if mode == 'read' else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if mode == "read" else "BEGIN IMMEDIATE")
    elif mode == "read":
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


@contextmanager
def reading() -> Iterator[Session]:
    """The session of this request (or job), for looking only."""
    session: Session = db.session()
    prepare(session)
    yield session


@contextmanager
def writing() -> Iterator[Session]:
    """One transaction: commits at the end, rolls back when anything is raised. No network inside."""
    db.session.remove()
    with Session(_engine("write"), expire_on_commit=False) as session:
        prepare(session)
        with session.begin():
            yield session


def write_engine() -> Engine:
    """For a short statement of its own, beside the sessions; never while this thread writes (SQLite has one writer)."""
    return _engine("write")


def _engine(mode: str) -> Engine:
    """The app's engine in one of its two modes; the same object each time, as a session keys by it."""
    engines: dict[str, Engine] = current_app.extensions.setdefault("bangkom_engines", {})
    if mode not in engines:
        engines[mode] = db.engine.execution_options(bangkom_mode=mode)
    return engines[mode]


def prepare(session: Session) -> None:
    """Give the session what use cases look for in ``session.info``: clock, zone, secrets of surveys, from where."""
    session.info.update(current_app.extensions["bangkom_session_info"])
    session.info["origin"] = _origin()


def _origin() -> Origin | None:
    """Of the request that is being answered; None in jobs and commands."""
    if not has_request_context():
        return None
    return Origin(request.remote_addr or "", device_of(request.user_agent.string))


def engine_options(url: str, *, pooled: bool = True) -> dict[str, Any]:
    """Pool settings by database; SQLite's folder is made when it is missing."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        return {"connect_args": {"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}}
    return {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 10} if pooled else {}


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at ``url`` to a revision; later ones than it are taken back."""
    config = alembic_config(url)
    with _plain_engine(url).connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    steps = [] if current is None or revision == "head" else _older(config, current)
    (command.downgrade if revision in steps else command.upgrade)(config, revision)


def current_and_head(url: str) -> tuple[str | None, str | None]:
    """(revision of the database, newest revision of the code)."""
    with _plain_engine(url).connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current, ScriptDirectory.from_config(alembic_config(url)).get_current_head()


def alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["url"] = url
    return config


def _plain_engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool, **engine_options(url, pooled=False))


def _older(config: Config, current: str) -> set[str]:
    script = ScriptDirectory.from_config(config)
    return {row.revision for row in script.iterate_revisions(current, "base") if row.revision != current} | {
        "base"
    }
