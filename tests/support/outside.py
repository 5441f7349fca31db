"""Stand-ins for what a session carries: a clock that is set by hand, secrets in memory."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflows.ports import SealName

ZONE = ZoneInfo("Asia/Makassar")


class FakeClock:
    """Both times stand still until somebody sets them."""

    def __init__(self, now: datetime, real_now: datetime) -> None:
        self.work, self.machine = now, real_now

    def now(self) -> datetime:
        return self.work

    def real_now(self) -> datetime:
        return self.machine

    def go(self, day: date, hour: int = 9) -> None:
        """The work's clock shows this hour of this day in the zone."""
        self.work = datetime.combine(day, time(hour), ZONE).astimezone(UTC)

    def wait(self, **span: float) -> None:
        """The machine's clock runs on."""
        self.machine += timedelta(**span)


class MemorySecrets:
    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def create(self, name: str) -> None:
        self.kept[name] = secrets.token_bytes(32)

    def read(self, name: str) -> bytes:
        if name not in self.kept:
            raise FileNotFoundError(name)
        return self.kept[name]

    def destroy(self, name: str) -> None:
        self.kept.pop(name, None)

    def names(self) -> Sequence[str]:
        return sorted(self.kept)


class MemorySeals:
    def __init__(self) -> None:
        self.kept: dict[SealName, bytes] = {}

    def names(self) -> Sequence[SealName]:
        return sorted(self.kept, key=lambda name: name.number)

    def read(self, number: int) -> bytes:
        for name, text in self.kept.items():
            if name.number == number:
                return text
        raise FileNotFoundError(number)

    def add(self, name: SealName, text: bytes) -> None:
        if any(known.number == name.number for known in self.kept):
            raise FileExistsError(name.number)
        self.kept[name] = text
