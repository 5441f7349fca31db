"""How fast calls may begin: a site that is small, or shared, is not to be hurried."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Pace:
    """At most ``per_second`` calls begin in a second, evenly spaced; 0: no limit. Safe to share between threads.

    One object a site and process: several processes each keep a pace of their own.
    """

    def __init__(
        self,
        per_second: float = 0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.per_second = per_second
        self._clock, self._sleep = clock, sleep
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when the next call may begin."""
        if self.per_second <= 0:
            return
        with self._lock:
            now = self._clock()
            begin = max(now, self._next)
            self._next = begin + 1 / self.per_second
        if begin > now:
            self._sleep(begin - now)
