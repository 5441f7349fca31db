"""An auditor takes the history along: who, what of it, how much, and which file (R39)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from workflows.actor import Actor
from workflows.audit_trail import Wish, count
from workflows.errors import N_, Refused
from workflows.events import STREAM_OF_AUDIT
from workflows.history import record
from workflows.rules import require

MOST_ROWS = 20_000
FORMATS = ("csv", "xlsx")


def may_export(session: Session, *, actor: Actor, wish: Wish) -> int:
    """How many rows the file will have. Denied; Refused when there are none or too many for one file."""
    require(actor, "audit.export")
    rows = count(session, wish)
    if not rows:
        raise Refused(
            "nothing_found", N_("Tidak ada catatan yang cocok; longgarkan saringannya."), rule="R39"
        )
    if rows > MOST_ROWS:
        raise Refused(
            "too_many",
            N_("Ada %(count)s catatan; sekali unduh paling banyak %(most)s. Persempit periodenya."),
            rule="R39",
            count=rows,
            most=MOST_ROWS,
        )
    return rows


def note_export(session: Session, *, actor: Actor, wish: Wish, kind: str, rows: int, sha256: str) -> None:
    """That this file was taken: before it is sent, so that none leaves unnoted. ``sha256`` of its bytes."""
    require(actor, "audit.export")
    record(
        session,
        "audit.exported",
        stream=STREAM_OF_AUDIT,
        actor=actor,
        personal={"name": wish.name} if wish.name else None,
        format=kind,
        rows=rows,
        sha256=sha256,
        since=wish.since.isoformat() if wish.since else "",
        until=wish.until.isoformat() if wish.until else "",
        office=wish.office or 0,
        group=wish.group,
    )
