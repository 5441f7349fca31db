"""The embedded runner: one loop in the process. It refuses to run beside another, or beside Celery (DESIGN.md 6)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy.exc import OperationalError

from service import claims
from service.claims import AnotherRunner
from service.jobs import SWEEP
from service.jobs.context import JobContext
from workflows.clock import real_now

log = logging.getLogger("bangkom.worker")


class Runner:
    """``start()`` takes the claim and begins to sweep; ``nudge()`` makes the next sweep come now."""

    def __init__(
        self, context: JobContext, enter: Callable[[], AbstractContextManager[object]], *, every: float
    ) -> None:
        self.context = context
        self.enter = enter
        self.every = every
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, patience: float = 0.0) -> None:
        """Raise AnotherRunner when the claim cannot be had within ``patience`` seconds."""
        deadline = threading.Event()
        timer = threading.Timer(patience, deadline.set)
        timer.daemon = True
        timer.start()
        while not self._claim():
            if deadline.is_set():
                raise AnotherRunner("another runner works on this database; wait or stop it first")
            deadline.wait(0.5)
        timer.cancel()
        for work, name in ((self._sweep_loop, "sweep"), (self._claim_loop, "claim")):
            thread = threading.Thread(target=work, name=f"bangkom-{name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def nudge(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        """Finish the job at hand, give the claim back."""
        self._stop.set()
        self._wake.set()
        for thread in self._threads:
            thread.join(timeout=30)
        with self.enter(), self.context.writing() as session:
            claims.give_back(session, claims.BACKGROUND, self.context.owner)

    def sweep(self) -> None:
        """Every job once. One job's trouble does not keep the others from running."""
        for job in SWEEP:
            if self._stop.is_set():
                return
            try:
                with self.enter():
                    job(self.context)
            except OperationalError as error:
                log.error("database away during %s: %s", job.__name__, type(error.orig).__name__)
            except Exception:
                log.exception("job %s failed; it is tried again at the next sweep", job.__name__)

    def _sweep_loop(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            self.sweep()
            self._wake.wait(self.every)

    def _claim_loop(self) -> None:
        while not self._stop.wait(claims.LIVES.total_seconds() / 4):
            try:
                if not self._claim():
                    log.critical("the claim went to another runner; this one stops")
                    self._stop.set()
            except OperationalError as error:
                log.error("database away while renewing the claim: %s", type(error.orig).__name__)

    def _claim(self) -> bool:
        with self.enter(), self.context.writing() as session:
            return claims.take(session, claims.BACKGROUND, self.context.owner, real_now(session))
