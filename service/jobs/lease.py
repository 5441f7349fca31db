"""A course's lease is renewed as long as its worker lives: a long run keeps it, a killed worker does not."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy.exc import OperationalError

from service.jobs.context import JobContext
from workflows.actions import leases

log = logging.getLogger("bangkom.jobs.lease")


class Leased(Protocol):
    """Work about a course of which ``place`` says whose lease it is."""

    @property
    def place(self) -> dict[str, Any]: ...


@contextmanager
def kept(context: JobContext, work: Leased) -> Iterator[None]:
    """Renew after each third of the lease until the block ends, or until somebody else has the course."""
    done = threading.Event()
    beat = threading.Thread(target=_renew, args=(context, work, done), name="bangkom-lease", daemon=True)
    beat.start()
    try:
        yield
    finally:
        done.set()
        beat.join()


def _renew(context: JobContext, work: Leased, done: threading.Event) -> None:
    while not done.wait(context.lease.total_seconds() / 3):
        try:
            with context.enter(), context.writing() as session:
                if not leases.renew(session, **work.place, lease=context.lease):
                    return
        except OperationalError as error:
            log.error("database away while renewing a lease: %s", type(error.orig).__name__)
