"""What a person decides about stops that the brake holds: exactly those that were read, or back to where they were.

Approved, the rows are sent; turned down, each wish goes back to what the site was last known to hold (R26, R27).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from workflows.actions.versions import lock_version
from workflows.actor import Actor
from workflows.brake import put_back
from workflows.clock import now
from workflows.errors import N_, Conflict, Denied, NotFound, Refused
from workflows.events import site_stream, version_stream
from workflows.guards import active_participants, must_have_reason
from workflows.history import record
from workflows.lifecycle import ensure_state
from workflows.models import Batch, Enrolment, Site, SyncHold, SyncHoldRow
from workflows.rules import require


def still_held() -> ColumnElement[bool]:
    """Of a join of ``Enrolment`` and ``SyncHoldRow``: the row waits, with the wish with which it was held."""
    return and_(Enrolment.status == "held", Enrolment.desired == SyncHoldRow.desired)


def hold_of(session: Session, hold_id: int, *, site_id: int | None = None, lock: bool = False) -> SyncHold:
    """NotFound also where it is one of another site than ``site_id``."""
    hold = session.get(SyncHold, hold_id, with_for_update=lock or None, populate_existing=lock)
    if hold is None or site_id not in (None, hold.site_id):
        raise NotFound("no_hold", N_("Rencana yang ditahan ini tidak ada."))
    return hold


def print_of(session: Session, hold_id: int) -> str:
    """Fingerprint of what the hold is about now: which rows, each with which wish and cause."""
    rows = session.execute(
        select(Enrolment.id, SyncHoldRow.desired, SyncHoldRow.cause)
        .join(SyncHoldRow, SyncHoldRow.enrolment_id == Enrolment.id)
        .where(SyncHoldRow.hold_id == hold_id, still_held())
        .order_by(Enrolment.id)
    )
    told = ",".join(f"{row_id}:{desired}:{cause}" for row_id, desired, cause in rows)
    return hashlib.sha256(f"{hold_id}|{told}".encode()).hexdigest()


def approve(session: Session, *, actor: Actor, hold_id: int, fingerprint: str, reason: str) -> int:
    """Send these stops, each as it was read; one whose wish changes before it is sent is held again. How many."""
    hold, rows = _decidable(session, actor, hold_id, fingerprint, reason)
    for row in rows:
        row.stop_agreed = row.desired
        row.status, row.next_attempt_at, row.attempts = "waiting", None, 0
    _close(session, actor, hold, "approved", len(rows), reason)
    _tell(session, "sync.hold_approved", actor, hold, rows)
    return len(rows)


def decline(session: Session, *, actor: Actor, hold_id: int, fingerprint: str, reason: str) -> int:
    """Stop nobody: each wish goes back to what the site was last known to hold. How many rows.

    Refused where a seat that became free was given to somebody else meanwhile.
    """
    hold, rows = _decidable(session, actor, hold_id, fingerprint, reason)
    back = Counter(
        row.batch.version_id
        for row in rows
        if put_back(row.desired, row.applied, row.stop_cause)[0] == "active"
    )
    for version_id in sorted(back):
        version = lock_version(session, version_id)
        ensure_state(version, {"approved", "running"})
        taken = active_participants(session, version_id)
        if taken + back[version_id] > version.seats:
            raise Refused(
                "no_seat_back",
                N_(
                    "Tempat mereka sudah terisi: %(seats)s tempat, %(taken)s terisi, %(more)s hendak kembali. "
                    "Setujui, atau kosongkan tempat lebih dahulu."
                ),
                rule="DOMAIN 3.1",
                seats=version.seats,
                taken=taken,
                more=back[version_id],
            )
    for row in rows:
        row.desired, row.applied = put_back(row.desired, row.applied, row.stop_cause)
        row.stop_agreed = ""
        if row.desired == "active":
            row.stop_cause = ""
        row.status = "applied" if row.desired == row.applied else "waiting"
        row.next_attempt_at, row.attempts = None, 0
    _close(session, actor, hold, "declined", len(rows), reason)
    _tell(session, "sync.hold_declined", actor, hold, rows)
    return len(rows)


def _decidable(
    session: Session, actor: Actor, hold_id: int, fingerprint: str, reason: str
) -> tuple[SyncHold, Sequence[Enrolment]]:
    """The hold and its rows, locked: versions first, then the site, then rows by id."""
    found = hold_of(session, hold_id)
    require(actor, "sync.brake")
    must_have_reason(reason)
    for version_id in sorted(_versions(session, hold_id)):
        lock_version(session, version_id)
    session.get_one(Site, found.site_id, with_for_update=True)
    hold = hold_of(session, hold_id, lock=True)
    if hold.status != "open":
        raise Conflict("hold_decided", N_("Rencana ini sudah diputuskan."), rule="R26")
    rows = session.scalars(
        select(Enrolment)
        .join(SyncHoldRow, SyncHoldRow.enrolment_id == Enrolment.id)
        .where(SyncHoldRow.hold_id == hold_id, still_held())
        .order_by(Enrolment.id)
        .with_for_update(of=Enrolment)
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        raise Conflict("nothing_held", N_("Tidak ada lagi yang ditahan pada rencana ini."), rule="R26")
    if any(row.person_id == actor.person_id for row in rows):
        raise Denied("own_hold", N_("Pemberhentian diri sendiri diputuskan oleh petugas lain."), rule="R13")
    if print_of(session, hold_id) != fingerprint:
        raise Conflict(
            "hold_changed",
            N_("Yang ditahan berubah sejak halaman ini dibuka. Baca lagi daftarnya, lalu putuskan."),
            rule="R26",
        )
    return hold, rows


def _versions(session: Session, hold_id: int) -> set[int]:
    return set(
        session.scalars(
            select(Batch.version_id)
            .join(Enrolment, Enrolment.batch_id == Batch.id)
            .join(SyncHoldRow, SyncHoldRow.enrolment_id == Enrolment.id)
            .where(SyncHoldRow.hold_id == hold_id, still_held())
        )
    )


def _close(session: Session, actor: Actor, hold: SyncHold, status: str, count: int, reason: str) -> None:
    hold.status, hold.reason = status, reason.strip()
    hold.decided_by, hold.decided_at, hold.decided = actor.person_id, now(session), count


def _tell(session: Session, name: str, actor: Actor, hold: SyncHold, rows: Sequence[Enrolment]) -> None:
    """In the history of each programme, and of the site."""
    streams = Counter(version_stream(row.batch.version_id) for row in rows)
    for stream, count in (*sorted(streams.items()), (site_stream(hold.site_id), len(rows))):
        personal = {"reason": hold.reason}
        record(session, name, stream=stream, actor=actor, personal=personal, count=count, hold=hold.id)
