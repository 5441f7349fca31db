"""The stand-in itself: its state, its clock and the settings that a real site would have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from lms_connectors.sandbox.faults import Faults
from lms_connectors.sandbox.pace import Pace
from lms_connectors.sandbox.store import Store

RELEASE = "4.4dev (Build: 20231124)"
VERSION = "2023112400"
SERVICE_USER = 3


@dataclass
class SandboxSite:
    """``capable`` false: the service's user has no role, as a site where the role was forgotten.

    ``max_input_vars``: PHP's limit of form fields; what lies past it is dropped without a word.
    """

    store: Store
    token: str = field(repr=False)
    home_page: str
    clock: Callable[[], datetime]
    name: str = "Moodle peragaan"
    max_input_vars: int = 5000
    capable: bool = True
    lacking: set[str] = field(default_factory=set)
    """Capabilities that the role was not given."""
    not_in_service: set[str] = field(default_factory=set)
    """Functions that were left out of the service."""
    faults: Faults = field(default_factory=Faults)
    pace: Pace | None = None

    def may(self, capability: str) -> bool:
        return self.capable and capability not in self.lacking

    def seconds(self) -> int:
        return int(self.clock().timestamp())
