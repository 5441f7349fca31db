"""The approval chain: the request, its tasks, and what happens to it when things change (R14-R18)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from workflows import budget
from workflows.actions.versions import lock_version
from workflows.actor import Actor
from workflows.clock import now, today
from workflows.errors import N_, Conflict, Refused
from workflows.events import version_stream
from workflows.history import record
from workflows.mandates import office_by_role
from workflows.models import ApprovalRequest, ApprovalStep, ApprovalTask, ProgrammeVersion
from workflows.parameters import value_on
from workflows.rules import require
from workflows.units import heir_of

LIVE = ("open", "returned")


def make_request(session: Session, *, actor: Actor, version: ProgrammeVersion) -> ApprovalRequest:
    """One task for each step of the chain in force; the first waits for its signature, the others for the first."""
    chain = str(value_on(session, "approval.chain", today(session)))
    steps = session.scalars(
        select(ApprovalStep).where(ApprovalStep.chain == chain).order_by(ApprovalStep.seq)
    ).all()
    if not steps:
        raise Refused("no_chain", N_("Rantai persetujuan belum diatur."), rule="R18")
    request = ApprovalRequest(version_id=version.id, chain=chain, opened_at=now(session), status="open")
    request.tasks = [_task_of(session, version, step) for step in steps]
    session.add(request)
    session.flush()
    reflow(session, request)
    return request


def live_request(session: Session, version_id: int) -> ApprovalRequest | None:
    """The request that is open or returned, with its tasks and their decisions; at most one a version."""
    return session.scalars(
        select(ApprovalRequest)
        .where(ApprovalRequest.version_id == version_id, ApprovalRequest.status.in_(LIVE))
        .options(selectinload(ApprovalRequest.tasks).selectinload(ApprovalTask.decisions))
    ).one_or_none()


def reflow(session: Session, request: ApprovalRequest) -> None:
    """Open the first task that is not granted; those after it wait."""
    day = today(session)
    opened = False
    for task in request.tasks:
        if task.status == "granted":
            continue
        if not opened and request.status == "open":
            if task.status != "open":
                task.status, task.opened_on, task.due_on = "open", day, day + timedelta(days=task.step.days)
            opened = True
        else:
            task.status = "waiting"


def resubmit(session: Session, *, actor: Actor, version_id: int) -> ApprovalRequest:
    """The agency brings a returned version back: what was touched is signed again, the rest stands (R17)."""
    version = lock_version(session, version_id)
    require(actor, "approval.resubmit")
    request = live_request(session, version.id)
    if request is None or request.status != "returned":
        raise Conflict("not_returned", N_("Program ini tidak sedang dikembalikan."))
    touched = {
        kind
        for kind, now_no, then_no in (
            ("content", version.content_no, request.returned_content_no),
            ("cost", version.cost_no, request.returned_cost_no),
        )
        if now_no != then_no
    }
    request.status = "open"
    again = [t for t in request.tasks if _is_touched(t, touched)] if touched else _chosen(request)
    void = _void(session, actor, version, again, "returned")
    record(session, "approval.resubmitted", stream=version_stream(version.id), actor=actor, void=void)
    request.return_to_seq = request.returned_by_seq = None
    reflow(session, request)
    return request


def void_touched(
    session: Session, *, actor: Actor, version: ProgrammeVersion, touched: frozenset[str]
) -> None:
    """A change while the chain runs: signatures about what was touched fall at once; a returned chain waits."""
    request = live_request(session, version.id)
    if request is None or request.status != "open":
        return
    void = _void(session, actor, version, [t for t in request.tasks if _is_touched(t, touched)], "changed")
    if void:
        record(
            session,
            "approval.voided",
            stream=version_stream(version.id),
            actor=actor,
            void=void,
            touched=", ".join(sorted(touched)),
        )
    reflow(session, request)


def void_request(session: Session, *, actor: Actor, version: ProgrammeVersion) -> None:
    """The chain ends without a result; its money goes back."""
    request = live_request(session, version.id)
    if request is None:
        return
    end_request(request, "void")
    budget.release(session, version, actor=actor)


def end_request(request: ApprovalRequest, status: str) -> None:
    """Give the request its last status; tasks that still waited are void."""
    request.status = status
    for task in request.tasks:
        if task.status in ("open", "waiting"):
            task.status = "void"


def _task_of(session: Session, version: ProgrammeVersion, step: ApprovalStep) -> ApprovalTask:
    unit_id = heir_of(session, version.programme.owner_unit_id, today(session))
    office = office_by_role(session, step.office_role, unit_id)
    if office is None:
        raise Refused(
            "no_office",
            N_("Belum ada jabatan untuk langkah %(step)s. Minta administrator melengkapinya."),
            rule="R11",
            step=step.title,
        )
    return ApprovalTask(step=step, seq=step.seq, office=office, status="waiting")


def _to_open_office(session: Session, version: ProgrammeVersion, task: ApprovalTask) -> None:
    """Signed by an office that has ended meanwhile: asked again, it is the successor's."""
    if task.office.valid_to is not None:
        task.office = _task_of(session, version, task.step).office


def _is_touched(task: ApprovalTask, touched: Iterable[str]) -> bool:
    return task.step.concerns == "both" or task.step.concerns in set(touched)


def _chosen(request: ApprovalRequest) -> list[ApprovalTask]:
    return [task for task in request.tasks if task.seq == request.return_to_seq]


def _void(
    session: Session, actor: Actor, version: ProgrammeVersion, tasks: Iterable[ApprovalTask], reason: str
) -> int:
    """Take back granted signatures; where the money hangs on one, the money too. How many fell."""
    fallen = [task for task in tasks if task.status == "granted"]
    for task in fallen:
        task.status = "waiting"
        _to_open_office(session, version, task)
        for decision in task.decisions:
            if decision.outcome == "approve" and not decision.void:
                decision.void, decision.void_reason = True, reason
    if any(task.step.money == "reserve" for task in fallen):
        budget.release(session, version, actor=actor)
    session.flush()
    return len(fallen)
