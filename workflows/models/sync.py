"""What stands between our rows and a site: who stopped the sending, and why."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.base import Base, UtcDateTime
from workflows.models.person import Person
from workflows.models.site import Site


class SyncPause(Base):
    """A person stopped the sending to a site (``course_ref`` empty) or to one course; rows wait until it ends."""

    __tablename__ = "sync_pause"
    __table_args__ = (UniqueConstraint("site_id", "course_ref"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    course_ref: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    paused_at: Mapped[datetime] = mapped_column(UtcDateTime)

    site: Mapped[Site] = relationship()
    person: Mapped[Person | None] = relationship()
