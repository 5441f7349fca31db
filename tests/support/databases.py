"""Databases for tests: an empty one, or a copy of one that was migrated once in the run."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

import psycopg
from sqlalchemy import URL

from tests.support.postgres_server import server_url
from tests.support.run_folder import RunFolder
from tests.support.schema import make_schema

KINDS = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Database:
    """kind: "sqlite" or "postgresql"; url: as SQLAlchemy reads it, password included."""

    kind: str
    url: str


class Databases(Protocol):
    """Where the databases of one kind come from."""

    def empty(self) -> Database: ...

    def migrated(self) -> Database: ...

    def drop(self, database: Database) -> None: ...

    def close(self) -> None: ...


class SqliteDatabases:
    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder

    def empty(self) -> Database:
        return self._at(f"{secrets.token_hex(8)}.db")

    def migrated(self) -> Database:
        template = self._at("template.db")
        with self.folder.lock("sqlite"):
            done = self.folder.databases / "template.done"
            if not done.exists():
                make_schema(template.url)
                _settle(template)
                done.touch()
        copy = self.empty()
        shutil.copyfile(_file(template), _file(copy))
        return copy

    def drop(self, database: Database) -> None:
        for path in self.folder.databases.glob(f"{os.path.basename(_file(database))}*"):
            path.unlink()

    def close(self) -> None:
        """Nothing is held open."""

    def _at(self, name: str) -> Database:
        return Database("sqlite", f"sqlite:///{self.folder.databases / name}")


class PostgresqlDatabases:
    def __init__(self, folder: RunFolder, owner: int) -> None:
        self.folder = folder
        self.server = server_url(folder, owner)
        self.admin = psycopg.connect(
            self.server.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
        )
        # FILE_COPY: 16 ms for 80 tables where WAL_LOG (the default since PostgreSQL 15) takes 93 ms.
        self.strategy = " STRATEGY FILE_COPY" if self.admin.info.server_version >= 150000 else ""
        self.template = f"bangkom_test_{owner}_template"

    def empty(self) -> Database:
        return self._create("template0")

    def migrated(self) -> Database:
        with self.folder.lock("postgresql"):
            done = self.folder.path / "postgresql.done"
            if not done.exists():
                self._execute(f'DROP DATABASE IF EXISTS "{self.template}" WITH (FORCE)')
                make_schema(self._create("template0", self.template).url)
                done.touch()
        return self._create(self.template)

    def drop(self, database: Database) -> None:
        self._execute(f'DROP DATABASE "{database.url.split("?")[0].rpartition("/")[2]}" WITH (FORCE)')

    def close(self) -> None:
        self.admin.close()

    def _create(self, template: str, name: str = "") -> Database:
        name = name or f"bangkom_test_{secrets.token_hex(8)}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{self.strategy}')
        return Database("postgresql", _text(self.server.set(database=name)))

    def _execute(self, statement: str) -> None:
        self.admin.execute(statement.encode())


def drop_template(folder: RunFolder, owner: int) -> None:
    """Leaves nothing behind on a server that is not ours."""
    if (folder.path / "postgresql.done").exists():
        databases = PostgresqlDatabases(folder, owner)
        databases.drop(Database("postgresql", _text(databases.server.set(database=databases.template))))
        databases.close()


def _settle(database: Database) -> None:
    """Brings everything from the journal (WAL) into the one file that will be copied."""
    with closing(sqlite3.connect(_file(database))) as connection:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise RuntimeError("the migrations left a connection to the template open")


def _file(database: Database) -> str:
    return database.url.removeprefix("sqlite:///")


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)
