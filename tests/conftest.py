"""Fixtures for all tests. Whatever builds on `database_kind` runs on SQLite and on PostgreSQL.

database_url           an empty database, as text for SQLAlchemy
database, migrated_database_url
                       a copy of a database that was migrated once in this run
engine, session        SQLAlchemy on such a copy; nothing is committed unless the test does
world                  a small made-up regency, with which the database was filled once in this run
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from tests.support.alike import engine_at, one_dialect
from tests.support.databases import (
    KINDS,
    Database,
    Databases,
    PostgresqlDatabases,
    SqliteDatabases,
    drop_templates,
)
from tests.support.postgres_server import stop_server
from tests.support.run_folder import RunFolder, make_run_folder
from tests.support.world import World, WorldFile

pytest_plugins = ["pytester", "tests.support.both_databases"]

RUN_FOLDER = pytest.StashKey[RunFolder]()


def pytest_configure(config: pytest.Config) -> None:
    pytest.register_assert_rewrite("lms_connectors.contract")
    one_dialect()
    given = getattr(config, "workerinput", {}).get("run_folder")
    config.stash[RUN_FOLDER] = RunFolder(Path(given)) if given else make_run_folder()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    node.workerinput["run_folder"] = str(node.config.stash[RUN_FOLDER].path)
    node.workerinput["owner"] = os.getpid()


def pytest_unconfigure(config: pytest.Config) -> None:
    folder = config.stash.get(RUN_FOLDER, None)
    if folder is None or hasattr(config, "workerinput"):
        return
    drop_templates(folder, os.getpid())
    stop_server(folder)
    folder.remove()


@pytest.fixture(scope="session")
def databases_of(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Databases]]:
    """kind -> where its databases come from; each is opened on first use."""
    folder = request.config.stash[RUN_FOLDER]
    owner = getattr(request.config, "workerinput", {}).get("owner", os.getpid())
    opened: dict[str, Databases] = {}

    def of(kind: str) -> Databases:
        if kind not in opened:
            opened[kind] = SqliteDatabases(folder) if kind == "sqlite" else PostgresqlDatabases(folder, owner)
        return opened[kind]

    yield of
    for databases in opened.values():
        databases.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the whole process: Playwright's loop can be started only once in it."""
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("Chromium is missing: apt-get install -y chromium")
    with sync_playwright() as playwright:
        args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=program, args=args)
        yield browser
        browser.close()


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def database_url(database_kind: str, databases_of: Callable[[str], Databases]) -> Iterator[str]:
    databases = databases_of(database_kind)
    database = databases.empty()
    yield database.url
    databases.drop(database)


@pytest.fixture
def world_file(request: pytest.FixtureRequest, database_kind: str) -> WorldFile:
    return WorldFile(request.config.stash[RUN_FOLDER].path / f"world-{database_kind}.json")


@pytest.fixture
def database(
    request: pytest.FixtureRequest,
    database_kind: str,
    databases_of: Callable[[str], Databases],
    world_file: WorldFile,
) -> Iterator[Database]:
    databases = databases_of(database_kind)
    with_world = "world" in request.fixturenames
    database = databases.filled("world", world_file.fill) if with_world else databases.migrated()
    yield database
    databases.drop(database)


@pytest.fixture
def migrated_database_url(database: Database) -> str:
    return database.url


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    engine = engine_at(database.url)
    if database.kind == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=ON"))
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


@pytest.fixture
def world(engine: Engine, world_file: WorldFile) -> World:
    return world_file.world(engine)
