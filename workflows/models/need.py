"""A need: what is hard in somebody's work. Not a programme; it has its own small status."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.base import Base, UtcDateTime
from workflows.models.competency import Competency
from workflows.models.organisation import Unit
from workflows.models.person import Person


class Need(Base):
    __tablename__ = "need"
    __table_args__ = (
        CheckConstraint("status IN ('filed', 'taken_up', 'declined', 'withdrawn')", name="status"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    problem: Mapped[str] = mapped_column(Text)
    since: Mapped[str] = mapped_column(String(120))
    service: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(12), default="filed", index=True)
    answer: Mapped[str] = mapped_column(Text, default="")
    """Why it was declined; empty while it waits or when a programme carries it."""
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"), index=True)
    competency_id: Mapped[int | None] = mapped_column(ForeignKey("competency.id"))
    level_required: Mapped[int | None] = mapped_column(Integer)
    level_measured: Mapped[int | None] = mapped_column(Integer)
    performance_gap: Mapped[str] = mapped_column(Text, default="")
    entered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """The operator of the unit who typed it for the author; None where the author did."""
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the author objected to what was entered in their name."""

    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    operator: Mapped[Person | None] = relationship(foreign_keys=[entered_by])
    unit: Mapped[Unit] = relationship()
    competency: Mapped[Competency | None] = relationship()
