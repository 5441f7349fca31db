"""Offices, who holds them on which day and by which letter (R8), and roles granted to persons."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.base import Base
from workflows.models.organisation import Unit
from workflows.models.person import Person

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

    unit: Mapped[Unit | None] = relationship()
    above: Mapped[Office | None] = relationship(remote_side=[id])
    holdings: Mapped[list[OfficeHolding]] = relationship(back_populates="office")


class OfficeHolding(Base):
    """One person in one office, by one letter, from ``valid_from`` to ``valid_to`` inclusive."""

    __tablename__ = "office_holding"
    __table_args__ = (CheckConstraint("kind IN ('definitive', 'plt', 'plh', 'pj', 'pjs')", name="kind"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    letter_no: Mapped[str] = mapped_column(String(120))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)

    office: Mapped[Office] = relationship(back_populates="holdings")
    person: Mapped[Person] = relationship()


class RoleGrant(Base):
    """A role held by a person apart from any office (quality_team, hrd_agency staff, administrator ...)."""

    __tablename__ = "role_grant"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(200), default="")
