"""Walking the chains: the first broken link, by stream (R39)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from workflows.history import GENESIS, digest_of, salted
from workflows.models import HistoryRow, StreamHead


@dataclass(frozen=True, slots=True)
class BrokenLink:
    stream: str
    seq: int
    what: str


def broken_links(session: Session) -> Iterator[BrokenLink]:
    """The first broken link of each stream that has one. Reads every history row once, stream by stream."""
    heads = {head.stream: head for head in session.scalars(select(StreamHead))}
    streams = set(heads) | set(session.scalars(select(HistoryRow.stream).distinct()))
    for stream in sorted(streams):
        broken = _first_broken(session, stream, heads.get(stream))
        if broken is not None:
            yield broken


def _first_broken(session: Session, stream: str, head: StreamHead | None) -> BrokenLink | None:
    previous, seq = GENESIS, 0
    rows = session.scalars(
        select(HistoryRow)
        .where(HistoryRow.stream == stream)
        .order_by(HistoryRow.seq)
        .options(selectinload(HistoryRow.values))
    )
    for row in rows:
        seq += 1
        what = _fault(row, seq, previous)
        if what:
            return BrokenLink(stream, seq, what)
        previous = row.digest
    if head is None or (head.seq, head.digest) != (seq, previous):
        return BrokenLink(stream, seq + 1, "tail")
    return None


def _fault(row: HistoryRow, seq: int, previous: str) -> str:
    if row.seq != seq:
        return "missing"
    if row.previous != previous or row.digest != digest_of(row):
        return "changed"
    hashes = json.loads(row.payload).get("personal", {})
    if any(hashes.get(v.key) != salted(v.salt, v.value) for v in row.values):
        return "value"
    return ""
