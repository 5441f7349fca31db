"""What the outside must be able to do, in the words of the inside.

Each Protocol is implemented outside ``workflows`` (in ``lms_connectors`` or in another package that joins
by entry point). The dataclasses are the only things that cross the border.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from workflows.ports_courses import CourseCategory as CourseCategory
from workflows.ports_courses import CourseGroup as CourseGroup
from workflows.ports_courses import CourseRef as CourseRef
from workflows.ports_courses import GroupMember as GroupMember
from workflows.ports_courses import NewCourse as NewCourse
from workflows.ports_people import PeopleSource as PeopleSource
from workflows.ports_people import PersonRecord as PersonRecord


class Retryable(Exception):
    """The outside could not do it now: down, slow, overloaded. The same call may succeed later.

    ``doubtful`` is true when the work may have been done although no good answer came (a time-out after
    sending, a proxy's 504, a connection cut while waiting): read back before repeating.
    """

    def __init__(self, code: str, message: str = "", *, doubtful: bool = False) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.message = message
        self.doubtful = doubtful


class Concern(StrEnum):
    """Whom a refusal is about.

    row: this very row. course: every row of the course (it is gone, it takes no enrolments). rights: our own
    account on the platform lacks a right, in this course or everywhere. site: every call.
    """

    ROW = "row"
    COURSE = "course"
    RIGHTS = "rights"
    SITE = "site"


class Permanent(Exception):
    """The outside refuses this very thing; repeating it unchanged is useless.

    ``concerns`` says whom the refusal is about. A refusal of every call (``site_wide``: token gone, web services
    switched off, function not in the service) or for want of a right is one alarm and a pause, not thousands of
    failed rows.
    """

    def __init__(
        self, code: str, message: str = "", *, site_wide: bool = False, concerns: Concern | None = None
    ) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.message = message
        self.concerns = concerns or (Concern.SITE if site_wide else Concern.ROW)

    @property
    def site_wide(self) -> bool:
        return self.concerns is Concern.SITE


@runtime_checkable
class Clock(Protocol):
    """Two clocks: days, deadlines and waves follow ``now``; tokens and sessions follow ``real_now``."""

    def now(self) -> datetime:
        """The time of the work, aware, in UTC; the demo can move it forward."""

    def real_now(self) -> datetime:
        """The machine's time, aware, in UTC; never moved."""


@dataclass(frozen=True, slots=True)
class LearnerAccount:
    """A person as a learning platform should know them. ``remote_id`` is None until found or made."""

    key: str
    """Our own opaque reference of the person; comes back in results, is never sent."""
    username: str
    idnumber: str
    email: str
    given_name: str
    family_name: str
    remote_id: str | None = None
    may_be_made: bool = True
    """False: whoever is not found stays without an account, whatever the site's policy."""


class AccountStatus(StrEnum):
    FOUND = "found"
    MADE = "made"
    AMBIGUOUS = "ambiguous"
    MISSING = "missing"
    SUSPENDED = "suspended"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class AccountResult:
    key: str
    status: AccountStatus
    remote_id: str | None = None
    username: str | None = None
    """As the platform holds it (may differ from what we asked for)."""
    reason: str = ""
    concerns: Concern = Concern.ROW
    """Of a refusal: about this person, or about our own rights on the platform."""
    differs: tuple[str, ...] = ()
    """``name``, ``email``, ``idnumber``: what the account says otherwise than we do, as far as we may see it."""

    @property
    def usable(self) -> bool:
        return self.status in (AccountStatus.FOUND, AccountStatus.MADE)


@dataclass(frozen=True, slots=True)
class AccountSeen:
    """Whose a number is on the platform now. Empty: it does not tell."""

    remote_id: str
    username: str = ""
    idnumber: str = ""


@dataclass(frozen=True, slots=True)
class DesiredEnrolment:
    """One learner in one course: the wish. ``suspended`` keeps the row but closes the door."""

    key: str
    remote_id: str
    suspended: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ActualEnrolment:
    """What the platform holds for one user in a course. ``active`` false: suspended or expired."""

    remote_id: str
    active: bool


class RowStatus(StrEnum):
    APPLIED = "applied"
    RETRY = "retry"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RowResult:
    key: str
    status: RowStatus
    code: str = ""
    """Short machine word of the cause ("", "timeout", "invalidparameter" ...)."""
    message: str = ""
    concerns: Concern = Concern.ROW
    """Of a REFUSED row: whether the refusal is about the row, or about more."""


@dataclass(frozen=True, slots=True)
class LearningFact:
    """What a platform says happened. Statement readers and polling both make this object.

    kind: ``course_completed`` | ``activity_completed`` | ``uncompleted`` | ``graded`` | ``enrolled`` |
    ``unenrolled`` | ``suspended`` | ``other``. ``account`` is the learner as the site names them: its user id,
    or the user name, or an e-mail, told apart by ``account_kind``. ``when`` is the time of effect (aware, UTC).
    """

    kind: str
    site: str
    """Home page of the site, without a trailing slash, e.g. ``http://moodle.test``."""
    account: str
    account_kind: str
    """``id`` | ``username`` | ``email``"""
    course_ref: str | None
    when: datetime
    score: float | None = None
    """0..100 where the platform tells raw, min and max; None otherwise."""
    activity: str | None = None


@dataclass(frozen=True, slots=True)
class LearnerProgress:
    """How far one learner is in a course. ``fact`` is the completion, None while there is none.

    ``steps_done`` of ``steps_total``: what the course asks for (activities, a grade ...); 0 of 0: not told.
    """

    remote_id: str
    fact: LearningFact | None = None
    steps_done: int = 0
    steps_total: int = 0


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One finding of ``check()``: what was tried, whether it holds, and what to mend where."""

    name: str
    ok: bool
    detail: str = ""
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    done: int
    total: int


@runtime_checkable
class LearningPlatform(Protocol):
    """A learning site that holds accounts, courses and enrolments. Raises Retryable or Permanent only."""

    home_page: str
    """The site's address as it names itself in statements, without a trailing slash."""

    def check(self) -> Sequence[CheckLine]:
        """Read-only look: does the site answer, is the token good, are the functions there?"""

    def prove(self) -> Sequence[CheckLine]:
        """``check()``, and then each permission by using it on things made for it, which are removed again.

        One line a step, whatever fails; what could not be removed is a line of its own.
        """

    def find_course(self, ref: str) -> CourseRef | None:
        """The course with that platform id, or None."""

    def search_courses(self, text: str) -> Sequence[CourseRef]:
        """Courses whose title or short name holds ``text``; empty text lists all the service may see."""

    def resolve_accounts(self, people: Sequence[LearnerAccount]) -> Sequence[AccountResult]:
        """Find each person, or make the account where the site's policy allows. One result each, in order.

        Never changes auth, username or password of an account found; two matches are AMBIGUOUS.
        """

    def update_accounts(self, people: Sequence[LearnerAccount]) -> Sequence[RowResult]:
        """Give these accounts (by ``remote_id``) our name, e-mail and idnumber. One result each, in order.

        What is empty stays as it is. For accounts that were made for us; never changes auth, username or password.
        Bad rows stand alone. Codes: ``email_in_use``, ``idnumber_in_use`` (the rest of the row was taken),
        ``user_missing``, ``find_only`` (the site's policy is to leave accounts alone), or the platform's own.
        """

    def existing_accounts(self, remote_ids: Iterable[str]) -> Collection[str]:
        """Those of these accounts that the platform still holds, suspended ones too."""

    def show_accounts(self, remote_ids: Iterable[str]) -> Mapping[str, AccountSeen]:
        """Whose these numbers are now, by number; those that the platform no longer holds are left out."""

    def find_accounts(self, people: Sequence[LearnerAccount]) -> Sequence[AccountResult]:
        """As ``resolve_accounts``, but whoever has no account is MISSING: nothing is ever made."""

    def roster(self, course_ref: str) -> Mapping[str, ActualEnrolment]:
        """Everyone enrolled in the course, by remote id; Permanent("course_missing") when it is gone."""

    def apply(self, course_ref: str, rows: Sequence[DesiredEnrolment]) -> Sequence[RowResult]:
        """Enrol, suspend or reactivate these rows (idempotent). One result a row, in order.

        Splits on refusal until the bad rows stand alone; good rows are never held back by bad ones.
        After a doubtful answer it reads back before it repeats.
        """

    def unenrol(self, course_ref: str, rows: Sequence[DesiredEnrolment]) -> Sequence[RowResult]:
        """Remove these rows by decision (idempotent)."""

    def completions(self, course_ref: str, remote_ids: Iterable[str]) -> Sequence[LearningFact]:
        """Course completions the platform knows now, as facts."""

    def progress(self, course_ref: str, remote_ids: Iterable[str]) -> Sequence[LearnerProgress]:
        """How far each learner is; who is not actively enrolled is left out.

        Permanent with a code of the course (``nocriteriaset``, ``cannotviewreport``) where it tells nobody.
        """

    def grades(self, course_ref: str) -> Mapping[str, float]:
        """The grade of the course so far, 0..100, by remote id; who has none is left out."""

    def create_course(self, new: NewCourse) -> CourseRef:
        """The course with that idnumber: the one that is there, or a copy of the template.

        Permanent("template_missing" | "category_missing" | the platform's code) when it cannot be made; the half of
        a failed copy is removed, or ``message`` says what is left.
        """

    def categories(self) -> Sequence[CourseCategory]:
        """Where courses are kept that the service may see, and where new ones may be made, by name."""

    def set_course_dates(self, course_ref: str, starts_at: datetime, ends_at: datetime) -> None:
        """First instant of the course, and the first one after it; Permanent("course_missing") when it is gone."""

    def groups(self, course_ref: str) -> Mapping[str, CourseGroup]:
        """Groups of the course that carry an idnumber, by it, with their members; others are not told."""

    def ensure_groups(self, course_ref: str, wanted: Mapping[str, str]) -> Mapping[str, CourseGroup]:
        """Groups by idnumber with these names: those that are there (whatever their name now), or new ones."""

    def join_groups(self, course_ref: str, rows: Sequence[GroupMember]) -> Sequence[RowResult]:
        """Put enrolled learners into groups (idempotent). One result a row, in order; bad rows stand alone."""

    def leave_groups(self, course_ref: str, rows: Sequence[GroupMember]) -> Sequence[RowResult]:
        """Take learners out of groups (idempotent); their enrolment stays."""


@runtime_checkable
class TellsProgress(Protocol):
    """What a learning platform may also offer: how far a long call is. Nothing leans on it."""

    on_answered: Callable[[int], None]
    """Set by the caller; called from any thread with how many more people or rows were answered, however."""


@runtime_checkable
class RecordStore(Protocol):
    """An external learning record store that takes our own statements."""

    def send(self, statements: Sequence[Mapping[str, object]]) -> Sequence[str]:
        """Store the statements, return their ids in order."""


@runtime_checkable
class Notifier(Protocol):
    def notify(self, *, address: str, subject: str, body: str, link: str) -> None:
        """Tell one person; raises Retryable when the channel is down."""


@runtime_checkable
class Signer(Protocol):
    def sign(self, document: bytes, *, signer_reference: str) -> bytes:
        """A certified electronic signature over the document; raises Retryable when the service is down."""


@runtime_checkable
class SecretStore(Protocol):
    """Secrets of surveys, outside the database: while one exists, answers of two waves can be paired."""

    def create(self, name: str) -> None:
        """Make a secret of 256 random bits under this name."""

    def read(self, name: str) -> bytes:
        """The secret; FileNotFoundError once it is destroyed."""

    def destroy(self, name: str) -> None:
        """Remove it for good; quiet when it is gone already."""

    def names(self) -> Sequence[str]:
        """The secrets that exist."""


@dataclass(frozen=True, slots=True)
class SealName:
    number: int
    day: date


@runtime_checkable
class SealStore(Protocol):
    """Daily seals of the history, outside the database: texts that are added and never changed."""

    def names(self) -> Sequence[SealName]:
        """The seals that exist, by number."""

    def read(self, number: int) -> bytes:
        """The text of that seal; FileNotFoundError when there is none."""

    def add(self, name: SealName, text: bytes) -> None:
        """Keep it for good, whole or not at all; FileExistsError when that number exists. OSError: not kept."""
