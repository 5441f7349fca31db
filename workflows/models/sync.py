"""What stands between our rows and a site: who stopped the sending and why, and what was tried for each row."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.base import Base, BigId, UtcDateTime
from workflows.models.person import Person
from workflows.models.site import Site


class SyncPause(Base):
    """A person stopped the sending to a site (``course_ref`` empty) or to one course; rows wait until it ends."""

    __tablename__ = "sync_pause"
    __table_args__ = (UniqueConstraint("site_id", "course_ref"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    course_ref: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    paused_at: Mapped[datetime] = mapped_column(UtcDateTime)

    site: Mapped[Site] = relationship()
    person: Mapped[Person | None] = relationship()


class SyncAttempt(Base):
    """What one run did about one row: append-only, forgotten after the days of a parameter.

    ``doing``: account | compare | send | none (the run ended before); ``outcome``: where the row stood afterwards;
    ``kind``: transient | row | course | rights | site, empty where all went well.
    """

    __tablename__ = "sync_attempt"
    __table_args__ = (
        CheckConstraint("doing IN ('account', 'compare', 'send', 'none')", name="doing"),
        Index("ix_sync_attempt_row", "enrolment_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    run: Mapped[str] = mapped_column(String(32))
    tried_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    machine_at: Mapped[datetime] = mapped_column(UtcDateTime)
    doing: Mapped[str] = mapped_column(String(10))
    sent: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str] = mapped_column(String(14))
    code: Mapped[str] = mapped_column(String(60), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(String(10), default="")


class SyncHold(Base):
    """Stops of one course that wait for a person, or waited: one row from the first that was held to the decision.

    ``reached`` of ``base``: how many stops were counted when the last one was held, and of how many participants;
    ``crossed``: most | share.
    """

    __tablename__ = "sync_hold"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'approved', 'declined')", name="status"),
        Index("ix_sync_hold_course", "site_id", "course_ref", "status"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    course_ref: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(10), default="open")
    held_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reached: Mapped[int] = mapped_column(Integer)
    base: Mapped[int] = mapped_column(Integer)
    crossed: Mapped[str] = mapped_column(String(10))
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided: Mapped[int] = mapped_column(Integer, default=0)
    """Rows that the decision was about."""
    reason: Mapped[str] = mapped_column(Text, default="")

    site: Mapped[Site] = relationship()
    decider: Mapped[Person | None] = relationship()


class SyncHoldRow(Base):
    """One stop in it, as it was wished when it was held."""

    __tablename__ = "sync_hold_row"

    hold_id: Mapped[int] = mapped_column(ForeignKey("sync_hold.id"), primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True, index=True)
    desired: Mapped[str] = mapped_column(String(10))
    cause: Mapped[str] = mapped_column(String(12))
    held_at: Mapped[datetime] = mapped_column(UtcDateTime)
