"""Assignments (tugas): what people do beside their post, by letter and dated; the kinds are data of the profile."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.base import Base
from workflows.models.person import Person


class AssignmentKind(Base):
    """Operational executor (PPTK), data steward, service operator ..."""

    __tablename__ = "assignment_kind"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))


class Assignment(Base):
    """One person has one assignment from ``valid_from`` to ``valid_to`` inclusive."""

    __tablename__ = "assignment"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("assignment_kind.id"), index=True)
    letter_no: Mapped[str] = mapped_column(String(120), default="")
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)

    person: Mapped[Person] = relationship()
    kind: Mapped[AssignmentKind] = relationship()
