"""Bringing a site in step with our rows: who is due, who owns a course now, what came of it (R26).

Called by the job in three parts: ``claim`` (one transaction), the calls (none), ``settle_*`` (one transaction).
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from workflows.actor import CLOCK
from workflows.clock import now, real_now, today
from workflows.errors import Refused
from workflows.events import version_stream
from workflows.history import record
from workflows.models import Batch, CourseLease, Enrolment, LmsAccount, Person, Site
from workflows.people import given_and_family, number_on
from workflows.ports import AccountResult, AccountStatus, LearnerAccount, RowResult, RowStatus
from workflows.sync_plan import Wish

BACK_OFF_MINUTES = (1, 5, 15, 60)
"""How long a row waits after its first, second ... failure; the last one repeats. A working default, no law."""


@dataclass(frozen=True, slots=True)
class CourseWork:
    """What one run about a course needs: people without a known account, and wishes of those with one."""

    site_id: int
    course_ref: str
    owner: str
    unknown: tuple[LearnerAccount, ...]
    wishes: tuple[Wish, ...]
    persons: Mapping[int, uuid.UUID]
    """enrolment id -> person id, of every row at work"""


def due_courses(session: Session) -> list[tuple[int, str]]:
    """(site id, course) with rows to send now, in the order of sites and courses; sites that rest are left out."""
    moment = real_now(session)
    rows = session.execute(
        select(Enrolment.site_id, Enrolment.course_ref)
        .join(Site, Site.id == Enrolment.site_id)
        .where(
            Enrolment.status == "waiting",
            or_(Enrolment.next_attempt_at.is_(None), Enrolment.next_attempt_at <= moment),
            or_(Site.try_after.is_(None), Site.try_after <= moment),
        )
        .group_by(Enrolment.site_id, Enrolment.course_ref)
        .order_by(Enrolment.site_id, Enrolment.course_ref)
    )
    return [(site_id, course) for site_id, course in rows]


def claim(
    session: Session, *, site_id: int, course_ref: str, owner: str, lease: timedelta
) -> CourseWork | None:
    """Take the course for ``lease``; None while another worker holds it. Reads the rows that are due."""
    if not _take_lease(session, site_id, course_ref, owner, lease):
        return None
    rows = _due_rows(session, site_id, course_ref)
    accounts = _accounts(session, site_id, [row.person_id for row in rows])
    wishes, unknown = [], {}
    for row in rows:
        account = accounts.get(row.person_id)
        if account is not None and account.remote_id is not None:
            wishes.append(Wish(row.id, account.remote_id, row.desired))
        elif (learner := _learner(session, row)) is not None:
            unknown[row.person_id] = learner
    return CourseWork(
        site_id=site_id,
        course_ref=course_ref,
        owner=owner,
        unknown=tuple(unknown.values()),
        wishes=tuple(wishes),
        persons={row.id: row.person_id for row in rows},
    )


def settle_accounts(session: Session, *, work: CourseWork, results: Sequence[AccountResult]) -> list[Wish]:
    """Keep what the site said about accounts; the wishes that can now be sent. Others "perlu akun"."""
    moment = now(session)
    person_ids = [uuid.UUID(result.key) for result in results]
    known = _accounts(session, work.site_id, person_ids)
    usable: dict[uuid.UUID, str] = {}
    reasons: dict[uuid.UUID, AccountResult] = {}
    for person_id, result in zip(person_ids, _told_apart(session, work.site_id, results), strict=True):
        account = known.get(person_id) or LmsAccount(site_id=work.site_id, person_id=person_id)
        account.remote_id = result.remote_id if result.usable else None
        account.username, account.status = result.username, result.status.value
        account.reason, account.checked_at = result.reason, moment
        session.add(account)
        if result.usable and result.remote_id:
            usable[person_id] = result.remote_id
        else:
            reasons[person_id] = result
    wishes = []
    for row in _rows(session, work.persons):
        if row.person_id in usable:
            wishes.append(Wish(row.id, usable[row.person_id], row.desired))
        elif row.person_id in reasons:
            _needs_account(row, reasons[row.person_id])
    return wishes


def _told_apart(session: Session, site_id: int, results: Sequence[AccountResult]) -> list[AccountResult]:
    """One account of the site belongs to one person; a second person who gets it is a case for people."""
    owners = {
        account.remote_id: str(account.person_id)
        for account in session.scalars(
            select(LmsAccount).where(
                LmsAccount.site_id == site_id,
                LmsAccount.remote_id.in_([r.remote_id for r in results if r.remote_id]),
            )
        )
    }
    return [
        result
        if not result.remote_id or owners.setdefault(result.remote_id, result.key) == result.key
        else replace(result, status=AccountStatus.AMBIGUOUS, remote_id=None, reason="shared_account")
        for result in results
    ]


def settle_rows(
    session: Session,
    *,
    work: CourseWork,
    settled: Iterable[Wish],
    results: Sequence[RowResult],
    desired: Mapping[int, str],
) -> None:
    """Write what came of each row, and one history row for each version that was touched.

    ``desired`` is the wish that was sent: a row whose wish changed meanwhile stays due.
    """
    outcome: dict[int, RowResult] = {int(result.key): result for result in results}
    for wish in settled:
        outcome[wish.enrolment_id] = RowResult(key=str(wish.enrolment_id), status=RowStatus.APPLIED)
    counts: dict[int, dict[str, int]] = {}
    for row in _rows(session, outcome):
        _settle(session, row, outcome[row.id], desired[row.id])
        tally = counts.setdefault(row.batch.version_id, {"applied": 0, "waiting": 0, "failed": 0})
        tally[row.status if row.status in tally else "failed"] += 1
    for version_id, tally in sorted(counts.items()):
        record(
            session,
            "enrolment.synced",
            stream=version_stream(version_id),
            actor=CLOCK,
            applied=tally["applied"],
            waiting=tally["waiting"],
            failed=tally["failed"],
        )


def settle_failure(session: Session, *, work: CourseWork, code: str, message: str, site_wide: bool) -> None:
    """The run ended early: every row waits and says why; a refusal of every call pauses the whole site."""
    for row in _rows(session, work.persons):
        if row.status == "waiting":
            _wait(session, row, code, message)
    site = session.get_one(Site, work.site_id, with_for_update=True)
    site.failures += 1
    site.try_after = real_now(session) + _pause(site.failures)
    if site_wide:
        site.paused_code, site.paused_at = code, now(session)


def site_answers(session: Session, site_id: int) -> None:
    """The site worked again: its pause ends and every row that waited for it is due at once."""
    site = session.get_one(Site, site_id, with_for_update=True)
    if site.failures == 0 and not site.paused_code:
        return
    site.failures, site.try_after, site.paused_code, site.paused_at = 0, None, "", None
    for row in session.scalars(
        select(Enrolment).where(Enrolment.site_id == site_id, Enrolment.status == "waiting").with_for_update()
    ):
        row.next_attempt_at = None


def course_refused(session: Session, *, work: CourseWork, code: str, message: str) -> None:
    """The site refuses this course for good (it is gone): its rows fail with the reason, a person retries."""
    for row in _rows(session, work.persons):
        if row.status == "waiting":
            row.status, row.error_code, row.error_text = "failed", code, message
            row.attempts += 1


def release_course(session: Session, *, work: CourseWork) -> None:
    """Give the course free, unless another worker has taken it over meanwhile."""
    lease = session.get(CourseLease, (work.site_id, work.course_ref), with_for_update=True)
    if lease is not None and lease.owner == work.owner:
        session.delete(lease)


def _take_lease(session: Session, site_id: int, course_ref: str, owner: str, lease: timedelta) -> bool:
    session.get_one(Site, site_id, with_for_update=True)
    moment = real_now(session)
    row = session.get(CourseLease, (site_id, course_ref), with_for_update=True)
    if row is None:
        session.add(CourseLease(site_id=site_id, course_ref=course_ref, owner=owner, until=moment + lease))
        return True
    if row.until > moment and row.owner != owner:
        return False
    row.owner, row.until = owner, moment + lease
    return True


def _due_rows(session: Session, site_id: int, course_ref: str) -> Sequence[Enrolment]:
    return session.scalars(
        select(Enrolment)
        .where(
            Enrolment.site_id == site_id,
            Enrolment.course_ref == course_ref,
            Enrolment.status == "waiting",
            or_(Enrolment.next_attempt_at.is_(None), Enrolment.next_attempt_at <= real_now(session)),
        )
        .options(joinedload(Enrolment.person).selectinload(Person.identifiers))
        .order_by(Enrolment.id)
    ).all()


def _rows(session: Session, ids: Iterable[int]) -> Sequence[Enrolment]:
    return session.scalars(
        select(Enrolment)
        .where(Enrolment.id.in_(list(ids)))
        .options(selectinload(Enrolment.batch).selectinload(Batch.version))
        .order_by(Enrolment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _accounts(session: Session, site_id: int, person_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, LmsAccount]:
    found = session.scalars(
        select(LmsAccount).where(LmsAccount.site_id == site_id, LmsAccount.person_id.in_(list(person_ids)))
    )
    return {account.person_id: account for account in found}


def _learner(session: Session, row: Enrolment) -> LearnerAccount | None:
    """None where the register knows no number: that row waits for a person, the others go on."""
    person = row.person
    try:
        number = number_on(person, today(session))
    except Refused as refusal:
        row.status, row.error_code, row.error_text = "needs_account", refusal.code, refusal.sentence
        row.attempts += 1
        return None
    given, family = given_and_family(person.name)
    return LearnerAccount(
        key=str(person.id),
        username=number,
        idnumber=number,
        email=person.email,
        given_name=given,
        family_name=family,
    )


def _needs_account(row: Enrolment, result: AccountResult) -> None:
    row.status, row.error_code, row.error_text = "needs_account", result.status.value, result.reason
    row.attempts += 1
    if result.status is AccountStatus.MISSING and not result.reason:
        row.error_text = "missing"


def _settle(session: Session, row: Enrolment, result: RowResult, sent: str) -> None:
    if result.status is RowStatus.RETRY:
        _wait(session, row, result.code, result.message)
        return
    if result.status is RowStatus.REFUSED:
        row.status, row.error_code, row.error_text = "failed", result.code, result.message
        row.attempts += 1
        return
    row.applied, row.applied_at = sent, now(session)
    row.error_code = row.error_text = ""
    row.attempts, row.next_attempt_at = 0, None
    row.status = "applied" if row.desired == sent else "waiting"


def _wait(session: Session, row: Enrolment, code: str, message: str) -> None:
    row.attempts += 1
    row.error_code, row.error_text = code, message
    row.next_attempt_at = real_now(session) + _pause(row.attempts)


def _pause(failures: int) -> timedelta:
    minutes = BACK_OFF_MINUTES[min(failures, len(BACK_OFF_MINUTES)) - 1]
    return timedelta(seconds=60 * minutes * random.uniform(0.9, 1.1))  # noqa: S311


def next_try(row: Enrolment, site: Site) -> datetime | None:
    """When this row is tried next, for the page: the later of its own time and the site's."""
    times = [t for t in (row.next_attempt_at, site.try_after) if t is not None]
    return max(times) if times else None
