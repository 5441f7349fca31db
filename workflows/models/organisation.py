"""Units of the regency and the job fields of its people."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.models.base import Base


class Unit(Base):
    """A node of the tree of units. A merged or renamed one stays readable with its last day and its successor."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(30))
    """secretariat | department | regional_agency | district | health_centre ..."""
    is_remote: Mapped[bool] = mapped_column(Boolean, default=False)
    """A remote district: its voice counts apart in a review (R32)."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    valid_from: Mapped[date | None] = mapped_column(Date)
    """None: before the first day that this service knows."""
    valid_to: Mapped[date | None] = mapped_column(Date)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))


class JobField(Base):
    """A field of work (rumpun jabatan) that is invited to reviews."""

    __tablename__ = "job_field"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
