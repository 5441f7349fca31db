"""The page of one decision: what changed, what it costs, what others found, and the bar that decides."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session, joinedload, selectinload

from service.dates import moment, short_date
from service.web.approvals_review import review_gist
from service.web.approvals_said import outcome_word, proof, steps_of
from service.web.approvals_view import ORPHAN_WHY, deadline, signer_words, span, verb
from service.web.authenticity_view import square
from service.web.mandate_words import office_words
from service.web.preparations_view import prepared_for
from service.web.profile_words import office_name
from service.web.targets_view import in_one_line
from service.web.told import sentence
from service.web.words import _
from workflows.actions.decisions import shown_fingerprint
from workflows.actor import Actor
from workflows.budget import live_reservation
from workflows.clock import local_day, today
from workflows.codes import shown_code
from workflows.errors import N_, NotFound
from workflows.events import version_stream
from workflows.models import (
    ApprovalRequest,
    ApprovalTask,
    Ceiling,
    Decision,
    HistoryRow,
    Programme,
    ProgrammeVersion,
)
from workflows.preparations import prepares, waiting_in_order
from workflows.rules import allowed, require
from workflows.signers import Signer, signers_of

WORTH_TELLING = frozenset(
    {
        "programme.content_changed",
        "programme.cost_changed",
        "programme.returned_for_changes",
        "approval.returned",
        "approval.resubmitted",
        "approval.voided",
    }
)


def task_of(session: Session, actor: Actor, task_id: int) -> ApprovalTask:
    """The task with all its page shows; refused to whoever neither signs, signed, prepares, nor oversees (R39)."""
    version = joinedload(ApprovalTask.request).joinedload(ApprovalRequest.version)
    chain = joinedload(ApprovalTask.request).selectinload(ApprovalRequest.tasks)
    task = session.get(
        ApprovalTask,
        task_id,
        options=[
            version.joinedload(ProgrammeVersion.programme).joinedload(Programme.owner_unit),
            version.selectinload(ProgrammeVersion.cost_lines),
            version.joinedload(ProgrammeVersion.competency),
            chain.joinedload(ApprovalTask.step),
            chain.joinedload(ApprovalTask.office),
            chain.selectinload(ApprovalTask.decisions).joinedload(Decision.person),
            chain.selectinload(ApprovalTask.decisions).joinedload(Decision.behalf_of),
        ],
        populate_existing=True,
    )
    if task is None:
        raise NotFound("no_task", N_("Tugas ini tidak ada."))
    day = today(session)
    signers = signers_of(session, task.request.tasks, day)
    part_of_it = _part_of_it(actor, task.request, signers)
    if not part_of_it and not prepares(session, actor.person, task, signers[task.id], day):
        require(actor, "approval.oversee")
    return task


def _part_of_it(actor: Actor, request: ApprovalRequest, signers: Mapping[int, Signer]) -> bool:
    signs = {one.holding.person_id for one in signers.values() if one.holding is not None}
    signed = {decision.person_id for task in request.tasks for decision in task.decisions}
    return actor.person in signs | signed or allowed(actor, "history.read")


def task_page(session: Session, actor: Actor, task: ApprovalTask) -> dict[str, Any]:
    """What the template ``approvals/task.html`` shows; see there for the shapes."""
    version = task.request.version
    signer = signers_of(session, [task], today(session))[task.id]
    mine = signer.holding is not None and signer.holding.person_id == actor.person
    open_now = task.status == "open" and task.request.status == "open" and version.closed_as is None
    return {
        "task": task,
        "version": version,
        "place": _place(session, actor, task) if mine and open_now else {},
        "meta": _meta(version),
        "money": money(session, version),
        "changed": changed_since(session, actor, version),
        "review": review_gist(session, version),
        "steps": steps_of(task.request),
        "standing": _stands_in(task, signer) if mine and open_now else _standing(task, signer, open_now),
        "prepared": prepared_for(session, actor, task, signer),
        "decided": [_decided(task, one) for one in reversed(task.decisions)],
        "content": _content(session, version),
        "bar": _bar(task) if mine and open_now else None,
    }


def _place(session: Session, actor: Actor, task: ApprovalTask) -> dict[str, Any]:
    """Where it stands in my list: ``1 dari 3``, with its deadline."""
    day = today(session)
    mine = [one.id for one, _signer, _made in waiting_in_order(session, actor.person, day)]
    words, tone = deadline(task.due_on, day)
    at = mine.index(task.id) + 1 if task.id in mine else 1
    return {"at": at, "total": max(len(mine), 1), "due": words, "tone": tone}


def _meta(version: ProgrammeVersion) -> str:
    return _(
        "%(unit)s · %(seats)s peserta · %(jp)s JP · %(span)s",
        unit=version.programme.owner_unit.name,
        seats=version.seats,
        jp=version.jp if version.jp is not None else "?",
        span=span(version),
    )


def money(session: Session, version: ProgrammeVersion) -> dict[str, Any]:
    """Whole rupiah: the ceiling, what others hold, this version's cost, what is left afterwards (R21)."""
    ceiling = session.get_one(Ceiling, version.ceiling_id)
    mine = live_reservation(session, version.id)
    own = mine.amount if mine is not None and mine.ceiling_id == ceiling.id else 0
    others = ceiling.held - own
    return {
        "ceiling": ceiling,
        "others": others,
        "cost": version.cost,
        "left": ceiling.amount - others - version.cost,
        "reserved": mine is not None and mine.amount == version.cost,
        "reserved_at": short_date(local_day(session, mine.reserved_at)) if mine is not None else "",
    }


