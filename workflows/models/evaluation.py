"""Surveys before and after. Who has answered and what was answered are kept apart (R34-R37)."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.base import Base, UtcDateTime
from workflows.models.person import Person
from workflows.models.programme import ProgrammeVersion


class Survey(Base):
    """One instrument for both waves. The secret that pairs them is a file named ``secret_name``."""

    __tablename__ = "survey"
    __table_args__ = (CheckConstraint("status IN ('open', 'evaluated', 'cancelled')", name="status"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"), unique=True)
    questions: Mapped[str] = mapped_column(Text)
    """JSON list of sentences; each is rated on the scale of the instrument."""
    secret_name: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(10), default="open")

    version: Mapped[ProgrammeVersion] = relationship()
    waves: Mapped[list[Wave]] = relationship(back_populates="survey", order_by="Wave.opens_on")


class Wave(Base):
    __tablename__ = "wave"
    __table_args__ = (
        UniqueConstraint("survey_id", "kind"),
        CheckConstraint("kind IN ('before', 'after')", name="kind"),
        CheckConstraint("status IN ('planned', 'open', 'closed')", name="status"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    opens_on: Mapped[date] = mapped_column(Date)
    closes_on: Mapped[date] = mapped_column(Date)
    status: Mapped[str] = mapped_column(String(10), default="planned", index=True)
    invited: Mapped[int | None] = mapped_column(Integer)
    answered: Mapped[int | None] = mapped_column(Integer)
    """Counts, kept at the close; until then they are counted from the invitations."""

    survey: Mapped[Survey] = relationship(back_populates="waves")
    invitations: Mapped[list[Invitation]] = relationship(back_populates="wave")


class Invitation(Base):
    """Knows who is asked about whom, and whether they have answered; never what or when."""

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("wave_id", "respondent_id", "assessed_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), index=True)
    respondent_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    assessed_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    relation: Mapped[str] = mapped_column(String(10))
    """self | superior"""
    answered: Mapped[bool | None] = mapped_column(Boolean, default=False)
    """None once the wave is closed: nobody needs to know any more, and rare patterns would give people away."""

    wave: Mapped[Wave] = relationship(back_populates="invitations")
    respondent: Mapped[Person] = relationship(foreign_keys=[respondent_id])
    assessed: Mapped[Person] = relationship(foreign_keys=[assessed_id])


class Answer(Base):
    """Knows what was answered; not by whom, not when, in no order (a random key and no hidden row number)."""

    __tablename__ = "answer"
    __table_args__ = {"sqlite_with_rowid": False}

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), index=True)
    pair_key: Mapped[str] = mapped_column(String(64))
    scores: Mapped[str] = mapped_column(Text)
    """JSON list of integers, one a question, on the scale of the instrument."""


class Evaluation(Base):
    """The decided outcome with the numbers it rests on. One a version."""

    __tablename__ = "evaluation"
    __table_args__ = (
        CheckConstraint("outcome IN ('improved', 'no_improvement', 'inconclusive')", name="outcome"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"), unique=True)
    outcome: Mapped[str] = mapped_column(String(16))
    suggested: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    invited: Mapped[int] = mapped_column(Integer)
    answered: Mapped[int] = mapped_column(Integer)
    pairs: Mapped[int] = mapped_column(Integer)
    mean_before: Mapped[float | None] = mapped_column(Float)
    mean_after: Mapped[float | None] = mapped_column(Float)
    change: Mapped[float | None] = mapped_column(Float)
    change_low: Mapped[float | None] = mapped_column(Float)
    change_high: Mapped[float | None] = mapped_column(Float)
    threshold: Mapped[int] = mapped_column(Integer)
    decided_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
