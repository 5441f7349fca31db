"""Who prepares an official's tasks, and what they made of them: order, "siap", private comments. Never a decision."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.approval import ApprovalTask
from workflows.models.base import Base, UtcDateTime
from workflows.models.office import Office
from workflows.models.person import Person
from workflows.models.term import Term


class Preparer(Term, Base):
    """One person (ajudan, TU) who prepares for one office, from ``valid_from`` to ``valid_to`` inclusive.

    It belongs to the office, not to its holder: a leave or a new holder ends nothing. ``letter_no`` may be empty.
    """

    __tablename__ = "office_preparer"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days"),
        CheckConstraint("ended_on IS NULL OR end_reason <> ''", name="end_reason"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    letter_no: Mapped[str] = mapped_column(String(120), default="")
    letter_date: Mapped[date | None] = mapped_column(Date)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    appointed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    appointed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_on: Mapped[date | None] = mapped_column(Date)
    """The last day where it ended before its time; before ``valid_from`` it never began."""
    end_reason: Mapped[str] = mapped_column(String(400), default="")

    office: Mapped[Office] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class Preparation(Base):
    """What an office's preparers made of one task: its place in the order, and whether it is ready.

    ``ready_shown``: the fingerprint of what was ready; another content or cost is not.
    """

    __tablename__ = "preparation"
    __table_args__ = (
        UniqueConstraint("office_id", "task_id"),
        CheckConstraint("(ready_by IS NULL) = (ready_shown = '')", name="ready"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("approval_task.id"), index=True)
    place: Mapped[int | None] = mapped_column(Integer)
    placed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    placed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ready_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ready_shown: Mapped[str] = mapped_column(String(64), default="")

    task: Mapped[ApprovalTask] = relationship()
    placer: Mapped[Person | None] = relationship(foreign_keys=[placed_by])
    readier: Mapped[Person | None] = relationship(foreign_keys=[ready_by])


class PreparerComment(Base):
    """A private word of a preparer about one task, for the office's holders and its preparers alone."""

    __tablename__ = "preparer_comment"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("approval_task.id"), index=True)
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    task: Mapped[ApprovalTask] = relationship()
    author: Mapped[Person] = relationship(foreign_keys=[author_id])
