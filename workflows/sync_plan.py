"""What to tell a site about one course: set arithmetic on plain data, no database, no network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from workflows.access import Access, open_at
from workflows.ports import ActualEnrolment, DesiredEnrolment


@dataclass(frozen=True, slots=True)
class Wish:
    """One row of ours: ``desired`` is active | suspended | removed; ``remote_id`` the account on the site."""

    enrolment_id: int
    remote_id: str
    desired: str
    access: Access = field(default=(None, None), compare=False)
    """From when to when they may enter; sent with every row that is enrolled or suspended."""
    held: Access | None = field(default=None, compare=False)
    """The access that the site was last given; None: never given one, or in doubt. A roster does not show it."""
    applied: str = field(default="none", compare=False)
    """What the site was last seen to hold of the wish: none | active | suspended | removed."""


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """``apply``: enrol, reactivate or suspend; ``unenrol``: remove by decision; ``settled``: as we want already."""

    apply: list[DesiredEnrolment] = field(default_factory=list)
    unenrol: list[DesiredEnrolment] = field(default_factory=list)
    settled: list[Wish] = field(default_factory=list)


def plan_sync(
    wishes: Iterable[Wish], roster: Mapping[str, ActualEnrolment], at: datetime | None = None
) -> SyncPlan:
    """Compare our wishes with what the site holds. Whoever is not ours does not appear in the plan at all.

    ``at``: now, by which an enrolment outside its dates is expected to be inactive.

    Somebody whom we want suspended or removed and who is not enrolled is settled: there is nothing to close.
    """
    plan = SyncPlan()
    for wish in wishes:
        actual = roster.get(wish.remote_id)
        row = DesiredEnrolment(
            str(wish.enrolment_id), wish.remote_id, wish.desired == "suspended", *wish.access
        )
        if _agrees(wish, actual, at):
            plan.settled.append(wish)
        elif wish.desired == "removed":
            plan.unenrol.append(row)
        else:
            plan.apply.append(row)
    return plan


def _agrees(wish: Wish, actual: ActualEnrolment | None, at: datetime | None) -> bool:
    """Inactive is no proof of a suspension while the access may not have begun: it would open by itself."""
    if wish.desired == "active":
        return actual is not None and _enters(wish, actual, at)
    if actual is None:
        return True
    return wish.desired == "suspended" and not actual.active and _stays_shut(wish, at)


def _enters(wish: Wish, actual: ActualEnrolment, at: datetime | None) -> bool:
    """With the dates that it should have; before them, nothing but our own word says that it is not suspended."""
    held = wish.held or (None, None)
    if wish.access != held:
        return False
    outside = at is not None and not open_at(held, at)
    return actual.active or (outside and wish.applied == "active")


def _stays_shut(wish: Wish, at: datetime | None) -> bool:
    if wish.held is None:
        return wish.access == (None, None)
    begins = wish.held[0]
    yet_to_open = at is not None and begins is not None and begins > at
    return wish.applied == "suspended" or not yet_to_open
