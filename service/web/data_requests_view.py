"""Requests about personal data in words, for the person and for the officer who answers."""

from __future__ import annotations

import uuid
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from service.dates import moment
from service.web.words import _
from workflows.actions.data_requests import get_request
from workflows.actions.erasure import due
from workflows.clock import now
from workflows.models import DataRequest

PAGE = 30
KINDS = {"correction": _l("Perbaikan"), "erasure": _l("Penghapusan")}
OUTCOMES = {
    "granted": (_l("Dikabulkan"), "leaf", "check"),
    "partly": (_l("Dikabulkan sebagian"), "sea", "check"),
    "refused": (_l("Ditolak"), "plain", "cross"),
}


def requests_of(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """A person's own, newest first."""
    query = select(DataRequest).where(DataRequest.person_id == person_id)
    rows = session.scalars(
        query.options(joinedload(DataRequest.person)).order_by(DataRequest.id.desc()).limit(PAGE)
    )
    return [_line(session, row) for row in rows]


def waiting_requests(session: Session) -> list[dict[str, Any]]:
    """What the officer has to answer, the next deadline first."""
    query = select(DataRequest).where(DataRequest.outcome.is_(None)).options(joinedload(DataRequest.person))
    rows = session.scalars(query.order_by(DataRequest.due_at, DataRequest.id).limit(PAGE))
    return [_line(session, row) for row in rows]


def count_waiting(session: Session) -> int:
    return session.scalar(select(func.count()).where(DataRequest.outcome.is_(None))) or 0


def request_page(session: Session, request_id: int) -> dict[str, Any]:
    """One request, and how much of the person's words may go today."""
    row = get_request(session, request_id)
    erasable = due(session, row.person_id).words if row.kind == "erasure" else 0
    outcomes = [(code, word) for code, (word, _tone, _sign) in OUTCOMES.items()]
    return {"line": _line(session, row), "erasable": erasable, "outcomes": outcomes}


def _line(session: Session, row: DataRequest) -> dict[str, Any]:
    late = row.outcome is None and row.due_at < now(session)
    word, tone, sign = OUTCOMES[row.outcome] if row.outcome else (_("Menunggu jawaban"), "sun", "clock")
    return {
        "row": row,
        "who": row.person.name,
        "kind": str(KINDS[row.kind]),
        "chip": (str(word), tone, sign),
        "filed": moment(row.filed_at),
        "due": _("terlambat") if late else _("dijawab paling lambat %(when)s", when=moment(row.due_at)),
        "tone": "rust" if late else "sun",
        "url": url_for("data_requests.show", request_id=row.id),
    }
