"""Moodle as a learning platform: the port, put together from its parts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from lms_connectors.http import DEFAULT_TIMEOUTS, LONGEST, Timeouts
from lms_connectors.moodle import (
    account_updates,
    check,
    completions,
    courses,
    enrolments,
    grades,
    groups,
    prove,
    provision,
)
from lms_connectors.moodle.accounts import Accounts, existing, shown
from lms_connectors.moodle.client import MoodleClient
from lms_connectors.moodle.site import Site, machine_time
from lms_connectors.pace import Pace
from workflows.ports import (
    AccountResult,
    AccountSeen,
    ActualEnrolment,
    CheckLine,
    CourseCategory,
    CourseGroup,
    CourseRef,
    DesiredEnrolment,
    GroupMember,
    LearnerAccount,
    LearnerProgress,
    LearningFact,
    NewCourse,
    RowResult,
)

ACCOUNT_POLICIES = ("create", "find")


class MoodlePlatform:
    """``workflows.ports.LearningPlatform`` over Moodle's REST web services.

    ``url``: the site's address; ``home_page``: as the site names itself where that differs. ``auth``: the
    sign-in method of accounts that are made. ``batch_size``: rows a call (50-100 is best);
    ``connections``: calls at a time. ``pace``: how fast calls may begin; give all platforms of one site the same.
    ``timeouts``: (connect, read) in seconds; ``longest``: for the whole of an answer.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        account_policy: str = "create",
        auth: str = "oauth2",
        role_id: int = 5,
        category_ref: str = "",
        batch_size: int = 50,
        connections: int = 2,
        pace: Pace | None = None,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        longest: float = LONGEST,
        home_page: str | None = None,
        now: Callable[[], datetime] = machine_time,
    ) -> None:
        if account_policy not in ACCOUNT_POLICIES:
            raise ValueError(f"account_policy must be one of {ACCOUNT_POLICIES}")
        self.home_page = (home_page or url).rstrip("/")
        client = MoodleClient(url, token, timeouts=timeouts, longest=longest, pace=pace)
        self.on_answered: Callable[[int], None] = lambda many: None
        self.site = Site(
            client, self.home_page, account_policy, auth, role_id, category_ref, batch_size, connections, now,
            answered=lambda many: self.on_answered(many),
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"MoodlePlatform({self.home_page!r})"

    def check(self) -> Sequence[CheckLine]:
        return check.check(self.site)

    def prove(self) -> Sequence[CheckLine]:
        looked = check.check(self.site)
        return [*looked, *prove.prove(self.site, self, looked)]

    def find_course(self, ref: str) -> CourseRef | None:
        return courses.find_course(self.site, ref)

    def search_courses(self, text: str) -> Sequence[CourseRef]:
        return courses.search_courses(self.site, text)

    def resolve_accounts(self, people: Sequence[LearnerAccount]) -> Sequence[AccountResult]:
        """Raises Retryable when some could not be settled now; who was made meanwhile is found next time."""
        return Accounts(self.site, people).resolve()

    def existing_accounts(self, remote_ids: Iterable[str]) -> Collection[str]:
        return existing(self.site, remote_ids)

    def show_accounts(self, remote_ids: Iterable[str]) -> Mapping[str, AccountSeen]:
        return shown(self.site, remote_ids)

    def find_accounts(self, people: Sequence[LearnerAccount]) -> Sequence[AccountResult]:
        return Accounts(replace(self.site, account_policy="find"), people).resolve()

    def update_accounts(self, people: Sequence[LearnerAccount]) -> Sequence[RowResult]:
        return account_updates.update(self.site, people)

    def roster(self, course_ref: str) -> Mapping[str, ActualEnrolment]:
        return enrolments.roster(self.site, course_ref)

    def apply(self, course_ref: str, rows: Sequence[DesiredEnrolment]) -> Sequence[RowResult]:
        """A site that is away gives RETRY rows; a refusal of every call raises Permanent(site_wide=True)."""
        return enrolments.apply(self.site, course_ref, rows)

    def unenrol(self, course_ref: str, rows: Sequence[DesiredEnrolment]) -> Sequence[RowResult]:
        return enrolments.unenrol(self.site, course_ref, rows)

    def completions(self, course_ref: str, remote_ids: Iterable[str]) -> Sequence[LearningFact]:
        return completions.completions(self.site, course_ref, remote_ids)

    def progress(self, course_ref: str, remote_ids: Iterable[str]) -> Sequence[LearnerProgress]:
        return completions.progress(self.site, course_ref, remote_ids)

    def grades(self, course_ref: str) -> Mapping[str, float]:
        return grades.grades(self.site, course_ref)

    def create_course(self, new: NewCourse) -> CourseRef:
        return provision.create_course(self.site, new)

    def categories(self) -> Sequence[CourseCategory]:
        return courses.categories(self.site)

    def set_course_dates(self, course_ref: str, starts_at: datetime, ends_at: datetime) -> None:
        provision.set_dates(self.site, course_ref, starts_at, ends_at)

    def groups(self, course_ref: str) -> Mapping[str, CourseGroup]:
        return groups.groups(self.site, course_ref)

    def ensure_groups(self, course_ref: str, wanted: Mapping[str, str]) -> Mapping[str, CourseGroup]:
        return groups.ensure_groups(self.site, course_ref, wanted)

    def join_groups(self, course_ref: str, rows: Sequence[GroupMember]) -> Sequence[RowResult]:
        return groups.join(self.site, rows)

    def leave_groups(self, course_ref: str, rows: Sequence[GroupMember]) -> Sequence[RowResult]:
        return groups.leave(self.site, rows)
