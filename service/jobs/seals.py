"""The history is sealed once a day, outside the database (R39)."""

from __future__ import annotations

import logging

from service.jobs.context import JobContext
from workflows.actions.seals import Drawn, draw_up, is_due, note_seals, seals_of
from workflows.actor import CLOCK, Actor

log = logging.getLogger("bangkom.jobs.seals")


def seal_day(context: JobContext, *, actor: Actor = CLOCK) -> Drawn | None:
    """Seal today where that is not done: tx, file, tx. None: nothing was due, or another machine was first.

    OSError: the folder of seals cannot be written; the next sweep tries again.
    """
    with context.writing() as session:
        note_seals(session, actor=actor)
        store = seals_of(session)
        drawn = draw_up(session, actor=actor) if is_due(session) else None
    if drawn is None:
        return None
    try:
        store.add(drawn.name, drawn.text)
    except FileExistsError:
        log.info("seal %s was made elsewhere", drawn.name.number)
        return None
    if not drawn.well:
        log.critical(
            "seal %s: %s streams are shorter or other than sealed, %s older seals do not fit; bangkom audit verify",
            drawn.name.number, drawn.shorter, len(drawn.broken),
        )  # fmt: skip
    with context.writing() as session:
        note_seals(session, actor=actor)
    return drawn
