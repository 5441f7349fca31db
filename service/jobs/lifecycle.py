"""What the calendar does to programmes: an approved one with participants starts the morning after its day."""

from __future__ import annotations

import logging

from sqlalchemy import select

from service.jobs.context import JobContext
from workflows.actions import enrolments
from workflows.actor import CLOCK
from workflows.clock import today
from workflows.errors import Conflict, Refused
from workflows.models import ProgrammeVersion

log = logging.getLogger("bangkom.jobs.lifecycle")


def start_due(context: JobContext) -> int:
    """Start what the agency has not started on its day; what a rule forbids stays, and the log says so."""
    with context.writing() as session:
        due = session.scalars(
            select(ProgrammeVersion.id).where(
                ProgrammeVersion.state == "approved",
                ProgrammeVersion.closed_as.is_(None),
                ProgrammeVersion.starts_on < today(session),
            )
        ).all()
    started = 0
    for version_id in due:
        try:
            with context.writing() as session:
                enrolments.start(session, actor=CLOCK, version_id=version_id)
            started += 1
        except (Refused, Conflict) as error:
            log.debug("version %s is not started: %s", version_id, error.code)
    return started
