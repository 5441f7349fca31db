"""Offices, who holds them on which day and by which letter (R8), and roles granted to persons."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.base import Base, UtcDateTime
from workflows.models.organisation import Unit
from workflows.models.person import Person
from workflows.models.term import Term

MANDATE_KINDS = ("definitive", "plt", "plh", "pj", "pjs")


class Office(Base):
    """A post that signs: head of a unit, finance officer, authorised official, personnel authority."""

    __tablename__ = "office"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    role: Mapped[str] = mapped_column(String(40), index=True)
    title: Mapped[str] = mapped_column(String(160))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    above_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    valid_to: Mapped[date | None] = mapped_column(Date)
    """The last day of the office itself, where its unit was merged into another."""

    unit: Mapped[Unit | None] = relationship()
    above: Mapped[Office | None] = relationship(remote_side=[id])
    holdings: Mapped[list[OfficeHolding]] = relationship(back_populates="office")


class OfficeHolding(Term, Base):
    """One person in one office, by one letter, from ``valid_from`` to ``valid_to`` inclusive.

    The letter's own days stay as written; ``ended_on`` is the last day when it ended before its time.
    """

    __tablename__ = "office_holding"
    __table_args__ = (
        CheckConstraint("kind IN ('definitive', 'plt', 'plh', 'pj', 'pjs')", name="kind"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days"),
        CheckConstraint("ended_on IS NULL OR end_reason <> ''", name="end_reason"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    letter_no: Mapped[str] = mapped_column(String(120))
    letter_date: Mapped[date | None] = mapped_column(Date)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
    """May lie before ``valid_from``: then the letter was taken back before its first day."""
    end_reason: Mapped[str] = mapped_column(String(400), default="")
    prolongs_id: Mapped[int | None] = mapped_column(ForeignKey("office_holding.id"), index=True)
    leave_id: Mapped[int | None] = mapped_column(ForeignKey("office_leave.id"), index=True)

    office: Mapped[Office] = relationship(back_populates="holdings")
    person: Mapped[Person] = relationship()
    prolongs: Mapped[OfficeHolding | None] = relationship(remote_side=[id])
    leave: Mapped[OfficeLeave | None] = relationship(back_populates="substitutes")


class OfficeLeave(Base):
    """An official is away from ``first_day`` to ``last_day`` (or ``ended_on``), announced in advance.

    ``needs_substitute``: long enough for a letter (the rule of the day on which it was announced); until the
    letter is there, the official's tasks wait in the queue without an official in charge.
    """

    __tablename__ = "office_leave"
    __table_args__ = (CheckConstraint("last_day >= first_day", name="days"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    working_days: Mapped[int] = mapped_column(Integer)
    needs_substitute: Mapped[bool] = mapped_column(Boolean)
    letter_no: Mapped[str] = mapped_column(String(120))
    letter_date: Mapped[date | None] = mapped_column(Date)
    announced_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    announced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_on: Mapped[date | None] = mapped_column(Date)
    end_reason: Mapped[str] = mapped_column(String(400), default="")

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    substitutes: Mapped[list[OfficeHolding]] = relationship(
        back_populates="leave", order_by="OfficeHolding.id"
    )

    @property
    def until(self) -> date:
        """The last day away."""
        return self.last_day if self.ended_on is None else min(self.last_day, self.ended_on)


class OfficeAlarm(Base):
    """That an office is, or soon will be, without anybody who may sign: noted once, cleared when it is mended."""

    __tablename__ = "office_alarm"
    __table_args__ = (
        CheckConstraint("kind IN ('expiring', 'expired', 'vacant', 'on_leave')", name="kind"),
        UniqueConstraint("office_id", "kind", "about"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    kind: Mapped[str] = mapped_column(String(10))
    about: Mapped[int] = mapped_column(Integer)
    """Id of the holding that runs out or ran out, or of the leave; 0 where nobody ever held the office."""
    day: Mapped[date] = mapped_column(Date)
    """The day from which nobody may sign."""
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cleared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RoleGrant(Base):
    """A role held by a person apart from any office (quality_team, hrd_agency staff, administrator ...)."""

    __tablename__ = "role_grant"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(200), default="")
