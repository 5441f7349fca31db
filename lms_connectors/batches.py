"""Rows sent in batches to an outside that is all-or-nothing and does not say which row was bad.

Pure: it knows rows and functions, no protocol. Three rules (all of them seen on a real Moodle):
a refused batch is cut in halves until the bad rows stand alone, so the good ones go through; after a doubtful
answer what is there is read back, and only what is missing is sent once more; when the outside is away, the
batches that follow are not even tried.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from workflows.ports import Permanent, Retryable

Row = TypeVar("Row")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Done(Generic[Result]):
    """The row went through."""

    result: Result


@dataclass(frozen=True, slots=True)
class Failed:
    """The row did not go through (Permanent), or nobody can say so yet (Retryable)."""

    error: Retryable | Permanent


Outcome = Done[Result] | Failed


@dataclass(frozen=True)
class Batches(Generic[Row, Result]):
    """How to send rows and how to see whether they arrived.

    ``send``: all of the rows or none; one result a row, in order; raises Retryable or Permanent.
    ``read_back``: what is there of these rows, in order; None for a row that is not.
    ``whole_call``: whether a refusal is one that no single row causes; such a batch is not cut.
    """

    send: Callable[[Sequence[Row]], Sequence[Result]]
    read_back: Callable[[Sequence[Row]], Sequence[Result | None]]
    size: int = 50
    connections: int = 1
    whole_call: Callable[[Permanent], bool] = lambda error: False
    repeats: int = 1
    answered: Callable[[int], None] = lambda many: None
    """Told how many more rows have their outcome, after each batch; from any thread."""

    def run(self, rows: Sequence[Row]) -> list[Outcome[Result]]:
        """One outcome a row, in order. Raises Permanent only when it is ``site_wide``."""
        job = _Run(self)
        chunks = [rows[start : start + self.size] for start in range(0, len(rows), self.size)]
        if self.connections == 1 or len(chunks) < 2:
            return [outcome for chunk in chunks for outcome in job.whole(chunk)]
        with ThreadPoolExecutor(self.connections) as pool:
            parts = pool.map(job.whole, chunks)
            return [outcome for part in parts for outcome in part]


@dataclass
class _Run(Generic[Row, Result]):
    """One run: remembers that the outside went away, so that the rest is not tried one time-out each."""

    how: Batches[Row, Result]
    stopped: Retryable | Permanent | None = field(default=None)

    def whole(self, rows: Sequence[Row]) -> list[Outcome[Result]]:
        outcomes = self.attempt(rows, self.how.repeats)
        self.how.answered(len(rows))
        return outcomes

    def attempt(self, rows: Sequence[Row], repeats: int) -> list[Outcome[Result]]:
        if self.stopped is not None:
            return _all_failed(rows, self.stopped)
        try:
            return [Done(result) for result in self.how.send(rows)]
        except Permanent as error:
            return self._refused(rows, error, repeats)
        except Retryable as error:
            return self._not_now(rows, error, repeats)

    def _refused(self, rows: Sequence[Row], error: Permanent, repeats: int) -> list[Outcome[Result]]:
        if error.site_wide:
            self.stopped = error
            raise error
        if len(rows) == 1 or self.how.whole_call(error):
            return _all_failed(rows, error)
        middle = len(rows) // 2
        return self.attempt(rows[:middle], repeats) + self.attempt(rows[middle:], repeats)

    def _not_now(self, rows: Sequence[Row], error: Retryable, repeats: int) -> list[Outcome[Result]]:
        if not error.doubtful:
            self.stopped = error
            return _all_failed(rows, error)
        try:
            seen = self.how.read_back(rows)
        except Retryable as again:
            self.stopped = again
            return _all_failed(rows, error)
        except Permanent as refusal:
            return self._refused(rows[:1], refusal, 0) * len(rows)
        return self._send_missing(rows, seen, error, repeats)

    def _send_missing(
        self, rows: Sequence[Row], seen: Sequence[Result | None], error: Retryable, repeats: int
    ) -> list[Outcome[Result]]:
        missing = [row for row, result in zip(rows, seen, strict=True) if result is None]
        if missing and not repeats:  # lost again: so slow that the other batches would fare no better
            self.stopped = error
        again = self.attempt(missing, repeats - 1) if missing and repeats else _all_failed(missing, error)
        rest = iter(again)
        return [next(rest) if result is None else Done(result) for result in seen]


def _all_failed(rows: Sequence[Row], error: Retryable | Permanent) -> list[Outcome[Result]]:
    return [Failed(error) for _ in rows]
