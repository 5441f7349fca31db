"""What the brake holds, with names and causes, for whoever decides about it."""

from __future__ import annotations

import json
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from service.web.enrolment_words import held_word
from workflows.actions import holds
from workflows.events import version_stream
from workflows.models import Batch, Enrolment, HistoryRow, Person, ProgrammeVersion, SyncHold, SyncHoldRow

PAGE, DECIDED = 200, 20
LATEST = 2_000
"""Events of the programmes in which the cause of a stop is looked for."""
CAUSES = {
    "decision": _l("Dihentikan dari daftar peserta"),
    "unenrol": _l("Dikeluarkan dengan keputusan"),
    "repair": _l("Perbaikan beda dengan Moodle"),
    "cancelled": _l("Program dibatalkan"),
}
TOLD_BY = ("enrolment.withdrawn", "enrolment.unenrolled")
STATUS = {
    "approved": (_l("Disetujui"), "leaf", "check"),
    "declined": (_l("Ditolak"), "rust", "cross"),
    "open": (_l("Tidak ada lagi yang ditahan"), "plain", "dot"),
}


def holds_of(session: Session, site_id: int, before: int | None) -> dict[str, Any]:
    """``waiting``: open ones with people in them; ``past``: the others, the newest first, a page by key."""
    held = and_(SyncHoldRow.enrolment_id == Enrolment.id, holds.still_held())
    count = (
        select(func.count())
        .select_from(SyncHoldRow)
        .join(Enrolment, held)
        .where(SyncHoldRow.hold_id == SyncHold.id, SyncHold.status == "open")
        .correlate(SyncHold)
        .scalar_subquery()
    )
    query = select(SyncHold, count).where(SyncHold.site_id == site_id).options(joinedload(SyncHold.decider))
    waiting = session.execute(query.where(SyncHold.status == "open", count > 0).order_by(SyncHold.id)).all()
    past = query.where((SyncHold.status != "open") | (count == 0))
    if before is not None:
        past = past.where(SyncHold.id < before)
    found = session.execute(past.order_by(SyncHold.id.desc()).limit(DECIDED + 1)).all()
    titles = _titles(session, site_id, {hold.course_ref for hold, _n in (*waiting, *found)})
    return {
        "waiting": [_line(hold, number, titles) for hold, number in waiting],
        "past": [_line(hold, number, titles) for hold, number in found[:DECIDED]],
        "older": found[DECIDED - 1][0].id if len(found) > DECIDED else None,
        "before": before,
    }


def _line(hold: SyncHold, number: int, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "hold": hold,
        "course": titles.get(hold.course_ref, hold.course_ref),
        "count": number,
        "chip": STATUS[hold.status],
        "by": hold.decider.name if hold.decider else "",
    }


def _titles(session: Session, site_id: int, refs: set[str]) -> dict[str, str]:
    rows = session.execute(
        select(ProgrammeVersion.course_ref, ProgrammeVersion.course_title)
        .where(ProgrammeVersion.site_id == site_id, ProgrammeVersion.course_ref.in_(refs))
        .order_by(ProgrammeVersion.id)
    )
    return {ref: title or ref for ref, title in rows}


def hold_state(session: Session, hold: SyncHold, after: int | None, *, reasons: bool) -> dict[str, Any]:
    """``people`` (a page by key), how many of how many, the fingerprint to decide by. ``reasons``: with the texts."""
    live = (SyncHoldRow.hold_id == hold.id, *((holds.still_held(),) if hold.status == "open" else ()))
    joined = (
        select(func.count())
        .select_from(SyncHoldRow)
        .join(Enrolment, Enrolment.id == SyncHoldRow.enrolment_id)
    )
    kinds = session.execute(
        joined.add_columns(SyncHoldRow.desired).where(*live).group_by(SyncHoldRow.desired)
    ).all()
    query = (
        select(SyncHoldRow, Enrolment.applied, Person, ProgrammeVersion)
        .join(Enrolment, Enrolment.id == SyncHoldRow.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == Batch.version_id)
        .where(*live)
    )
    if after is not None:
        query = query.where(SyncHoldRow.enrolment_id > after)
    found = session.execute(query.order_by(SyncHoldRow.enrolment_id).limit(PAGE + 1)).all()
    shown = found[:PAGE]
    told = _told(session, {version.id for _r, _a, _p, version in shown}) if reasons else {}
    titles = _titles(session, hold.site_id, {hold.course_ref})
    return {
        "people": [_person(*one, told) for one in shown],
        "whose": [person.id for _r, _a, person, _v in shown],
        "suspend": sum(n for n, desired in kinds if desired == "suspended"),
        "remove": sum(n for n, desired in kinds if desired == "removed"),
        "count": sum(n for n, _desired in kinds),
        "course": titles.get(hold.course_ref, hold.course_ref),
        "open": hold.status == "open" and bool(kinds),
        "standing": STATUS[hold.status],
        "fingerprint": holds.print_of(session, hold.id) if hold.status == "open" else "",
        "after": after,
        "older": shown[-1][0].enrolment_id if len(found) > PAGE else None,
    }


def _person(
    row: SyncHoldRow,
    applied: str,
    person: Person,
    version: ProgrammeVersion,
    told: dict[int, dict[str, Any]],
) -> dict[str, Any]:
    cause = CAUSES.get(row.cause)
    return {
        "id": row.enrolment_id,
        "name": person.name,
        "programme": version.title,
        "now": held_word(applied),
        "then": held_word(row.desired),
        "cause": str(cause) if cause else str(_("Sebabnya tidak tercatat")),
        "told": told.get(row.enrolment_id) if row.cause in ("decision", "unenrol") else None,
        "since": row.held_at,
    }


def _told(session: Session, version_ids: set[int]) -> dict[int, dict[str, Any]]:
    """Enrolment id -> who decided the stop, when, and the reason, from the history of the programmes."""
    rows = session.scalars(
        select(HistoryRow)
        .where(
            HistoryRow.stream.in_([version_stream(version_id) for version_id in version_ids]),
            HistoryRow.name.in_(TOLD_BY),
        )
        .options(joinedload(HistoryRow.actor), selectinload(HistoryRow.values))
        .order_by(HistoryRow.id.desc())
        .limit(LATEST)
    )
    told: dict[int, dict[str, Any]] = {}
    for row in rows:
        reason = next((value.value for value in row.values if value.key == "reason"), "")
        by = row.actor.name if row.actor else str(_("sistem"))
        told.setdefault(json.loads(row.payload)["enrolment"], {"reason": reason, "by": by, "at": row.at})
    return told
