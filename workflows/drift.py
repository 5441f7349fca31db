"""How a course on a site differs from what we hold: set arithmetic on plain data (R27).

Rows whose wish is still under way are no difference: they are sent by themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from workflows.ports import ActualEnrolment, CourseGroup


class Kind(StrEnum):
    """missing: ours, not on the site. inactive: there, but suspended or expired (the site does not tell which).

    still_active: stopped by us, active there. foreign: enrolled there by somebody else. user_gone: the account
    is no longer there. course_gone: the course is no longer there. out_of_group: not in the group of the own batch,
    where the site had taken them.
    """

    MISSING = "missing"
    INACTIVE = "inactive"
    STILL_ACTIVE = "still_active"
    FOREIGN = "foreign"
    OUT_OF_GROUP = "out_of_group"
    USER_GONE = "user_gone"
    COURSE_GONE = "course_gone"


REPAIRABLE = frozenset({Kind.MISSING, Kind.INACTIVE, Kind.STILL_ACTIVE, Kind.OUT_OF_GROUP, Kind.USER_GONE})
"""What an approved repair can send again; the others are for people on the site."""


@dataclass(frozen=True, slots=True)
class Held:
    """One row that the site was told and said yes to. ``desired``: active | suspended | removed."""

    enrolment_id: int
    remote_id: str
    desired: str
    dormant: bool = False
    """Its dates have not begun or are over: the site shows it as inactive, as it should."""
    group: str = ""
    """Key of the group into which the site took the participant; empty: none."""


@dataclass(frozen=True, slots=True)
class Difference:
    """``enrolment_id`` None: not a row of ours."""

    kind: Kind
    remote_id: str
    enrolment_id: int | None = None


def absent(held: Iterable[Held], roster: Mapping[str, ActualEnrolment]) -> list[str]:
    """Accounts to look up: ours by our books, and not in the course."""
    return [row.remote_id for row in held if row.desired == "active" and row.remote_id not in roster]


def differences(
    held: Collection[Held],
    roster: Mapping[str, ActualEnrolment],
    *,
    ours: Collection[str] = (),
    gone: Collection[str] = (),
) -> list[Difference]:
    """``ours``: accounts with a row of ours of any kind, never foreign; ``gone``: accounts looked up in vain."""
    found = [one for row in held if (one := _of_row(row, roster.get(row.remote_id), gone)) is not None]
    known = set(ours) | {row.remote_id for row in held}
    return found + [Difference(Kind.FOREIGN, remote_id) for remote_id in roster if remote_id not in known]


def out_of_group(
    held: Iterable[Held], roster: Mapping[str, ActualEnrolment], groups: Mapping[str, CourseGroup]
) -> list[Difference]:
    """Who takes part, is in the course, and is no longer in the group of the batch."""
    return [
        Difference(Kind.OUT_OF_GROUP, row.remote_id, row.enrolment_id)
        for row in held
        if row.group and row.desired == "active" and row.remote_id in roster
        if row.group not in groups or row.remote_id not in groups[row.group].members
    ]


def _of_row(row: Held, actual: ActualEnrolment | None, gone: Collection[str]) -> Difference | None:
    if row.desired == "active":
        if actual is None:
            kind = Kind.USER_GONE if row.remote_id in gone else Kind.MISSING
            return Difference(kind, row.remote_id, row.enrolment_id)
        return (
            None
            if actual.active or row.dormant
            else Difference(Kind.INACTIVE, row.remote_id, row.enrolment_id)
        )
    if actual is not None and (actual.active or row.desired == "removed"):
        return Difference(Kind.STILL_ACTIVE, row.remote_id, row.enrolment_id)
    return None
