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
    __table_args__ = (CheckConstraint("status IN ('filed', 'taken_up', 'declined')", name="status"),)

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

    author: Mapped[Person] = relationship()
    unit: Mapped[Unit] = relationship()
    competency: Mapped[Competency | None] = relationship()
