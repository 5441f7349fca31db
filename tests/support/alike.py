"""What every test would do again for its own engine and app, kept for the next one: compiled statements and templates.

A test opens an engine and an app of its own. SQLAlchemy keeps compiled statements by dialect, and Jinja compiles the
templates of each app; both come out the same each time, and were 40 of 100 seconds of the tests of pages.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, create_engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

STATEMENTS: LRUCache[Any, Any] = LRUCache(5_000)


def one_dialect() -> None:
    """Dialects of one kind are equal from now on: the tests of a process speak to one SQLite and one server."""
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        dialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign,assignment]
        dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign,assignment]


def engine_at(url: str) -> Engine:
    """An engine that knows the statements of those before it."""
    return create_engine(url, execution_options={"compiled_cache": STATEMENTS})


class Bytecode(BytecodeCache):
    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


BYTECODE = Bytecode()


def quick(app: Flask, engine: Engine) -> None:
    """This app takes templates and statements from the store; ``engine`` is its own."""
    app.jinja_env.bytecode_cache = BYTECODE
    engine.update_execution_options(compiled_cache=STATEMENTS)
