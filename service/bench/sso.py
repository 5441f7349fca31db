"""`bangkom bench sso`: what signing in and step-up cost beside a page that does nothing (issue "SSO in full").

The provider's time is left out: its tokens are signed beforehand. Decisions are counted apart from the checks.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue

from service.app import create_app
from service.bench.frame import Figure, Size
from service.bench.load import Ask, counting, median_ms, served
from service.bench.provider import InstantProvider
from service.bench.sso_trips import Trips
from service.bench.town import build_town
from service.config import load_settings
from service.db import db, upgrade, writing
from service.web.approvals_form import decide_proven, items_in
from workflows.evidence import Evidence

LISTS = (1, 10, 60)
CONNECTIONS = (1, 8)
MOST_TIMES, MOST_QUERIES, MOST_A_DECISION = 15, 8, 10


def run(size: Size) -> Iterator[Figure]:
    with (
        tempfile.TemporaryDirectory(prefix="bangkom-bench-") as folder,
        _app(Path(folder), size.database_url) as app,
        served(app) as port,
    ):
        trips = _prepare(app)
        yield from _times(app, port, trips, size.rounds)
        yield from _queries(app, port, trips)
        yield from _decisions(app, port, trips)


@contextmanager
def _app(folder: Path, database_url: str | None) -> Iterator[Flask]:
    url = database_url or f"sqlite:///{folder}/bench.sqlite3"
    upgrade(url)
    environment = {
        "BANGKOM_DATABASE_URL": url,
        "BANGKOM_SECRET_KEY": "b" * 32,
        "BANGKOM_SSO_ISSUER": "http://127.0.0.1:9",
        "BANGKOM_SURVEY_SECRETS": str(folder / "secrets"),
        "BANGKOM_SEALS": str(folder / "seals"),
        "BANGKOM_LOG_LEVEL": "ERROR",
        "BANGKOM_LOGIN_LIMIT": "1000000 per minute",
        "BANGKOM_TRUSTED_HOSTS": "127.0.0.1",
    }
    app = create_app(load_settings(environment))
    app.add_url_rule("/bench/bare", "bench.bare", lambda: "ok")
    party = app.extensions["bangkom_sso"]
    party.provider = InstantProvider(party.settings)
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _prepare(app: Flask) -> Trips:
    with app.app_context(), writing() as session:
        person, tasks = build_town(session, sum(LISTS))
    trips = Trips(app, person, tasks)
    trips.link_account()
    return trips


def _times(app: Flask, port: int, trips: Trips, rounds: int) -> Iterator[Figure]:
    """p50 of each at 1 and at 8 connections; nothing is decided here."""
    app.extensions["bangkom_sso"].on_stepup = _decide_nothing
    for connections in CONNECTIONS:
        asks = {
            "callback": trips.logins(rounds),
            "step-up return, checks": trips.stepups(rounds),
        }
        bare = median_ms(port, [Ask("/bench/bare", trips.signed_in(), 200)] * rounds, connections)
        yield Figure(f"bare page p50, {connections} connections", bare, "ms")
        for name, some in asks.items():
            taken = median_ms(port, some, connections)
            yield Figure(f"{name} p50, {connections} connections", taken, "ms", bare, MOST_TIMES)


def _queries(app: Flask, port: int, trips: Trips) -> Iterator[Figure]:
    app.extensions["bangkom_sso"].on_stepup = _decide_nothing
    wanted = (
        ("session look-up, queries a request", Ask("/bench/bare", trips.signed_in(), 200), 1),
        ("callback, queries", trips.logins(1)[0], MOST_QUERIES),
        ("step-up return, checks, queries", trips.stepups(1)[0], MOST_QUERIES),
    )
    for name, ask, most in wanted:
        with _counted(app) as said:
            median_ms(port, [ask], 1)
        yield Figure(name, len(said), "queries", target=most)


def _decisions(app: Flask, port: int, trips: Trips) -> Iterator[Figure]:
    """Queries of the decisions alone. A list has a part that does not grow with it; the rest is told a decision."""
    counts: dict[int, int] = {}
    for many in LISTS:
        meter = _Meter(app)
        app.extensions["bangkom_sso"].on_stepup = meter.decide
        taken = median_ms(port, [trips.decision(many)], 1)
        counts[many] = meter.queries
        yield Figure(f"decisions, list of {many}, queries", meter.queries, "queries")
        if many > 1:
            each = meter.queries / many
            yield Figure(
                f"decisions, list of {many}, queries a decision", each, "queries", target=MOST_A_DECISION
            )
        yield Figure(f"decisions, list of {many}, time with the checks", taken, "ms")
    few, lot = LISTS[-2:]
    each = (counts[lot] - counts[few]) / (lot - few)
    yield Figure("decisions, queries for one more", each, "queries", target=MOST_A_DECISION)


class _Meter:
    """Decides as the service does, and counts what that asks the database."""

    def __init__(self, app: Flask) -> None:
        self.app, self.queries = app, 0

    def decide(self, payload: Mapping[str, Any], evidence: Evidence) -> ResponseReturnValue:
        items = items_in(payload)
        with _counted(self.app) as said:
            results = decide_proven(items, evidence)
        self.queries = len(said)
        failed = [result.error.code for result in results if result.error]
        if failed:
            raise RuntimeError(f"not decided: {failed}")
        return "ok"


def _decide_nothing(payload: Mapping[str, Any], evidence: Evidence) -> ResponseReturnValue:
    return "ok"


@contextmanager
def _counted(app: Flask) -> Iterator[list[str]]:
    with app.app_context():
        engine = db.engine
    with counting(engine) as said:
        yield said
