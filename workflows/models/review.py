"""The participatory review of a version: who is invited, what they say, what they are answered."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.base import Base, UtcDateTime
from workflows.models.organisation import JobField
from workflows.models.person import Person
from workflows.models.programme import ProgrammeVersion


class Review(Base):
    """One review a version. Returned for changes and opened again, it keeps inputs and answers."""

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"), unique=True)
    opens_on: Mapped[date] = mapped_column(Date)
    closes_on: Mapped[date] = mapped_column(Date)
    minimum_fields: Mapped[int] = mapped_column(Integer)
    needs_remote: Mapped[bool] = mapped_column(Boolean)
    needs_contract: Mapped[bool] = mapped_column(Boolean)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    version: Mapped[ProgrammeVersion] = relationship()
    invited: Mapped[list[InvitedField]] = relationship(
        cascade="all, delete-orphan", order_by="InvitedField.id"
    )
    inputs: Mapped[list[InputItem]] = relationship(back_populates="review", order_by="InputItem.id")

    @property
    def voices(self) -> list[InputItem]:
        """What counts (R32): all that was said, but for what its author withdrew while the review was open."""
        return [
            item
            for item in self.inputs
            if item.withdrawn_at is None
            or (self.closed_at is not None and item.withdrawn_at >= self.closed_at)
        ]


class InvitedField(Base):
    __tablename__ = "invited_field"
    __table_args__ = (UniqueConstraint("review_id", "job_field_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    job_field_id: Mapped[int] = mapped_column(ForeignKey("job_field.id"))

    job_field: Mapped[JobField] = relationship()


class InputItem(Base):
    """What one ASN said (R33) and the official answer to it, once given."""

    __tablename__ = "input_item"
    __table_args__ = (
        CheckConstraint("kind IN ('comment', 'amendment', 'objection')", name="kind"),
        CheckConstraint("importance BETWEEN 1 AND 5", name="importance"),
        CheckConstraint(
            "disposition IS NULL OR disposition IN ('accepted', 'rejected', 'noted')", name="disposition"
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    job_field_id: Mapped[int] = mapped_column(ForeignKey("job_field.id"))
    from_remote: Mapped[bool] = mapped_column(Boolean)
    from_contract: Mapped[bool] = mapped_column(Boolean)
    kind: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    importance: Mapped[int] = mapped_column(Integer)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disposition: Mapped[str | None] = mapped_column(String(12))
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    entered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """The operator of the unit who typed it for the author; None where the author did."""
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the author objected to what was entered in their name."""

    review: Mapped[Review] = relationship(back_populates="inputs")
    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    operator: Mapped[Person | None] = relationship(foreign_keys=[entered_by])
    job_field: Mapped[JobField] = relationship()
