"""Ceilings and what is held against them; whole rupiah (R21, R25)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.base import Base, UtcDateTime


class Ceiling(Base):
    """What one sub-activity may spend in a fiscal year. ``held`` = reserved + committed."""

    __tablename__ = "ceiling"
    __table_args__ = (CheckConstraint("amount >= 0 AND held >= 0", name="not_negative"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    amount: Mapped[int] = mapped_column(BigInteger)
    held: Mapped[int] = mapped_column(BigInteger, default=0)
    source_document: Mapped[str] = mapped_column(Text)


class Reservation(Base):
    __tablename__ = "reservation"
    __table_args__ = (
        CheckConstraint("status IN ('reserved', 'committed', 'released')", name="status"),
        CheckConstraint("amount >= 0", name="not_negative"),
        Index(
            "uq_reservation_live",
            "version_id",
            unique=True,
            sqlite_where=text("status <> 'released'"),
            postgresql_where=text("status <> 'released'"),
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"))
    ceiling_id: Mapped[int] = mapped_column(ForeignKey("ceiling.id"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(10))
    reserved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    ceiling: Mapped[Ceiling] = relationship()
