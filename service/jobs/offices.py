"""Mandates that run out, offices without anybody: noted as soon as the calendar says so (R11)."""

from __future__ import annotations

from service.jobs.context import JobContext
from workflows.actions import office_alarms


def note_alarms(context: JobContext) -> int:
    """How many alarms were raised or cleared; a sweep in which nothing changed writes nothing."""
    with context.writing() as session:
        return office_alarms.note_alarms(session)
