"""What the running service keeps: the movable clock of a demo and the claim of the one embedded runner."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.models.base import Base, UtcDateTime


class DemoClock(Base):
    """At machine time ``real_at`` the work's clock showed ``shown_at``; both run on at the same pace."""

    __tablename__ = "demo_clock"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    real_at: Mapped[datetime] = mapped_column(UtcDateTime)
    shown_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RunnerClaim(Base):
    """Only one embedded runner works on a database; its claim runs out by machine time."""

    __tablename__ = "runner_claim"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(String(80))
    until: Mapped[datetime] = mapped_column(UtcDateTime)
