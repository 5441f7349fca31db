"""The six steps of a version for the rail: where it is, what is waited for, who, when and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from service.dates import long_date, rupiah, short_date
from service.web.profile_words import office_name
from workflows.actions.evaluations import revision_of
from workflows.actions.reviews import review_of
from workflows.clock import local_day
from workflows.events import version_stream
from workflows.lifecycle import PAST_TENSE
from workflows.models import (
    ApprovalRequest,
    ApprovalTask,
    Decision,
    Evaluation,
    HistoryRow,
    ProgrammeVersion,
    Review,
    Revision,
)
from workflows.models.programme import STATES
from workflows.representation import representation

TOLD = ("programme.proposed", "programme.rejected", *PAST_TENSE.values())


@dataclass(frozen=True, slots=True)
class _Known:
    """All that the steps are told from, read once."""

    session: Session
    version: ProgrammeVersion
    rows: Mapping[str, HistoryRow]
    review: Review | None
    request: ApprovalRequest | None
    evaluation: Evaluation | None
    revision: Revision | None


def rail_steps(session: Session, version: ProgrammeVersion) -> list[dict[str, Any]]:
    """[{label, status, detail, who, when, why}] for the macro ``rail``; exactly one step is ``now``."""
    known = _read(session, version)
    at = STATES.index(version.state)
    steps = []
    for number, (state, tell) in enumerate(zip(STATES, _TELLERS, strict=True)):
        status = "done" if number < at else "now" if number == at else "todo"
        steps.append({"status": status, "label": step_word(state), **tell(known, status)})
    if version.closed_as is not None:
        steps[at].update(_closed(known))
    return steps


def rail_flag(version: ProgrammeVersion) -> str | None:
    """The flag of the macro ``rail``: ``closed`` for what ended before its time."""
    return "closed" if version.closed_as is not None else None


def step_word(state: str) -> str:
    words: Mapping[str, str] = {
        "proposed": _("Diusulkan"),
        "participatory_review": _("Pembahasan bersama"),
        "approved": _("Disetujui"),
        "running": _("Berjalan"),
        "evaluated": _("Dievaluasi"),
        "revised": _("Diperbarui"),
    }
    return words[state]


def closed_word(closed_as: str) -> str:
    words: Mapping[str, str] = {
        "rejected": _("Ditolak"),
        "cancelled": _("Dibatalkan"),
        "withdrawn": _("Ditarik"),
    }
    return words[closed_as]


def waiting_word(request: ApprovalRequest) -> str:
    """``Menunggu persetujuan (4 dari 5)``: the fourth of five signatures is waited for."""
    if request.status == "returned":
        return str(_("Dikembalikan untuk perbaikan"))
    granted = sum(task.status == "granted" for task in request.tasks)
    of = len(request.tasks)
    return str(_("Menunggu persetujuan (%(at)s dari %(of)s)", at=min(granted + 1, of), of=of))


def _read(session: Session, version: ProgrammeVersion) -> _Known:
    rows = session.scalars(
        select(HistoryRow)
        .where(HistoryRow.stream == version_stream(version.id), HistoryRow.name.in_(TOLD))
        .options(joinedload(HistoryRow.actor), selectinload(HistoryRow.values))
        .order_by(HistoryRow.seq)
    )
    return _Known(
        session,
        version,
        {row.name: row for row in rows},
        review_of(session, version.id),
        latest_request(session, version.id),
        session.scalars(select(Evaluation).where(Evaluation.version_id == version.id)).one_or_none(),
        session.scalars(select(Revision).where(Revision.version_id == version.id)).one_or_none(),
    )


def latest_request(session: Session, version_id: int) -> ApprovalRequest | None:
    """The newest approval request with its tasks, offices, steps and decisions; living or not."""
    tasks = selectinload(ApprovalRequest.tasks)
    return session.scalars(
        select(ApprovalRequest)
        .where(ApprovalRequest.version_id == version_id)
        .options(
            tasks.joinedload(ApprovalTask.office),
            tasks.joinedload(ApprovalTask.step),
            tasks.selectinload(ApprovalTask.decisions).joinedload(Decision.person),
        )
        .order_by(ApprovalRequest.id.desc())
        .limit(1)
    ).one_or_none()


def open_task(request: ApprovalRequest | None) -> ApprovalTask | None:
    """The task whose signature is waited for, if the chain runs."""
    if request is None or request.status != "open":
        return None
    return next((task for task in request.tasks if task.status == "open"), None)


def _told(known: _Known, name: str) -> dict[str, Any]:
    row = known.rows.get(name)
    if row is None:
        return {}
    day = local_day(known.session, row.at)
    who = row.actor.name if row.actor else _("Sistem")
    return {"who": who, "when": long_date(day), "detail": short_date(day)}


def _proposed(known: _Known, status: str) -> dict[str, Any]:
    born = revision_of(known.session, known.version.id) if known.version.supersedes_id else None
    why = born.finding if born else known.version.performance_gap or known.version.competency_gap
    step = {**_told(known, "programme.proposed"), "why": why or known.version.gap_reason}
    if status == "now":
        step["detail"] = _("menunggu pembahasan")
    return step


def _reviewed(known: _Known, status: str) -> dict[str, Any]:
    review, request = known.review, known.request
    if status == "todo" or review is None:
        return {}
    heard = representation(known.session, review)
    total = len(heard.spoken) + len(heard.silent)
    step: dict[str, Any] = {
        "who": _("%(total)s rumpun jabatan diundang", total=total),
        "when": _("%(opens)s sampai %(closes)s", opens=short_date(review.opens_on), closes=long_date(review.closes_on)),
        "why": _("%(spoken)s dari %(total)s rumpun didengar", spoken=len(heard.spoken), total=total),
        "detail": _("sampai %(day)s", day=short_date(review.closes_on)) if status == "now" else "",
    }  # fmt: skip
    if status == "now" and review.closed_at is not None and request is not None:
        step.update(_chain(request))
    return step


def _chain(request: ApprovalRequest) -> dict[str, Any]:
    granted = [office_name(task.office.title) for task in request.tasks if task.status == "granted"]
    signed = (
        _("Sudah: %(offices)s.", offices=", ".join(granted)) if granted else _("Belum ada yang memutuskan.")
    )
    step: dict[str, Any] = {"label": waiting_word(request), "why": signed}
    task = open_task(request)
    if request.status == "returned":
        back = [d for t in request.tasks for d in t.decisions if d.outcome == "return"]
        last = max(back, key=lambda decision: decision.id)
        return {
            **step,
            "who": f"{office_name(last.office_title)} ({last.person.name})",
            "when": "",
            "why": last.reason,
            "detail": "",
        }
    if task is not None:
        step["who"] = office_name(task.office.title)
        step["when"] = _("paling lambat %(day)s", day=long_date(task.due_on))
        step["detail"] = _("tenggat %(day)s", day=short_date(task.due_on))
    return step


def _approved(known: _Known, status: str) -> dict[str, Any]:
    request = known.request
    if request is None:
        return {}
    last = request.tasks[-1]
    if status == "todo":
        return {"who": office_name(last.office.title)} if request.status in ("open", "returned") else {}
    given = [decision for decision in last.decisions if decision.outcome == "approve" and not decision.void]
    step = _told(known, "programme.approved")
    if given:
        step["who"] = f"{office_name(given[-1].office_title)} ({given[-1].person.name})"
        step["why"] = given[-1].reason or _("Biaya %(cost)s ditetapkan.", cost=rupiah(given[-1].amount))
    if status == "now":
        step["detail"] = _("mulai %(day)s", day=short_date(known.version.starts_on))
    return step


def _running(known: _Known, status: str) -> dict[str, Any]:
    version = known.version
    span = _(
        "%(starts)s sampai %(ends)s", starts=short_date(version.starts_on), ends=long_date(version.ends_on)
    )
    step = _told(known, "programme.started")
    if status == "now":
        step["detail"] = _("sampai %(day)s", day=short_date(version.ends_on))
    return {**step, "when": span}


def _evaluated(known: _Known, status: str) -> dict[str, Any]:
    why = known.evaluation.reason if known.evaluation else ""
    return {**_told(known, "programme.evaluated"), "why": why} if status != "todo" else {}


def _revised(known: _Known, status: str) -> dict[str, Any]:
    if status == "todo" or known.revision is None:
        return {}
    label = _("Diperbarui: versi %(number)s", number=known.version.number + 1)
    return {**_told(known, "programme.revised"), "label": label, "why": known.revision.change}


def _closed(known: _Known) -> dict[str, Any]:
    closed_as = str(known.version.closed_as)
    told = _told(known, f"programme.{closed_as}")
    return {
        "when": "",
        "detail": "",
        **told,
        "label": closed_word(closed_as),
        "why": known.version.closed_reason,
    }


_TELLERS = (_proposed, _reviewed, _approved, _running, _evaluated, _revised)
