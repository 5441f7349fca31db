"""How long we wait for a site that does not answer: back-off of rows, when its breaker opens, how often it is tried.

Working defaults of the service, no law; an operator may set others.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Patience:
    """``back_off``: minutes a row waits after its first, second ... failure; the last one repeats.

    ``jitter``: the share by which each wait may be shorter or longer, so that rows do not come back all at once.
    ``open_after``: failures in a row after which a site is no longer called for every course.
    ``trial_every``: how often an open site is then tried by one cheap call.
    ``look_again``: minutes until a person without an account is looked for again, after the first, second ... look in
    vain; the last one repeats.
    ``check_every``: how often an account that is in order is looked at.
    ``right_every``: how often a right that is wanting for a part of the work is tried.
    """

    back_off: tuple[float, ...] = (1, 5, 15, 60)
    jitter: float = 0.1
    open_after: int = 3
    trial_every: timedelta = timedelta(minutes=1)
    look_again: tuple[float, ...] = (15, 60, 360, 1440)
    check_every: timedelta = timedelta(days=1)
    right_every: timedelta = timedelta(minutes=5)

    def pause(self, failures: int) -> timedelta:
        """How long to wait after so many failures (at least one)."""
        return self._about(timedelta(minutes=self.back_off[min(failures, len(self.back_off)) - 1]))

    def look_pause(self, looks: int) -> timedelta:
        """How long until somebody is looked for again after so many looks in vain (at least one)."""
        return self._about(timedelta(minutes=self.look_again[min(looks, len(self.look_again)) - 1]))

    def check_pause(self) -> timedelta:
        """How long until an account that is in order is looked at again."""
        return self._about(self.check_every)

    def _about(self, pause: timedelta) -> timedelta:
        return pause * random.uniform(1 - self.jitter, 1 + self.jitter)  # noqa: S311


PATIENCE = Patience()
