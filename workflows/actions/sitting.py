"""What a list of decisions needs, locked and read once for all of it: a long list costs few queries more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from workflows.clock import today
from workflows.errors import N_, NotFound
from workflows.models import ApprovalRequest, ApprovalTask, Ceiling, ProgrammeVersion
from workflows.signers import Signer, signer_of, signers_of


@dataclass
class Sitting:
    """``version_of``: version id by task id. Signers are worked out for the whole list, after the locks.

    ``requests`` are held here so that the session does not forget what it has read.
    """

    version_of: Mapping[int, int]
    requests: Sequence[ApprovalRequest]
    tasks: Mapping[int, ApprovalTask]
    signers: Mapping[int, Signer]
    _seen: set[int] = field(default_factory=set)

    def task(self, task_id: int) -> ApprovalTask:
        """The task as it was after the locks; NotFound when there is none."""
        if task_id not in self.tasks:
            raise NotFound("no_task", N_("Tugas ini tidak ada."))
        return self.tasks[task_id]

    def signer(self, session: Session, task: ApprovalTask) -> Signer:
        """Asked anew for a second task of one chain: whoever signed the first in this list counts once (R12)."""
        again = task.request_id in self._seen
        self._seen.add(task.request_id)
        return signer_of(session, task, today(session)) if again else self.signers[task.id]


def sit_down(session: Session, task_ids: Sequence[int]) -> Sitting:
    """Lock the versions of these tasks, then their ceilings, each in the order of ids; then read."""
    version_of = _version_of(session, task_ids)
    _lock(session, sorted(set(version_of.values())))
    requests, wanted = _read(session, task_ids), set(task_ids)
    tasks = {task.id: task for request in requests for task in request.tasks if task.id in wanted}
    signers = signers_of(session, list(tasks.values()), today(session))
    return Sitting(version_of, requests, tasks, signers)


def _version_of(session: Session, task_ids: Iterable[int]) -> dict[int, int]:
    pairs = (
        select(ApprovalTask.id, ApprovalRequest.version_id)
        .join(ApprovalTask.request)
        .where(ApprovalTask.id.in_(set(task_ids)))
    )
    return {row.id: row.version_id for row in session.execute(pairs)}


def _lock(session: Session, version_ids: Sequence[int]) -> None:
    versions = session.scalars(
        select(ProgrammeVersion)
        .where(ProgrammeVersion.id.in_(version_ids))
        .order_by(ProgrammeVersion.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    ceilings = {version.ceiling_id for version in versions}
    session.scalars(
        select(Ceiling).where(Ceiling.id.in_(ceilings)).order_by(Ceiling.id).with_for_update()
    ).all()


def _read(session: Session, task_ids: Sequence[int]) -> list[ApprovalRequest]:
    """The chains of these tasks with their versions' money, as they are now that nobody else can change them."""
    tasks = selectinload(ApprovalRequest.tasks)
    chosen = select(ApprovalTask.request_id).where(ApprovalTask.id.in_(set(task_ids)))
    return list(
        session.scalars(
            select(ApprovalRequest)
            .where(ApprovalRequest.id.in_(chosen))
            .options(
                joinedload(ApprovalRequest.version).selectinload(ProgrammeVersion.cost_lines),
                tasks.joinedload(ApprovalTask.step),
                tasks.joinedload(ApprovalTask.office),
                tasks.selectinload(ApprovalTask.decisions),
            )
            .execution_options(populate_existing=True)
        )
    )
