"""What the calendar does to units: a change that a letter dates ahead comes into force on its day (R8)."""

from __future__ import annotations

import logging

from service.jobs.context import JobContext
from workflows.actions import units
from workflows.errors import WorkflowError

log = logging.getLogger("bangkom.jobs.units")


def turn_due(context: JobContext) -> int:
    """How many came into force. One that a rule holds up stays planned, with its reason where people see it."""
    with context.writing() as session:
        due = units.due_changes(session)
    turned = 0
    for change_id in due:
        try:
            with context.writing() as session:
                turned += units.turn_due(session, change_id=change_id)
        except WorkflowError as error:
            log.warning("change %s of a unit is held up: %s", change_id, error.code)
            with context.writing() as session:
                units.hold_up(session, change_id=change_id, error=error)
    return turned
