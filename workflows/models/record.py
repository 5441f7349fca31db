"""Statements as received, and the facts read from them (R28-R30)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.base import Base, BigId, UtcDateTime
from workflows.models.enrolment import Enrolment
from workflows.models.site import Site


class Statement(Base):
    """One xAPI statement, byte for byte as it came. The columns are what we filter by."""

    __tablename__ = "statement"
    __table_args__ = (Index("ix_statement_unread", "read_at", "stored_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    content_sha256: Mapped[str] = mapped_column(String(64))
    verb: Mapped[str] = mapped_column(Text)
    object_id: Mapped[str] = mapped_column(Text)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its meaning was worked out; None: the job has not come to it yet."""


class Fact(Base):
    """A completion that a site reports. ``waiting`` facts stand in the list "Belum cocok"."""

    __tablename__ = "fact"
    __table_args__ = (
        CheckConstraint("status IN ('applied', 'duplicate', 'waiting', 'dismissed')", name="status"),
        Index("ix_fact_status", "status", "site_id"),
        Index("ix_fact_account", "site_id", "account"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    statement_id: Mapped[str | None] = mapped_column(ForeignKey("statement.id"), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    source: Mapped[str] = mapped_column(String(10))
    """xapi | polling"""
    kind: Mapped[str] = mapped_column(String(30))
    account: Mapped[str] = mapped_column(String(200))
    account_kind: Mapped[str] = mapped_column(String(10))
    course_ref: Mapped[str] = mapped_column(String(40))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime)
    score: Mapped[float | None] = mapped_column(Float)
    status: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(40), default="")
    """Why it waits: unknown_account | not_enrolled | before_window | after_window | too_late | clock_ahead"""
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"), index=True)

    site: Mapped[Site] = relationship()
    enrolment: Mapped[Enrolment | None] = relationship()
