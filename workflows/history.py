"""record(): what happened goes into a hash chain, in the same transaction as the deed (R39).

Rows wait in the session until just before the commit; then the heads of their streams are locked in name
order, so that two transactions never wait for each other crosswise, and the links are written.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from workflows.actor import Actor
from workflows.clock import now, real_now
from workflows.events import EVENTS
from workflows.models import HistoryRow, HistoryValue, StreamHead
from workflows.origin import personal_origin, via

GENESIS = "0" * 64
COLUMNS = tuple(column.key for column in HistoryRow.__table__.columns if not column.primary_key)
_PENDING = "pending_history"


@dataclass(frozen=True, slots=True)
class _Pending:
    stream: str
    name: str
    actor: Actor
    at: datetime
    real_at: datetime
    payload: dict[str, Any]
    personal: dict[str, str] = field(default_factory=dict)
    decision_id: int | None = None


def record(
    session: Session,
    name: str,
    *,
    stream: str,
    actor: Actor,
    personal: Mapping[str, str] | None = None,
    decision_id: int | None = None,
    **payload: Any,
) -> None:
    """Note that ``name`` happened in ``stream``. ``personal`` values (free text, names) stay erasable.

    From where it was done goes along by itself: ``via`` in the payload, address and device as personal values.
    """
    if name not in EVENTS:
        raise KeyError(f"unknown event {name}")
    if not session.in_transaction():
        session.begin()  # so that a rollback is heard of and takes the row away
    pending: list[_Pending] = session.info.setdefault(_PENDING, [])
    at, real_at = now(session).astimezone(UTC), real_now(session).astimezone(UTC)
    way = via(session, actor)
    whole = {**payload, "via": way} if way else dict(payload)
    values = {**personal_origin(session, actor), **(personal or {})}
    pending.append(_Pending(stream, name, actor, at, real_at, whole, values, decision_id))


def canonical(data: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no spaces: the same data gives the same bytes."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def salted(salt: bytes, value: str) -> str:
    return hashlib.sha256(salt + value.encode()).hexdigest()


def digest_of(row: HistoryRow) -> str:
    """The link: SHA-256 over the row and the link before it."""
    covered = {
        "stream": row.stream,
        "seq": row.seq,
        "name": row.name,
        "actor": row.actor_id.hex if row.actor_id else None,
        "at": row.at.isoformat(timespec="microseconds"),
        "real_at": row.real_at.isoformat(timespec="microseconds"),
        "payload": row.payload,
        "previous": row.previous,
    }
    return hashlib.sha256(canonical(covered).encode()).hexdigest()


@event.listens_for(Session, "before_commit")
def _append_pending(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint's end is not the commit: heads locked now would break the order of names
    pending: list[_Pending] = session.info.pop(_PENDING, [])
    if not pending:
        return
    session.flush()
    heads = lock_heads(session, sorted({p.stream for p in pending}))
    _append(session, [_link(heads[item.stream], item) for item in pending], pending)


@event.listens_for(Session, "after_soft_rollback")
def _forget_pending(session: Session, previous_transaction: Any) -> None:
    if not previous_transaction.nested:
        session.info.pop(_PENDING, None)


def lock_heads(session: Session, streams: list[str]) -> dict[str, StreamHead]:
    """The heads of these streams, made where missing and locked in the order of their names."""
    values = [{"stream": stream, "seq": 0, "digest": GENESIS} for stream in streams]
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(StreamHead).values(values).on_conflict_do_nothing())
    query = select(StreamHead).where(StreamHead.stream.in_(streams)).order_by(StreamHead.stream)
    found = session.scalars(query.with_for_update().execution_options(populate_existing=True))
    return {head.stream: head for head in found}


def _link(head: StreamHead, item: _Pending) -> tuple[HistoryRow, dict[str, bytes]]:
    """The next row of its stream, not yet in the database, and the salts of its personal values."""
    salts = {key: secrets.token_bytes(16) for key in item.personal}
    hashed = {key: salted(salts[key], value) for key, value in item.personal.items()}
    row = HistoryRow(
        stream=item.stream,
        seq=head.seq + 1,
        name=item.name,
        actor_id=item.actor.person_id,
        at=item.at,
        real_at=item.real_at,
        payload=canonical({**item.payload, "personal": hashed} if hashed else item.payload),
        decision_id=item.decision_id,
        previous=head.digest,
    )
    row.digest = digest_of(row)
    head.seq, head.digest = row.seq, row.digest
    return row, salts


def _append(
    session: Session, links: Sequence[tuple[HistoryRow, dict[str, bytes]]], pending: Sequence[_Pending]
) -> None:
    """All rows in one statement and all values in another: the mapper asks for each row by itself where some are
    about a decision and some are not, and a list of sixty decisions writes 120."""
    rows = [{column: getattr(row, column) for column in COLUMNS} for row, _ in links]
    place = (HistoryRow.stream, HistoryRow.seq, HistoryRow.id)
    written = session.execute(
        insert(HistoryRow).returning(*place), rows, execution_options={"render_nulls": True}
    )
    ids = {(stream, seq): row_id for stream, seq, row_id in written}
    values = [
        {"row_id": ids[row.stream, row.seq], "key": key, "salt": salts[key], "value": value}
        for (row, salts), item in zip(links, pending, strict=True)
        for key, value in item.personal.items()
    ]
    if values:
        session.execute(insert(HistoryValue), values)


def pending_since(session: Session) -> int:
    """How many rows wait for the commit: a savepoint that fails takes its own away again."""
    return len(session.info.get(_PENDING, []))


def forget_after(session: Session, count: int) -> None:
    """Drop rows recorded after ``pending_since`` said ``count`` (their savepoint was rolled back)."""
    del session.info.get(_PENDING, [])[count:]
