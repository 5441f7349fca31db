"""A programme and its versions. Review, approval, money, batches and evaluation belong to a version."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.base import Base, UtcDateTime
from workflows.models.competency import Competency
from workflows.models.need import Need
from workflows.models.organisation import Unit
from workflows.models.person import Person

STATES = ("proposed", "participatory_review", "approved", "running", "evaluated", "revised")


class Programme(Base):
    """The identity that all versions share."""

    __tablename__ = "programme"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    owner_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)

    owner_unit: Mapped[Unit] = relationship()
    needs: Mapped[list[Need]] = relationship(order_by=Need.id)
    versions: Mapped[list[ProgrammeVersion]] = relationship(
        back_populates="programme", order_by="ProgrammeVersion.number"
    )


class ProgrammeVersion(Base):
    """One edition of a programme: its content, its state, its flags.

    ``state`` is written by ``workflows.lifecycle.move`` alone. ``content_no`` and ``cost_no`` count the
    changes of content and cost, so that a page knows that it is stale and a decision what it was about (R9, R17).
    """

    __tablename__ = "programme_version"
    __table_args__ = (
        UniqueConstraint("programme_id", "number"),
        CheckConstraint(
            "state IN ('proposed', 'participatory_review', 'approved', 'running', 'evaluated', 'revised')",
            name="state",
        ),
        CheckConstraint(
            "closed_as IS NULL OR closed_as IN ('rejected', 'cancelled', 'withdrawn')", name="closed_as"
        ),
        CheckConstraint("kind IN ('initial', 'revision', 'repeat')", name="kind"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(10), default="initial")
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("programme_version.id"))
    state: Mapped[str] = mapped_column(String(24), default="proposed", index=True)
    closed_as: Mapped[str | None] = mapped_column(String(12))
    closed_reason: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    content_no: Mapped[int] = mapped_column(Integer, default=1)
    cost_no: Mapped[int] = mapped_column(Integer, default=1)

    title: Mapped[str] = mapped_column(String(200))
    aims: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(String(20))
    """hcdp | needs_analysis | offer"""
    competency_id: Mapped[int] = mapped_column(ForeignKey("competency.id"))
    level_required: Mapped[int] = mapped_column(Integer)
    target_group: Mapped[str] = mapped_column(Text)
    target_rules: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Whom the target group selects: lines ``kind:code``, sorted (``workflows.targets``)."""
    target_only: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """True: only people whom ``target_rules`` selects may be enrolled; others are flagged otherwise."""
    competency_gap: Mapped[str] = mapped_column(Text, default="")
    performance_gap: Mapped[str] = mapped_column(Text, default="")
    gap_reason: Mapped[str] = mapped_column(Text, default="")
    """Why one of the two gaps is missing, where it is."""
    form_code: Mapped[str] = mapped_column(String(40))
    days: Mapped[int] = mapped_column(Integer)
    planned_jp: Mapped[int] = mapped_column(Integer)
    jp: Mapped[int | None] = mapped_column(Integer)
    """Computed by the form table; None while the table has no rule for the form."""
    seats: Mapped[int] = mapped_column(Integer)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    course_ref: Mapped[str] = mapped_column(String(40), default="")
    course_title: Mapped[str] = mapped_column(String(200), default="")
    ceiling_id: Mapped[int] = mapped_column(ForeignKey("ceiling.id"))
    effect_threshold: Mapped[int] = mapped_column(Integer)
    """Points on the 0-100 scale by which the mean must rise; fixed before the run (R36)."""
    duplicates_checked: Mapped[str] = mapped_column(Text, default="")

    programme: Mapped[Programme] = relationship(back_populates="versions")
    competency: Mapped[Competency] = relationship()
    creator: Mapped[Person | None] = relationship()
    cost_lines: Mapped[list[CostLine]] = relationship(
        back_populates="version", cascade="all, delete-orphan", order_by="CostLine.seq"
    )
    supersedes: Mapped[ProgrammeVersion | None] = relationship(remote_side=[id])

    @property
    def cost(self) -> int:
        """Sum of the cost lines, in whole rupiah (R25)."""
        return sum(line.amount for line in self.cost_lines)


class CostLine(Base):
    __tablename__ = "cost_line"
    __table_args__ = (CheckConstraint("quantity > 0 AND unit_price >= 0", name="positive"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"), index=True)
    seq: Mapped[int] = mapped_column(Integer)
    label: Mapped[str] = mapped_column(String(200))
    quantity: Mapped[int] = mapped_column(Integer)
    unit: Mapped[str] = mapped_column(String(40))
    unit_price: Mapped[int] = mapped_column(BigInteger)

    version: Mapped[ProgrammeVersion] = relationship(back_populates="cost_lines")

    @property
    def amount(self) -> int:
        return self.quantity * self.unit_price


class VersionChange(Base):
    """Who changed cost or content after the review was closed: a proposer from then on (R12)."""

    __tablename__ = "version_change"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    touched: Mapped[str] = mapped_column(String(10))
    """content | cost"""
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Revision(Base):
    """Why a version was superseded: the finding, its cause, what changes (R38)."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"), unique=True)
    next_version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"), unique=True)
    finding: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Text)
    change: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
