"""The access log (R39): which looks are written down, once an hour for a sign-in, and who reads it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, joinedload

from workflows.clock import now, real_now
from workflows.errors import N_
from workflows.models import Look, LookedAt

WHAT: dict[str, str] = {
    "participants": N_("daftar peserta dan ketuntasannya"),
    "participant": N_("satu peserta"),
    "person": N_("data kepegawaian seseorang"),
    "devices": N_("perangkat yang dipakai seseorang untuk masuk"),
    "moodle": N_("perbandingan peserta dengan Moodle"),
    "facts": N_("laporan selesai yang belum cocok"),
    "need": N_("usulan beserta tingkat kompetensi"),
    "evaluation": N_("hasil evaluasi (tanpa nama)"),
    "request": N_("permintaan tentang data pribadi"),
    "log": N_("catatan akses"),
    "audit": N_("riwayat untuk auditor"),
}
"""Kinds of looks that are written down, each with its words."""


@dataclass(frozen=True, slots=True)
class Glance:
    """One look as a page tells it: ``people`` are those whose data it shows, without the one who looks."""

    viewer: uuid.UUID
    session_key: str
    what: str
    ref: str
    people: frozenset[uuid.UUID]


def is_noted(session: Session, glance: Glance) -> bool:
    """Whether this look of this hour, with all these people, stands in the log already. One query, reads only."""
    of_them = (LookedAt.look_id == Look.id) & LookedAt.person_id.in_(glance.people)
    query = _same(glance, _hour(real_now(session))).add_columns(func.count(LookedAt.person_id))
    row = session.execute(query.outerjoin(LookedAt, of_them).group_by(Look.id)).one_or_none()
    return row is not None and row[1] == len(glance.people)


def note_look(session: Session, glance: Glance) -> int:
    """Write it down; again, or twice at once, it is the same row with whoever is new on it. The row's id."""
    if glance.what not in WHAT:
        raise KeyError(f"unknown look {glance.what}")
    moment = real_now(session)
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = {
        "viewer_id": glance.viewer,
        "session_key": glance.session_key,
        "what": glance.what,
        "ref": glance.ref,
        "hour": _hour(moment),
        "at": now(session),
        "real_at": moment,
    }
    session.execute(dialect.insert(Look).values(row).on_conflict_do_nothing())
    look_id = session.scalars(_same(glance, row["hour"])).one()
    people = [{"look_id": look_id, "person_id": person} for person in sorted(glance.people)]
    if people:
        session.execute(dialect.insert(LookedAt).values(people).on_conflict_do_nothing())
    return look_id


def looks_at(session: Session, person_id: uuid.UUID, before: int | None, limit: int) -> list[Look]:
    """Who looked at this person's data, newest first; ``before``: the look to go on from."""
    query = select(Look).join(LookedAt).where(LookedAt.person_id == person_id)
    return _page(session, query, before, limit)


def all_looks(session: Session, before: int | None, limit: int, what: str = "") -> list[Look]:
    """The whole log, newest first; of one kind where ``what`` says so."""
    query = select(Look).where(Look.what == what) if what else select(Look)
    return _page(session, query, before, limit)


def people_on(session: Session, look_ids: Collection[int]) -> dict[int, int]:
    """How many people's data each look showed, in one query; a look without people is not in it."""
    counted = select(LookedAt.look_id, func.count()).where(LookedAt.look_id.in_(look_ids))
    return {row[0]: row[1] for row in session.execute(counted.group_by(LookedAt.look_id))}


def _page(session: Session, query: Select[Look], before: int | None, limit: int) -> list[Look]:
    if before is not None:
        query = query.where(Look.id < before)
    return list(session.scalars(query.options(joinedload(Look.viewer)).order_by(Look.id.desc()).limit(limit)))


def _same(glance: Glance, hour: object) -> Select[int]:
    return select(Look.id).where(
        Look.session_key == glance.session_key,
        Look.what == glance.what,
        Look.ref == glance.ref,
        Look.hour == hour,
    )


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
