"""What a job is given: how to open transactions and how to reach a platform."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.orm import Session

from workflows.models import Site
from workflows.patience import PATIENCE, Patience
from workflows.ports import LearningPlatform, Permanent


def owner_name() -> str:
    """Names this process in leases: host, process, and chance, so that a reused process id is told apart."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(frozen=True)
class JobContext:
    """``writing()`` commits at its end; a thread of a job's own calls it inside ``enter()``.

    ``on_progress(done, total)`` is called by long jobs.
    """

    writing: Callable[[], AbstractContextManager[Session]]
    platform_for: Callable[[Site], LearningPlatform]
    lease: timedelta
    patience: Patience = PATIENCE
    owner: str = field(default_factory=owner_name)
    poll_every: timedelta = timedelta(hours=6)
    """How often a course is asked for completions; zero: never."""
    poll_learners: int = 50
    enter: Callable[[], AbstractContextManager[object]] = nullcontext
    on_progress: Callable[[int, int], None] = lambda done, total: None
    tell_every: timedelta = timedelta(seconds=3)
    """How often it is kept how far a course is, for whoever watches."""

    def reach(self, site: Site) -> LearningPlatform:
        """The site's connector; one that is not set up here (no token, no such platform) refuses every call."""
        try:
            return self.platform_for(site)
        except (ValueError, LookupError):
            raise Permanent("not_set_up", "No token or no such platform here", site_wide=True) from None
