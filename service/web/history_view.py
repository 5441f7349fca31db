"""The timeline of a version: what happened, by whom, when; names for those whom the rule or their part lets."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from service.dates import moment
from service.web.told import sentence
from service.web.words import _
from workflows.actor import Actor
from workflows.events import version_stream
from workflows.models import HistoryRow, ProgrammeVersion
from workflows.rules import allowed
from workflows.signers import proposers_of

PAGE = 40
MARKS = {
    "programme.approved": ("leaf", "check"),
    "programme.evaluated": ("leaf", "check"),
    "programme.rejected": ("rust", "cross"),
    "programme.content_changed": ("sun", "edit"),
    "programme.cost_changed": ("sun", "edit"),
    "programme.returned_for_changes": ("sun", "return"),
    "approval.granted": ("leaf", "check"),
    "approval.returned": ("sun", "return"),
    "approval.rejected": ("rust", "cross"),
    "approval.voided": ("sun", "alert"),
    "enrolment.requested": ("sea", "send"),
    "enrolment.synced": ("sea", "sync"),
    "completion.recorded": ("leaf", "check"),
}


def timeline_page(
    session: Session, actor: Actor, version: ProgrammeVersion, before: int | None
) -> dict[str, Any]:
    """``events`` newest first; ``older`` = the seq to go on from, or None."""
    rows = rows_of(session, version.id, before, PAGE + 1)
    named = may_see_names(session, actor, version)
    shown = rows[:PAGE]
    return {
        "events": once([event_of(row, actor, named=named) for row in shown]),
        "older": shown[-1].seq if len(rows) > PAGE else None,
        "named": named,
    }


def rows_of(session: Session, version_id: int, before: int | None, limit: int) -> list[HistoryRow]:
    query = select(HistoryRow).where(HistoryRow.stream == version_stream(version_id))
    if before is not None:
        query = query.where(HistoryRow.seq < before)
    query = query.options(joinedload(HistoryRow.actor), selectinload(HistoryRow.values))
    return list(session.scalars(query.order_by(HistoryRow.seq.desc()).limit(limit)))


def may_see_names(session: Session, actor: Actor, version: ProgrammeVersion) -> bool:
    """By role, as a proposer, or because one has done something with this version."""
    if allowed(actor, "history.read") or actor.person in proposers_of(session, [version])[version.id]:
        return True
    acted = select(func.count()).where(
        HistoryRow.stream == version_stream(version.id), HistoryRow.actor_id == actor.person
    )
    return bool(session.scalar(acted))


def event_of(row: HistoryRow, actor: Actor, *, named: bool) -> dict[str, Any]:
    """One row for the macro ``timeline``. Free text by people goes the way of names."""
    tone, sign = MARKS.get(row.name, ("plain", "dot"))
    return {
        "what": sentence(row, personal=named),
        "who": _who(row, actor, named),
        "when": moment(row.at),
        "tone": tone,
        "sign": sign,
    }


def once(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What happened many times in a row (twenty people complete a course) as one line with the first and last time."""
    kept: list[dict[str, Any]] = []
    for (what, _by), group in groupby(events, key=lambda event: (event["what"], event["who"])):
        same = list(group)
        if len(same) > 1:
            same[0]["what"] = _("%(what)s (%(count)s kali)", what=what, count=len(same))
            same[0]["when"] = _("%(first)s sampai %(last)s", first=same[-1]["when"], last=same[0]["when"])
        kept.append(same[0])
    return kept


def _who(row: HistoryRow, actor: Actor, named: bool) -> str:
    if row.actor is None:
        return _("Sistem")
    if row.actor_id == actor.person:
        return _("Anda")
    return row.actor.name if named else _("Nama tidak ditampilkan")
