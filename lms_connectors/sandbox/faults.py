"""Trouble on demand, for tests: what the next calls meet, before or after the work is done."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field

from lms_connectors.sandbox.refusal import MoodleRefusal


@dataclass(frozen=True)
class Fault:
    """One kind of trouble.

    ``status`` and ``body`` replace the answer; ``refusal`` is answered by Moodle itself; ``seconds`` is
    waited before the answer; ``after_work`` does the work first, so that only the answer is lost; ``cut``
    breaks the connection in the middle of the answer; ``late`` does the work that many seconds after the
    answer, as PHP does when the proxy no longer waits for it. ``function``: only calls of it are met.
    """

    status: int = 200
    body: str | None = None
    content_type: str = "text/html"
    refusal: MoodleRefusal | None = None
    seconds: float = 0.0
    after_work: bool = False
    late: float = 0.0
    cut: bool = False
    function: str | None = None


BAD_GATEWAY = Fault(502, "<html><h1>502 Bad Gateway</h1></html>")
UNAVAILABLE = Fault(503, "<!DOCTYPE html><title>Site under maintenance</title>")
HTML = Fault(200, "<!DOCTYPE html><title>Log in to the site</title>")
GATEWAY_TIMEOUT = Fault(504, "<html><h1>504 Gateway Time-out</h1></html>")
GATEWAY_TIMEOUT_AFTER_WORK = Fault(504, "<html><h1>504 Gateway Time-out</h1></html>", after_work=True)
CUT_AFTER_WORK = Fault(after_work=True, cut=True)
WEB_SERVICES_OFF = Fault(403, "")
PHP_FATAL = Fault(500, "")


@dataclass
class Faults:
    """A queue of faults for the next calls, and one that stays until it is taken away."""

    always: Fault | None = None
    calls: deque[str] = field(default_factory=lambda: deque(maxlen=1000))
    """Functions asked for lately, oldest first."""
    _queue: deque[Fault] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, *faults: Fault) -> None:
        """The next matching calls meet these, one each, in order."""
        with self._lock:
            self._queue.extend(faults)

    def clear(self) -> None:
        with self._lock:
            self._queue.clear()
            self.always = None

    def take(self, function: str) -> Fault | None:
        """The fault that a call of this function meets now, if any."""
        with self._lock:
            self.calls.append(function)
            for fault in self._queue:
                if fault.function in (None, function):
                    self._queue.remove(fault)
                    return fault
            always = self.always
        return always if always and always.function in (None, function) else None
