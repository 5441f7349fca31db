"""The state of the stand-in: one SQLite file, WAL, so that a kill -9 loses nothing that was answered."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE, idnumber TEXT NOT NULL DEFAULT '',
    firstname TEXT NOT NULL, lastname TEXT NOT NULL, email TEXT NOT NULL COLLATE NOCASE,
    auth TEXT NOT NULL DEFAULT 'manual', suspended INTEGER NOT NULL DEFAULT 0,
    city TEXT NOT NULL DEFAULT '', country TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS users_idnumber ON users (idnumber);
CREATE INDEX IF NOT EXISTS users_email ON users (email);
CREATE TABLE IF NOT EXISTS courses (
    id INTEGER PRIMARY KEY, fullname TEXT NOT NULL, shortname TEXT NOT NULL UNIQUE,
    idnumber TEXT NOT NULL DEFAULT '', criteria TEXT NOT NULL, tracked INTEGER NOT NULL,
    manual INTEGER NOT NULL, created INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS course_places (
    course INTEGER PRIMARY KEY REFERENCES courses (id) ON DELETE CASCADE, category INTEGER NOT NULL,
    visible INTEGER NOT NULL, startdate INTEGER NOT NULL, enddate INTEGER NOT NULL,
    made INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS groups (
    id INTEGER PRIMARY KEY, course INTEGER NOT NULL REFERENCES courses (id), name TEXT NOT NULL,
    idnumber TEXT NOT NULL DEFAULT '', UNIQUE (course, name));
CREATE TABLE IF NOT EXISTS group_members (
    "group" INTEGER NOT NULL REFERENCES groups (id), user INTEGER NOT NULL REFERENCES users (id),
    PRIMARY KEY ("group", user));
CREATE TABLE IF NOT EXISTS activities (
    id INTEGER PRIMARY KEY, course INTEGER NOT NULL REFERENCES courses (id), name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS enrolments (
    course INTEGER NOT NULL REFERENCES courses (id), user INTEGER NOT NULL REFERENCES users (id),
    method TEXT NOT NULL, suspended INTEGER NOT NULL, timestart INTEGER NOT NULL, timeend INTEGER NOT NULL,
    PRIMARY KEY (course, user, method));
CREATE TABLE IF NOT EXISTS roles (
    course INTEGER NOT NULL, user INTEGER NOT NULL, role INTEGER NOT NULL, PRIMARY KEY (course, user, role));
CREATE TABLE IF NOT EXISTS activity_completions (
    activity INTEGER NOT NULL, user INTEGER NOT NULL, completed INTEGER NOT NULL,
    PRIMARY KEY (activity, user));
CREATE TABLE IF NOT EXISTS course_completions (
    course INTEGER NOT NULL, user INTEGER NOT NULL, completed INTEGER NOT NULL, PRIMARY KEY (course, user));
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, statement TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
    answered TEXT NOT NULL DEFAULT '', sent INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS outbox_waiting ON outbox (sent, id);
"""

FIRST_IDS = {"users": 5, "courses": 20, "activities": 17, "groups": 1}
"""Guest, administrator and the service's own user come before the first learner, as on a real site."""


class Store:
    """Opens the file anew for each piece of work; writers wait for each other."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(SCHEMA)

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys = ON")
        return db

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with closing(self._open()) as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, as Moodle's delegated transactions."""
        with closing(self._open()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")


def next_id(db: sqlite3.Connection, table: str) -> int:
    """The id of the next row of one of our tables of things."""
    first = FIRST_IDS[table]
    (highest,) = db.execute(f"SELECT max(id) FROM {table}").fetchone()  # noqa: S608 - a name of FIRST_IDS
    return max(first, (highest or 0) + 1)
