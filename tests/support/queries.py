"""Counting what a page asks the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from service.db import db


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """Every statement that the app's engine runs meanwhile."""
    said: list[str] = []
    with app.app_context():
        engine: Engine = db.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)
