"""Sealing the history once a day, outside the database (R39, DESIGN.md 5). Drawn up, kept, then noted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.actor import Actor
from workflows.clock import now, real_now, today
from workflows.events import STREAM_OF_SEALS
from workflows.history import lock_heads, record
from workflows.models import HistoryRow, StreamHead
from workflows.ports import SealName, SealStore
from workflows.rules import require
from workflows.seals import (
    GONE,
    BrokenSeal,
    Head,
    Seal,
    SealHeader,
    code_of,
    hashed_stream,
    read_all,
    read_header,
    root_of,
    seal_text,
)

AHEAD = timedelta(days=1)
"""A newest seal that is later than now by this much was made under a wrong clock and does not hold up the next."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A seal that nobody keeps yet. ``shorter``: streams that lost or changed what the seal before held.

    ``broken``: older seals that do not fit.
    """

    name: SealName
    text: bytes
    header: SealHeader
    shorter: int
    broken: tuple[BrokenSeal, ...]

    @property
    def well(self) -> bool:
        return not self.shorter and not self.broken


def seals_of(session: Session) -> SealStore:
    """The store of this session, as ``service.db.prepare`` put it there."""
    store: SealStore = session.info["seals"]
    return store


def is_due(session: Session) -> bool:
    """True once a day of the profile's zone, however late; a day on which nothing ran has no seal."""
    store, day = seals_of(session), today(session)
    names = store.names()
    if not names or names[-1].day < day:
        return session.scalars(select(StreamHead.stream).limit(1)).first() is not None
    if names[-1].day == day:
        return False
    return read_header(store.read(names[-1].number)).real_at > real_now(session) + AHEAD


def draw_up(session: Session, *, actor: Actor) -> Drawn:
    """The next seal over all heads as they stand in this transaction. Keeps nothing and writes nothing."""
    require(actor, "history.seal")
    sealed = read_all(seals_of(session))
    number, code = sealed.last
    heads = {
        hashed_stream(head.stream): Head(head.seq, head.digest)
        for head in session.scalars(select(StreamHead).where(StreamHead.seq > 0))
    }
    changed = {key: head for key, head in heads.items() if sealed.state.get(key) != head}
    changed |= {key: GONE for key, was in sealed.state.items() if was != GONE and key not in heads}
    header = SealHeader(
        number=number + 1,
        day=today(session),
        made_at=now(session),
        real_at=real_now(session),
        previous=code,
        root=root_of(heads),
        streams=len(heads),
        rows=sum(head.seq for head in heads.values()),
        changed=len(changed),
    )
    shorter = sum(head.seq <= sealed.state.get(key, GONE).seq for key, head in changed.items())
    text = seal_text(Seal(header, changed))
    return Drawn(SealName(header.number, header.day), text, header, shorter, tuple(sealed.broken))


def note_seals(session: Session, *, actor: Actor) -> int:
    """Write into the history what was kept and is not noted there yet, also after a crash. How many."""
    require(actor, "history.seal")
    store = seals_of(session)
    names = store.names()
    if not names or names[-1].number <= _noted(session):
        return 0
    lock_heads(session, [STREAM_OF_SEALS])
    late = [name for name in names if name.number > _noted(session)]
    for name in late:
        record(
            session,
            "history.sealed",
            stream=STREAM_OF_SEALS,
            actor=actor,
            number=name.number,
            day=name.day.isoformat(),
            code=code_of(store.read(name.number)),
        )
    return len(late)


def noted_codes(session: Session) -> dict[int, str]:
    """Number and code of every seal that the history knows."""
    rows = session.scalars(
        select(HistoryRow.payload).where(
            HistoryRow.stream == STREAM_OF_SEALS, HistoryRow.name == "history.sealed"
        )
    )
    return {noted["number"]: noted["code"] for noted in map(json.loads, rows)}


def _noted(session: Session) -> int:
    newest = select(HistoryRow.payload).where(HistoryRow.stream == STREAM_OF_SEALS)
    payload = session.scalars(newest.order_by(HistoryRow.seq.desc()).limit(1)).first()
    return int(json.loads(payload)["number"]) if payload else 0
