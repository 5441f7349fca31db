"""From when to when somebody holds or prepares for an office: by the letter, its end, and the person's leaving."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped

from workflows.models.person import Person


class Term:
    """For rows with these columns: ``valid_from``, ``valid_to`` (None without end) and ``ended_on``, all inclusive."""

    if TYPE_CHECKING:
        valid_from: Mapped[date]
        valid_to: Mapped[date | None]
        ended_on: Mapped[date | None]
        person: Mapped[Person]

    @property
    def last_day(self) -> date | None:
        """The last day in force, None without end."""
        days = [day for day in (self.valid_to, self.ended_on) if day is not None]
        return min(days) if days else None

    def in_force(self, day: date) -> bool:
        """By its dates, and the person being still in service."""
        last, left = self.last_day, self.person.left_on
        return self.valid_from <= day and (last is None or day <= last) and (left is None or day <= left)
