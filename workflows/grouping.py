"""Which learners join and leave which groups of a course: set arithmetic on plain data, no database, no network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workflows.ports import CourseGroup, GroupMember


@dataclass(frozen=True, slots=True)
class Placing:
    """One participant: ``group`` is the key of the own batch; ``others`` those of the version's other batches."""

    enrolment_id: int
    remote_id: str
    group: str
    others: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """Rows to send. ``settled``: enrolment ids of those who are where they belong already."""

    join: list[GroupMember] = field(default_factory=list)
    leave: list[GroupMember] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)


def plan_groups(rows: Iterable[Placing], held: Mapping[str, CourseGroup]) -> GroupPlan:
    """``held``: groups of the course by our key, all that are wanted among them.

    Somebody whom we did not put there stays in any group, and so do ours in groups that are no batch of the version.
    """
    plan = GroupPlan()
    for row in rows:
        key, before = str(row.enrolment_id), len(plan.join) + len(plan.leave)
        if row.remote_id not in held[row.group].members:
            plan.join.append(GroupMember(key, held[row.group].ref, row.remote_id))
        for other in sorted(row.others - {row.group}):
            if other in held and row.remote_id in held[other].members:
                plan.leave.append(GroupMember(key, held[other].ref, row.remote_id))
        if len(plan.join) + len(plan.leave) == before:
            plan.settled.append(row.enrolment_id)
    return plan
