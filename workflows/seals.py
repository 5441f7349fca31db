"""Daily seals of the history: one short text over the heads of all streams, each hanging on the one before (R39).

A seal is a text that anybody can check by hand: its code is the SHA-256 of its bytes, and the line ``previous``
of the next one is that code. ``root`` is the Merkle root (RFC 9162) over all heads of that moment; the lines below
``heads`` are those that changed since the seal before. A stream stands there under the SHA-256 of its name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from workflows.fingerprint import root_over
from workflows.ports import SealStore

FIRST_LINE = "bangkom-seal 1"
NOTHING_BEFORE = "0" * 64
_HEADER = ("number", "day", "made", "machine", "previous", "root", "streams", "rows", "changed")
_HEX = re.compile(r"[0-9a-f]{64}")


class BadSeal(ValueError):
    """The text is no seal, or not as it was written."""


@dataclass(frozen=True, slots=True)
class Head:
    """How long a stream is and its last link. ``GONE``: a stream that was there at an earlier seal is not."""

    seq: int
    digest: str


GONE = Head(0, NOTHING_BEFORE)


@dataclass(frozen=True, slots=True)
class SealHeader:
    """``made_at`` by the clock of the work, ``real_at`` by the machine's; ``streams`` and ``rows`` of the whole."""

    number: int
    day: date
    made_at: datetime
    real_at: datetime
    previous: str
    root: str
    streams: int
    rows: int
    changed: int


@dataclass(frozen=True, slots=True)
class Seal:
    header: SealHeader
    heads: Mapping[str, Head]
    """By hashed stream, only those that changed since the seal before."""


@dataclass(frozen=True, slots=True)
class BrokenSeal:
    """``what``: unreadable | number | previous | root | missing | changed."""

    number: int
    what: str


@dataclass(slots=True)
class Sealed:
    """All seals read in order. ``points`` holds every sealed head of a stream, the oldest first."""

    state: dict[str, Head] = field(default_factory=dict)
    points: dict[str, list[Head]] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    broken: list[BrokenSeal] = field(default_factory=list)

    @property
    def last(self) -> tuple[int, str]:
        """(number, code) of the newest seal; (0, zeros) where there is none."""
        number = max(self.codes, default=0)
        return number, self.codes.get(number, NOTHING_BEFORE)


def hashed_stream(stream: str) -> str:
    return hashlib.sha256(stream.encode()).hexdigest()


def code_of(data: bytes) -> str:
    """The code of a seal: what ``sha256sum`` says of its text."""
    return hashlib.sha256(data).hexdigest()


def root_of(state: Mapping[str, Head]) -> str:
    """Merkle root over all heads in the order of their hashed streams, as 64 hexadecimal digits."""
    return root_over([_line(key, head).encode() for key, head in sorted(state.items()) if head != GONE])


def seal_text(seal: Seal) -> bytes:
    header = seal.header
    values = (
        header.number,
        header.day.isoformat(),
        header.made_at.isoformat(timespec="microseconds"),
        header.real_at.isoformat(timespec="microseconds"),
        header.previous,
        header.root,
        header.streams,
        header.rows,
        header.changed,
    )
    lines = [FIRST_LINE, *(f"{name} {value}" for name, value in zip(_HEADER, values, strict=True)), "heads"]
    lines += [_line(key, head) for key, head in sorted(seal.heads.items())]
    return ("\n".join(lines) + "\n").encode()


def read_header(data: bytes) -> SealHeader:
    """The first lines of a seal; BadSeal for anything else."""
    lines = data.split(b"\n", len(_HEADER) + 2)[: len(_HEADER) + 2]
    try:
        first, *pairs, end = (line.decode("ascii") for line in lines)
        given = dict(pair.split(" ", 1) for pair in pairs)
        if first != FIRST_LINE or end != "heads" or tuple(given) != _HEADER:
            raise BadSeal("not a seal")
        if not _HEX.fullmatch(given["previous"]) or not _HEX.fullmatch(given["root"]):
            raise BadSeal("a code is 64 hexadecimal digits")
        return SealHeader(
            int(given["number"]),
            date.fromisoformat(given["day"]),
            datetime.fromisoformat(given["made"]),
            datetime.fromisoformat(given["machine"]),
            given["previous"],
            given["root"],
            int(given["streams"]),
            int(given["rows"]),
            int(given["changed"]),
        )
    except (ValueError, UnicodeDecodeError) as error:
        raise BadSeal(str(error)) from error


def read_seal(data: bytes) -> Seal:
    """The seal in these bytes; BadSeal unless writing it again gives exactly them."""
    header = read_header(data)
    heads: dict[str, Head] = {}
    try:
        for line in data.decode("ascii").split("\n")[len(_HEADER) + 2 : -1]:
            key, seq, digest = line.split(" ")
            heads[key] = Head(int(seq), digest)
    except ValueError as error:
        raise BadSeal(str(error)) from error
    seal = Seal(header, heads)
    if len(heads) != header.changed or seal_text(seal) != data:
        raise BadSeal("not as it was written")
    return seal


def read_all(store: SealStore) -> Sealed:
    """Every seal, the oldest first, with what does not fit. A seal that cannot be read still keeps its place."""
    sealed = Sealed()
    for name in store.names():
        data = store.read(name.number)
        before, code_before = sealed.last
        fault = "" if name.number == before + 1 else "number"
        try:
            seal = read_seal(data)
        except BadSeal:
            fault = "unreadable"
        else:
            fault = fault or _take(sealed, seal, name.number, code_before)
        if fault:
            sealed.broken.append(BrokenSeal(name.number, fault))
        sealed.codes[name.number] = code_of(data)
    return sealed


def _take(sealed: Sealed, seal: Seal, number: int, code_before: str) -> str:
    for key, head in seal.heads.items():
        sealed.state[key] = head
        if head != GONE:
            sealed.points.setdefault(key, []).append(head)
    if seal.header.number != number:
        return "number"
    if seal.header.previous != code_before:
        return "previous"
    return "" if seal.header.root == root_of(sealed.state) else "root"


def _line(key: str, head: Head) -> str:
    return f"{key} {head.seq} {head.digest}"


def first_gap(points: Sequence[Head], digests: Mapping[int, str]) -> tuple[int, int, str] | None:
    """Where a stream left what was sealed: (first place that may be wrong, place of the seal, what), or None.

    ``points``: its sealed heads; ``digests``: its links of today by place. ``what``: rewritten | cut.
    """
    good = 0
    for head in sorted(points, key=lambda one: one.seq):
        if head.seq not in digests:
            return len(digests) + 1, head.seq, "cut"
        if digests[head.seq] != head.digest:
            return good + 1, head.seq, "rewritten"
        good = head.seq
    return None
