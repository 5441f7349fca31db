"""Hands that change history as whoever owns the database could: cleverly, so that the chain alone does not show it."""

from __future__ import annotations

from sqlalchemy import Engine, delete, select, text
from sqlalchemy.orm import Session

from workflows.history import GENESIS, digest_of
from workflows.models import HistoryRow, HistoryValue, StreamHead


def relink(session: Session, stream: str) -> None:
    """Number the rows of a stream anew and work out all its links and its head."""
    rows = session.scalars(
        select(HistoryRow).where(HistoryRow.stream == stream).order_by(HistoryRow.seq)
    ).all()
    previous = GENESIS
    for number, row in enumerate(rows, start=1):
        row.seq, row.previous = number, previous
        row.digest = previous = digest_of(row)
        session.flush()
    head = session.get_one(StreamHead, stream)
    head.seq, head.digest = len(rows), previous


def change(engine: Engine, stream: str, seq: int) -> None:
    with Session(engine) as session, session.begin():
        row = session.scalars(select(HistoryRow).filter_by(stream=stream, seq=seq)).one()
        row.payload = '{"forged":1}'
        relink(session, stream)


def remove(engine: Engine, stream: str, seq: int) -> None:
    with Session(engine) as session, session.begin():
        _delete(session, stream, HistoryRow.seq == seq)
        relink(session, stream)


def swap(engine: Engine, stream: str, seq: int) -> None:
    """This row and the next."""
    park = 10**6
    with Session(engine) as session, session.begin():
        for old, new in ((seq, park), (seq + 1, seq), (park, seq + 1)):
            session.execute(
                text("UPDATE history SET seq = :new WHERE stream = :stream AND seq = :old"),
                {"new": new, "old": old, "stream": stream},
            )
        relink(session, stream)


def cut(engine: Engine, stream: str, seq: int) -> None:
    """This row and all after it; the head is put back."""
    with Session(engine) as session, session.begin():
        _delete(session, stream, HistoryRow.seq >= seq)
        relink(session, stream)


def forget(engine: Engine, stream: str) -> None:
    """The stream was never there."""
    with Session(engine) as session, session.begin():
        _delete(session, stream, HistoryRow.seq >= 1)
        session.delete(session.get_one(StreamHead, stream))


def _delete(session: Session, stream: str, which: object) -> None:
    rows = select(HistoryRow.id).where(HistoryRow.stream == stream, which)  # type: ignore[arg-type]
    session.execute(delete(HistoryValue).where(HistoryValue.row_id.in_(rows)))
    session.execute(delete(HistoryRow).where(HistoryRow.stream == stream, which))  # type: ignore[arg-type]
