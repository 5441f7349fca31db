"""Who alone may do something on this database: claims that run out unless they are renewed (DESIGN.md 6)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from service.jobs.context import JobContext
from workflows.clock import real_now
from workflows.models import RunnerClaim

log = logging.getLogger("bangkom.claims")
BACKGROUND = "embedded"
"""Who does the background work: one embedded runner, or the Celery workers together."""
CELERY = "celery"
"""The owner that all Celery workers are."""
LIVES = timedelta(seconds=10)


class AnotherRunner(RuntimeError):
    """Somebody else's claim on this database has not run out."""


def take(session: Session, name: str, owner: str, moment: datetime) -> bool:
    """Own the claim for LIVES; False while somebody else does."""
    claim = session.get(RunnerClaim, name, with_for_update=True)
    if claim is None:
        session.add(RunnerClaim(name=name, owner=owner, until=moment + LIVES))
        return True
    if claim.owner != owner and claim.until > moment:
        return False
    claim.owner, claim.until = owner, moment + LIVES
    return True


def give_back(session: Session, name: str, owner: str) -> None:
    """Give the claim free, unless somebody else has it."""
    claim = session.get(RunnerClaim, name, with_for_update=True)
    if claim is not None and claim.owner == owner:
        session.delete(claim)


@contextmanager
def alone(context: JobContext, name: str) -> Iterator[bool]:
    """Whether this process alone does ``name`` in the block; renewed as long as the block lasts."""
    with context.writing() as session:
        mine = take(session, name, context.owner, real_now(session))
    if not mine:
        yield False
        return
    done = threading.Event()
    beat = threading.Thread(target=_renew, args=(context, name, done), name="bangkom-alone", daemon=True)
    beat.start()
    try:
        yield True
    finally:
        done.set()
        beat.join()
        with context.writing() as session:
            give_back(session, name, context.owner)


def _renew(context: JobContext, name: str, done: threading.Event) -> None:
    while not done.wait(LIVES.total_seconds() / 4):
        try:
            with context.enter(), context.writing() as session:
                take(session, name, context.owner, real_now(session))
        except OperationalError as error:
            log.error("database away while renewing a claim: %s", type(error.orig).__name__)
