"""What ``bangkom audit verify`` finds: chains against themselves and against the seals (R39)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from service.db import reading
from workflows.actions.seals import noted_codes, seals_of
from workflows.audit import BrokenLink, broken_links, broken_seals
from workflows.models import HistoryRow
from workflows.ports import SealStore
from workflows.seals import read_all


@dataclass(frozen=True, slots=True)
class Found:
    """``lines``: one broken link or seal each, ready to print; nothing when all is whole."""

    lines: tuple[str, ...]
    streams: int
    rows: int
    seals: str


def verify(copy: SealStore | None = None) -> Found:
    """Read everything once; ``copy``: seals that were kept elsewhere, instead of the service's own folder."""
    with reading() as session:
        sealed = read_all(copy or seals_of(session))
        lines = [_link(broken) for broken in broken_links(session, sealed)]
        lines += [f"seal {one.number}: {one.what}" for one in broken_seals(sealed, noted_codes(session))]
        streams = session.scalar(select(func.count(HistoryRow.stream.distinct()))) or 0
        rows = session.scalar(select(func.count(HistoryRow.id))) or 0
    return Found(tuple(lines), streams, rows, _told(len(sealed.codes), *sealed.last))


def _link(broken: BrokenLink) -> str:
    place = f"{broken.seq}-{broken.until}" if broken.until > broken.seq else f"{broken.seq}"
    return f"{broken.stream} {place}: {broken.what}"


def _told(count: int, number: int, code: str) -> str:
    return f"{count} seals, the newest {number} {code}" if count else "no seal yet"
