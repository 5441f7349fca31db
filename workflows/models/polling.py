"""What is asked of a site because it may not tell by itself: completions and progress of a course's learners."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.base import Base, UtcDateTime
from workflows.models.enrolment import Enrolment


class CoursePoll(Base):
    """How far the asking about one course has come. ``due_at`` is machine time, ``answered_at`` the work's.

    ``cursor``: the last enrolment asked in the round that is under way; 0 between rounds. ``trouble``: why
    the site tells nothing about this course. ``brought``: completions that no statement had brought.
    """

    __tablename__ = "course_poll"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    course_ref: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    cursor: Mapped[int] = mapped_column(Integer, default=0)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    trouble: Mapped[str] = mapped_column(String(60), default="")
    brought: Mapped[int] = mapped_column(Integer, default=0)


class CourseProgress(Base):
    """How far one participant was when the site was last asked. ``grade`` 0..100, None where there is none."""

    __tablename__ = "course_progress"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    steps_done: Mapped[int] = mapped_column(Integer)
    steps_total: Mapped[int] = mapped_column(Integer)
    grade: Mapped[float | None] = mapped_column(Float)
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)

    enrolment: Mapped[Enrolment] = relationship()


class JobMark(Base):
    """When a job was last seen at work, machine time: a gap tells that the service itself was away."""

    __tablename__ = "job_mark"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
