"""How fast calls may begin: a site that is small, or shared, is not to be hurried."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Pace:
    """At most ``per_second`` calls begin in a second, evenly spaced; 0: no limit. Safe to share between threads.

    One object a site and process. ``shared``: takes a turn among several processes, told the seconds between two; it
    answers in how many seconds the turn begins. Without it each process keeps a pace of its own.
    """

    def __init__(
        self,
        per_second: float = 0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        shared: Callable[[float], float] | None = None,
    ) -> None:
        self.per_second = per_second
        self._clock, self._sleep = clock, sleep
        self._next = 0.0
        self._shared = shared
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when the next call may begin."""
        if self.per_second <= 0:
            return
        spacing = 1 / self.per_second
        with self._lock:
            now = self._clock()
            begin = max(now, self._next)
            self._next = begin + spacing
        pause = max(begin - now, self._shared(spacing) if self._shared else 0.0)
        if pause > 0:
            self._sleep(pause)
