"""Walking the chains: the first broken link, by stream, also against what was sealed (R39)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from workflows.decision_record import fits
from workflows.history import GENESIS, digest_of, salted
from workflows.models import Decision, HistoryRow, StreamHead
from workflows.seals import BrokenSeal, Head, Sealed, first_gap, hashed_stream


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """``what``: missing | changed | value | decision | unrecorded | tail | cut | rewritten.

    ``until``: with ``rewritten`` the place that a seal holds; the change lies between ``seq`` and it.
    """

    stream: str
    seq: int
    what: str
    until: int = 0


def broken_links(session: Session, sealed: Sealed | None = None) -> Iterator[BrokenLink]:
    """The first broken link of each stream that has one. Reads every history row once, stream by stream."""
    heads = {head.stream: head for head in session.scalars(select(StreamHead))}
    streams = set(heads) | set(session.scalars(select(HistoryRow.stream).distinct()))
    points = dict(sealed.points) if sealed else {}
    for stream in sorted(streams):
        broken = _first_broken(session, stream, heads.get(stream), points.pop(hashed_stream(stream), ()))
        if broken is not None:
            yield broken
    for key in sorted(points):
        yield BrokenLink(f"sealed:{key}", 1, "cut")
    unrecorded = select(Decision.id).where(Decision.id.not_in(_decisions_told())).order_by(Decision.id)
    for decision_id in session.scalars(unrecorded):
        yield BrokenLink(f"decision:{decision_id}", 0, "unrecorded")


def _decisions_told() -> Select[int | None]:
    return select(HistoryRow.decision_id).where(HistoryRow.decision_id.is_not(None))


def broken_stream(session: Session, stream: str, points: Sequence[Head] = ()) -> BrokenLink | None:
    """The first broken link of this stream, or None."""
    return _first_broken(session, stream, session.get(StreamHead, stream), points)


def broken_seals(sealed: Sealed, noted: Mapping[int, str]) -> list[BrokenSeal]:
    """What does not fit among the seals, and between them and what the history ``noted`` of them."""
    found = list(sealed.broken)
    for number, code in sorted(noted.items()):
        if number not in sealed.codes:
            found.append(BrokenSeal(number, "missing"))
        elif sealed.codes[number] != code:
            found.append(BrokenSeal(number, "changed"))
    return sorted(found, key=lambda one: one.number)


def _first_broken(
    session: Session, stream: str, head: StreamHead | None, points: Sequence[Head]
) -> BrokenLink | None:
    digests: dict[int, str] = {}
    found = _walk(session, stream, head, digests)
    gap = first_gap(points, digests)
    if gap is None:
        return found
    seq, until, what = gap
    if what == "cut":  # where the walk stopped early, the rest is not known to be gone
        return BrokenLink(stream, seq, what) if found is None or found.what == "tail" else found
    return found if found is not None and found.seq <= until else BrokenLink(stream, seq, what, until)


def _walk(
    session: Session, stream: str, head: StreamHead | None, digests: dict[int, str]
) -> BrokenLink | None:
    """``digests`` takes the links by place, up to the first that is broken."""
    previous, seq = GENESIS, 0
    rows = session.scalars(
        select(HistoryRow)
        .where(HistoryRow.stream == stream)
        .order_by(HistoryRow.seq)
        .options(selectinload(HistoryRow.values), joinedload(HistoryRow.decision))
    )
    for row in rows:
        seq += 1
        what = _fault(row, seq, previous)
        if what:
            return BrokenLink(stream, seq, what)
        previous = digests[seq] = row.digest
    if head is None or (head.seq, head.digest) != (seq, previous):
        return BrokenLink(stream, seq + 1, "tail")
    return None


def _fault(row: HistoryRow, seq: int, previous: str) -> str:
    if row.seq != seq:
        return "missing"
    if row.previous != previous or row.digest != digest_of(row):
        return "changed"
    payload = json.loads(row.payload)
    hashes = payload.get("personal", {})
    if any(hashes.get(v.key) != salted(v.salt, v.value) for v in row.values):
        return "value"
    return "" if fits(row, payload) else "decision"
