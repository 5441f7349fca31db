"""The running app's own things, for code inside a request or a job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import current_app

from service.config import Settings
from service.jobs.context import JobContext
from service.profiles import Profile
from workflows.ports import Clock


@dataclass(frozen=True)
class Bangkom:
    """What belongs to one app. ``nudge()`` makes the embedded runner, where there is one, look for work now.

    ``asking`` is as ``jobs`` where a person waits for the page: a site that is slow is given up after seconds.
    """

    settings: Settings
    profile: Profile
    clock: Clock
    jobs: JobContext
    nudge: Callable[[], None]
    asking: JobContext


def bangkom() -> Bangkom:
    return cast("Bangkom", current_app.extensions["bangkom"])
