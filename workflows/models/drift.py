"""Comparisons of a course with the site, and the differences found (R27)."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.base import Base, BigId, UtcDateTime
from workflows.models.enrolment import Enrolment
from workflows.models.person import Person


class DriftCourse(Base):
    """When a course was compared last, and who wants it compared now. ``held_until`` is machine time."""

    __tablename__ = "drift_course"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    course_ref: Mapped[str] = mapped_column(String(40), primary_key=True)
    checked_on: Mapped[date | None] = mapped_column(Date)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    wanted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    wanted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trouble: Mapped[str] = mapped_column(String(60), default="")


class DriftCheck(Base):
    """One comparison: how many of each kind. ``by_id`` None: the nightly one."""

    __tablename__ = "drift_check"
    __table_args__ = (Index("ix_drift_check_course", "site_id", "course_ref", "checked_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    course_ref: Mapped[str] = mapped_column(String(40))
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    held: Mapped[int] = mapped_column(Integer)
    """Rows of ours that the site had said yes to."""
    on_site: Mapped[int] = mapped_column(Integer)
    missing: Mapped[int] = mapped_column(Integer, default=0)
    inactive: Mapped[int] = mapped_column(Integer, default=0)
    still_active: Mapped[int] = mapped_column(Integer, default=0)
    foreign: Mapped[int] = mapped_column(Integer, default=0)
    out_of_group: Mapped[int] = mapped_column(Integer, default=0)
    user_gone: Mapped[int] = mapped_column(Integer, default=0)
    course_gone: Mapped[int] = mapped_column(Integer, default=0)


class DriftFinding(Base):
    """One difference for as long as it lasts. ``ended_at``: when a comparison no longer found it."""

    __tablename__ = "drift_finding"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'repairing', 'left')", name="status"),
        Index("ix_drift_finding_course", "site_id", "course_ref", "ended_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    course_ref: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(14))
    remote_id: Mapped[str] = mapped_column(String(40))
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"), index=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    first_seen: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(10), default="open")
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")

    enrolment: Mapped[Enrolment | None] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
