"""The list of programmes: by state, newest first, paged by key, with a constant number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from service.web.rail import closed_word, step_word, waiting_word
from workflows.actor import Actor
from workflows.models import ApprovalRequest, ApprovalTask, Programme, ProgrammeVersion
from workflows.models.programme import STATES
from workflows.rules import allowed

PAGE = 20
TONES = {
    "proposed": ("plain", "edit"),
    "participatory_review": ("sun", "clock"),
    "approved": ("leaf", "check"),
    "running": ("sea", "sync"),
    "evaluated": ("leaf", "check"),
    "revised": ("plain", "return"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """Where a version is: word, colour and sign."""

    word: str
    tone: str
    sign: str


def listed(session: Session, state: str, before: int, after: int) -> dict[str, Any]:
    """A page of versions older than the key ``before`` or newer than ``after``; ``closed`` is a filter too."""
    state = state if state in (*STATES, "closed") else ""
    rows, has_newer, has_older = _page(session, _query(state), before, after)
    chips = chips_of(session, rows)
    return {
        "rows": [(row, chips[row.id]) for row in rows],
        "state": state,
        "tabs": _tabs(),
        "newer": url_for("programmes.index", keadaan=state or None, sesudah=rows[0].id) if has_newer else None,
        "older": url_for("programmes.index", keadaan=state or None, sebelum=rows[-1].id) if has_older else None,
    }  # fmt: skip


def chips_of(session: Session, versions: Sequence[ProgrammeVersion]) -> dict[int, Chip]:
    """One chip a version, by id; what waits for signatures says how many."""
    requests = _live_requests(session, [row.id for row in versions if row.state == "participatory_review"])
    return {row.id: _chip(row, requests.get(row.id)) for row in versions}


def may_propose(me: Actor) -> bool:
    return allowed(me, "programme.propose")


def _query(state: str) -> Select[ProgrammeVersion]:
    query = select(ProgrammeVersion).options(
        joinedload(ProgrammeVersion.programme).joinedload(Programme.owner_unit),
        selectinload(ProgrammeVersion.cost_lines),
    )
    if state == "closed":
        return query.where(ProgrammeVersion.closed_as.is_not(None))
    if state:
        return query.where(ProgrammeVersion.state == state, ProgrammeVersion.closed_as.is_(None))
    return query


def _page(
    session: Session, query: Select[ProgrammeVersion], before: int, after: int
) -> tuple[Sequence[ProgrammeVersion], bool, bool]:
    """(rows newest first, whether newer ones exist, whether older ones exist)."""
    key = ProgrammeVersion.id
    if after:
        rows = session.scalars(query.where(key > after).order_by(key).limit(PAGE + 1)).all()
        return rows[:PAGE][::-1], len(rows) > PAGE, bool(rows)
    if before:
        query = query.where(key < before)
    rows = session.scalars(query.order_by(key.desc()).limit(PAGE + 1)).all()
    return rows[:PAGE], bool(before and rows), len(rows) > PAGE


def _live_requests(session: Session, version_ids: Sequence[int]) -> Mapping[int, ApprovalRequest]:
    rows = session.scalars(
        select(ApprovalRequest)
        .where(ApprovalRequest.version_id.in_(version_ids), ApprovalRequest.status.in_(("open", "returned")))
        .options(selectinload(ApprovalRequest.tasks).load_only(ApprovalTask.status))
    )
    return {row.version_id: row for row in rows}


def _chip(version: ProgrammeVersion, request: ApprovalRequest | None) -> Chip:
    if version.closed_as is not None:
        return Chip(closed_word(version.closed_as), "rust", "cross")
    tone, sign = TONES[version.state]
    if request is not None:
        return Chip(waiting_word(request), "sun", "return" if request.status == "returned" else "clock")
    return Chip(step_word(version.state), tone, sign)


def _tabs() -> list[tuple[str, str, str]]:
    words = [("", _("Semua")), *((state, step_word(state)) for state in STATES), ("closed", _("Berhenti"))]
    return [(key, word, url_for("programmes.index", keadaan=key or None)) for key, word in words]
