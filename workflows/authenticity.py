"""Whether a decision on paper is genuine: its code, its link in the history, and the seal that holds it (R39)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from workflows.actions.seals import seals_of
from workflows.audit import BrokenLink, broken_stream
from workflows.codes import read_code
from workflows.models import (
    ApprovalRequest,
    ApprovalTask,
    Decision,
    HistoryRow,
    ProgrammeVersion,
)
from workflows.ports import SealName, SealStore
from workflows.seals import BadSeal, Head, code_of, hashed_stream, read_header, read_seal

LOOK_ON = 3
"""A row that was still on its way when a seal was drawn up stands in one of the next."""


@dataclass(frozen=True, slots=True)
class SealedIn:
    """The first seal that holds a row: which, its code, and the stream's head in it."""

    name: SealName
    code: str
    head: Head


@dataclass(frozen=True, slots=True)
class Proof:
    """``row`` None: the decision stands in the table and not in the history, so it is not genuine.

    ``broken``: the first broken link of the programme's chain, also against the seal; None when it is whole.
    """

    decision: Decision
    row: HistoryRow | None
    broken: BrokenLink | None
    sealed: SealedIn | None

    @property
    def genuine(self) -> bool:
        return self.row is not None and self.broken is None


def prove(session: Session, typed: str) -> Proof | None:
    """What the code says about a decision; None when no decision carries it. Reads one chain and a few seals."""
    code = read_code(typed)
    decision = session.scalars(_by_code(code)).one_or_none() if code else None
    if decision is None:
        return None
    row = session.scalars(select(HistoryRow).where(HistoryRow.decision_id == decision.id)).one_or_none()
    if row is None:
        return Proof(decision, None, None, None)
    sealed = sealed_in(seals_of(session), row)
    broken = broken_stream(session, row.stream, [sealed.head] if sealed else [])
    return Proof(decision, row, broken, sealed)


def sealed_in(store: SealStore, row: HistoryRow) -> SealedIn | None:
    """The first seal that holds this row, found by halving; None while it waits for the next one."""
    names = store.names()
    first = bisect_left(_Made(store, names), row.real_at)
    for name in names[first : first + LOOK_ON]:
        data = store.read(name.number)
        try:
            head = read_seal(data).heads.get(hashed_stream(row.stream))
        except BadSeal:
            continue
        if head is not None and head.seq >= row.seq:
            return SealedIn(name, code_of(data), head)
    return None


class _Made(Sequence[datetime]):
    """When the seals were made, by the machine's clock; read only where somebody looks."""

    def __init__(self, store: SealStore, names: Sequence[SealName]) -> None:
        self.store, self.names = store, names

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, at: int) -> datetime:  # type: ignore[override]
        try:
            return read_header(self.store.read(self.names[at].number)).real_at
        except BadSeal:
            return datetime.fromisoformat(f"{self.names[at].day}T00:00:00+00:00")


def _by_code(code: str) -> Select[Decision]:
    version = joinedload(ApprovalRequest.version).joinedload(ProgrammeVersion.programme)
    task = joinedload(Decision.task)
    return (
        select(Decision)
        .where(Decision.code == code)
        .options(task.joinedload(ApprovalTask.step), task.joinedload(ApprovalTask.request).options(version))
    )
