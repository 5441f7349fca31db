"""Numbers of law and the tables that come with them: dated, with their source (R1)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Boolean, Date, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.models.base import Base


class LegalParameter(Base):
    """One number (or small table) of law, in force from ``valid_from`` to ``valid_to`` inclusive."""

    __tablename__ = "legal_parameter"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), index=True)
    value: Mapped[str] = mapped_column(Text)
    """JSON: a number, a string, a list."""
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    source_document: Mapped[str] = mapped_column(Text)
    verified: Mapped[bool] = mapped_column(Boolean, default=False)
    note: Mapped[str] = mapped_column(Text, default="")


class TrainingForm(Base):
    """A form of competency development and how its lesson hours (JP) are counted (R4)."""

    __tablename__ = "training_form"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), index=True)
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    jp_rule: Mapped[str] = mapped_column(String(20))
    """``programme`` (JP of the programme) | ``per_day`` | ``cap_per_day`` | ``fixed`` | ``unknown``"""
    jp_value: Mapped[int | None] = mapped_column(Integer)
    siasn_code: Mapped[int | None] = mapped_column(Integer)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    source_document: Mapped[str] = mapped_column(Text)
    verified: Mapped[bool] = mapped_column(Boolean, default=False)
