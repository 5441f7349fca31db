"""The town's database as it was before anything was tried: whatever an example left would decide about the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.orm import Session

from workflows.models import Base, Batch, Site


@dataclass(frozen=True)
class Beginning:
    """``empty``: tables that held nothing, those that point to others first. The rest but history is put back."""

    empty: tuple[Table, ...]
    kept: tuple[tuple[Table, dict[str, Any]], ...]

    @classmethod
    def of(cls, session: Session) -> Beginning:
        tables = reversed(Base.metadata.sorted_tables)
        empty = tuple(
            table for table in tables if not session.scalar(select(func.count()).select_from(table))
        )
        kept = [
            (model.__table__, dict(row._mapping))
            for model in (Site, Batch)
            for row in session.execute(select(model.__table__))
        ]
        return cls(empty, tuple(kept))

    def again(self, session: Session) -> None:
        for table in self.empty:
            session.execute(delete(table))
        for table, values in self.kept:
            session.execute(update(table).where(table.c.id == values["id"]).values(values))
