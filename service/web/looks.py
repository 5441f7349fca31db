"""Pages that show data of others say so with ``looked()``; it is written down before the page leaves (R39).

A page reads in a session that cannot write. So the look waits in ``g``, and after the page is made it is written in a
short transaction of its own; one that stands there already, of this hour, is not written again. Where it cannot be
written, the page is not shown (docs/decisions).
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable

from flask import Flask, Response, g
from sqlalchemy.exc import OperationalError

from service.db import reading, writing
from service.sso import current_login
from service.web.errors import database_away
from service.web.support import actor
from workflows.looks import WHAT, Glance, is_noted, note_look

log = logging.getLogger("bangkom.looks")
NOTHING_SHOWN = (401, 403, 404)
"""Answers that are a page about the refusal alone."""


def looked(what: str, ref: str, people: Iterable[uuid.UUID] | None = None) -> None:
    """This page shows data of these people; None: figures about a group. Nobody else's data on it: no look."""
    login = current_login()
    assert login is not None
    assert what in WHAT
    others = frozenset(people or ()) - {actor().person}
    if others or people is None:
        waiting: list[Glance] = g.setdefault("looks", [])
        waiting.append(Glance(actor().person, str(login.session_id), what, ref, others))


def keep_looks(app: Flask) -> None:
    app.after_request(_write)


def _write(response: Response) -> Response:
    glances: list[Glance] = g.pop("looks", [])
    if not glances or response.status_code in NOTHING_SHOWN or response.status_code >= 500:
        return response
    try:
        with reading() as session:
            fresh = [glance for glance in glances if not is_noted(session, glance)]
        if fresh:
            with writing() as session:
                for glance in fresh:
                    note_look(session, glance)
    except OperationalError as error:
        log.error("a look cannot be written, so the page is not shown")
        return database_away(error)
    return response
