"""Groups of batches on a site: what stands in the way of a course's groups. Who is in which stands with the rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.models.base import Base, UtcDateTime


class CourseGrouping(Base):
    """A course whose groups could not be brought in step. ``next_attempt_at`` is machine time; None: now."""

    __tablename__ = "course_grouping"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    course_ref: Mapped[str] = mapped_column(String(40), primary_key=True)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error_code: Mapped[str] = mapped_column(String(60), default="")
