"""Batches of a version and who takes part: what we want beside what the site holds (R26)."""

from __future__ import annotations

import secrets
import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.base import Base, UtcDateTime
from workflows.models.person import Person
from workflows.models.programme import ProgrammeVersion


def new_group_key() -> str:
    """By chance, so that no second installation that speaks to the same site takes the group for its own."""
    return f"angkatan-{secrets.token_hex(5)}"


class Batch(Base):
    __tablename__ = "batch"
    __table_args__ = (UniqueConstraint("version_id", "number"), UniqueConstraint("group_key"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    group_key: Mapped[str] = mapped_column(String(32), default=new_group_key)
    """The idnumber of this batch's group on the site: by it the group is found again."""

    version: Mapped[ProgrammeVersion] = relationship()
    enrolments: Mapped[list[Enrolment]] = relationship(back_populates="batch", order_by="Enrolment.id")


class Enrolment(Base):
    """One participant. ``desired`` is our wish; ``applied`` what the site was last seen to hold.

    status ``held``: the brake keeps it until a person has decided. next_attempt_at is machine time; None with
    desired != applied means "as soon as possible".
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("batch_id", "person_id"),
        CheckConstraint("desired IN ('active', 'suspended', 'removed')", name="desired"),
        CheckConstraint("applied IN ('none', 'active', 'suspended', 'removed')", name="applied"),
        CheckConstraint("status IN ('waiting', 'held', 'needs_account', 'failed', 'applied')", name="status"),
        Index("ix_enrolment_due", "status", "next_attempt_at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    course_ref: Mapped[str] = mapped_column(String(40))
    desired: Mapped[str] = mapped_column(String(10), default="active")
    applied: Mapped[str] = mapped_column(String(10), default="none")
    status: Mapped[str] = mapped_column(String(14), default="waiting")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error_code: Mapped[str] = mapped_column(String(60), default="")
    error_text: Mapped[str] = mapped_column(Text, default="")
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    applied_starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    applied_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The dates last sent and accepted; a site does not tell them, so they are sent again when ours change."""
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    placed_in: Mapped[str] = mapped_column(String(32), default="")
    """The group in which the site was last seen to hold the participant; empty: none of ours."""
    place_error: Mapped[str] = mapped_column(String(60), default="")
    """Why the site does not take the participant into the group; empty when all is well."""

    stop_cause: Mapped[str] = mapped_column(String(12), default="")
    """Why the wish is to stop: ``workflows.brake.CAUSES``; empty while it is ``active``."""
    stop_agreed: Mapped[str] = mapped_column(String(10), default="")
    """The wish that a person agreed to before it is sent, where it was held or confirmed beforehand; used up by it."""
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a stop was last sent that nobody had agreed to, by machine time: the brake counts these."""

    batch: Mapped[Batch] = relationship(back_populates="enrolments")
    person: Mapped[Person] = relationship()
    completion: Mapped[Completion | None] = relationship(back_populates="enrolment")


class CapException(Base):
    """Why a PPPK takes part although the year of the agreement then holds more JP than the cap (R3)."""

    __tablename__ = "cap_exception"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    counted_from: Mapped[date] = mapped_column(Date)
    """First day of the year that was counted."""
    jp_before: Mapped[int] = mapped_column(Integer)
    jp_added: Mapped[int] = mapped_column(Integer)
    cap: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Completion(Base):
    """The course is done; once an enrolment, however often the site says so (R28)."""

    __tablename__ = "completion"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), unique=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id"))
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    enrolment: Mapped[Enrolment] = relationship(back_populates="completion")


class JpEntry(Base):
    """The ledger of lesson hours. Never changed: a correction is a counter-entry with negative JP."""

    __tablename__ = "jp_entry"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "kind"),
        CheckConstraint("kind IN ('credit', 'reversal')", name="kind"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    kind: Mapped[str] = mapped_column(String(10))
    jp: Mapped[int] = mapped_column(Integer)
    year: Mapped[int] = mapped_column(Integer)
    """Calendar year of the day of effect in the profile's zone (R6)."""
    effective_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
