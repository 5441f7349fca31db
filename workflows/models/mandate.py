"""What a mandate of each kind may be and do, as data per office: dated, with its source (R1, R8, R10)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Boolean, CheckConstraint, Date, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.models.base import Base

OCCASIONS = ("vacant", "absent", "either")
TERM_UNITS = ("months", "days")


class MandateRule(Base):
    """One kind of mandate for one office (its code), the offices of a role, or all (empty text)."""

    __tablename__ = "mandate_rule"
    __table_args__ = (
        CheckConstraint("kind IN ('definitive', 'plt', 'plh', 'pj', 'pjs')", name="kind"),
        CheckConstraint("occasion IN ('vacant', 'absent', 'either')", name="occasion"),
        CheckConstraint("(longest IS NULL) = (longest_unit IS NULL)", name="longest"),
        CheckConstraint("longest_unit IS NULL OR longest_unit IN ('months', 'days')", name="longest_unit"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    office: Mapped[str] = mapped_column(String(60), default="", index=True)
    kind: Mapped[str] = mapped_column(String(12))
    occasion: Mapped[str] = mapped_column(String(10))
    """When it is given: the office is ``vacant``, its holder is ``absent``, or ``either``."""
    longest: Mapped[int | None] = mapped_column(Integer)
    longest_unit: Mapped[str | None] = mapped_column(String(10))
    """One letter lasts at most so many months (to the same day of the month) or calendar days."""
    prolongations: Mapped[int] = mapped_column(Integer, default=0)
    """How often it may be prolonged, each time for at most as long."""
    least_absence: Mapped[int | None] = mapped_column(Integer)
    """Working days of absence from which this kind is given."""
    most_absence: Mapped[int | None] = mapped_column(Integer)
    """Working days of absence up to which, inclusive; above it another kind is needed."""
    strategic: Mapped[bool] = mapped_column(Boolean)
    """May take decisions that change the standing of organisation, people or money (UU 30/2014 art. 14)."""
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    source_document: Mapped[str] = mapped_column(Text)
    verified: Mapped[bool] = mapped_column(Boolean, default=False)
    note: Mapped[str] = mapped_column(Text, default="")
