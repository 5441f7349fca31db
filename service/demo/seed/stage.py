"""Where the story is played: the past clock, one transaction a deed, and who plays which part."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from service.demo.clock import PastClock
from service.demo.seed.cast import Member
from service.profiles import Profile
from service.profiles.profile import UnitRow
from workflows.actor import Actor, load_actor
from workflows.ports import LearningPlatform, SecretStore

OFFICE_HOURS = time(9, 0)


@dataclass
class Stage:
    """``session_factory()`` is a transaction that commits at its end, like ``service.db.writing``."""

    session_factory: Callable[[], AbstractContextManager[Session]]
    profile: Profile
    clock: PastClock
    secrets: SecretStore
    platform: LearningPlatform
    courses: Sequence[tuple[str, str]]
    on_completion: Callable[[str, str, datetime], None]
    rng: random.Random
    cast: Sequence[Member]
    site_id: int = 0
    ids: Mapping[str, Mapping[Any, int]] = field(default_factory=dict)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One deed: commits at its end, under the past clock, its evidence marked as a demonstration's."""
        with self.session_factory() as session:
            session.info.pop("origin", None)  # nobody acted from anywhere: the past is made up
            session.info.update(
                clock=self.clock, zone=self.profile.zone, secrets=self.secrets, demo_evidence=True
            )
            yield session

    def on(self, day: date) -> None:
        """The morning of that day; a few minutes later when it is that day already."""
        morning = datetime.combine(day, OFFICE_HOURS, self.profile.zone)
        self.clock.show(max(morning, self.clock.now() + timedelta(minutes=3)))

    def actor(self, session: Session, person_id: uuid.UUID) -> Actor:
        return load_actor(session, person_id)

    def unit(self, affairs: Sequence[str]) -> UnitRow:
        """The unit of the first of these affairs that the region has."""
        present = {unit.affair for unit in self.profile.units}
        return self.profile.unit_of(next(affair for affair in affairs if affair in present))

    def with_role(self, role: str) -> list[Member]:
        return [member for member in self.cast if role in member.roles]

    def staff(self) -> list[Member]:
        """People who are neither heads nor given a role: they propose, speak and take part."""
        return [m for m in self.cast if m.rank in ("section", "staff") and not m.roles and not m.left_on]

    def course(self, title: str) -> tuple[str, str]:
        """The site's course of that title; on a site with other courses, one of those it has."""
        found = [course for course in self.courses if course[1] == title]
        return found[0] if found else self.courses[sum(title.encode()) % len(self.courses)]
