"""Whose signature a task waits for today: the office's holder, the named substitute, or nobody (R8-R12)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from workflows.mandate_rules import MandateRules, mandate_rules
from workflows.mandates import away_on, effective, holdings_on, on_behalf_of
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
from workflows.same_person import humans


@dataclass(frozen=True, slots=True)
class Signer:
    """``why`` tells why the holder of the task's own office does not sign: vacant, on_leave, proposer,
    counted_twice, strategic; empty when they do. ``holding`` None: the queue "tanpa pejabat berwenang".
    ``behalf``: the absent official for whom the acting one signs (atas nama)."""

    holding: OfficeHolding | None
    why: str = ""
    behalf: OfficeHolding | None = None


@dataclass(frozen=True, slots=True)
class _Register:
    """All that is needed to answer for many tasks, read in a handful of queries."""

    held: Mapping[int, list[OfficeHolding]]
    acting: Mapping[int, OfficeHolding]
    away: frozenset[uuid.UUID]
    offices: Mapping[int, Office]
    proposers: Mapping[int, frozenset[uuid.UUID]]
    signed: Mapping[int, Mapping[uuid.UUID, int]]
    human: Mapping[uuid.UUID, uuid.UUID]
    rules: MandateRules

    def by_role(self, role: str | None) -> Office | None:
        found = (
            office
            for office in self.offices.values()
            if office.role == role and role != "unit_head" and office.valid_to is None
        )
        return min(found, key=lambda office: office.id, default=None)


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
    return list(signing(session, person_id, day))


def signing(session: Session, person_id: uuid.UUID, day: date) -> dict[ApprovalTask, Signer]:
    """What waits for this person today, by deadline, each with the mandate under which they sign it."""
    tasks = open_tasks(session)
    signers = signers_of(session, tasks, day)
    return {
        task: signers[task.id]
        for task in tasks
        if (held := signers[task.id].holding) is not None and held.person_id == person_id
    }


def orphan_tasks(session: Session, day: date) -> list[tuple[ApprovalTask, str]]:
    """The queue "tanpa pejabat berwenang": task and reason (R11)."""
    tasks = open_tasks(session)
    signers = signers_of(session, tasks, day)
    return [(t, signers[t.id].why) for t in tasks if signers[t.id].holding is None]


def proposers_of(session: Session, versions: Iterable[ProgrammeVersion]) -> dict[int, frozenset[uuid.UUID]]:
    """Creator, authors of linked needs and whoever typed these for them, whoever changed it after the review (R12)."""
    by_id = {version.id: version for version in versions}
    found: dict[int, set[uuid.UUID]] = {key: set() for key in by_id}
    for version in by_id.values():
        if version.created_by is not None:
            found[version.id].add(version.created_by)
    authors = session.execute(
        select(Need.programme_id, Need.author_id, Need.entered_by).where(
            Need.programme_id.in_({v.programme_id for v in by_id.values()})
        )
    ).all()
    for programme_id, *people in authors:
        for version in by_id.values():
            if version.programme_id == programme_id:
                found[version.id].update(one for one in people if one is not None)
    changes = select(VersionChange.version_id, VersionChange.person_id).where(
        VersionChange.version_id.in_(by_id)
    )
    for version_id, person_id in session.execute(changes):
        found[version_id].add(person_id)
    return {key: frozenset(people) for key, people in found.items()}


def _read_register(session: Session, tasks: Sequence[ApprovalTask], day: date) -> _Register:
    held = holdings_on(session, day)
    acting = {office: one for office, group in held.items() if (one := effective(group)) is not None}
    proposers = proposers_of(session, [task.request.version for task in tasks])
    signed = _signed(session, {task.request_id for task in tasks})
    people = {one.person_id for one in acting.values()}.union(*proposers.values(), *signed.values())
    human = humans(session, people)
    return _Register(
        held=held,
        acting=acting,
        away=frozenset(away_on(session, day)),
        offices={office.id: office for office in session.scalars(select(Office))},
        proposers={key: frozenset(human[one] for one in group) for key, group in proposers.items()},
        signed={key: {human[one]: task for one, task in group.items()} for key, group in signed.items()},
        human=human,
        rules=mandate_rules(session, day),
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
        return _signs(register, own, "")
    for office in _instead(register, task, why):
        substitute = register.acting.get(office.id)
        if substitute is not None and not _hindrance(register, task, substitute):
            return _signs(register, substitute, why)
    return Signer(None, why)


def _signs(register: _Register, holding: OfficeHolding, why: str) -> Signer:
    return Signer(holding, why, on_behalf_of(holding, register.held[holding.office_id]))


def _instead(register: _Register, task: ApprovalTask, why: str) -> list[Office]:
    """Where the task goes: the substitute that the chain names; what is strategic first to the office above."""
    if why == "on_leave":
        return []  # a letter is missing, and the agency is told so
    above = register.offices.get(register.offices[task.office_id].above_id or 0)
    named = register.by_role(task.step.substitute_role)
    ways = [above, named] if why == "strategic" else [named]
    return [office for office in ways if office is not None]


def _hindrance(register: _Register, task: ApprovalTask, holding: OfficeHolding) -> str:
    human = register.human[holding.person_id]
    if holding.person_id in register.away:
        return "on_leave"
    if human in register.proposers[task.request.version_id]:
        return "proposer"
    if register.signed.get(task.request_id, {}).get(human, task.id) != task.id:
        return "counted_twice"
    if task.step.strategic and not register.rules.may_be_strategic(holding.kind, holding.office):
        return "strategic"
    return ""
