"""Turns of a site among all processes on one database: one row a site, moved on by each call (docs/skala.md)."""

from __future__ import annotations

import logging

from flask import has_app_context
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from lms_connectors.pace import Pace
from service.db import write_engine
from workflows.models import Site

log = logging.getLogger("bangkom.pace")
NOW = {
    "sqlite": "((julianday('now') - 2440587.5) * 86400.0)",
    "postgresql": "extract(epoch from clock_timestamp())::float8",
}
"""Seconds by the database's own clock: machines need not agree on theirs."""
LATER = {"sqlite": "max", "postgresql": "greatest"}


class SharedTurns:
    """``turns(spacing)``: takes the next turn of the site; in how many seconds it begins. Safe between threads.

    Where the database is away each process keeps its own pace: a call more is better than a run that ends.
    """

    def __init__(self, engine: Engine, site_id: int) -> None:
        self.engine, self.site_id = engine, site_id
        now, later = NOW[engine.dialect.name], LATER[engine.dialect.name]
        self._take = text(
            f"INSERT INTO site_turn (site_id, next_at) VALUES (:site, {now} + :spacing)"  # noqa: S608 - our own words
            f" ON CONFLICT (site_id) DO UPDATE SET next_at = {later}(site_turn.next_at, {now}) + :spacing"
            f" RETURNING next_at - :spacing - {now}"
        )

    def __call__(self, spacing: float) -> float:
        try:
            with self.engine.begin() as connection:
                taken = connection.execute(self._take, {"site": self.site_id, "spacing": spacing})
                return max(0.0, float(taken.scalar_one()))
        except SQLAlchemyError as error:
            log.warning("no turn of site %s from the database: %s", self.site_id, type(error).__name__)
            return 0.0


def pace_of(site: Site) -> Pace:
    """How fast calls to this site may begin, counted over all processes where there is a database to count in."""
    shared = None
    if site.calls_per_second and has_app_context():
        shared = SharedTurns(write_engine(), site.id)
    return Pace(site.calls_per_second, shared=shared)
