"""Whose signature a task waits for today: the office's holder, the named substitute, or nobody (R8-R12)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from workflows.mandates import effective
from workflows.models import (
    ApprovalRequest,
    ApprovalTask,
    Decision,
    Need,
    Office,
    OfficeHolding,
    ProgrammeVersion,
    VersionChange,
)
from workflows.parameters import value_on


@dataclass(frozen=True, slots=True)
class Signer:
    """``why`` tells why the holder of the task's own office does not sign: vacant, proposer, counted_twice,
    strategic; empty when they do. ``holding`` None: the queue "tanpa pejabat berwenang"."""

    holding: OfficeHolding | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Register:
    """All that is needed to answer for many tasks, read in a handful of queries."""

    acting: Mapping[int, OfficeHolding]
    by_role: Mapping[str, Office]
    proposers: Mapping[int, frozenset[uuid.UUID]]
    signed: Mapping[int, Mapping[uuid.UUID, int]]
    routine_only: frozenset[str]


def signer_of(session: Session, task: ApprovalTask, day: date) -> Signer:
    return signers_of(session, [task], day)[task.id]


def signers_of(session: Session, tasks: Sequence[ApprovalTask], day: date) -> dict[int, Signer]:
    """Signer by task id. The number of queries does not grow with the number of tasks."""
    if not tasks:
        return {}
    register = _read_register(session, tasks, day)
    return {task.id: _signer(register, task) for task in tasks}


def open_tasks(session: Session) -> Sequence[ApprovalTask]:
    """Every task that waits for a signature now, oldest due first, with what lists show of it."""
    return session.scalars(
        select(ApprovalTask)
        .join(ApprovalTask.request)
        .where(ApprovalTask.status == "open", ApprovalRequest.status == "open")
        .options(
            joinedload(ApprovalTask.step),
            joinedload(ApprovalTask.office),
            joinedload(ApprovalTask.request)
            .joinedload(ApprovalRequest.version)
            .joinedload(ProgrammeVersion.programme),
        )
        .order_by(ApprovalTask.due_on, ApprovalTask.id)
    ).all()


def tasks_for(session: Session, person_id: uuid.UUID, day: date) -> list[ApprovalTask]:
    """What waits for this person today."""
    tasks = open_tasks(session)
    signers = signers_of(session, tasks, day)
    return [t for t in tasks if (held := signers[t.id].holding) is not None and held.person_id == person_id]


def orphan_tasks(session: Session, day: date) -> list[tuple[ApprovalTask, str]]:
    """The queue "tanpa pejabat berwenang": task and reason (R11)."""
    tasks = open_tasks(session)
    signers = signers_of(session, tasks, day)
    return [(t, signers[t.id].why) for t in tasks if signers[t.id].holding is None]


def proposers_of(session: Session, versions: Iterable[ProgrammeVersion]) -> dict[int, frozenset[uuid.UUID]]:
    """Creator, authors of linked needs, and whoever changed it after the close of the review (R12)."""
    by_id = {version.id: version for version in versions}
    found: dict[int, set[uuid.UUID]] = {key: set() for key in by_id}
    for version in by_id.values():
        if version.created_by is not None:
            found[version.id].add(version.created_by)
    authors = session.execute(
        select(Need.programme_id, Need.author_id).where(
            Need.programme_id.in_({v.programme_id for v in by_id.values()})
        )
    ).all()
    for programme_id, author_id in authors:
        for version in by_id.values():
            if version.programme_id == programme_id:
                found[version.id].add(author_id)
    changes = select(VersionChange.version_id, VersionChange.person_id).where(
        VersionChange.version_id.in_(by_id)
    )
    for version_id, person_id in session.execute(changes):
        found[version_id].add(person_id)
    return {key: frozenset(people) for key, people in found.items()}


def _read_register(session: Session, tasks: Sequence[ApprovalTask], day: date) -> _Register:
    held: dict[int, list[OfficeHolding]] = {}
    for holding in session.scalars(
        select(OfficeHolding)
        .options(joinedload(OfficeHolding.office), joinedload(OfficeHolding.person))
        .where(
            OfficeHolding.valid_from <= day,
            or_(OfficeHolding.valid_to.is_(None), OfficeHolding.valid_to >= day),
        )
    ):
        held.setdefault(holding.office_id, []).append(holding)
    acting = {office: one for office, group in held.items() if (one := effective(group)) is not None}
    return _Register(
        acting=acting,
        by_role={o.role: o for o in session.scalars(select(Office).where(Office.role != "unit_head"))},
        proposers=proposers_of(session, [task.request.version for task in tasks]),
        signed=_signed(session, {task.request_id for task in tasks}),
        routine_only=frozenset(value_on(session, "mandate.routine_only", day)),
    )


def _signed(session: Session, request_ids: Iterable[int]) -> dict[int, dict[uuid.UUID, int]]:
    rows = session.execute(
        select(ApprovalTask.request_id, Decision.person_id, ApprovalTask.id)
        .join(Decision.task)
        .where(
            ApprovalTask.request_id.in_(list(request_ids)),
            ApprovalTask.status == "granted",
            Decision.outcome == "approve",
            Decision.void.is_(False),
        )
    )
    signed: dict[int, dict[uuid.UUID, int]] = {}
    for request_id, person_id, task_id in rows:
        signed.setdefault(request_id, {})[person_id] = task_id
    return signed


def _signer(register: _Register, task: ApprovalTask) -> Signer:
    own = register.acting.get(task.office_id)
    if own is None:
        return Signer(None, "vacant")
    why = _hindrance(register, task, own)
    if not why:
        return Signer(own)
    office = register.by_role.get(task.step.substitute_role or "")
    substitute = register.acting.get(office.id) if office is not None else None
    if substitute is None or _hindrance(register, task, substitute):
        return Signer(None, why)
    return Signer(substitute, why)


def _hindrance(register: _Register, task: ApprovalTask, holding: OfficeHolding) -> str:
    if holding.person_id in register.proposers[task.request.version_id]:
        return "proposer"
    if register.signed.get(task.request_id, {}).get(holding.person_id, task.id) != task.id:
        return "counted_twice"
    if task.step.strategic and holding.kind in register.routine_only:
        return "strategic"
    return ""
