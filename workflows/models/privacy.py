"""What the data-protection officer keeps: the register of breaches, and what people ask about their data."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.base import Base, UtcDateTime
from workflows.models.person import Person

BREACH_STATES = ("open", "notified", "closed")
REQUEST_KINDS = ("correction", "erasure")
REQUEST_OUTCOMES = ("granted", "partly", "refused")


class Breach(Base):
    """A failure of protection (UU 27/2022 art. 46). ``deadline_at`` follows from ``known_at`` and the law of that day.

    ``notified`` once both the authority and the people concerned were told; ``overdue_at``: when the alarm was noted.
    """

    __tablename__ = "breach"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'notified', 'closed')", name="status"),
        CheckConstraint("closed_as IS NULL OR closed_as IN ('handled', 'no_breach')", name="closed_as"),
        CheckConstraint("people_count IS NULL OR people_count >= 0", name="people_count"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    status: Mapped[str] = mapped_column(String(10), default="open", index=True)
    happened: Mapped[str] = mapped_column(Text)
    """When and how the data came out."""
    revealed: Mapped[str] = mapped_column(Text)
    """Which personal data, whose."""
    people_count: Mapped[int | None] = mapped_column(Integer)
    """None: not known yet."""
    measures: Mapped[str] = mapped_column(Text, default="")
    known_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deadline_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    reported_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    authority_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    authority_note: Mapped[str] = mapped_column(Text, default="")
    people_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    people_note: Mapped[str] = mapped_column(Text, default="")
    overdue_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_as: Mapped[str | None] = mapped_column(String(10))
    conclusion: Mapped[str] = mapped_column(Text, default="")

    reporter: Mapped[Person] = relationship()


class DataRequest(Base):
    """A person asks that own data be corrected or erased; the officer answers by ``due_at``."""

    __tablename__ = "data_request"
    __table_args__ = (
        CheckConstraint("kind IN ('correction', 'erasure')", name="kind"),
        CheckConstraint("outcome IS NULL OR outcome IN ('granted', 'partly', 'refused')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name="answered"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(10), index=True)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased: Mapped[int] = mapped_column(Integer, default=0)
    """How many values of the history were erased with the answer."""

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
