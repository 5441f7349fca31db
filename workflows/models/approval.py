"""The approval chain of a version: steps, tasks, decisions with their evidence (R9, R14, R18)."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.codes import new_code
from workflows.models.base import Base, UtcDateTime
from workflows.models.office import Office, OfficeHolding
from workflows.models.person import Person
from workflows.models.programme import ProgrammeVersion


class ApprovalStep(Base):
    """One step of a chain, as the profile sets it. A request keeps the chain it was made under (R18)."""

    __tablename__ = "approval_step"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    chain: Mapped[str] = mapped_column(String(40), index=True)
    seq: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(40))
    office_role: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120))
    verb: Mapped[str] = mapped_column(String(20))
    """endorse (Setujui) | initial (Paraf) | determine (Tetapkan): the words of the button"""
    concerns: Mapped[str] = mapped_column(String(10))
    """content | cost | both: what voids it when touched (R17)"""
    money: Mapped[str] = mapped_column(String(10), default="none")
    """none | reserve | commit: what happens to the money when this step is granted"""
    step_up: Mapped[bool] = mapped_column(Boolean, default=False)
    strategic: Mapped[bool] = mapped_column(Boolean, default=False)
    substitute_role: Mapped[str | None] = mapped_column(String(40))
    days: Mapped[int] = mapped_column(Integer)


class ApprovalRequest(Base):
    __tablename__ = "approval_request"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'returned', 'granted', 'rejected', 'void')", name="status"),
        Index(
            "uq_approval_request_live",
            "version_id",
            unique=True,
            sqlite_where=text("status IN ('open', 'returned')"),
            postgresql_where=text("status IN ('open', 'returned')"),
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"), index=True)
    chain: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(10), default="open")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    return_to_seq: Mapped[int | None] = mapped_column(Integer)
    """While returned: the step from which the chain waits again; ``returned_by_seq`` is who returned it."""
    returned_by_seq: Mapped[int | None] = mapped_column(Integer)
    returned_content_no: Mapped[int | None] = mapped_column(Integer)
    returned_cost_no: Mapped[int | None] = mapped_column(Integer)

    version: Mapped[ProgrammeVersion] = relationship()
    tasks: Mapped[list[ApprovalTask]] = relationship(back_populates="request", order_by="ApprovalTask.seq")


class ApprovalTask(Base):
    """One signature that is waited for. ``waiting``: an earlier step comes first."""

    __tablename__ = "approval_task"
    __table_args__ = (CheckConstraint("status IN ('waiting', 'open', 'granted', 'void')", name="status"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("approval_request.id"), index=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("approval_step.id"))
    seq: Mapped[int] = mapped_column(Integer)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    status: Mapped[str] = mapped_column(String(10), index=True)
    opened_on: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)

    request: Mapped[ApprovalRequest] = relationship(back_populates="tasks")
    step: Mapped[ApprovalStep] = relationship()
    office: Mapped[Office] = relationship()
    decisions: Mapped[list[Decision]] = relationship(back_populates="task", order_by="Decision.id")


class Decision(Base):
    """What was decided, by whom, under which mandate, on which evidence. Never changed; may be void."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("outcome IN ('approve', 'return', 'reject')", name="outcome"),
        CheckConstraint("evidence_kind IN ('session', 'sso', 'demo')", name="evidence_kind"),
        CheckConstraint("outcome = 'approve' OR reason <> ''", name="reason_given"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("approval_task.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    holding_id: Mapped[int] = mapped_column(ForeignKey("office_holding.id"))
    mandate_kind: Mapped[str] = mapped_column(String(12))
    letter_no: Mapped[str] = mapped_column(String(120))
    office_title: Mapped[str] = mapped_column(String(160))
    behalf_of_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """The absent official on whose behalf (atas nama) an acting one signed."""
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """By the clock of the work; ``real_at`` is the machine's."""
    real_at: Mapped[datetime] = mapped_column(UtcDateTime)
    content_no: Mapped[int] = mapped_column(Integer)
    cost_no: Mapped[int] = mapped_column(Integer)
    amount: Mapped[int] = mapped_column(BigInteger)
    shown_sha256: Mapped[str] = mapped_column(String(64))
    void: Mapped[bool] = mapped_column(Boolean, default=False)
    void_reason: Mapped[str] = mapped_column(String(40), default="")
    evidence_kind: Mapped[str] = mapped_column(String(10))
    evidence: Mapped[str] = mapped_column(Text)
    """JSON of ``workflows.evidence.Evidence``."""
    code: Mapped[str] = mapped_column(String(20), unique=True, default=new_code)
    """Kode keaslian: stands on paper, is looked up by anybody, cannot be guessed."""

    task: Mapped[ApprovalTask] = relationship(back_populates="decisions")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    behalf_of: Mapped[Person | None] = relationship(foreign_keys=[behalf_of_id])
    holding: Mapped[OfficeHolding] = relationship()
