"""The two ways to the database keep their promises on both."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from service.db import reading, writing
from tests.support.world import World
from workflows.models import Ceiling, Partner


def test_what_reads_cannot_write(app: Flask, world: World) -> None:
    with app.app_context(), reading() as session:
        session.add(Partner(code="x", name="x", kind="ngo"))
        with pytest.raises(DBAPIError):
            session.flush()


def test_a_failure_leaves_nothing_behind(app: Flask, world: World) -> None:
    def fail() -> None:
        with writing() as session:
            session.add(Partner(code="x", name="x", kind="ngo"))
            session.flush()
            raise RuntimeError("after the flush")

    with app.app_context(), pytest.raises(RuntimeError, match="after the flush"):
        fail()
    with world.trying() as session:
        assert session.scalars(select(Partner)).all() == []


def test_what_was_written_is_read_afterwards_in_the_same_request(app: Flask, world: World) -> None:
    with app.app_context():
        with reading() as session:
            assert session.scalars(select(Partner)).all() == []
        with writing() as session:
            session.add(Partner(code="x", name="x", kind="ngo"))
        with reading() as session:
            assert [row.code for row in session.scalars(select(Partner))] == ["x"]


def test_parallel_writers_wait_and_lose_nothing(app: Flask, world: World) -> None:
    def add(times: int) -> None:
        for _ in range(times):
            with app.app_context(), writing() as session:
                ceiling = session.get_one(Ceiling, world.ceiling, with_for_update=True)
                ceiling.amount += 1

    with world.trying() as session:
        before = session.get_one(Ceiling, world.ceiling).amount
    threads = [threading.Thread(target=add, args=(25,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with world.trying() as session:
        assert session.get_one(Ceiling, world.ceiling).amount == before + 100


def test_sqlite_guards_rows_and_wipes_what_is_deleted(app: Flask, world: World) -> None:
    if world.engine.dialect.name != "sqlite":
        with app.app_context(), reading() as session:
            assert session.execute(text("SHOW transaction_read_only")).scalar() == "on"
        return
    with app.app_context(), reading() as session:
        names = ("foreign_keys", "journal_mode", "secure_delete")
        pragmas = [session.execute(text(f"PRAGMA {name}")).scalar() for name in names]
    assert pragmas == [1, "wal", 1]
