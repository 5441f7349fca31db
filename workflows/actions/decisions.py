"""Deciding: one signature or a list of them, each with its evidence (R9-R14, R19, R20)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from workflows import budget
from workflows.actions.approvals import end_request, reflow
from workflows.actions.sitting import Sitting, sit_down
from workflows.actor import Actor
from workflows.clock import now, real_now
from workflows.decision_record import noted
from workflows.errors import N_, Conflict, Denied, NotFound, Refused, WorkflowError
from workflows.events import version_stream
from workflows.evidence import Evidence
from workflows.fingerprint import Leaf, merkle_root
from workflows.guards import must_have_reason
from workflows.history import canonical, forget_after, pending_since, record
from workflows.lifecycle import ensure_state, move
from workflows.models import ApprovalTask, Decision, ProgrammeVersion
from workflows.rules import require
from workflows.signers import Signer

OUTCOMES = ("approve", "return", "reject")


@dataclass(frozen=True, slots=True)
class Item:
    """One decision as the person saw it. ``shown`` is ``shown_fingerprint`` of the page; ``return_to`` a step."""

    task_id: int
    outcome: str
    shown: str
    reason: str = ""
    return_to: int | None = None

    @property
    def leaf(self) -> Leaf:
        return Leaf(self.task_id, self.shown, self.outcome)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an item: ``error`` None means decided."""

    item: Item
    error: WorkflowError | None = None


def shown_fingerprint(version: ProgrammeVersion, task: ApprovalTask) -> str:
    """SHA-256 (hex) over what the decision is about: the version, its content and cost, the signature asked for."""
    shown = {
        "task": task.id,
        "version": version.id,
        "content_no": version.content_no,
        "cost_no": version.cost_no,
        "cost": version.cost,
        "jp": version.jp,
        "title": version.title,
        "seats": version.seats,
        "starts_on": version.starts_on.isoformat(),
        "ends_on": version.ends_on.isoformat(),
        "target_rules": version.target_rules,
        "target_only": version.target_only,
    }
    return hashlib.sha256(canonical(shown).encode()).hexdigest()


def decide(session: Session, *, actor: Actor, items: Sequence[Item], evidence: Evidence) -> list[Result]:
    """Decide each item in one transaction. An item that cannot be decided drops out; the others stand.

    Versions are locked in the order of their ids, then ceilings in that of theirs, so that two lists never wait
    for each other crosswise. What all items need is read once, after the locks.
    """
    sitting = sit_down(session, [item.task_id for item in items])
    order = sorted(range(len(items)), key=lambda i: (sitting.version_of.get(items[i].task_id, 0), i))
    results: dict[int, Result] = {}
    for index in order:
        results[index] = _try(session, actor, items, items[index], evidence, sitting)
    return [results[i] for i in range(len(items))]


def _try(
    session: Session,
    actor: Actor,
    items: Sequence[Item],
    item: Item,
    evidence: Evidence,
    sitting: Sitting,
) -> Result:
    noted = pending_since(session)
    try:
        with session.begin_nested():
            _decide_one(session, actor, items, item, evidence, sitting)
            session.flush()
    except WorkflowError as error:
        forget_after(session, noted)
        return Result(item, error)
    return Result(item)


def _decide_one(
    session: Session,
    actor: Actor,
    items: Sequence[Item],
    item: Item,
    evidence: Evidence,
    sitting: Sitting,
) -> None:
    task = sitting.task(item.task_id)
    version = task.request.version
    signer = _must_be_holder(actor, sitting.signer(session, task))
    _must_be_open(version, task)
    _must_be_as_shown(version, task, item)
    _must_be_proven(session, task, items, evidence)
    if item.outcome not in OUTCOMES:
        raise NotFound("unknown_outcome", N_("Tidak ada keputusan bernama itu."))
    if item.outcome != "approve":
        must_have_reason(item.reason)
    decision = _decision(session, version, task, signer, item, evidence)
    session.add(decision)
    {"approve": _approve, "return": _return, "reject": _reject}[item.outcome](
        session, actor, version, decision, item
    )


def _must_be_holder(actor: Actor, signer: Signer) -> Signer:
    is_holder = signer.holding is not None and signer.holding.person_id == actor.person_id
    require(actor, "approval.decide", ["task_holder"] if is_holder else [])
    if signer.holding is None:
        raise Denied("no_signer", N_("Tugas ini menunggu pejabat yang berwenang."), rule="R11")
    return signer


