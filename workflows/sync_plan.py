"""What to tell a site about one course: set arithmetic on plain data, no database, no network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workflows.ports import ActualEnrolment, DesiredEnrolment


@dataclass(frozen=True, slots=True)
class Wish:
    """One row of ours: ``desired`` is active | suspended | removed; ``remote_id`` the account on the site."""

    enrolment_id: int
    remote_id: str
    desired: str


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """``apply``: enrol, reactivate or suspend; ``unenrol``: remove by decision; ``settled``: as we want already."""

    apply: list[DesiredEnrolment] = field(default_factory=list)
    unenrol: list[DesiredEnrolment] = field(default_factory=list)
    settled: list[Wish] = field(default_factory=list)


def plan_sync(wishes: Iterable[Wish], roster: Mapping[str, ActualEnrolment]) -> SyncPlan:
    """Compare our wishes with what the site holds. Whoever is not ours does not appear in the plan at all.

    Somebody whom we want suspended or removed and who is not enrolled is settled: there is nothing to close.
    """
    plan = SyncPlan()
    for wish in wishes:
        actual = roster.get(wish.remote_id)
        row = DesiredEnrolment(
            key=str(wish.enrolment_id), remote_id=wish.remote_id, suspended=wish.desired == "suspended"
        )
        if _agrees(wish, actual):
            plan.settled.append(wish)
        elif wish.desired == "removed":
            plan.unenrol.append(row)
        else:
            plan.apply.append(row)
    return plan


def _agrees(wish: Wish, actual: ActualEnrolment | None) -> bool:
    if wish.desired == "active":
        return actual is not None and actual.active
    if wish.desired == "suspended":
        return actual is None or not actual.active
    return actual is None
