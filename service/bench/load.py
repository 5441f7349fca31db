"""Asking a server over real connections, and counting what it asks its database."""

from __future__ import annotations

import http.client
import logging
import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import Engine, event

from service.serving import Served

PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Ask:
    """One GET: path, cookies as the header has them, and the status that must come."""

    path: str
    cookies: str
    status: int


@contextmanager
def served(app: Flask, threads: int = 8) -> Iterator[int]:
    """The app under waitress, as ``bangkom serve`` runs it; the port."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = Served(app, "127.0.0.1", 0, name="bench-server", threads=threads)
    try:
        yield server.port
    finally:
        server.stop()


def median_ms(port: int, asks: Sequence[Ask], connections: int) -> float:
    """The p50 of one answer in milliseconds, all asks spread over so many connections at a time."""
    shares = [asks[start::connections] for start in range(connections)]
    with ThreadPoolExecutor(connections) as pool:
        times = [one for share in pool.map(lambda share: _ask_all(port, share), shares) for one in share]
    return statistics.median(times) * 1000


def _ask_all(port: int, asks: Sequence[Ask]) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        return [_ask(connection, one) for one in asks]
    finally:
        connection.close()


def _ask(connection: http.client.HTTPConnection, ask: Ask) -> float:
    begun = time.perf_counter()
    connection.request("GET", ask.path, headers={"Cookie": ask.cookies})
    answer = connection.getresponse()
    answer.read()
    taken = time.perf_counter() - begun
    if answer.status != ask.status:
        raise RuntimeError(f"{ask.path.split('?')[0]} answered {answer.status} instead of {ask.status}")
    return taken


@contextmanager
def counting(engine: Engine) -> Iterator[list[str]]:
    """Every query of the engine meanwhile, without what begins and ends transactions."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.lstrip().split(None, 1)[0].upper() in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
            said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)
