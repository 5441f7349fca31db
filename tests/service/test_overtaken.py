"""A worker that stood still for longer than its lease: another has the course, and the late one must do no harm."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select

from service.jobs.context import JobContext, owner_name
from service.jobs.enrolments import SyncSummary, sync_due
from tests.support import walk
from tests.support.breakable import Breakable
from tests.support.world import World
from workflows.actions import enrolments
from workflows.models import Enrolment, SyncAttempt
from workflows.ports import ActualEnrolment, DesiredEnrolment, RowResult

LEASE = timedelta(seconds=60)


class Held(Breakable):
    """What happens before a call is carried out, and after the roster was read; each once."""

    before: Mapping[str, Callable[[], None]] = {}

    def apply(self, course_ref: str, rows: Sequence[DesiredEnrolment]) -> Sequence[RowResult]:
        self._now("apply")
        return super().apply(course_ref, rows)

    def roster(self, course_ref: str) -> Mapping[str, ActualEnrolment]:
        found = dict(super().roster(course_ref))
        self._now("plan")
        return found

    def _now(self, name: str) -> None:
        happens = dict(self.before)
        self.before = {key: work for key, work in happens.items() if key != name}
        happens.get(name, lambda: None)()


@dataclass
class Class:
    """One learner is wished into a course; each worker has its own connection to the same site."""

    world: World
    version: int
    row: int
    site: Held
    others: list[Held] = field(default_factory=list)

    def worker(self, platform: Held | None = None) -> JobContext:
        reached = platform or self.site
        return JobContext(self.world.writing, lambda site: reached, LEASE, owner=owner_name())

    def another_connection(self) -> Held:
        made = Held(self.world.clock.now)
        made.courses, made.users, made._numbers = self.site.courses, self.site.users, self.site._numbers
        return made

    def withdraw(self) -> None:
        with self.world.writing() as session:
            planner = self.world.actor(session, "planner")
            enrolments.withdraw(session, actor=planner, enrolment_id=self.row, reason="sakit")

    def state(self) -> tuple[str, str, str]:
        with self.world.trying() as session:
            row = session.get_one(Enrolment, self.row)
            return row.desired, row.applied, row.status

    def enters(self) -> bool:
        return any(not held.suspended for held in self.site.courses["7"].enrolments.values())


@pytest.fixture
def held(world: World) -> Class:
    version = walk.to_approved(world)
    (row,) = walk.enrol(world, version, ["learner1"])
    site = Held(world.clock.now)
    site.add_course("Kelas", ref="7")
    return Class(world, version, row, site)


def test_a_late_call_of_an_old_wish_is_set_right_by_the_next_run(held: Class) -> None:
    def overtaken() -> None:
        held.world.clock.wait(seconds=61)
        held.withdraw()
        assert sync_due(held.worker()).applied == 1
        assert held.state() == ("suspended", "suspended", "applied")

    held.site.before = {"apply": overtaken}
    assert sync_due(held.worker()) == SyncSummary()
    assert held.enters(), "the late call came after what the other worker did"
    assert held.state() == ("suspended", "suspended", "waiting")
    assert sync_due(held.worker()).applied == 1
    assert not held.enters()
    assert held.state() == ("suspended", "suspended", "applied")
    with held.world.trying() as session:
        codes = session.scalars(select(SyncAttempt.code).order_by(SyncAttempt.id)).all()
    assert codes.count("run_overtaken") == 1


def test_it_is_set_right_also_where_the_other_run_ends_after_it(held: Class) -> None:
    """The other has read who is enrolled, the late call comes through, and only then the other writes its outcome."""
    reached, go_on = threading.Event(), threading.Event()

    def stands_still() -> None:
        reached.set()
        assert go_on.wait(30)

    def late_one_ends() -> None:
        held.world.clock.wait(seconds=1)
        go_on.set()
        late.join(30)
        assert held.enters()

    held.site.before = {"apply": stands_still}
    late = threading.Thread(target=sync_due, args=(held.worker(),))
    late.start()
    assert reached.wait(30)
    held.world.clock.wait(seconds=61)
    held.withdraw()
    other = held.another_connection()
    other.before = {"plan": late_one_ends}
    sync_due(held.worker(other))
    assert not late.is_alive()
    held.world.clock.wait(seconds=1)
    sync_due(held.worker())
    assert not held.enters()
    assert held.state() == ("suspended", "suspended", "applied")


def test_who_lost_the_course_before_the_call_sends_nothing(held: Class) -> None:
    other = held.another_connection()

    def overtaken() -> None:
        held.world.clock.wait(seconds=61)
        assert sync_due(held.worker(other)).applied == 1

    held.site.before = {"plan": overtaken}
    assert sync_due(held.worker()) == SyncSummary()
    assert "apply" not in held.site.calls
    assert other.calls.count("apply") == 1
    assert held.state() == ("active", "active", "applied"), "nothing was sent, so nothing is in doubt"
