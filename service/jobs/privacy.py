"""The clock of the breach register (UU 27/2022 art. 46)."""

from __future__ import annotations

from service.jobs.context import JobContext
from workflows.actions import breaches
from workflows.actor import CLOCK


def note_overdue_breaches(context: JobContext) -> int:
    """The history says once of each breach that its time is over. How many."""
    with context.writing() as session:
        return breaches.note_overdue(session, actor=CLOCK)
