"""A learning platform in memory, for tests: the port's rules without a wire.

``faults`` are raised by the next calls, one each, in order: a fault says whether the work is done before the
answer is lost, as it happens with a proxy's 504.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import TypeVar

from lms_connectors.likeness import differences
from lms_connectors.proving import LEARNER, SCRATCH, Try
from workflows.ports import (
    AccountResult,
    AccountSeen,
    AccountStatus,
    ActualEnrolment,
    CheckLine,
    Concern,
    CourseCategory,
    CourseGroup,
    CourseRef,
    DesiredEnrolment,
    GroupMember,
    LearnerAccount,
    LearnerProgress,
    LearningFact,
    NewCourse,
    Permanent,
    Retryable,
    RowResult,
    RowStatus,
)

T = TypeVar("T")
Row = TypeVar("Row", DesiredEnrolment, LearnerAccount)


@dataclass(frozen=True, slots=True)
class Fault:
    """What the next call meets. ``after_work``: the work is done all the same and only the answer is lost."""

    error: Retryable | Permanent
    after_work: bool = False


@dataclass
class MemoryUser:
    remote_id: str
    username: str
    idnumber: str
    email: str
    suspended: bool = False
    full_name: str = ""


@dataclass
class MemoryCourse:
    ref: CourseRef
    enrolments: dict[str, DesiredEnrolment] = field(default_factory=dict)
    completed: dict[str, datetime] = field(default_factory=dict)
    grades: dict[str, float] = field(default_factory=dict)
    groups: dict[str, CourseGroup] = field(default_factory=dict)
    """By our idnumber."""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class MemoryPlatform:
    """``LearningPlatform`` over dictionaries; ``calls`` counts what would have gone over a wire."""

    def __init__(
        self,
        home_page: str = "http://memory.test",
        *,
        account_policy: str = "create",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.home_page = home_page
        self.account_policy = account_policy
        self.now = now
        self.users: dict[str, MemoryUser] = {}
        self.courses: dict[str, MemoryCourse] = {}
        self.faults: deque[Fault] = deque()
        self.calls: list[str] = []
        self._numbers = count(5)
        """Of users: as on a real site, no number comes again after its account was deleted."""

    def add_course(self, title: str, *, ref: str | None = None, idnumber: str = "") -> CourseRef:
        number = ref or str(len(self.courses) + 20)
        course = CourseRef(number, title, idnumber, f"{self.home_page}/course/view.php?id={number}")
        self.courses[number] = MemoryCourse(course)
        return course

    def add_user(
        self, username: str, *, idnumber: str = "", email: str = "", suspended: bool = False
    ) -> MemoryUser:
        remote_id = str(next(self._numbers))
        user = MemoryUser(remote_id, username.lower(), idnumber, email, suspended)
        self.users[remote_id] = user
        return user

    def complete(self, course_ref: str, remote_id: str, when: datetime | None = None) -> None:
        self.courses[course_ref].completed[remote_id] = when or self.now()

    def check(self) -> Sequence[CheckLine]:
        try:
            self._meet("check", lambda: None)
        except (Retryable, Permanent) as error:
            return [CheckLine("memory", False, error.code)]
        return [CheckLine("memory", True)]

    def prove(self) -> Sequence[CheckLine]:
        lines = list(self.check())
        if not lines[0].ok:
            return lines
        ids = [account.remote_id or "" for account in self.resolve_accounts([LEARNER])]
        course = self.add_course("Uji", idnumber=f"{SCRATCH}{len(self.courses)}")
        lines += Try(self, course.ref, ids[0], lambda name, code: "").lines()
        del self.courses[course.ref]
        return lines

    def find_course(self, ref: str) -> CourseRef | None:
        course = self._meet("find_course", lambda: self.courses.get(ref))
        return course.ref if course else None

    def search_courses(self, text: str) -> Sequence[CourseRef]:
        found = self._meet("search_courses", lambda: [course.ref for course in self.courses.values()])
        return [ref for ref in found if text.strip().casefold() in f"{ref.title}\n{ref.idnumber}".casefold()]

    def resolve_accounts(self, people: Sequence[LearnerAccount]) -> Sequence[AccountResult]:
        return self._meet("resolve_accounts", lambda: [self._account(person) for person in people])

    def existing_accounts(self, remote_ids: Iterable[str]) -> Collection[str]:
        return self._meet("existing_accounts", lambda: set(remote_ids) & set(self.users))

    def show_accounts(self, remote_ids: Iterable[str]) -> Mapping[str, AccountSeen]:
        return self._meet("show_accounts", lambda: self._shown(remote_ids))

    def _shown(self, remote_ids: Iterable[str]) -> Mapping[str, AccountSeen]:
        users = [self.users[one] for one in remote_ids if one in self.users]
        return {user.remote_id: AccountSeen(user.remote_id, user.username, user.idnumber) for user in users}

    def find_accounts(self, people: Sequence[LearnerAccount]) -> Sequence[AccountResult]:
        return self._meet("find_accounts", lambda: [self._account(person, make=False) for person in people])

    def update_accounts(self, people: Sequence[LearnerAccount]) -> Sequence[RowResult]:
        def one(_course: str, person: LearnerAccount) -> RowResult:
            code = self._updated(person)
            return RowResult(person.key, RowStatus.REFUSED if code else RowStatus.APPLIED, code)

        return self._rows("update_accounts", "", people, one)

    def roster(self, course_ref: str) -> Mapping[str, ActualEnrolment]:
        rows = self._meet("roster", lambda: self._course(course_ref).enrolments)
        return {remote_id: ActualEnrolment(remote_id, self._active(row)) for remote_id, row in rows.items()}

    def apply(self, course_ref: str, rows: Sequence[DesiredEnrolment]) -> Sequence[RowResult]:
        return self._rows("apply", course_ref, rows, self._enrol)

    def unenrol(self, course_ref: str, rows: Sequence[DesiredEnrolment]) -> Sequence[RowResult]:
        return self._rows("unenrol", course_ref, rows, self._leave)

    def completions(self, course_ref: str, remote_ids: Iterable[str]) -> Sequence[LearningFact]:
        found = self._meet("completions", lambda: self._progress(course_ref, remote_ids))
        return [one.fact for one in found if one.fact is not None]

    def progress(self, course_ref: str, remote_ids: Iterable[str]) -> Sequence[LearnerProgress]:
        return self._meet("progress", lambda: self._progress(course_ref, remote_ids))

    def grades(self, course_ref: str) -> Mapping[str, float]:
        return self._meet("grades", lambda: dict(self._course(course_ref).grades))

    def _progress(self, course_ref: str, remote_ids: Iterable[str]) -> list[LearnerProgress]:
        course = self._course(course_ref)
        return [
            LearnerProgress(remote_id, self._completed(course, remote_id), remote_id in course.completed, 1)
            for remote_id in dict.fromkeys(remote_ids)
            if remote_id in course.enrolments
        ]

    def _completed(self, course: MemoryCourse, remote_id: str) -> LearningFact | None:
        when = course.completed.get(remote_id)
        if when is None:
            return None
        return LearningFact("course_completed", self.home_page, remote_id, "id", course.ref.ref, when)

    def create_course(self, new: NewCourse) -> CourseRef:
        return self._meet("create_course", lambda: self._new_course(new))

    def categories(self) -> Sequence[CourseCategory]:
        return self._meet("categories", lambda: [CourseCategory("6", "Pengembangan Kompetensi")])

    def set_course_dates(self, course_ref: str, starts_at: datetime, ends_at: datetime) -> None:
        def write() -> None:
            course = self._course(course_ref)
            course.starts_at, course.ends_at = starts_at, ends_at

        self._meet("set_course_dates", write)

    def groups(self, course_ref: str) -> Mapping[str, CourseGroup]:
        return self._meet("groups", lambda: dict(self._course(course_ref).groups))

    def ensure_groups(self, course_ref: str, wanted: Mapping[str, str]) -> Mapping[str, CourseGroup]:
        return self._meet("ensure_groups", lambda: self._groups(course_ref, wanted))

    def join_groups(self, course_ref: str, rows: Sequence[GroupMember]) -> Sequence[RowResult]:
        return self._members("join_groups", course_ref, rows, frozenset.union)

    def leave_groups(self, course_ref: str, rows: Sequence[GroupMember]) -> Sequence[RowResult]:
        return self._members("leave_groups", course_ref, rows, frozenset.difference)

    def _meet(self, name: str, work: Callable[[], T]) -> T:
        self.calls.append(name)
        fault = self.faults.popleft() if self.faults else None
        if fault is None:
            return work()
        if fault.after_work:
            work()
        raise fault.error

    def _course(self, course_ref: str) -> MemoryCourse:
        if course_ref not in self.courses:
            raise Permanent("course_missing", "The course is not there", concerns=Concern.COURSE)
        return self.courses[course_ref]

    def _active(self, row: DesiredEnrolment) -> bool:
        began = row.starts_at is None or row.starts_at <= self.now()
        return began and not row.suspended and (row.ends_at is None or self.now() < row.ends_at)

    def _new_course(self, new: NewCourse) -> CourseRef:
        for course in self.courses.values():
            if course.ref.idnumber == new.idnumber:
                return course.ref
        if new.template_ref not in self.courses:
            raise Permanent("template_missing", "")
        if not new.category_ref:
            raise Permanent("category_missing", "")
        made = self.add_course(new.title, idnumber=new.idnumber)
        self.courses[made.ref].starts_at, self.courses[made.ref].ends_at = new.starts_at, new.ends_at
        return made

    def _groups(self, course_ref: str, wanted: Mapping[str, str]) -> Mapping[str, CourseGroup]:
        held = self._course(course_ref).groups
        for idnumber, name in wanted.items():
            held.setdefault(idnumber, CourseGroup(f"{course_ref}.{len(held) + 1}", idnumber, name))
        return {idnumber: held[idnumber] for idnumber in wanted}

    def _members(
        self,
        name: str,
        course_ref: str,
        rows: Sequence[GroupMember],
        change: Callable[[frozenset[str], frozenset[str]], frozenset[str]],
    ) -> Sequence[RowResult]:
        def one(row: GroupMember) -> RowResult:
            course = self._course(course_ref)
            group = next((one for one in course.groups.values() if one.ref == row.group_ref), None)
            if group is None:
                return RowResult(row.key, RowStatus.REFUSED, "invalidrecord")
            if name == "join_groups" and row.remote_id not in course.enrolments:
                return RowResult(row.key, RowStatus.REFUSED, "invalidparameter")
            members = change(group.members, frozenset({row.remote_id}))
            course.groups[group.idnumber] = replace(group, members=members)
            return RowResult(row.key, RowStatus.APPLIED)

        try:
            return self._meet(name, lambda: [one(row) for row in rows])
        except Retryable as error:
            return [RowResult(row.key, RowStatus.RETRY, error.code) for row in rows]

    def _account(self, person: LearnerAccount, *, make: bool = True) -> AccountResult:
        users = self._by(lambda user: user.remote_id == person.remote_id)
        users = users or self._by(lambda user: bool(person.idnumber) and user.idnumber == person.idnumber)
        users = users or self._by(lambda user: user.username == person.username.lower())
        if len(users) > 1:
            return AccountResult(person.key, AccountStatus.AMBIGUOUS)
        if users:
            user = users[0]
            status = AccountStatus.SUSPENDED if user.suspended else AccountStatus.FOUND
            unlike = differences(person, full_name=user.full_name, email=user.email, idnumber=user.idnumber)
            return AccountResult(person.key, status, user.remote_id, user.username, differs=unlike)
        make = make and person.may_be_made
        return self._make(person) if make else AccountResult(person.key, AccountStatus.MISSING)

    def _make(self, person: LearnerAccount) -> AccountResult:
        if self.account_policy != "create":
            return AccountResult(person.key, AccountStatus.MISSING)
        if self._by(lambda user: user.email.casefold() == person.email.casefold()):
            return AccountResult(person.key, AccountStatus.REFUSED, reason="email_in_use")
        user = self.add_user(person.username, idnumber=person.idnumber, email=person.email)
        user.full_name = f"{person.given_name} {person.family_name}"
        return AccountResult(person.key, AccountStatus.MADE, user.remote_id, user.username)

    def _updated(self, person: LearnerAccount) -> str:
        """The code of the refusal; empty when the account now says what we say."""
        if self.account_policy != "create":
            return "find_only"
        user = self.users.get(person.remote_id or "")
        if user is None:
            return "user_missing"
        taken = self._by(lambda one: one is not user and one.email.casefold() == person.email.casefold())
        if person.email and taken:
            return "email_in_use"
        if person.given_name or person.family_name:
            user.full_name = f"{person.given_name} {person.family_name}"
        user.email = person.email or user.email
        if person.idnumber and self._by(lambda one: one is not user and one.idnumber == person.idnumber):
            return "idnumber_in_use"
        user.idnumber = person.idnumber or user.idnumber
        return ""

    def _by(self, holds: Callable[[MemoryUser], bool]) -> list[MemoryUser]:
        return [user for user in self.users.values() if holds(user)]

    def _rows(
        self,
        name: str,
        course_ref: str,
        rows: Sequence[Row],
        one: Callable[[str, Row], RowResult],
    ) -> Sequence[RowResult]:
        """As over a wire: a fault gives RETRY rows, a refusal of every call is raised."""
        try:
            return self._meet(name, lambda: [one(course_ref, row) for row in rows])
        except Retryable as error:
            return [RowResult(row.key, RowStatus.RETRY, error.code) for row in rows]

    def _enrol(self, course_ref: str, row: DesiredEnrolment) -> RowResult:
        if course_ref not in self.courses:
            return _no_course(row)
        if row.remote_id not in self.users:
            return RowResult(row.key, RowStatus.REFUSED, "user_missing")
        self.courses[course_ref].enrolments[row.remote_id] = row
        return RowResult(row.key, RowStatus.APPLIED)

    def _leave(self, course_ref: str, row: DesiredEnrolment) -> RowResult:
        if course_ref not in self.courses:
            return _no_course(row)
        course = self.courses[course_ref]
        course.enrolments.pop(row.remote_id, None)
        for idnumber, group in course.groups.items():
            course.groups[idnumber] = replace(group, members=group.members - {row.remote_id})
        return RowResult(row.key, RowStatus.APPLIED)


def _no_course(row: DesiredEnrolment) -> RowResult:
    return RowResult(row.key, RowStatus.REFUSED, "course_missing", concerns=Concern.COURSE)