def _must_be_open(version: ProgrammeVersion, task: ApprovalTask) -> None:
    if task.status == "granted" or (task.status == "void" and task.decisions):
        raise Conflict("already_done", N_("Tugas ini sudah diputuskan."), rule="R20")
    ensure_state(version, {"participatory_review"})
    if task.status == "void":
        raise Conflict("task_void", N_("Tugas ini tidak berlaku lagi: program dibahas ulang."), rule="R20")
    if task.status == "waiting" or task.request.status == "returned":
        raise Conflict(
            "not_now", N_("Tugas ini belum tiba gilirannya: langkah sebelumnya belum selesai."), rule="R14"
        )


def _must_be_as_shown(version: ProgrammeVersion, task: ApprovalTask, item: Item) -> None:
    if item.shown != shown_fingerprint(version, task):
        raise Conflict(
            "stale",
            N_("Program berubah sejak Anda membukanya. Baca lagi perubahannya, lalu putuskan."),
            rule="R20",
        )


def _must_be_proven(session: Session, task: ApprovalTask, items: Sequence[Item], evidence: Evidence) -> None:
    if evidence.kind == "demo":
        if not session.info.get("demo_evidence"):
            raise Denied("demo_evidence", N_("Bukti peragaan tidak berlaku di sini."), rule="R19")
        return
    if not task.step.step_up:
        return
    if evidence.kind != "sso" or evidence.fingerprint != merkle_root([one.leaf for one in items]):
        raise Denied(
            "step_up_needed",
            N_("Keputusan ini memerlukan masuk ulang lewat SSO untuk daftar yang ditampilkan."),
            rule="R19",
        )


def _decision(
    session: Session,
    version: ProgrammeVersion,
    task: ApprovalTask,
    signer: Signer,
    item: Item,
    evidence: Evidence,
) -> Decision:
    holding, behalf = signer.holding, signer.behalf
    assert holding is not None
    return Decision(
        task=task,
        outcome=item.outcome,
        reason=item.reason.strip(),
        person_id=holding.person_id,
        holding_id=holding.id,
        mandate_kind=holding.kind,
        letter_no=holding.letter_no,
        office_title=holding.office.title,
        behalf_of=behalf.person if behalf else None,
        decided_at=now(session),
        real_at=real_now(session),
        content_no=version.content_no,
        cost_no=version.cost_no,
        amount=version.cost,
        shown_sha256=item.shown,
        evidence_kind=evidence.kind,
        evidence=evidence.to_json(),
    )


def _approve(
    session: Session, actor: Actor, version: ProgrammeVersion, decision: Decision, item: Item
) -> None:
    task = decision.task
    task.status = "granted"
    _tell(session, "approval.granted", actor, version, decision)
    if task.step.money == "reserve":
        budget.reserve(session, version, actor=actor)
    session.flush()
    request = task.request
    if any(other.status != "granted" for other in request.tasks):
        reflow(session, request)
        return
    request.status = "granted"
    move(session, version, "approve", actor=actor, relations=["last_task"], request=request)
    budget.commit(session, version, actor=actor)


def _return(
    session: Session, actor: Actor, version: ProgrammeVersion, decision: Decision, item: Item
) -> None:
    task = decision.task
    seqs = [other.seq for other in task.request.tasks]
    chosen = item.return_to if item.return_to is not None else seqs[0]
    if chosen not in seqs or chosen > task.seq:
        raise Refused("return_to", N_("Pilih langkah sebelum langkah ini."), rule="R14", field="return_to")
    request = task.request
    request.status, request.return_to_seq, request.returned_by_seq = "returned", chosen, task.seq
    request.returned_content_no, request.returned_cost_no = version.content_no, version.cost_no
    reflow(session, request)
    _tell(session, "approval.returned", actor, version, decision)


def _reject(
    session: Session, actor: Actor, version: ProgrammeVersion, decision: Decision, item: Item
) -> None:
    task = decision.task
    end_request(task.request, "rejected")
    version.closed_as, version.closed_reason = "rejected", decision.reason
    budget.release(session, version, actor=actor)
    _tell(session, "approval.rejected", actor, version, decision)
    record(
        session,
        "programme.rejected",
        stream=version_stream(version.id),
        actor=actor,
        personal={"reason": decision.reason},
    )


def _tell(session: Session, event: str, actor: Actor, version: ProgrammeVersion, decision: Decision) -> None:
    """The history names the office that signed, which is not always the office whose turn it was, and for whom."""
    session.flush()  # the decision gets its id
    personal = {"reason": decision.reason} if decision.reason else {}
    if decision.behalf_of is not None:
        personal["behalf_of"] = decision.behalf_of.name
    record(
        session,
        event,
        stream=version_stream(version.id),
        actor=actor,
        personal=personal,
        office=decision.office_title,
        mandate=decision.mandate_kind,
        letter=decision.letter_no,
        verb=decision.task.step.verb,
        task=decision.task.id,
        shown=decision.shown_sha256,
        decision_id=decision.id,
        **noted(decision),
    )
