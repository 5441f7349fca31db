"""What every part of the Moodle platform needs to know about its site."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from lms_connectors.moodle.client import MoodleClient
from lms_connectors.moodle.form import FIXED_FIELDS, rows_per_call


def machine_time() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Site:
    """The client and the settings of one site.

    ``account_policy``: ``create`` makes an account for who has none, ``find`` never does. ``role_id``:
    Moodle's id of the role given on enrolment (5 is student on a fresh site). ``category_ref``: id of the category in
    which courses are made; empty: none are made.
    """

    client: MoodleClient
    home_page: str
    account_policy: str = "create"
    auth: str = "oauth2"
    role_id: int = 5
    category_ref: str = ""
    batch_size: int = 50
    connections: int = 2
    now: Callable[[], datetime] = machine_time
    answered: Callable[[int], None] = lambda many: None
    """Told how many more accounts or enrolments were answered."""

    def rows_per_call(self, fields_per_row: int, *, fixed: int = FIXED_FIELDS) -> int:
        return rows_per_call(fields_per_row, wanted=self.batch_size, fixed=fixed)
