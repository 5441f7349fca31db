"""A site in memory that breaks: calls that fail, are lost, are done by halves, or are the last of a worker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from lms_connectors.memory import Fault, MemoryPlatform
from workflows.ports import Concern, DesiredEnrolment, Permanent, Retryable, RowResult, RowStatus

T = TypeVar("T")
FAULTS = {
    "down": Fault(Retryable("unreachable")),
    "maintenance": Fault(Retryable("http_503")),
    "lost before": Fault(Retryable("connection_cut", doubtful=True)),
    "lost after": Fault(Retryable("http_504", doubtful=True), after_work=True),
    "token": Fault(Permanent("invalidtoken", site_wide=True)),
    "rights": Fault(Permanent("nopermissions", concerns=Concern.RIGHTS)),
    "course": Fault(Permanent("course_missing", concerns=Concern.COURSE)),
}


class Killed(BaseException):
    """The worker dies here: nothing of it runs on."""


class Breakable(MemoryPlatform):
    """More kinds of trouble: half of a batch is done and the answer lost; the worker dies before or after a call.

    ``meanwhile``: what people do while the next call is under way; ``overtaken``: what comes about between the next
    roster and what is then sent, however late that is carried out.
    """

    half = False
    kill: str = ""
    """``before`` or ``after`` the next call; ``dead`` once it came about."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__("http://lms.test", now=now)
        self.meanwhile: list[Callable[[], None]] = []
        self.overtaken: list[Callable[[], None]] = []
        self.met: Counter[str] = Counter()

    def _meet(self, name: str, work: Callable[[], T]) -> T:
        if self.kill == "before":
            self._die()
        while self.meanwhile:
            self.meanwhile.pop()()
            self.met["meanwhile"] += 1
        self.met["fault"] += bool(self.faults)
        answer = super()._meet(name, work)
        if self.kill == "after":
            self._die()
        return answer

    def _die(self) -> None:
        self.kill = "dead"
        self.met["killed"] += 1
        raise Killed

    def apply(self, course_ref: str, rows: Sequence[DesiredEnrolment]) -> Sequence[RowResult]:
        while self.overtaken:
            self.overtaken.pop()()
            self.met["overtaken"] += 1
        if not self.half:
            return super().apply(course_ref, rows)
        self.half = False
        self.met["half"] += 1
        some = len(rows) // 2
        lost = [RowResult(row.key, RowStatus.RETRY, "http_504") for row in rows]
        super().apply(course_ref, rows[:some])
        return lost
