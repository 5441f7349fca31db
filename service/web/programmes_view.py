"""What the hub page of a version shows."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from service.dates import long_date, short_date
from service.web import targets_view
from service.web.programmes_edit import bases, form_name, form_of, money, rule_words
from service.web.programmes_list import chips_of
from service.web.programmes_next import next_steps
from service.web.rail import rail_flag, rail_steps
from service.web.told import sentence
from workflows.actions.evaluations import revision_of
from workflows.actions.versions import get_version
from workflows.actor import Actor
from workflows.clock import local_day
from workflows.errors import Conflict
from workflows.events import version_stream
from workflows.lifecycle import ensure_state
from workflows.models import HistoryRow, Need, ProgrammeVersion
from workflows.rules import allowed

MOST_CHANGES = 6
MANY: dict[str, Callable[[int], str]] = {
    "review.input_given": lambda n: _("%(count)s masukan baru diberikan.", count=n),
    "review.input_answered": lambda n: _("%(count)s masukan dijawab resmi.", count=n),
    "completion.recorded": lambda n: _("%(count)s peserta tuntas belajar.", count=n),
    "enrolment.synced": lambda n: _("Moodle disesuaikan %(count)s kali.", count=n),
}
"""Events that come in numbers are told once, counted."""


def shown(session: Session, version_id: int, me: Actor) -> dict[str, Any]:
    """All of the page; NotFound for an unknown version."""
    version = get_version(session, version_id)
    first, others = next_steps(session, version, me)
    changes, since = changed_since_last_act(session, version, me.person)
    return {
        "version": version,
        "steps": rail_steps(session, version),
        "flag": rail_flag(version),
        "chip": chips_of(session, [version])[version.id],
        "changes": changes,
        "since": since,
        "next": first,
        "others": others,
        "may_change": allowed(me, "programme.change") and _is_changeable(version),
        "money": money(session, version),
        "form": _form(session, version),
        "targets": targets_view.shown(session, version),
        "basis": dict(bases())[version.basis],
        "needs": needs_of(session, version),
        "lineage": _lineage(session, version),
        "born": revision_of(session, version.id),
        "sections": _sections(version, me),
    }


def needs_of(session: Session, version: ProgrammeVersion) -> Sequence[Need]:
    """The needs that the programme was made from, with their units."""
    query = select(Need).where(Need.programme_id == version.programme_id).options(joinedload(Need.unit))
    return session.scalars(query.order_by(Need.id)).all()


def changed_since_last_act(
    session: Session, version: ProgrammeVersion, person_id: uuid.UUID
) -> tuple[list[str], str]:
    """(sentences, day of this person's last act); nothing for those who have not acted on it."""
    stream = HistoryRow.stream == version_stream(version.id)
    last = session.scalars(
        select(HistoryRow).where(stream, HistoryRow.actor_id == person_id).order_by(HistoryRow.seq.desc()).limit(1)
    ).one_or_none()  # fmt: skip
    if last is None:
        return [], ""
    rows = session.scalars(
        select(HistoryRow)
        .where(stream, HistoryRow.seq > last.seq)
        .options(selectinload(HistoryRow.values))
        .order_by(HistoryRow.seq.desc())
    ).all()
    return _sentences(list(rows)), long_date(local_day(session, last.at))


def _sentences(rows: list[HistoryRow]) -> list[str]:
    counted = Counter(row.name for row in rows)
    said: list[str] = []
    told: set[str] = set()
    for row in rows:
        if row.name in MANY and counted[row.name] > 1:
            if row.name not in told:
                said.append(str(MANY[row.name](counted[row.name])))
            told.add(row.name)
        else:
            said.append(sentence(row))
    more = len(said) - MOST_CHANGES
    return said if more <= 0 else [*said[:MOST_CHANGES], str(_("dan %(count)s hal lain.", count=more))]


def _is_changeable(version: ProgrammeVersion) -> bool:
    try:
        ensure_state(version, ("proposed", "participatory_review"))
    except Conflict:
        return False
    return True


def _form(session: Session, version: ProgrammeVersion) -> dict[str, str]:
    form = form_of(session, version)
    return {"name": form_name(form), "rule": rule_words(form), "source": form.source_document}


def _lineage(session: Session, version: ProgrammeVersion) -> list[dict[str, Any]]:
    """The versions of the programme, this one marked."""
    rows = session.scalars(
        select(ProgrammeVersion)
        .where(ProgrammeVersion.programme_id == version.programme_id)
        .options(joinedload(ProgrammeVersion.creator))
        .order_by(ProgrammeVersion.number)
    ).all()
    chips = chips_of(session, rows)
    return [
        {
            "label": _("Versi %(number)s", number=row.number),
            "dates": f"{short_date(row.starts_on)} – {short_date(row.ends_on)}",
            "url": url_for("programmes.show", version_id=row.id) if row.id != version.id else None,
            "chip": chips[row.id],
        }
        for row in rows
    ]


def _sections(version: ProgrammeVersion, me: Actor) -> list[dict[str, str]]:
    """The other pages about this version that this person may read."""
    reached = {"proposed": 0, "participatory_review": 1, "approved": 2, "running": 3}.get(version.state, 4)
    oversees = allowed(me, "enrolment.oversee")
    pages = (
        ("reviews.show", _("Pembahasan bersama"), reached >= 1 or allowed(me, "programme.open_review")),
        ("participants.show", _("Peserta"), reached >= 2 and oversees),
        ("sync.show", _("Moodle"), reached >= 2 and oversees),
        ("surveys.show", _("Survei"), reached >= 2 and allowed(me, "survey.oversee")),
        ("evaluations.show", _("Evaluasi"), reached >= 3 and allowed(me, "survey.oversee")),
        ("evaluations.difference", _("Beda dengan versi lama"), version.supersedes_id is not None),
        ("history.show", _("Riwayat"), allowed(me, "history.read")),
    )
    return [
        {"label": label, "url": url_for(endpoint, version_id=version.id)}
        for endpoint, label, holds in pages
        if holds and endpoint in current_app.view_functions
    ]
