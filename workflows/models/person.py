"""People, the numbers that identify them, and where they work; all dated (R7)."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.base import Base
from workflows.models.organisation import JobField, Unit

EMPLOYMENT_KINDS = ("pns", "pppk", "pppk_part_time")


class Person(Base):
    """One human being. The id never changes; NIP and NI PPPK may."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("employment_kind IN ('pns', 'pppk', 'pppk_part_time')", name="employment_kind"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(200), index=True)
    email: Mapped[str] = mapped_column(String(200), unique=True)
    employment_kind: Mapped[str] = mapped_column(String(20))
    left_on: Mapped[date | None] = mapped_column(Date)

    identifiers: Mapped[list[Identifier]] = relationship(
        back_populates="person", cascade="all, delete-orphan"
    )
    postings: Mapped[list[Posting]] = relationship(
        back_populates="person", cascade="all, delete-orphan", foreign_keys="Posting.person_id"
    )


class Identifier(Base):
    """A NIP or NI PPPK as text, with the days on which it is valid."""

    __tablename__ = "identifier"
    __table_args__ = (
        Index("ix_identifier_kind_value", "kind", "value"),
        CheckConstraint("kind IN ('nip', 'ni_pppk')", name="kind"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(String(18))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)

    person: Mapped[Person] = relationship(back_populates="identifiers")


class Employment(Base):
    """How a person is employed, dated: PNS, or PPPK with the days of the agreement (R3, DOMAIN.md 1.6).

    ``contract_from`` opens the years of the agreement in which lesson hours are counted; None while unknown.
    """

    __tablename__ = "employment"
    __table_args__ = (
        CheckConstraint("kind IN ('pns', 'pppk', 'pppk_part_time')", name="kind"),
        CheckConstraint("kind <> 'pns' OR (contract_from IS NULL AND contract_to IS NULL)", name="contract"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    contract_from: Mapped[date | None] = mapped_column(Date)
    contract_to: Mapped[date | None] = mapped_column(Date)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class Posting(Base):
    """Where a person works: unit, post, job field and direct superior, dated."""

    __tablename__ = "posting"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    job_field_id: Mapped[int] = mapped_column(ForeignKey("job_field.id"), index=True)
    post_title: Mapped[str] = mapped_column(String(160))
    superior_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)

    person: Mapped[Person] = relationship(back_populates="postings", foreign_keys=[person_id])
    unit: Mapped[Unit] = relationship()
    job_field: Mapped[JobField] = relationship()
