"""The brake: many stops at once in one course wait until a person has seen the names and the causes (R26, R27)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlalchemy import Row, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from workflows.actions import attempts, leases, sync_rows
from workflows.actions.sync import CourseWork
from workflows.actor import CLOCK
from workflows.brake import Limits, crossed
from workflows.clock import now, real_now
from workflows.events import version_stream
from workflows.history import record
from workflows.models import Batch, Enrolment, Site, SyncHold, SyncHoldRow

NOTE = {"doing": "none", "sent": "", "outcome": "held", "code": "braked", "answer": "", "kind": ""}
"""What the history of a row says about it."""


def limits_of(site: Site) -> Limits:
    """What the site is set to."""
    return Limits(site.brake_least, site.brake_most, site.brake_percent, site.brake_hours)


def check(session: Session, *, work: CourseWork, stops: Mapping[int, str]) -> frozenset[int]:
    """Of the stops about to be sent (enrolment id -> suspended | removed) those that must not be: held from now on.

    Those that may go are noted before they are sent, so that a run that dies in between is counted all the same.
    """
    leases.must_hold(session, **work.place)
    asked = [row for row in _locked(session, stops) if row.stop_agreed != stops[row.id]]
    if not asked:
        return frozenset()
    limits = limits_of(session.get_one(Site, work.site_id))
    ids = {row.id for row in asked}
    counted = _counted(session, work, limits) - ids
    stops_now = len(ids) + len(counted)
    base = _taking_part(session, work, {*counted, *ids})
    why = crossed(stops_now, base, limits)
    if not why:
        for some in sync_rows.pieces(sorted(ids)):
            sync_rows.update_all(session, some, stopped_at=real_now(session))
        return frozenset()
    hold = _hold(session, work)
    hold.reached, hold.base, hold.crossed = stops_now, base, why
    session.flush()
    _keep(session, work, hold, asked, stops)
    return frozenset(ids)


def agree(session: Session, enrolment_ids: Collection[int]) -> None:
    """A person has read these stops in a preview and confirmed them: as they are wished now they pass the brake."""
    for some in sync_rows.pieces(sorted(enrolment_ids)):
        session.execute(
            update(Enrolment)
            .where(Enrolment.id.in_(some), Enrolment.desired != "active")
            .values(stop_agreed=Enrolment.desired)
            .execution_options(synchronize_session=False)
        )


def _locked(session: Session, ids: Collection[int]) -> list[Row[int, str, str, str, int]]:
    """(id, applied, stop_agreed, stop_cause, version_id), in the order of ids."""
    rows: list[Row[int, str, str, str, int]] = []
    for some in sync_rows.pieces(sorted(ids)):
        rows += session.execute(
            select(Enrolment.id, Enrolment.applied, Enrolment.stop_agreed, Enrolment.stop_cause, Batch.version_id)
            .join(Batch, Batch.id == Enrolment.batch_id)
            .where(Enrolment.id.in_(some))
            .order_by(Enrolment.id)
            .with_for_update(of=Enrolment)
        ).all()  # fmt: skip
    return rows


def _counted(session: Session, work: CourseWork, limits: Limits) -> set[int]:
    """Rows of the course that wait at the brake, or whose stop was sent unasked within the hours."""
    since = real_now(session) - timedelta(hours=limits.hours)
    return set(
        session.scalars(
            select(Enrolment.id).where(
                Enrolment.site_id == work.site_id,
                Enrolment.course_ref == work.course_ref,
                Enrolment.desired != "active",
                or_(Enrolment.status == "held", Enrolment.stopped_at > since),
            )
        )
    )


def _taking_part(session: Session, work: CourseWork, stops: Collection[int]) -> int:
    """Of how many: who is active in the course by our books, and who would be without these stops."""
    active = set(
        session.scalars(
            select(Enrolment.id).where(
                Enrolment.site_id == work.site_id,
                Enrolment.course_ref == work.course_ref,
                Enrolment.applied == "active",
            )
        )
    )
    return len(active | set(stops))


def _hold(session: Session, work: CourseWork) -> SyncHold:
    """The open one of the course, or a new one."""
    found = session.scalars(
        select(SyncHold)
        .where(
            SyncHold.site_id == work.site_id,
            SyncHold.course_ref == work.course_ref,
            SyncHold.status == "open",
        )
        .order_by(SyncHold.id)
        .with_for_update()
    ).first()
    if found is None:
        found = SyncHold(
            site_id=work.site_id, course_ref=work.course_ref, status="open", held_at=now(session)
        )
        session.add(found)
    return found


def _keep(
    session: Session,
    work: CourseWork,
    hold: SyncHold,
    asked: Collection[Row[int, str, str, str, int]],
    stops: Mapping[int, str],
) -> None:
    ids = [row.id for row in asked]
    for some in sync_rows.pieces(ids):
        sync_rows.update_all(
            session, some, status="held", next_attempt_at=None, attempts=0, error_code="", error_text=""
        )
        session.execute(
            delete(SyncHoldRow).where(SyncHoldRow.hold_id == hold.id, SyncHoldRow.enrolment_id.in_(some))
        )
    moment = now(session)
    session.execute(
        insert(SyncHoldRow),
        [
            {
                "hold_id": hold.id,
                "enrolment_id": row.id,
                "desired": stops[row.id],
                "cause": row.stop_cause,
                "held_at": moment,
            }
            for row in asked
        ],
    )
    attempts.note(session, work.run, dict.fromkeys(ids, NOTE))
    of_version = Counter(row.version_id for row in asked)
    for version_id, count in sorted(of_version.items()):
        record(
            session, "sync.held", stream=version_stream(version_id), actor=CLOCK, count=count, hold=hold.id
        )