def changed_since(session: Session, actor: Actor, version: ProgrammeVersion) -> dict[str, Any]:
    """What others changed after the last thing that this person did here; costs as one sentence."""
    rows = _rows_after_mine(session, actor, version)
    if not rows:
        return {"items": [], "when": ""}
    told = [row for row in rows[1:] if row.name in WORTH_TELLING]
    costs = [row for row in told if row.name == "programme.cost_changed"]
    others = [sentence(row) for row in told if row.name != "programme.cost_changed"]
    items = ([_cost_change(costs)] if costs else []) + list(dict.fromkeys(others))
    return {"items": items, "when": moment(rows[0].at)}


def _rows_after_mine(session: Session, actor: Actor, version: ProgrammeVersion) -> list[HistoryRow]:
    """My last row first, then everything after it; empty when I have done nothing here."""
    stream = HistoryRow.stream == version_stream(version.id)
    query = session.query(HistoryRow).filter(stream)
    mine = query.filter(HistoryRow.actor_id == actor.person).order_by(HistoryRow.seq.desc()).first()
    if mine is None:
        return []
    later = query.filter(HistoryRow.seq >= mine.seq).options(selectinload(HistoryRow.values))
    return list(later.order_by(HistoryRow.seq))


def _cost_change(rows: Sequence[HistoryRow]) -> str:
    before, after = json.loads(rows[0].payload)["before"], json.loads(rows[-1].payload)["after"]
    return _("Biaya berubah dari %(before)s menjadi %(after)s.", before=before, after=after)


def _stands_in(task: ApprovalTask, signer: Signer) -> str:
    """Why the task came to this person and not to the office's own holder, and in whose name they sign (R11, R12)."""
    said = []
    if signer.why:
        why = ORPHAN_WHY.get(signer.why, "")
        said.append(
            _("Anda menggantikan %(office)s. %(why)s", office=office_name(task.office.title), why=why)
        )
    if signer.holding is not None and signer.holding.kind != "definitive":
        said.append(
            _(
                "Anda memutuskan sebagai %(office)s, surat %(letter)s.",
                office=signer_words(signer),
                letter=signer.holding.letter_no,
            )
        )
    return " ".join(said)  # fmt: skip


def _standing(task: ApprovalTask, signer: Signer, open_now: bool) -> str:
    """Why there is no bar for this reader."""
    if task.status == "granted":
        return _("Langkah ini sudah diputuskan.")
    if task.request.status == "returned":
        return _("Program sedang dikembalikan untuk diperbaiki. Langkah ini menunggu pengajuan kembali.")
    if task.status == "void" or not open_now and task.status == "open":
        return _("Langkah ini tidak berlaku lagi.")
    if task.status == "waiting":
        return _("Langkah ini belum tiba gilirannya.")
    if signer.holding is None:
        return _("Menunggu pejabat yang berwenang. %(why)s", why=ORPHAN_WHY.get(signer.why, ""))
    name, office = signer.holding.person.name, signer_words(signer)
    return _("Menunggu keputusan %(name)s, %(office)s.", name=name, office=office)


def _decided(task: ApprovalTask, decision: Decision) -> dict[str, Any]:
    return {
        "word": outcome_word(task.step, decision.outcome),
        "office": office_words(decision),
        "letter": decision.letter_no,
        "name": decision.person.name,
        "when": moment(decision.decided_at),
        "reason": decision.reason,
        "proof": proof(decision),
        "code": shown_code(decision.code),
        "check_url": url_for("authenticity.check", kode=shown_code(decision.code)),
        "square": square(decision),
        "void": decision.void,
        "outcome": decision.outcome,
    }


def _content(session: Session, version: ProgrammeVersion) -> list[tuple[str, str]]:
    rows = [
        (_("Tujuan"), version.aims),
        (_("Kompetensi"), _("%(name)s, tingkat %(level)s", name=version.competency.name, level=version.level_required)),
        (_("Sasaran"), version.target_group),
        (_("Sasaran menurut data pegawai"), in_one_line(session, version.target_rules)),
        (_("Kesenjangan kompetensi"), version.competency_gap),
        (_("Kesenjangan kinerja"), version.performance_gap),
        (_("Alasan kesenjangan"), version.gap_reason),
        (_("Ambang dampak"), _("naik sekurangnya %(points)s poin dari 100", points=version.effect_threshold)),
        (_("Program serupa"), version.duplicates_checked),
    ]  # fmt: skip
    return [(label, value) for label, value in rows if value]


def _bar(task: ApprovalTask) -> dict[str, Any]:
    """For the macro ``decision_bar``; the template puts typed text and errors into the right form."""
    fields = {"task": task.id, f"shown-{task.id}": shown_fingerprint(task.request.version, task)}
    url = url_for("approvals.decide")
    steps = [one for one in task.request.tasks if one.seq <= task.seq]
    return {
        "primary": {"verb": verb(task.step), "url": url, "fields": {**fields, "outcome": "approve"}},
        "return": {"url": url, "fields": {**fields, "outcome": "return"}},
        "reject": {"url": url, "fields": {**fields, "outcome": "reject"}},
        "steps": [(one.seq, _step_words(one, task)) for one in steps],
        "step_up": task.step.step_up,
    }


def _step_words(one: ApprovalTask, task: ApprovalTask) -> str:
    name = office_name(one.office.title)
    return _("%(office)s (langkah Anda)", office=name) if one is task else name
