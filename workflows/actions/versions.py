"""Finding and locking a version: the row that every decision about it waits for (R20)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.errors import N_, NotFound
from workflows.models import ProgrammeVersion


def get_version(session: Session, version_id: int) -> ProgrammeVersion:
    """The version, unlocked; NotFound when there is none."""
    version = session.get(ProgrammeVersion, version_id)
    if version is None:
        raise _unknown()
    return version


def lock_version(session: Session, version_id: int) -> ProgrammeVersion:
    """The version, locked until the end of the transaction; the first lock of every use case about it."""
    found = session.scalars(
        select(ProgrammeVersion)
        .where(ProgrammeVersion.id == version_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise _unknown()
    return found


def _unknown() -> NotFound:
    return NotFound("no_version", N_("Program ini tidak ada."))
