"""Competencies by PermenPANRB 38/2017 (managerial, socio-cultural) and technical ones."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.models.base import Base


class Competency(Base):
    __tablename__ = "competency"
    __table_args__ = (CheckConstraint("kind IN ('managerial', 'sociocultural', 'technical')", name="kind"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(20))
    source_document: Mapped[str] = mapped_column(String(200))
