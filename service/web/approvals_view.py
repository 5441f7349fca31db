"""What waits for a decision: my list by deadline, and the queue without an official in charge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from service import languages
from service.current import bangkom
from service.dates import long_date, moment, rupiah, short_date
from service.web.mandate_words import office_with_kind, with_behalf
from service.web.profile_words import office_name
from workflows.actions.decisions import shown_fingerprint
from workflows.actor import Actor
from workflows.clock import today
from workflows.models import (
    ApprovalRequest,
    ApprovalStep,
    ApprovalTask,
    Decision,
    Programme,
    ProgrammeVersion,
)
from workflows.preparations import Prepared, waiting_in_order
from workflows.signers import Signer, orphan_tasks

SOON = 1
SHORT_COMMENT = 160
ORPHAN_WHY = {
    "vacant": _l("Jabatan ini sedang kosong: belum ada pejabat definitif atau pelaksana."),
    "on_leave": _l("Pejabatnya tidak di tempat dan surat penggantinya belum ada."),
    "proposer": _l("Pejabatnya ikut mengusulkan program ini, jadi tidak boleh memutuskannya."),
    "counted_twice": _l("Pejabatnya sudah menandatangani langkah lain pada program ini."),
    "strategic": _l("Keputusan strategis tidak boleh diambil pejabat sementara ini."),
}


def verb(step: ApprovalStep) -> str:
    """The word of the button in the reader's language: Setujui, Paraf, Tetapkan."""
    return bangkom().profile.verbs[step.verb].in_(languages.chosen())


def waiting_rows(session: Session, actor: Actor, *, by_deadline: bool = False) -> list[dict[str, Any]]:
    """As the preparers of my offices put them, else by deadline; constant number of queries."""
    day = today(session)
    found = waiting_in_order(session, actor.person, day, by_deadline=by_deadline)
    tasks = [task for task, _signer, _made in found]
    load_versions(session, tasks)
    decided = _last_seen(session, actor, tasks)
    return [
        {
            **task_row(task, day, decided.get(task.request.version_id)),
            **prepared_words(task, made),
            "capacity": capacity(signer),
        }
        for task, signer, made in found
    ]


def capacity(signer: Signer) -> str:
    """``Plh. Kepala ... a.n. Nama`` of whoever does not sign as the definitive holder; empty for one who does."""
    if signer.holding is None or signer.holding.kind == "definitive":
        return ""
    return signer_words(signer)


def signer_words(signer: Signer) -> str:
    """The office as whoever signs today writes it, and for whom."""
    assert signer.holding is not None
    words = office_with_kind(signer.holding.office.title, signer.holding.kind)
    return with_behalf(words, signer.behalf.person.name if signer.behalf else "")


def prepared_words(task: ApprovalTask, made: Prepared) -> dict[str, Any]:
    """For a list: ``ready``, ``lapsed``, the newest private comment in short, and the row that says who sorted."""
    shown = shown_fingerprint(task.request.version, task)
    newest = made.comments[-1] if made.comments else None
    said = newest.text if newest else ""
    return {
        "ready": made.ready(shown),
        "lapsed": made.lapsed(shown),
        "said": said if len(said) <= SHORT_COMMENT else said[:SHORT_COMMENT] + "…",
        "said_by": newest.author.name if newest else "",
        "placed": made.row if made.row is not None and made.row.placed_at is not None else None,
    }


def order_words(rows: Sequence[dict[str, Any]]) -> str:
    """Who put the list into this order, and when; empty where nobody did."""
    placed = [row["placed"] for row in rows if row["placed"] is not None]
    newest = max(placed, key=lambda row: row.placed_at, default=None)
    if newest is None:
        return ""
    words: str = _(
        "Urutan disusun %(name)s, %(when)s.", name=newest.placer.name, when=moment(newest.placed_at)
    )
    return words


def load_versions(session: Session, tasks: Iterable[ApprovalTask]) -> None:
    """Cost lines and owner units of all the tasks' versions, in three queries."""
    session.scalars(
        select(ProgrammeVersion)
        .where(ProgrammeVersion.id.in_({task.request.version_id for task in tasks}))
        .options(
            selectinload(ProgrammeVersion.cost_lines),
            joinedload(ProgrammeVersion.programme).joinedload(Programme.owner_unit),
        )
        .execution_options(populate_existing=True)
    ).all()


def groups_by_verb(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that can be decided together carry the same verb; order of the first deadline."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["verb"], []).append(row)
    return [
        {"verb": word, "rows": group, "step_up": any(row["step_up"] for row in group)}
        for word, group in groups.items()
    ]


def orphan_rows(session: Session) -> list[dict[str, Any]]:
    day = today(session)
    found = orphan_tasks(session, day)
    load_versions(session, [task for task, _why in found])
    return [
        {
            **task_row(task, day, None),
            "why": str(ORPHAN_WHY.get(why, why)),
            "office": office_name(task.office.title),
        }
        for task, why in found
    ]


def deadline(due: date | None, day: date) -> tuple[str, str]:
    """(words, tone) of a due day."""
    if due is None:
        return "", "plain"
    if due < day:
        return _("lewat %(days)s hari", days=(day - due).days), "rust"
    if due == day:
        return _("tenggat hari ini"), "sun"
    if (due - day).days <= SOON:
        return _("tenggat besok, %(day)s", day=long_date(due)), "sun"
    return _("tenggat %(day)s", day=long_date(due)), "plain"


def span(version: ProgrammeVersion) -> str:
    """``5–9 Apr 2027``; the month of the start only where it differs."""
    start, end = version.starts_on, version.ends_on
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{short_date(end)}" if start != end else short_date(end)
    first = short_date(start).removesuffix(f" {end.year}")
    return f"{first} – {short_date(end)}"


def task_row(task: ApprovalTask, day: date, seen: Decision | None) -> dict[str, Any]:
    """What lists show of a task; ``seen``: the reader's own newest decision about its version."""
    version = task.request.version
    due, tone = deadline(task.due_on, day)
    changed = seen is not None and (seen.content_no, seen.cost_no) != (version.content_no, version.cost_no)
    return {
        "id": task.id,
        "url": url_for("approvals.show", task_id=task.id),
        "shown": shown_fingerprint(version, task),
        "title": version.title,
        "unit": version.programme.owner_unit.name,
        "cost": rupiah(version.cost),
        "meta": _(
            "%(seats)s peserta · %(jp)s JP · %(span)s",
            seats=version.seats,
            jp=version.jp or "?",
            span=span(version),
        ),
        "due": due,
        "tone": tone,
        "since": short_date(task.opened_on),
        "note": _("berubah sejak keputusan Anda") if changed else "",
        "verb": verb(task.step),
        "step_up": task.step.step_up,
    }


def _last_seen(session: Session, actor: Actor, tasks: Sequence[ApprovalTask]) -> dict[int, Decision]:
    """My newest decision by version."""
    newest = (
        select(func.max(Decision.id))
        .join(Decision.task)
        .join(ApprovalTask.request)
        .where(
            Decision.person_id == actor.person,
            ApprovalRequest.version_id.in_({task.request.version_id for task in tasks}),
        )
        .group_by(ApprovalRequest.version_id)
    )
    rows = session.execute(
        select(ApprovalRequest.version_id, Decision)
        .join(Decision.task)
        .join(ApprovalTask.request)
        .where(Decision.id.in_(newest))
    )
    return {row.version_id: row.Decision for row in rows}
