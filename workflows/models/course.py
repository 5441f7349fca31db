"""The course of a version on a site, where Bangkom makes it or has yet to look whether it is there."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.base import Base, UtcDateTime
from workflows.models.person import Person
from workflows.models.programme import ProgrammeVersion
from workflows.models.site import Site


def new_course_key() -> str:
    """By chance, so that no second installation that speaks to the same site takes the course for its own."""
    return f"bangkom-{secrets.token_hex(6)}"


class CourseOrder(Base):
    """One a version and site. ``way``: made (copied from a template) | named (by its number, not yet seen).

    ``state``: wanted (waits for its turn, or for the site) | making (a worker is at it) | linked (the version has it)
    | failed (with the cause; a person decides). ``next_attempt_at`` is machine time; None: as soon as possible.
    """

    __tablename__ = "course_order"
    __table_args__ = (
        UniqueConstraint("version_id", "site_id"),
        UniqueConstraint("idnumber"),
        CheckConstraint("way IN ('made', 'named')", name="way"),
        CheckConstraint("state IN ('wanted', 'making', 'linked', 'failed')", name="state"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    way: Mapped[str] = mapped_column(String(6))
    state: Mapped[str] = mapped_column(String(8), default="wanted", index=True)
    idnumber: Mapped[str] = mapped_column(String(32), default=new_course_key)
    """By it the course is found again after a lost answer: never two."""
    template_ref: Mapped[str] = mapped_column(String(40), default="")
    template_title: Mapped[str] = mapped_column(String(200), default="")
    category_ref: Mapped[str] = mapped_column(String(40), default="")
    category_title: Mapped[str] = mapped_column(String(200), default="")
    course_ref: Mapped[str] = mapped_column(String(40), default="")
    """The site's id: of the course that was made, or that a person named."""
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error_code: Mapped[str] = mapped_column(String(60), default="")
    error_text: Mapped[str] = mapped_column(Text, default="")
    """What the site left behind and could not remove."""
    given_starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The dates last sent to a course that was made; they are sent again when ours change."""
    ordered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    ordered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    linked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    version: Mapped[ProgrammeVersion] = relationship()
    site: Mapped[Site] = relationship()
    person: Mapped[Person | None] = relationship()
