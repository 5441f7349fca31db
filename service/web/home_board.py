"""The agency's board: how many programmes in each state, and which are stuck, why, and where to go on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload

from service.dates import short_date
from service.web.approvals_view import ORPHAN_WHY
from service.web.profile_words import office_name
from workflows.models import (
    ApprovalRequest,
    ApprovalTask,
    Batch,
    Enrolment,
    InputItem,
    Programme,
    ProgrammeVersion,
    Review,
)
from workflows.models.programme import STATES
from workflows.signers import open_tasks, signers_of

WORDS = {
    "proposed": _l("Diusulkan"),
    "participatory_review": _l("Pembahasan dan persetujuan"),
    "approved": _l("Disetujui"),
    "running": _l("Berjalan"),
    "evaluated": _l("Dievaluasi"),
    "revised": _l("Diperbarui"),
}
SHOWN = 30


@dataclass
class _Seen:
    """What stuckness is judged by, read in a constant number of queries."""

    day: date
    reviews: dict[int, Review] = field(default_factory=dict)
    unanswered: dict[int, int] = field(default_factory=dict)
    returned: set[int] = field(default_factory=set)
    tasks: dict[int, ApprovalTask] = field(default_factory=dict)
    orphans: dict[int, str] = field(default_factory=dict)
    people: dict[int, int] = field(default_factory=dict)
    failing: dict[int, int] = field(default_factory=dict)


def board(session: Session, day: date) -> dict[str, Any]:
    """``counts`` by state, and ``stuck``: [{title, unit, why, url, tone}], the worst first."""
    versions = _living(session)
    seen = _look(session, versions, day)
    stuck = [row for version in versions for row in _stuck(version, seen)]
    stuck.sort(key=lambda row: row["tone"] != "rust")
    return {"counts": _counts(session), "stuck": stuck[:SHOWN], "more": max(len(stuck) - SHOWN, 0)}


def _counts(session: Session) -> list[dict[str, Any]]:
    found = session.execute(
        select(ProgrammeVersion.state, func.count())
        .where(ProgrammeVersion.closed_as.is_(None))
        .group_by(ProgrammeVersion.state)
    ).all()
    by_state = {row[0]: int(row[1]) for row in found}
    return [
        {"word": str(WORDS[state]), "count": by_state.get(state, 0), "url": url_for("programmes.index", keadaan=state)}
        for state in STATES
    ]  # fmt: skip


def _living(session: Session) -> list[ProgrammeVersion]:
    return list(
        session.scalars(
            select(ProgrammeVersion)
            .where(
                ProgrammeVersion.closed_as.is_(None),
                ProgrammeVersion.state.in_(("proposed", "participatory_review", "approved", "running")),
            )
            .options(joinedload(ProgrammeVersion.programme).joinedload(Programme.owner_unit))
            .order_by(ProgrammeVersion.starts_on, ProgrammeVersion.id)
        )
    )


def _look(session: Session, versions: Iterable[ProgrammeVersion], day: date) -> _Seen:
    ids = [version.id for version in versions]
    seen = _Seen(day)
    for review in session.scalars(select(Review).where(Review.version_id.in_(ids))):
        seen.reviews[review.version_id] = review
    seen.unanswered = _pairs(
        session,
        select(Review.version_id, func.count())
        .join(InputItem, InputItem.review_id == Review.id)
        .where(Review.version_id.in_(ids), InputItem.disposition.is_(None), InputItem.withdrawn_at.is_(None))
        .group_by(Review.version_id),
    )
    returned = select(ApprovalRequest.version_id).where(ApprovalRequest.status == "returned")
    seen.returned = set(session.scalars(returned))
    _look_at_tasks(session, seen)
    _look_at_people(session, seen, ids)
    return seen


def _look_at_tasks(session: Session, seen: _Seen) -> None:
    tasks = open_tasks(session)
    signers = signers_of(session, tasks, seen.day)
    seen.tasks = {task.request.version_id: task for task in tasks}
    seen.orphans = {
        task.request.version_id: signers[task.id].why for task in tasks if signers[task.id].holding is None
    }


def _look_at_people(session: Session, seen: _Seen, ids: list[int]) -> None:
    bad = case((Enrolment.status.in_(("failed", "needs_account")), 1), else_=0)
    rows = session.execute(
        select(Batch.version_id, func.count(), func.sum(bad))
        .join(Batch.enrolments)
        .where(Batch.version_id.in_(ids), Enrolment.desired == "active")
        .group_by(Batch.version_id)
    )
    for version_id, people, failing in rows:
        seen.people[version_id], seen.failing[version_id] = people, int(failing or 0)


def _pairs(session: Session, query: Any) -> dict[int, int]:
    return {row[0]: int(row[1]) for row in session.execute(query)}


def _stuck(version: ProgrammeVersion, seen: _Seen) -> list[dict[str, Any]]:
    """At most one line a programme: the first thing that holds it up."""
    found = {
        "proposed": _proposed,
        "participatory_review": _discussed,
        "approved": _approved,
        "running": _running,
    }[version.state](version, seen)
    if found is None:
        return []
    why, tone, url = found
    return [
        {
            "title": version.title,
            "unit": version.programme.owner_unit.name,
            "why": why,
            "tone": tone,
            "url": url or url_for("programmes.show", version_id=version.id),
        }
    ]


Found = tuple[str, str, str] | None


def _proposed(version: ProgrammeVersion, seen: _Seen) -> Found:
    if version.starts_on <= seen.day:
        return _("Tanggal mulai sudah lewat, pembahasan belum dibuka."), "rust", ""
    return _("Pembahasan bersama belum dibuka."), "sun", url_for("reviews.show", version_id=version.id)


def _discussed(version: ProgrammeVersion, seen: _Seen) -> Found:
    if version.id in seen.returned:
        return _("Dikembalikan pejabat; menunggu perbaikan dan pengajuan kembali."), "sun", ""
    task = seen.tasks.get(version.id)
    if task is not None:
        return _signing(task, seen)
    review = seen.reviews.get(version.id)
    if review is None or review.closes_on >= seen.day:
        return None
    waiting = seen.unanswered.get(version.id, 0)
    url = url_for("reviews.show", version_id=version.id)
    if waiting:
        return _("Masa pembahasan lewat; %(count)s masukan belum dijawab.", count=waiting), "rust", url
    return _("Masa pembahasan lewat; belum ditutup."), "sun", url


def _signing(task: ApprovalTask, seen: _Seen) -> Found:
    url = url_for("approvals.show", task_id=task.id)
    if task.request.version_id in seen.orphans:
        why = ORPHAN_WHY.get(seen.orphans[task.request.version_id], "")
        return _("Tanpa pejabat berwenang. %(why)s", why=why), "rust", url
    if task.due_on is not None and task.due_on < seen.day:
        days = (seen.day - task.due_on).days
        return (
            _("Lewat %(days)s hari pada %(office)s.", days=days, office=office_name(task.office.title)),
            "rust",
            url,
        )
    return None


def _approved(version: ProgrammeVersion, seen: _Seen) -> Found:
    url = url_for("participants.show", version_id=version.id)
    if not seen.people.get(version.id):
        return _("Belum ada peserta; mulai %(day)s.", day=short_date(version.starts_on)), "sun", url
    if version.starts_on <= seen.day:
        return _("Tanggal mulai sudah tiba, program belum dimulai."), "rust", url
    return None


def _running(version: ProgrammeVersion, seen: _Seen) -> Found:
    failing = seen.failing.get(version.id, 0)
    if failing:
        url = url_for("sync.show", version_id=version.id)
        return _("%(count)s peserta belum sampai di Moodle.", count=failing), "rust", url
    if version.ends_on + timedelta(days=1) < seen.day:
        url = url_for("evaluations.show", version_id=version.id)
        return _("Pelatihan selesai %(day)s; menunggu evaluasi.", day=short_date(version.ends_on)), "sun", url
    return None
