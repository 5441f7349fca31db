"""Statements become facts, facts take effect (R28)."""

from __future__ import annotations

import logging

import orjson

from lms_connectors.xapi import profiles
from service.jobs.context import JobContext
from workflows.actions import records
from workflows.models import Site, Statement
from workflows.ports import LearningFact

log = logging.getLogger("bangkom.jobs.records")
BATCH = 200


def read_statements(context: JobContext) -> int:
    """Work out the meaning of what came in, batch by batch; then try again what waited. How many were read."""
    read = 0
    while True:
        with context.writing() as session:
            statements = records.unread(session, BATCH)
            sites = {site_id: session.get_one(Site, site_id) for site_id in {s.site_id for s in statements}}
            for statement in statements:
                records.read(session, statement=statement, fact=_fact_of(statement, sites[statement.site_id]))
        read += len(statements)
        if len(statements) < BATCH:
            break
    with context.writing() as session:
        records.retry_waiting(session)
    return read


def _fact_of(statement: Statement, site: Site) -> LearningFact | None:
    """One statement that the reader cannot make sense of must not hold up all others: it stays as received.

    Of a site whose completions are fetched, statements are kept and have no effect.
    """
    if site.completion_source == "polling":
        return None
    meaning = profiles.get("moodle_logstore")
    try:
        return meaning(
            orjson.loads(statement.body), account_kind=site.account_kind, stored=statement.stored_at
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        log.error("statement %s cannot be read: %s", statement.id, type(error).__name__)
        return None
