"""Who looked at data of others (R39): one row a sign-in, page and hour, and whose data were on it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.base import Base, BigId, UtcDateTime
from workflows.models.person import Person


class Look(Base):
    """``what``: a key of ``workflows.looks.WHAT``; ``ref``: what was opened, like ``version:7``.

    ``hour``: machine time cut to the hour, and ``session_key`` the sign-in: the same page opened again in that hour is
    no new look. ``at`` is the work's time, ``real_at`` the machine's, both of the first time.
    """

    __tablename__ = "look"
    __table_args__ = (UniqueConstraint("session_key", "what", "ref", "hour"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    viewer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    session_key: Mapped[str] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(String(40))
    ref: Mapped[str] = mapped_column(String(80))
    hour: Mapped[datetime] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    real_at: Mapped[datetime] = mapped_column(UtcDateTime)

    viewer: Mapped[Person] = relationship()


class LookedAt(Base):
    """Whose data stood on the page."""

    __tablename__ = "looked_at"
    __table_args__ = (Index("ix_looked_at_person_id_look_id", "person_id", "look_id"),)

    look_id: Mapped[int] = mapped_column(BigId, ForeignKey("look.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)

    look: Mapped[Look] = relationship()
