"""Databases for tests: an empty one, or a copy of one that was migrated, or filled as well, once in the run."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

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


class Databases(ABC):
    """Where the databases of one kind come from."""

    kind: str

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder

    def empty(self) -> Database:
        return self._copy(None, secrets.token_hex(8))

    def migrated(self) -> Database:
        return self._copy(self._migrated(), secrets.token_hex(8))

    def filled(self, name: str, fill: Callable[[str], None]) -> Database:
        """A copy of a migrated database that ``fill(url)`` was done to once in the run; no connection stays open."""
        return self._copy(self._template(name, self._migrated, fill), secrets.token_hex(8))

    def drop_templates(self) -> None:
        for done in self.folder.path.glob(f"{self.kind}-*.done"):
            self.drop(self._at(_template_name(done.stem.removeprefix(f"{self.kind}-"))))

    @abstractmethod
    def drop(self, database: Database) -> None: ...

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def _at(self, name: str) -> Database: ...

    @abstractmethod
    def _copy(self, source: Database | None, name: str) -> Database:
        """A new database; an older one of this name goes."""

    @abstractmethod
    def _settle(self, database: Database) -> None:
        """Make a template ready for copying."""

    def _migrated(self) -> Database:
        return self._template("migrated", lambda: None, make_schema)

    def _template(
        self, name: str, source: Callable[[], Database | None], fill: Callable[[str], None]
    ) -> Database:
        template, done = _template_name(name), self.folder.path / f"{self.kind}-{name}.done"
        if not done.exists():
            beneath = source()
            with self.folder.lock(f"{self.kind}-{name}"):
                if not done.exists():
                    made = self._copy(beneath, template)
                    fill(made.url)
                    self._settle(made)
                    done.touch()
        return self._at(template)


class SqliteDatabases(Databases):
    kind = "sqlite"

    def drop(self, database: Database) -> None:
        for path in self.folder.databases.glob(f"{os.path.basename(_file(database))}*"):
            path.unlink()

    def close(self) -> None:
        """Nothing is held open."""

    def _at(self, name: str) -> Database:
        return Database("sqlite", f"sqlite:///{self.folder.databases / name}.db")

    def _copy(self, source: Database | None, name: str) -> Database:
        made = self._at(name)
        self.drop(made)
        if source is not None:
            shutil.copyfile(_file(source), _file(made))
        return made

    def _settle(self, database: Database) -> None:
        """Brings everything from the journal (WAL) into the one file that will be copied."""
        with closing(sqlite3.connect(_file(database))) as connection:
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise RuntimeError("a connection to the template was left open")


class PostgresqlDatabases(Databases):
    kind = "postgresql"

    def __init__(self, folder: RunFolder, owner: int) -> None:
        super().__init__(folder)
        self.owner = owner
        self.server = server_url(folder, owner)
        self.admin = psycopg.connect(_text(self.server.set(drivername="postgresql")), autocommit=True)
        # FILE_COPY: 16 ms for 80 tables where WAL_LOG (the default since PostgreSQL 15) takes 93 ms.
        self.strategy = " STRATEGY FILE_COPY" if self.admin.info.server_version >= 150000 else ""

    def drop(self, database: Database) -> None:
        self._execute(f'DROP DATABASE "{database.url.split("?")[0].rpartition("/")[2]}" WITH (FORCE)')

    def close(self) -> None:
        self.admin.close()

    def _at(self, name: str) -> Database:
        return Database("postgresql", _text(self.server.set(database=self._full(name))))

    def _copy(self, source: Database | None, name: str) -> Database:
        beneath = source.url.split("?")[0].rpartition("/")[2] if source else "template0"
        if name.startswith(TEMPLATE):
            self._execute(f'DROP DATABASE IF EXISTS "{self._full(name)}" WITH (FORCE)')
        self._execute(f'CREATE DATABASE "{self._full(name)}" TEMPLATE "{beneath}"{self.strategy}')
        return self._at(name)

    def _settle(self, database: Database) -> None:
        """Nothing to do: the server copies what was committed."""

    def _full(self, name: str) -> str:
        return f"bangkom_test_{self.owner}_{name}"

    def _execute(self, statement: str) -> None:
        self.admin.execute(statement.encode())


TEMPLATE = "template_"


def _template_name(name: str) -> str:
    return f"{TEMPLATE}{name}"


def drop_templates(folder: RunFolder, owner: int) -> None:
    """Leaves nothing behind on a server that is not ours."""
    if any(folder.path.glob("postgresql-*.done")):
        databases = PostgresqlDatabases(folder, owner)
        databases.drop_templates()
        databases.close()


def _file(database: Database) -> str:
    return database.url.removeprefix("sqlite:///")


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)
