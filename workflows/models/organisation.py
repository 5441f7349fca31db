"""Units of the regency and the job fields of its people."""

from __future__ import annotations

from sqlalchemy import Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.models.base import Base


class Unit(Base):
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


class JobField(Base):
    """A field of work (rumpun jabatan) that is invited to reviews."""

    __tablename__ = "job_field"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
