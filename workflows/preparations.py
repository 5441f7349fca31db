"""What an office's preparers see, and what its officials see of their work. Nothing here decides (R11, R12)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload

from workflows.mandates import holdings_on
from workflows.models import ApprovalTask, Preparation, Preparer, PreparerComment
from workflows.same_person import humans
from workflows.signers import Signer, open_tasks, proposers_of, signers_of, signing

WAITS_FOR_A_LETTER = ("vacant", "on_leave")
"""Why a task may wait without a signer and still be the office's own, ready for whoever comes."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """``row`` None: nobody placed or marked it. ``comments``: the oldest first."""

    row: Preparation | None = None
    comments: tuple[PreparerComment, ...] = ()

    @property
    def place(self) -> int | None:
        return self.row.place if self.row else None

    def ready(self, shown: str) -> bool:
        """Marked, and nothing of what was marked has changed. ``shown``: the fingerprint of today."""
        return self.row is not None and self.row.ready_shown == shown != ""

    def lapsed(self, shown: str) -> bool:
        """It was marked, and then the programme changed."""
        return self.row is not None and self.row.ready_shown not in ("", shown)


NOTHING = Prepared()


def office_of(task: ApprovalTask, signer: Signer) -> int | None:
    """Whose preparers prepare this task: those of the office that signs, or of a vacant one; None: nobody's."""
    if signer.holding is not None:
        return signer.holding.office_id
    return task.office_id if signer.why in WAITS_FOR_A_LETTER else None


def preparers_on(session: Session, day: date, office_ids: Iterable[int]) -> list[Preparer]:
    """Who prepares for these offices that day, the first appointed first. One query."""
    rows = session.scalars(
        select(Preparer)
        .where(Preparer.office_id.in_(list(office_ids)), _in_force(day))
        .options(joinedload(Preparer.person))
        .order_by(Preparer.id)
    )
    return [row for row in rows if row.in_force(day)]


def preparers_from(session: Session, office_id: int, day: date) -> list[Preparer]:
    """Who prepares for the office that day, or is to from a later day on. One query."""
    rows = session.scalars(
        select(Preparer)
        .where(Preparer.office_id == office_id, _not_over(day))
        .options(joinedload(Preparer.person))
        .order_by(Preparer.valid_from, Preparer.id)
    )
    return [row for row in rows if row.in_force(max(day, row.valid_from))]


def prepared_by(session: Session, person_id: uuid.UUID, day: date) -> list[Preparer]:
    """The offices for which this person prepares that day, one row each. One query."""
    rows = session.scalars(
        select(Preparer)
        .where(Preparer.person_id == person_id, _in_force(day))
        .options(joinedload(Preparer.person), joinedload(Preparer.office))
        .order_by(Preparer.office_id, Preparer.id)
    )
    return list({row.office_id: row for row in rows if row.in_force(day)}.values())


def tasks_by_office(
    session: Session, office_ids: Iterable[int], day: date
) -> dict[int, list[tuple[ApprovalTask, Signer]]]:
    """What waits for these offices, by deadline. The number of queries does not grow with the tasks."""
    found: dict[int, list[tuple[ApprovalTask, Signer]]] = {office: [] for office in office_ids}
    tasks = open_tasks(session)
    signers = signers_of(session, tasks, day)
    for task in tasks:
        office = office_of(task, signers[task.id])
        if office in found:
            found[office].append((task, signers[task.id]))
    return found


def proposed_by(session: Session, person_id: uuid.UUID, tasks: Sequence[ApprovalTask]) -> set[int]:
    """Ids of the tasks about what this human being proposed: those they do not prepare (R12). Three queries."""
    proposers = proposers_of(session, [task.request.version for task in tasks])
    human = humans(session, {person_id}.union(*proposers.values()))
    return {
        task.id
        for task in tasks
        if human[person_id] in {human[one] for one in proposers[task.request.version_id]}
    }


def prepared(session: Session, office_of_task: Mapping[int, int]) -> dict[int, Prepared]:
    """By task id, what the preparers of its office made of it. Two queries, however many tasks."""
    if not office_of_task:
        return {}
    pairs = [(office, task) for task, office in office_of_task.items()]
    rows = session.scalars(
        select(Preparation)
        .where(tuple_(Preparation.office_id, Preparation.task_id).in_(pairs))
        .options(joinedload(Preparation.placer), joinedload(Preparation.readier))
    )
    by_task = {row.task_id: row for row in rows}
    said: dict[int, list[PreparerComment]] = {}
    comments = session.scalars(
        select(PreparerComment)
        .where(tuple_(PreparerComment.office_id, PreparerComment.task_id).in_(pairs))
        .options(joinedload(PreparerComment.author))
        .order_by(PreparerComment.id)
    )
    for comment in comments:
        said.setdefault(comment.task_id, []).append(comment)
    return {task: Prepared(by_task.get(task), tuple(said.get(task, ()))) for task in office_of_task}


def in_order(tasks: Iterable[ApprovalTask], made: Mapping[int, Prepared]) -> list[ApprovalTask]:
    """As the preparers put them. What came since, and nobody has put anywhere, stands on top by deadline."""
    return sorted(tasks, key=lambda task: made.get(task.id, NOTHING).place or 0)


def waiting_in_order(
    session: Session, person_id: uuid.UUID, day: date, *, by_deadline: bool = False
) -> list[tuple[ApprovalTask, Signer, Prepared]]:
    """What waits for this person's own signature, as their preparers put it, with what they made of it."""
    signs = signing(session, person_id, day)
    offices = {task.id: one.holding.office_id for task, one in signs.items() if one.holding is not None}
    made = prepared(session, offices)
    order = list(signs) if by_deadline else in_order(signs, made)
    return [(task, signs[task], made[task.id]) for task in order]


def prepares(session: Session, person_id: uuid.UUID, task: ApprovalTask, signer: Signer, day: date) -> bool:
    """Whether this task waits, or waited, for an office for which the person prepares that day (R12)."""
    office = office_of(task, signer)
    if office is None or task.status not in ("open", "granted"):
        return False
    people = {one.person_id for one in preparers_on(session, day, [office])}
    return person_id in people and task.id not in proposed_by(session, person_id, [task])


def may_read(session: Session, person_id: uuid.UUID, task: ApprovalTask, office_id: int, day: date) -> bool:
    """Private: whoever holds the office that day, also while away, and its preparers; never a proposer (R12)."""
    held = holdings_on(session, day, [office_id]).get(office_id, [])
    people = {one.person_id for one in held} | {
        one.person_id for one in preparers_on(session, day, [office_id])
    }
    return person_id in people and task.id not in proposed_by(session, person_id, [task])


def _in_force(day: date) -> ColumnElement[bool]:
    return and_(Preparer.valid_from <= day, _not_over(day))


def _not_over(day: date) -> ColumnElement[bool]:
    return and_(
        or_(Preparer.valid_to.is_(None), Preparer.valid_to >= day),
        or_(Preparer.ended_on.is_(None), Preparer.ended_on >= day),
    )
