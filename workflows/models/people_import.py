"""An import of people: what the file said, what it would change, and who looked. Rows go when it is done."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.base import Base, BigId, UtcDateTime
from workflows.models.person import Person


class PeopleImport(Base):
    """One import. ``share``: percent of those in service whom it would change.

    compared: a dry run; waiting: somebody asked to apply it and a second person must look; applied; dropped.
    """

    __tablename__ = "people_import"
    __table_args__ = (
        CheckConstraint("status IN ('compared', 'waiting', 'applied', 'dropped')", name="status"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    status: Mapped[str] = mapped_column(String(10), default="compared")
    file_digest: Mapped[str] = mapped_column(String(64))
    header: Mapped[str] = mapped_column(Text)
    """JSON list: the names of the columns."""
    mapping: Mapped[str] = mapped_column(Text)
    """JSON: columns (field -> number of the column), units and job_fields (word of the file -> code)."""
    uploaded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    compared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    """Over the difference that was shown: another difference is not applied unseen."""
    mark_left: Mapped[bool] = mapped_column(Boolean, default=False)
    new: Mapped[int] = mapped_column(Integer, default=0)
    changed: Mapped[int] = mapped_column(Integer, default=0)
    same: Mapped[int] = mapped_column(Integer, default=0)
    left: Mapped[int] = mapped_column(Integer, default=0)
    refused: Mapped[int] = mapped_column(Integer, default=0)
    share: Mapped[int] = mapped_column(Integer, default=0)
    asked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    done_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    uploader: Mapped[Person | None] = relationship(foreign_keys=[uploaded_by])
    asker: Mapped[Person | None] = relationship(foreign_keys=[asked_by])
    doer: Mapped[Person | None] = relationship(foreign_keys=[done_by])


class PeopleImportRow(Base):
    """A row of the file, or a person whom the file lacks (``number`` 0); what comes of it."""

    __tablename__ = "people_import_row"
    __table_args__ = (
        CheckConstraint("kind IN ('read', 'new', 'changed', 'same', 'left', 'refused')", name="kind"),
        Index("ix_people_import_row_import_id_kind", "import_id", "kind", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("people_import.id"))
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(10), default="read")
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    cells: Mapped[str] = mapped_column(Text, default="")
    """JSON list, as the file has it; empty once the import is done."""
    told: Mapped[str] = mapped_column(Text, default="")
    """JSON: name, changes [[field, before, after]], refusal [code, sentence, values], notes."""


class PeopleMapping(Base):
    """The mapping last used for files with these columns, so that nobody maps them twice."""

    __tablename__ = "people_mapping"

    header_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    mapping: Mapped[str] = mapped_column(Text)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)
