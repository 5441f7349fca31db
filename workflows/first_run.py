"""What a first delivery would do to a site, as plain data: worked out by looking only, kept as JSON, read by people."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from workflows.ports import AccountResult, AccountStatus, ActualEnrolment, LearnerAccount
from workflows.sync_plan import Wish, plan_sync


@dataclass(frozen=True, slots=True)
class FirstRow:
    """One wish. ``learner`` None: the register knows no number of this person."""

    enrolment_id: int
    desired: str
    learner: LearnerAccount | None
    remote_id: str | None = None


@dataclass(slots=True)
class CoursePlan:
    """What would happen in one course, by ids of enrolments. ``error``: the site told nothing, with its code."""

    course_ref: str
    title: str
    make: list[int] = field(default_factory=list)
    """An account is made, and then enrolled."""
    enrol: list[int] = field(default_factory=list)
    suspend: list[int] = field(default_factory=list)
    remove: list[int] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    others: int = 0
    """Enrolled there by others; they are left alone."""
    error: str = ""

    @property
    def rows(self) -> int:
        ours = (self.make, self.enrol, self.suspend, self.remove, self.settled)
        return sum(len(ids) for ids in ours) + len(self.problems)


def plan_course(
    course: CoursePlan,
    rows: Sequence[FirstRow],
    accounts: Mapping[str, AccountResult],
    roster: Mapping[str, ActualEnrolment],
    *,
    makes_accounts: bool,
) -> CoursePlan:
    """Fill in the plan. ``accounts``: by key of the learner, of those whose account was not known."""
    wishes = []
    for row in rows:
        remote_id = row.remote_id
        if remote_id is None and row.learner is not None:
            found = accounts[row.learner.key]
            if found.usable:
                remote_id = found.remote_id
            elif found.status is AccountStatus.MISSING and makes_accounts and row.desired == "active":
                course.make.append(row.enrolment_id)
                continue
            else:
                course.problems.append((row.enrolment_id, found.reason or found.status.value))
                continue
        if remote_id is None:
            course.problems.append((row.enrolment_id, "no_number"))
        else:
            wishes.append(Wish(row.enrolment_id, remote_id, row.desired))
    plan = plan_sync(wishes, roster)
    for one in plan.apply:
        (course.suspend if one.suspended else course.enrol).append(int(one.key))
    course.remove += [int(one.key) for one in plan.unenrol]
    course.settled += [wish.enrolment_id for wish in plan.settled]
    course.others = len(set(roster) - {wish.remote_id for wish in wishes})
    return course


def as_text(courses: Iterable[CoursePlan]) -> str:
    return json.dumps([asdict(course) for course in courses])


def from_text(text: str) -> list[CoursePlan]:
    return [
        CoursePlan(**{**one, "problems": [(key, code) for key, code in one["problems"]]})
        for one in json.loads(text or "[]")
    ]


def fingerprint_of(wishes: Iterable[tuple[int, str]]) -> str:
    """Of (enrolment, what is wished): another wish, one more or one less gives another."""
    told = ",".join(f"{key}:{desired}" for key, desired in sorted(wishes))
    return hashlib.sha256(told.encode()).hexdigest()
