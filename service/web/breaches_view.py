"""The breach register in words: what happened, how much of the time is left, what was done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from service.dates import moment
from service.web.told import sentence
from service.web.words import _
from workflows.actions.breaches import get_breach
from workflows.clock import now, zone_of
from workflows.events import PRIVACY_REGISTER
from workflows.models import Breach, HistoryRow
from workflows.parameters import parameter_on

PAGE = 30
STATES = {
    "open": (_l("Belum diberitahukan"), "sun", "clock"),
    "notified": (_l("Sudah diberitahukan"), "sea", "check"),
    "closed": (_l("Ditutup"), "plain", "check"),
}
CLOSED_AS = {"handled": _l("Ditangani"), "no_breach": _l("Bukan kegagalan pelindungan")}
TOLD_TO = {
    "authority": _l("Lembaga pelindungan data pribadi"),
    "people": _l("Orang yang datanya terdampak"),
}


def register_page(session: Session, before: int | None) -> dict[str, Any]:
    """``rows`` newest first, a page at a time; ``older`` = the id to go on from, or None."""
    query = select(Breach).order_by(Breach.id.desc()).limit(PAGE + 1)
    rows = list(session.scalars(query if before is None else query.where(Breach.id < before)))
    shown = rows[:PAGE]
    return {
        "rows": [breach_line(session, row) for row in shown],
        "older": shown[-1].id if len(rows) > PAGE else None,
    }


def waiting_breaches(session: Session) -> list[dict[str, Any]]:
    """Those not told to everybody yet, the next deadline first: for the first page of those who must act."""
    query = select(Breach).where(Breach.status == "open").order_by(Breach.deadline_at, Breach.id)
    return [breach_line(session, row) for row in session.scalars(query)]


def breach_line(session: Session, row: Breach) -> dict[str, Any]:
    left, tone = time_left(row, now(session))
    return {
        "row": row,
        "title": _("Insiden nomor %(number)s", number=row.id),
        "url": url_for("breaches.show", breach_id=row.id),
        "gist": row.happened if len(row.happened) <= 160 else f"{row.happened[:160]}…",
        "state": STATES[row.status],
        "left": left,
        "tone": tone,
    }


def time_left(row: Breach, instant: datetime) -> tuple[str, str]:
    """(words, tone) of the clock; empty once everybody was told or it was none."""
    if row.status != "open":
        return "", "plain"
    seconds = int((row.deadline_at - instant).total_seconds())
    hours, minutes = divmod(abs(seconds) // 60, 60)
    if seconds < 0:
        return _("Lewat %(hours)s jam %(minutes)s menit", hours=hours, minutes=minutes), "rust"
    return _("Sisa %(hours)s jam %(minutes)s menit", hours=hours, minutes=minutes), "sun"


def breach_page(session: Session, breach_id: int) -> dict[str, Any]:
    """One breach with its line, its notices and its way."""
    row = get_breach(session, breach_id)
    return {
        "breach": row,
        "line": breach_line(session, row),
        "notices": [_notice(row, to) for to in TOLD_TO],
        "closed_as": str(CLOSED_AS[row.closed_as]) if row.closed_as else "",
        "events": _way(session, row),
        "source": parameter_on(session, "breach.notice_hours", row.known_at.date()).source_document,
        **choices(session),
    }


def choices(session: Session) -> dict[str, Any]:
    """Options of the forms, and the moment that a form proposes."""
    local = now(session).astimezone(zone_of(session))
    return {
        "told_to": list(TOLD_TO.items()),
        "endings": list(CLOSED_AS.items()),
        "today": local.date().isoformat(),
        "clock": f"{local:%H:%M}",
    }


def _notice(row: Breach, to: str) -> dict[str, Any]:
    at, note = getattr(row, f"{to}_at"), getattr(row, f"{to}_note")
    late = at is not None and at > row.deadline_at
    when = _("belum diberi tahu")
    if at is not None:
        when = _("%(when)s, terlambat", when=moment(at)) if late else moment(at)
    return {"who": str(TOLD_TO[to]), "when": when, "note": note}


def _way(session: Session, row: Breach) -> list[dict[str, Any]]:
    """What the register says of this breach, newest first."""
    found = session.scalars(
        select(HistoryRow)
        .where(
            HistoryRow.stream == PRIVACY_REGISTER,
            HistoryRow.name.startswith("breach."),
            HistoryRow.payload.contains(f'"breach":{row.id},')
            | HistoryRow.payload.contains(f'"breach":{row.id}}}'),
        )
        .options(joinedload(HistoryRow.actor), selectinload(HistoryRow.values))
        .order_by(HistoryRow.seq.desc())
    )
    return [
        {
            "what": sentence(one),
            "who": one.actor.name if one.actor else _("Sistem"),
            "when": moment(one.at),
            "tone": "rust" if one.name == "breach.overdue" else "plain",
            "sign": "alert" if one.name == "breach.overdue" else "dot",
        }
        for one in found
    ]
