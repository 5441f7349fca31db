"""Units of the regency, what letters change about them, and the job fields of their people."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.base import Base, UtcDateTime

UNIT_CHANGES = ("added", "renamed", "moved", "merged", "closed")


class Unit(Base):
    """A node of the tree of units. A merged or renamed one stays readable with its last day and its successor."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(30))
    """secretariat | department | regional_agency | district | health_centre ..."""
    is_remote: Mapped[bool] = mapped_column(Boolean, default=False)
    """A remote district: its voice counts apart in a review (R32)."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    valid_from: Mapped[date | None] = mapped_column(Date)
    """None: before the first day that this service knows."""
    valid_to: Mapped[date | None] = mapped_column(Date)
    """The last day."""
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))


class UnitChange(Base):
    """What one letter changes about one unit, from ``day`` on: the past of names and places in the tree, and the plan.

    ``planned`` until its day comes, then ``in_force``; ``trouble`` is the code of the refusal that keeps a planned
    one from it. The values before are written when it comes into force.
    """

    __tablename__ = "unit_change"
    __table_args__ = (
        CheckConstraint("kind IN ('added', 'renamed', 'moved', 'merged', 'closed')", name="kind"),
        CheckConstraint("status IN ('planned', 'in_force', 'withdrawn')", name="status"),
        CheckConstraint("kind <> 'merged' OR into_id IS NOT NULL", name="into"),
        CheckConstraint("kind <> 'renamed' OR (name <> '' AND short_name <> '')", name="names"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(10), default="planned", index=True)
    trouble: Mapped[str] = mapped_column(String(40), default="")
    day: Mapped[date] = mapped_column(Date)
    letter_no: Mapped[str] = mapped_column(String(120))
    letter_date: Mapped[date] = mapped_column(Date)
    name: Mapped[str] = mapped_column(String(200), default="")
    short_name: Mapped[str] = mapped_column(String(60), default="")
    head_title: Mapped[str] = mapped_column(String(160), default="")
    """How the head of the unit is called from then on; empty: as before."""
    name_before: Mapped[str] = mapped_column(String(200), default="")
    short_name_before: Mapped[str] = mapped_column(String(60), default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    parent_before_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    into_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    entered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it came into force here, or was withdrawn."""

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    into: Mapped[Unit | None] = relationship(foreign_keys=[into_id])
    parent: Mapped[Unit | None] = relationship(foreign_keys=[parent_id])
    parent_before: Mapped[Unit | None] = relationship(foreign_keys=[parent_before_id])


class JobField(Base):
    """A field of work (rumpun jabatan) that is invited to reviews."""

    __tablename__ = "job_field"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
