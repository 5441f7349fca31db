"""Taking somebody out of a course for good, by decision: the site deletes what it holds of them (R26, R27)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from workflows.actions.versions import lock_version
from workflows.actor import Actor
from workflows.errors import N_, Conflict, Denied, NotFound, Refused
from workflows.events import version_stream
from workflows.guards import must_have_reason
from workflows.history import record
from workflows.lifecycle import ensure_state
from workflows.models import CourseProgress, Enrolment
from workflows.rules import require


def unenrol(session: Session, *, actor: Actor, enrolment_id: int, reason: str) -> Enrolment:
    """The wish becomes ``removed``; the row, its completion and its JP stay with us.

    Only who is suspended already, or who takes part and has begun nothing yet as far as we know. Leaving a course is
    ``enrolments.withdraw``, which loses nothing.
    """
    found = session.get(Enrolment, enrolment_id)
    if found is None:
        raise NotFound("no_enrolment", N_("Peserta ini tidak ada."))
    version = lock_version(session, found.batch.version_id)
    require(actor, "enrolment.unenrol")
    ensure_state(version, {"approved", "running"})
    row = session.get_one(Enrolment, enrolment_id, populate_existing=True, with_for_update=True)
    if row.person_id == actor.person_id:
        raise Denied("own_unenrol", N_("Pendaftaran diri sendiri dikeluarkan oleh petugas lain."), rule="R13")
    must_have_reason(reason)
    if row.desired == "removed":
        raise Conflict("already_removed", N_("Peserta ini sudah dikeluarkan dari kelas."), rule="R26")
    if row.desired == "active" and has_begun(session, row):
        raise Refused(
            "has_begun",
            N_(
                "Peserta ini sudah belajar di kelas. Hentikan dahulu, sehingga tidak ada yang hilang; "
                "setelah itu ia dapat dikeluarkan."
            ),
            rule="R26",
        )
    before, row.desired = row.desired, "removed"
    row.stop_cause, row.stop_agreed = "unenrol", ""
    row.status, row.next_attempt_at, row.attempts = "waiting", None, 0
    record(
        session,
        "enrolment.unenrolled",
        stream=version_stream(version.id),
        actor=actor,
        personal={"reason": reason.strip()},
        enrolment=row.id,
        before=before,
    )
    return row


def has_begun(session: Session, row: Enrolment) -> bool:
    """A completion is here, or the site was last seen to hold steps or a grade of theirs."""
    progress = session.get(CourseProgress, row.id)
    seen = progress is not None and (progress.steps_done > 0 or progress.grade is not None)
    return row.completion is not None or seen


def can_unenrol(session: Session, row: Enrolment) -> bool:
    """Whether the page offers it: by the row's own state and the state of its version."""
    version = row.batch.version
    open_version = version.closed_as is None and version.state in ("approved", "running")
    if not open_version or row.desired == "removed":
        return False
    return row.desired == "suspended" or not has_begun(session, row)
