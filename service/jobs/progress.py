"""How far the work about a course is, kept every few seconds: a large course is watched and settles at its end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from service.jobs.context import JobContext
from service.jobs.lease import Leased
from workflows.actions import leases
from workflows.ports import LearningPlatform, TellsProgress

log = logging.getLogger("bangkom.jobs.progress")


@dataclass(slots=True)
class Telling:
    """``doing``: accounts | send; ``done`` of ``total`` people or rows of it were answered."""

    doing: str = ""
    done: int = 0
    total: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, doing: str, total: int) -> None:
        with self.lock:
            self.doing, self.done, self.total = doing, 0, total

    def answered(self, many: int) -> None:
        """So many more; a platform calls it from each of its threads."""
        with self.lock:
            self.done = min(self.done + many, self.total)

    def reached(self, done: int) -> None:
        """So many in all: those that need not be asked for were not told one by one."""
        with self.lock:
            self.done = done

    def now(self) -> tuple[str, int, int]:
        with self.lock:
            return self.doing, self.done, self.total


@contextmanager
def telling(context: JobContext, work: Leased, platform: LearningPlatform) -> Iterator[Telling]:
    """Until the block ends, what is told is kept each ``tell_every`` where it changed: one UPDATE, nobody waits for it.

    A platform that does not tell how far it is leaves ``done`` at nothing until its call returns.
    """
    told, over = Telling(), threading.Event()
    if isinstance(platform, TellsProgress):
        platform.on_answered = told.answered
    beat = threading.Thread(
        target=_keep, args=(context, work, told, over), name="bangkom-progress", daemon=True
    )
    beat.start()
    try:
        yield told
    finally:
        over.set()
        beat.join()


def _keep(context: JobContext, work: Leased, told: Telling, over: threading.Event) -> None:
    kept = told.now()
    while not over.wait(context.tell_every.total_seconds()):
        doing, done, total = now = told.now()
        if now == kept:
            continue
        try:
            with context.enter(), context.writing() as session:
                leases.tell(session, **work.place, doing=doing, done=done, total=total)
            kept = now
        except SQLAlchemyError as error:
            log.warning("not kept how far a course is: %s", type(error).__name__)
