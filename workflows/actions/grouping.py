"""Participants are put into the group of their batch on the site, once they are enrolled there (R26).

Called by the job in three parts, under the lease of the course: ``claim``, the calls, ``settle``. A site that lets us
make no groups hinders no enrolment: the course says why, and is tried again later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Select, or_, select, update
from sqlalchemy.orm import Session

from workflows.actions import attempts, leases, sync_rows
from workflows.clock import real_now, today
from workflows.grouping import Placing
from workflows.models import Batch, CourseGrouping, Enrolment, LmsAccount, ProgrammeVersion, Site
from workflows.open_sites import may_be_written, stopped
from workflows.participants import participants
from workflows.patience import PATIENCE, Patience
from workflows.ports import RowResult, RowStatus

MOST = 2_000
"""Rows in one go."""


@dataclass(frozen=True, slots=True)
class GroupWork:
    """Of one course: the groups that must be there (key -> name), and who belongs into which."""

    site_id: int
    course_ref: str
    owner: str
    wanted: Mapping[str, str]
    rows: tuple[Placing, ...]
    run: str = field(default_factory=lambda: uuid4().hex)

    @property
    def place(self) -> dict[str, Any]:
        """Whose lease it is."""
        return {"site_id": self.site_id, "course_ref": self.course_ref, "owner": self.owner}


def due_courses(session: Session) -> list[tuple[int, str]]:
    """(site id, course) with participants who are enrolled and not yet in the group of their batch."""
    rows = session.execute(
        _due(session, Enrolment.site_id, Enrolment.course_ref)
        .join(Site, Site.id == Enrolment.site_id)
        .outerjoin(
            CourseGrouping,
            (CourseGrouping.site_id == Enrolment.site_id)
            & (CourseGrouping.course_ref == Enrolment.course_ref),
        )
        .where(
            *may_be_written(),
            ~stopped(Enrolment.site_id, Enrolment.course_ref),
            or_(
                CourseGrouping.next_attempt_at.is_(None), CourseGrouping.next_attempt_at <= real_now(session)
            ),
        )
        .distinct()
        .order_by(Enrolment.site_id, Enrolment.course_ref)
    )
    return [(site_id, course_ref) for site_id, course_ref in rows]


def claim(
    session: Session, *, site_id: int, course_ref: str, owner: str, lease: timedelta
) -> GroupWork | None:
    """Take the course and read who is to be placed; None while another worker has it, or nothing is due."""
    if not leases.take(session, site_id=site_id, course_ref=course_ref, owner=owner, lease=lease):
        return None
    rows = session.execute(
        _due(
            session,
            Enrolment.id,
            Enrolment.placed_in,
            LmsAccount.remote_id,
            Batch.version_id,
            Batch.group_key,
            Batch.number,
            ProgrammeVersion.starts_on,
        )
        .where(Enrolment.site_id == site_id, Enrolment.course_ref == course_ref)
        .order_by(Enrolment.id)
        .limit(MOST)
    ).all()
    if not rows:
        leases.give_back(session, site_id=site_id, course_ref=course_ref, owner=owner)
        return None
    siblings = _keys(session, {row.version_id for row in rows})
    return GroupWork(
        site_id=site_id,
        course_ref=course_ref,
        owner=owner,
        wanted={row.group_key: group_name(row.number, row.starts_on.year) for row in rows},
        rows=tuple(
            Placing(row.id, row.remote_id, row.group_key, siblings[row.version_id] | ({row.placed_in} - {""}))
            for row in rows
        ),
    )


def group_name(number: int, year: int) -> str:
    """How the group reads on the site."""
    return f"Angkatan {number} ({year})"


def settle(
    session: Session,
    *,
    work: GroupWork,
    settled: Iterable[int],
    results: Collection[RowResult],
    patience: Patience = PATIENCE,
) -> None:
    """Keep who is in the own group now. Whoever the site refuses says why, and waits for a person."""
    leases.must_hold(session, **work.place)
    bad: dict[int, RowResult] = {}
    known = set(settled)
    good = set(known)
    for result in results:
        row = int(result.key)
        if result.status is not RowStatus.APPLIED:
            bad.setdefault(row, result)
        good.add(row)
    placed = {row.enrolment_id: row for row in work.rows}
    by_group: dict[str, list[int]] = defaultdict(list)
    for row in sorted(good - set(bad)):
        by_group[placed[row].group].append(row)
    for group, ids in by_group.items():
        for some in sync_rows.pieces(ids):
            sync_rows.update_all(session, some, placed_in=group, place_error="")
    refused = {row: one for row, one in bad.items() if one.status is RowStatus.REFUSED}
    for row, one in refused.items():
        sync_rows.update_all(session, [row], place_error=one.code)
    _note(session, work, {int(one.key): one for one in results} | bad, known)
    if any(one.status is RowStatus.RETRY for one in bad.values()):
        settle_trouble(
            session, work=work, code=next(iter(bad.values())).code, lasting=False, patience=patience
        )
    elif (row_of := _grouping(session, work)) is not None:
        session.delete(row_of)


def settle_trouble(
    session: Session, *, work: GroupWork, code: str, lasting: bool, patience: Patience = PATIENCE
) -> None:
    """Nobody could be placed: later again; ``lasting``: a refusal, so that only seldom."""
    leases.must_hold(session, **work.place)
    row = _grouping(session, work)
    if row is None:
        row = CourseGrouping(site_id=work.site_id, course_ref=work.course_ref, attempts=0)
        session.add(row)
    row.attempts, row.error_code = row.attempts + 1, code
    wait = patience.pause(len(patience.back_off) if lasting else row.attempts)
    row.next_attempt_at = real_now(session) + wait


def release(session: Session, *, work: GroupWork) -> None:
    """Give the course free, unless another worker has taken it over meanwhile."""
    leases.give_back(session, **work.place)


def try_again(session: Session, version: ProgrammeVersion) -> None:
    """A person wants it tried: rows that were refused and the course are due at once."""
    refused = (
        select(Enrolment.id)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .where(Batch.version_id == version.id, Enrolment.place_error != "")
    )
    session.execute(
        update(Enrolment).where(Enrolment.id.in_(refused)).values(place_error=""),
        execution_options={"synchronize_session": False},
    )
    session.execute(
        update(CourseGrouping)
        .where(CourseGrouping.site_id == version.site_id, CourseGrouping.course_ref == version.course_ref)
        .values(next_attempt_at=None),
        execution_options={"synchronize_session": False},
    )


def _due(session: Session, *columns: Any) -> Select[Any]:
    """Participants whom the site holds as active, in a batch of a living version that is not over."""
    return participants(*columns).where(*_to_be_placed(session))


def _to_be_placed(session: Session) -> tuple[ColumnElement[bool], ...]:
    return (
        Enrolment.desired == "active",
        Enrolment.applied == "active",
        Enrolment.status == "applied",
        Enrolment.place_error == "",
        Enrolment.placed_in != Batch.group_key,
        LmsAccount.remote_id.is_not(None),
        Batch.ends_on >= today(session),
        ProgrammeVersion.state.in_(("approved", "running")),
        ProgrammeVersion.closed_as.is_(None),
    )


def _keys(session: Session, version_ids: Collection[int]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {version_id: set() for version_id in version_ids}
    for version_id, key in session.execute(
        select(Batch.version_id, Batch.group_key).where(Batch.version_id.in_(version_ids))
    ):
        found[version_id].add(key)
    return {version_id: frozenset(keys) for version_id, keys in found.items()}


def _grouping(session: Session, work: GroupWork) -> CourseGrouping | None:
    return session.get(CourseGrouping, (work.site_id, work.course_ref), with_for_update=True)


def _note(
    session: Session, work: GroupWork, results: Mapping[int, RowResult], known: Collection[int]
) -> None:
    """The history of each row that something was sent for, or that the site was found to hold (``known``)."""
    placed = {row.enrolment_id: row for row in work.rows}
    told = {}
    for row in sorted(set(known) - set(results)):
        found = RowResult(str(row), RowStatus.APPLIED)
        group = work.wanted[placed[row].group]
        told[row] = {**attempts.of_group(placed[row].remote_id, group, found, "applied"), "doing": "compare"}
    for row, result in results.items():
        status = "applied" if result.status is RowStatus.APPLIED else "waiting"
        told[row] = attempts.of_group(
            placed[row].remote_id, work.wanted[placed[row].group], result, status
        )  # fmt: skip
    attempts.note(session, work.run, told)
