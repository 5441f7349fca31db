"""The clock of the demo, which people move forward, and the clock of the past, under which the seed works."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy import event
from sqlalchemy.orm import Session

from workflows.clock import SystemClock
from workflows.models import DemoClock
from workflows.ports import Clock

ROW = 1


class MovableClock:
    """``workflows.ports.Clock`` whose work time runs beside the machine's, some time away from it.

    How far away stands in the database (row of ``DemoClock``), so that a second start goes on from there;
    in between it is kept in memory. All threads of a process share one object.
    """

    def __init__(self, real: Clock | None = None) -> None:
        self._real = real or SystemClock()
        self._lock = threading.Lock()
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        with self._lock:
            return self._real.real_now() + self._ahead

    def real_now(self) -> datetime:
        return self._real.real_now()

    def load(self, session: Session) -> bool:
        """Go on from what the database holds; False while it holds nothing."""
        row = session.get(DemoClock, ROW)
        if row is not None:
            self._keep(row.shown_at - row.real_at)
        return row is not None

    def set(self, session: Session, shown_at: datetime) -> None:
        """Show this instant from the commit of ``session`` on."""
        if shown_at.tzinfo is None:
            raise ValueError("a time without a zone is no instant")
        row = session.get(DemoClock, ROW, with_for_update=True) or DemoClock(id=ROW)
        row.real_at, row.shown_at = self.real_now(), shown_at
        session.add(row)
        ahead = row.shown_at - row.real_at
        event.listen(session, "after_commit", lambda _: self._keep(ahead), once=True)

    def forward(self, session: Session, by: timedelta) -> None:
        """Move on by ``by`` from the commit on; time never runs backward: ValueError."""
        if by < timedelta(0):
            raise ValueError("the clock of the work only moves forward")
        self.set(session, self.now() + by)

    def _keep(self, ahead: timedelta) -> None:
        with self._lock:
            self._ahead = ahead


class PastClock:
    """Shows what it was told to show until told otherwise; ``real_now`` is the machine's."""

    def __init__(self, shown: datetime, real: Clock | None = None) -> None:
        self._real = real or SystemClock()
        self._shown = shown.astimezone(UTC)

    def now(self) -> datetime:
        return self._shown

    def real_now(self) -> datetime:
        return self._real.real_now()

    def show(self, moment: datetime) -> None:
        """The story is told in its order: going back is an error of the teller."""
        if moment < self._shown:
            raise ValueError(f"{moment} lies before {self._shown}")
        self._shown = moment.astimezone(UTC)
