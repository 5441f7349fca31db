"""When stops of participants wait for a person: plain data, no database (R26, R27).

A stop is a suspension or a removal that would be sent to a site. Counted are the stops of one course: those about to
be sent, those that wait already, and those sent within the last hours; those that a person agreed to beforehand are
not counted. So five small plans on one day are looked at like one large plan.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from workflows.sync_plan import SyncPlan

CAUSES = frozenset({"decision", "unenrol", "repair", "cancelled"})
"""decision: a person took one participant off the list. unenrol: a person decided to take them out for good.
repair: an approved repair of a difference. cancelled: the programme was called off."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``least``: so many people always pass, however small the course; above it more than ``percent`` of the course
    wait; more than ``most`` people wait in any course. Counted over ``hours``."""

    least: int
    most: int
    percent: int
    hours: int


def crossed(stops: int, base: int, limits: Limits) -> str:
    """``most`` or ``share`` where so many stops of ``base`` participants must wait, else empty.

    ``least`` comes before ``most``: what always passes passes also where ``most`` was set lower.
    """
    if stops <= limits.least:
        return ""
    if stops > limits.most:
        return "most"
    return "share" if stops * 100 > limits.percent * base else ""


def stops_of(plan: SyncPlan) -> dict[int, str]:
    """Enrolment id -> suspended | removed, of all that the plan would stop."""
    suspended = {int(row.key): "suspended" for row in plan.apply if row.suspended}
    return suspended | {int(row.key): "removed" for row in plan.unenrol}


def without(plan: SyncPlan, held: Collection[int]) -> SyncPlan:
    """The plan without these stops; who is enrolled or reactivated is never left out."""
    if not held:
        return plan
    return replace(
        plan,
        apply=[row for row in plan.apply if not (row.suspended and int(row.key) in held)],
        unenrol=[row for row in plan.unenrol if int(row.key) not in held],
    )


def put_back(desired: str, applied: str, cause: str) -> tuple[str, str]:
    """(wish, what the site holds by our books) after a stop was turned down.

    Back to what the site was last known to hold. A repair that is turned down leaves the earlier wish as it is: the
    difference is found again by the next comparison.
    """
    if cause == "repair":
        return desired, desired
    if applied in ("suspended", "removed"):
        return applied, applied
    return "active", applied
