"""Comparing courses with the site, nightly and on demand; repairs are decided by people (R27)."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from workflows.access import open_at
from workflows.actions.versions import lock_version
from workflows.actor import Actor
from workflows.clock import now, real_now, today
from workflows.drift import REPAIRABLE, Difference, Held, Kind, differences, out_of_group
from workflows.errors import N_, NotFound, Refused
from workflows.events import version_stream
from workflows.guards import must_have_reason
from workflows.history import record
from workflows.models import (
    Batch,
    DriftCheck,
    DriftCourse,
    DriftFinding,
    Enrolment,
    LmsAccount,
    ProgrammeVersion,
    Site,
)
from workflows.open_sites import may_be_asked
from workflows.ports import ActualEnrolment, CourseGroup
from workflows.rules import require


@dataclass(frozen=True, slots=True)
class DriftWork:
    """One course to compare: rows the site has said yes to, and all accounts with a row of ours."""

    site_id: int
    course_ref: str
    held: tuple[Held, ...]
    ours: frozenset[str]
    by_id: uuid.UUID | None


def begin_watch(session: Session) -> int:
    """Watch every course of a programme that is approved or runs. How many came new."""
    rows = session.execute(
        select(ProgrammeVersion.site_id, ProgrammeVersion.course_ref)
        .join(Batch, Batch.version_id == ProgrammeVersion.id)
        .outerjoin(
            DriftCourse,
            (DriftCourse.site_id == ProgrammeVersion.site_id)
            & (DriftCourse.course_ref == ProgrammeVersion.course_ref),
        )
        .where(*_living(), DriftCourse.site_id.is_(None))
        .distinct()
    ).all()
    for site_id, course_ref in rows:
        session.add(DriftCourse(site_id=site_id, course_ref=course_ref))
    return len(rows)


def ask_check(session: Session, *, actor: Actor, version_id: int) -> DriftCourse:
    """A person wants the course of this version compared now; the worker does it within seconds."""
    version = lock_version(session, version_id)
    require(actor, "drift.check")
    if version.site_id is None or not version.course_ref:
        raise Refused("no_course", N_("Pilih dahulu kelas Moodle untuk program ini."), rule="R26")
    row = session.get(DriftCourse, (version.site_id, version.course_ref), with_for_update=True)
    if row is None:
        row = DriftCourse(site_id=version.site_id, course_ref=version.course_ref, trouble="")
        session.add(row)
    row.wanted_at, row.wanted_by = now(session), actor.person_id
    return row


def claim_check(session: Session, *, hold: timedelta) -> DriftWork | None:
    """The next course to compare: wanted ones first, then those not compared today. None: nothing is due."""
    moment, day = real_now(session), today(session)
    living = (
        select(ProgrammeVersion.id)
        .where(
            ProgrammeVersion.site_id == DriftCourse.site_id,
            ProgrammeVersion.course_ref == DriftCourse.course_ref,
            *_living(),
        )
        .exists()
    )
    row = session.scalars(
        select(DriftCourse)
        .join(Site, Site.id == DriftCourse.site_id)
        .where(
            or_(DriftCourse.held_until.is_(None), DriftCourse.held_until <= moment),
            *may_be_asked(),
            or_(
                DriftCourse.wanted_at.is_not(None),
                or_(DriftCourse.checked_on.is_(None), DriftCourse.checked_on < day) & living,
            ),
        )
        .order_by(DriftCourse.wanted_at.is_(None), DriftCourse.checked_on, DriftCourse.course_ref)
        .limit(1)
        .with_for_update(skip_locked=True, of=DriftCourse)
    ).first()
    if row is None:
        return None
    row.held_until = moment + hold
    return _work(session, row)


def settle_check(
    session: Session,
    *,
    work: DriftWork,
    roster: Mapping[str, ActualEnrolment] | None,
    gone: Collection[str] = (),
    groups: Mapping[str, CourseGroup] | None = None,
) -> DriftCheck:
    """Keep what was found. ``roster`` None: the course is gone; ``groups`` None: the site does not show them."""
    if roster is None:
        found = [Difference(Kind.COURSE_GONE, "")]
    else:
        seen = differences(work.held, roster, ours=work.ours, gone=gone)
        if groups is not None:
            seen += out_of_group(work.held, roster, groups)
        found = _still_true(session, work, seen)
    count = Counter(one.kind.value for one in found)
    check = DriftCheck(
        site_id=work.site_id,
        course_ref=work.course_ref,
        checked_at=now(session),
        by_id=work.by_id,
        held=len(work.held),
        on_site=len(roster or ()),
        **{kind.value: count[kind.value] for kind in Kind},
    )
    session.add(check)
    _keep(session, work, found)
    course = session.get_one(DriftCourse, (work.site_id, work.course_ref), with_for_update=True)
    course.checked_at, course.checked_on, course.trouble = check.checked_at, today(session), ""
    course.wanted_at = course.wanted_by = course.held_until = None
    return check


def settle_unread(session: Session, *, work: DriftWork, code: str, again_in: timedelta) -> None:
    """The site did not let us look; the page says why, and it is tried again."""
    course = session.get_one(DriftCourse, (work.site_id, work.course_ref), with_for_update=True)
    course.trouble, course.held_until = code, real_now(session) + again_in


def repair(session: Session, *, actor: Actor, version_id: int, finding_ids: Collection[int]) -> int:
    """Send these rows again as we want them; an account that is gone is looked for anew. How many rows."""
    version, rows = _decidable(session, actor, version_id, finding_ids)
    rows = [row for row in rows if row.kind in REPAIRABLE and row.enrolment_id is not None]
    if not rows:
        raise Refused(
            "nothing_chosen", N_("Pilih paling sedikit satu beda yang dapat diperbaiki."), rule="R27"
        )
    enrolments = session.scalars(
        select(Enrolment)
        .where(Enrolment.id.in_([row.enrolment_id for row in rows]))
        .order_by(Enrolment.id)
        .with_for_update()
    ).all()
    elsewhere = {row.enrolment_id for row in rows if row.kind != Kind.OUT_OF_GROUP}
    for enrolment in enrolments:
        enrolment.placed_in = enrolment.place_error = ""
        if enrolment.id not in elsewhere:
            continue  # the enrolment is as it should be; only the group is to be given again
        enrolment.applied, enrolment.status = "none", "waiting"
        enrolment.attempts, enrolment.next_attempt_at = 0, None
        if enrolment.desired != "active":
            enrolment.stop_cause, enrolment.stop_agreed = "repair", ""
    _forget_accounts(session, [row for row in rows if row.kind == Kind.USER_GONE])
    for row in rows:
        row.status, row.decided_by, row.decided_at = "repairing", actor.person_id, now(session)
    kinds = Counter(row.kind for row in rows)
    record(
        session,
        "drift.repair_approved",
        stream=version_stream(version.id),
        actor=actor,
        count=len(rows),
        kinds=", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items())),
    )
    return len(rows)


def leave(
    session: Session, *, actor: Actor, version_id: int, finding_ids: Collection[int], reason: str
) -> int:
    """These differences are known and stay, with a reason; they are no longer counted as open. How many."""
    version, rows = _decidable(session, actor, version_id, finding_ids)
    must_have_reason(reason)
    if not rows:
        raise Refused("nothing_chosen", N_("Pilih paling sedikit satu beda."), rule="R27")
    for row in rows:
        row.status, row.reason = "left", reason.strip()
        row.decided_by, row.decided_at = actor.person_id, now(session)
    record(
        session,
        "drift.left",
        stream=version_stream(version.id),
        actor=actor,
        personal={"reason": reason.strip()},
        count=len(rows),
    )
    return len(rows)


def _living() -> tuple[ColumnElement[bool], ...]:
    return (
        ProgrammeVersion.site_id.is_not(None),
        ProgrammeVersion.course_ref != "",
        ProgrammeVersion.state.in_(("approved", "running")),
        ProgrammeVersion.closed_as.is_(None),
    )


def _work(session: Session, course: DriftCourse) -> DriftWork:
    rows = session.execute(
        select(
            Enrolment.id,
            LmsAccount.remote_id,
            Enrolment.desired,
            Enrolment.applied,
            Enrolment.status,
            Enrolment.placed_in,
            Enrolment.applied_starts_at,
            Enrolment.applied_ends_at,
        )
        .join(
            LmsAccount,
            (LmsAccount.site_id == Enrolment.site_id) & (LmsAccount.person_id == Enrolment.person_id),
        )
        .where(
            Enrolment.site_id == course.site_id,
            Enrolment.course_ref == course.course_ref,
            LmsAccount.remote_id.is_not(None),
        )
        .order_by(Enrolment.id)
    ).all()
    settled: dict[str, Held] = {}
    ours = set()
    moment = now(session)
    for enrolment_id, ref, desired, applied, status, group, *access in rows:
        remote_id = str(ref)
        ours.add(remote_id)
        if status == "applied" and desired == applied:
            wanted = settled.get(remote_id)
            # Several batches of a version share the course: whoever takes part in one of them is active there.
            if wanted is None or desired == "active":
                dormant = not open_at((access[0], access[1]), moment)
                settled[remote_id] = Held(enrolment_id, remote_id, desired, dormant, group)
        else:
            settled.pop(remote_id, None)
    return DriftWork(
        course.site_id, course.course_ref, tuple(settled.values()), frozenset(ours), course.wanted_by
    )


def _still_true(session: Session, work: DriftWork, found: Sequence[Difference]) -> list[Difference]:
    """Rows whose wish changed while we looked are under way by now and no difference."""
    wanted = {row.enrolment_id: row.desired for row in work.held}
    rows = session.execute(
        select(Enrolment.id, Enrolment.desired, Enrolment.status).where(
            Enrolment.id.in_([one.enrolment_id for one in found if one.enrolment_id is not None])
        )
    )
    settled = {
        number for number, desired, status in rows if status == "applied" and desired == wanted[number]
    }
    return [one for one in found if one.enrolment_id is None or one.enrolment_id in settled]


def _keep(session: Session, work: DriftWork, found: Sequence[Difference]) -> None:
    moment = now(session)
    lasting = {
        (row.kind, row.remote_id): row
        for row in session.scalars(
            select(DriftFinding)
            .where(
                DriftFinding.site_id == work.site_id,
                DriftFinding.course_ref == work.course_ref,
                DriftFinding.ended_at.is_(None),
            )
            .with_for_update()
        )
    }
    people = _people(session, work, [one.remote_id for one in found])
    for one in found:
        row = lasting.pop((one.kind.value, one.remote_id), None)
        if row is None:
            row = DriftFinding(
                site_id=work.site_id,
                course_ref=work.course_ref,
                kind=one.kind.value,
                remote_id=one.remote_id,
                enrolment_id=one.enrolment_id,
                person_id=people.get(one.remote_id),
                first_seen=moment,
            )
            session.add(row)
        elif row.status == "repairing":
            row.status = "open"  # the repair did not hold
        row.last_seen = moment
    for row in lasting.values():
        row.ended_at = moment


def _people(session: Session, work: DriftWork, remote_ids: list[str]) -> dict[str, uuid.UUID]:
    rows = session.execute(
        select(LmsAccount.remote_id, LmsAccount.person_id).where(
            LmsAccount.site_id == work.site_id, LmsAccount.remote_id.in_(remote_ids)
        )
    )
    return {remote_id: person_id for remote_id, person_id in rows if remote_id is not None}


def _decidable(
    session: Session, actor: Actor, version_id: int, finding_ids: Collection[int]
) -> tuple[ProgrammeVersion, list[DriftFinding]]:
    version = lock_version(session, version_id)
    require(actor, "drift.repair")
    rows = session.scalars(
        select(DriftFinding)
        .where(
            DriftFinding.id.in_(finding_ids),
            DriftFinding.site_id == version.site_id,
            DriftFinding.course_ref == version.course_ref,
        )
        .order_by(DriftFinding.id)
        .with_for_update()
    ).all()
    if len(rows) != len(set(finding_ids)):
        raise NotFound("no_difference", N_("Beda ini tidak ada pada kelas program ini."))
    return version, [row for row in rows if row.ended_at is None and row.status != "repairing"]


def _forget_accounts(session: Session, rows: Sequence[DriftFinding]) -> None:
    if not rows:
        return
    for account in session.scalars(
        select(LmsAccount)
        .where(
            LmsAccount.site_id == rows[0].site_id,
            LmsAccount.remote_id.in_([row.remote_id for row in rows]),
        )
        .with_for_update()
    ):
        account.remote_id = None
