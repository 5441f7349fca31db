"""History: one hash chain a stream (R39). Personal values stand apart and can be erased."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.models.approval import Decision
from workflows.models.base import Base, BigId, UtcDateTime
from workflows.models.person import Person


class HistoryRow(Base):
    """One thing that happened. ``digest`` covers the row and the digest before it in the stream."""

    __tablename__ = "history"
    __table_args__ = (UniqueConstraint("stream", "seq"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    stream: Mapped[str] = mapped_column(String(80))
    seq: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(60), index=True)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """None: the clock or a job did it."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    real_at: Mapped[datetime] = mapped_column(UtcDateTime)
    payload: Mapped[str] = mapped_column(Text)
    """Canonical JSON; personal values appear as salted hashes only."""
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), unique=True)
    """The decision that this row is about; its id stands in the payload as well."""
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))

    actor: Mapped[Person | None] = relationship()
    decision: Mapped[Decision | None] = relationship()
    values: Mapped[list[HistoryValue]] = relationship(back_populates="row", order_by="HistoryValue.key")


class HistoryValue(Base):
    """A personal value of a history row with its salt. Erasing it leaves the chain whole."""

    __tablename__ = "history_value"
    __table_args__ = (UniqueConstraint("row_id", "key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    row_id: Mapped[int] = mapped_column(ForeignKey("history.id"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    value: Mapped[str] = mapped_column(Text)

    row: Mapped[HistoryRow] = relationship(back_populates="values")


class StreamHead(Base):
    """The last link of a stream; locked last, just before the commit."""

    __tablename__ = "stream_head"

    stream: Mapped[str] = mapped_column(String(80), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
