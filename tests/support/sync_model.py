"""A course that people plan, a site in memory that breaks and is changed by others, and the jobs between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms_connectors.memory import MemoryUser
from service.jobs.accounts import check_accounts, look_again
from service.jobs.breaker import try_closed_sites
from service.jobs.context import JobContext, owner_name
from service.jobs.drift import compare_due
from service.jobs.enrolments import renew_dates, sync_due
from tests.support import sync_people, walk
from tests.support.breakable import FAULTS, Breakable, Killed
from tests.support.sync_town import Beginning
from tests.support.world import World
from workflows.access import access_of, grace_days, open_at
from workflows.actions import batches, drift, enrolments, unenrolling
from workflows.clock import today
from workflows.errors import WorkflowError
from workflows.models import Batch, Enrolment, LmsAccount, Person, Site
from workflows.ports import DesiredEnrolment

COURSE = "7"
PEOPLE = ("learner1", "learner2", "learner3", "learner4", "learner5")
FIRST, LAST = date(2027, 4, 5), date(2027, 4, 30)
BATCHES = ((FIRST, date(2027, 4, 9)), (date(2027, 4, 19), LAST))
LEASE = timedelta(seconds=60)
ROUNDS = 4
A_WHILE = {"days": 1, "hours": 3}
"""Until everybody without an account has been looked for again, however often in vain before."""
BRAKE_LEAST = 2
"""Stops in a day that no person is asked about: a class of five meets the brake often."""


@dataclass
class Town:
    """``version_id`` is an approved version with the course; ``begin`` makes everything else as at first."""

    world: World
    version_id: int
    platform: Breakable
    started: tuple[datetime, datetime]
    beginning: Beginning
    foreign: dict[str, DesiredEnrolment] = field(default_factory=dict)
    """Rows of others in the course as they made them; none of ours."""
    touched: bool = False
    """Others changed rows of ours, or the site refused what a person must mend: a person's repair is needed."""
    met: Counter[str] = field(default_factory=Counter)
    """What came about, over all that was tried."""

    @classmethod
    def make(cls, world: World) -> Town:
        version_id = walk.to_approved(world, seats=50, starts_on=FIRST, ends_on=LAST)
        with world.writing() as session:
            for first, last in BATCHES:
                batches.add(
                    session,
                    actor=world.actor(session, "planner"),
                    version_id=version_id,
                    starts_on=first,
                    ends_on=last,
                )
            session.get_one(Site, world.site).brake_least = BRAKE_LEAST
            session.flush()
            beginning = Beginning.of(session)
        started = (world.clock.work, world.clock.machine)
        return cls(world, version_id, Breakable(world.clock.now), started, beginning)

    def begin(self) -> None:
        self.world.clock.work, self.world.clock.machine = self.started
        with self.world.writing() as session:
            self.beginning.again(session)
        self.platform = Breakable(self.world.clock.now)
        self.platform.add_course("Kelas", ref=COURSE)
        self.foreign, self.touched = {}, False

    def batch(self, session: Session, number: int) -> Batch:
        return session.scalars(
            select(Batch).where(Batch.version_id == self.version_id, Batch.number == number)
        ).one()

    # what people wish

    def wish(self, work: Callable[[Session], object]) -> None:
        """A use case; what a rule refuses (no such participant, batch over) is refused."""
        with suppress(WorkflowError), self.world.writing() as session:
            work(session)

    def enrol(self, names: Iterable[str], number: int) -> None:
        self.wish(
            lambda session: enrolments.enrol(
                session,
                actor=self.world.actor(session, "planner"),
                version_id=self.version_id,
                person_ids=[self.world.people[name] for name in names],
                batch_number=number,
            )
        )

    def withdraw(self, name: str) -> None:
        self.wish(
            lambda session: enrolments.withdraw(
                session,
                actor=self.world.actor(session, "planner"),
                enrolment_id=self.row(session, name).id,
                reason="sakit",
            )
        )

    def remove(self, name: str) -> None:
        """Unenrolled by decision."""
        self.wish(
            lambda session: unenrolling.unenrol(
                session,
                actor=self.world.actor(session, "planner"),
                enrolment_id=self.row(session, name).id,
                reason="salah kelas",
            )
        )

    def move(self, name: str, number: int) -> None:
        self.wish(
            lambda session: batches.move(
                session,
                actor=self.world.actor(session, "planner"),
                version_id=self.version_id,
                enrolment_ids=[self.row(session, name).id],
                to_number=number,
            )
        )

    def change_dates(self, number: int, first: date, last: date) -> None:
        self.wish(
            lambda session: batches.change_dates(
                session,
                actor=self.world.actor(session, "planner"),
                version_id=self.version_id,
                number=number,
                starts_on=first,
                ends_on=last,
            )
        )

    def row(self, session: Session, name: str) -> Enrolment:
        found = session.scalars(
            select(Enrolment).where(Enrolment.person_id == self.world.people[name])
        ).one_or_none()
        if found is None:
            raise WorkflowError("none", "")
        return found

    # what others do on the site

    @property
    def course(self) -> dict[str, DesiredEnrolment]:
        held = self.platform.courses.get(COURSE)
        return held.enrolments if held else {}

    def account(self, name: str) -> str | None:
        """The site's number of one of our people."""
        with self.world.trying() as session:
            person = self.world.people[name]
            return session.scalar(select(LmsAccount.remote_id).where(LmsAccount.person_id == person))

    def teacher_enrols(self, username: str, suspended: bool) -> None:
        if COURSE not in self.platform.courses:
            return
        users = [user for user in self.platform.users.values() if user.username == username]
        user = users[0] if users else self.platform.add_user(username, email=f"{username}@lain.test")
        row = DesiredEnrolment(f"guru:{username}", user.remote_id, suspended)
        self.foreign[user.remote_id] = self.course[user.remote_id] = row

    def teacher_changes(self, name: str, what: str) -> None:
        """Somebody suspends, reactivates, undates or deletes a row of ours."""
        number = self.account(name)
        held = self.course.get(number or "")
        if number is None or held is None:
            return
        self.touched = True
        if what == "deletes":
            del self.course[number]
        else:
            changed = replace(held, suspended=what == "suspends")
            self.course[number] = changed

    def account_stops(self, name: str) -> None:
        """The site's administrator suspends the account of one of ours; it is opened again when all heals."""
        for user in self.accounts_of(name):
            user.suspended = True
            self.met["account suspended"] += 1

    def account_opens(self, name: str) -> None:
        for user in self.accounts_of(name):
            user.suspended = False

    def account_goes(self, name: str) -> None:
        """Deleted on the site, and with it every enrolment that it had."""
        for user in self.accounts_of(name):
            self.touched = True
            del self.platform.users[user.remote_id]
            for course in self.platform.courses.values():
                course.enrolments.pop(user.remote_id, None)
            self.met["account deleted"] += 1

    def accounts_of(self, name: str) -> list[MemoryUser]:
        """What the site itself has of one of our people, whatever we know of it."""
        with self.world.trying() as session:
            nip = session.get_one(Person, self.world.people[name]).identifiers[0].value
        return [user for user in self.platform.users.values() if user.idnumber == nip]

    def breaks(self, kinds: Iterable[str]) -> None:
        """The next calls meet these faults, one each."""
        for kind in kinds:
            self.platform.faults.append(FAULTS[kind])
            self.touched = self.touched or kind in ("rights", "course")

    def course_goes(self) -> None:
        self.touched = True
        self.platform.courses.pop(COURSE, None)
        self.foreign = {}

    def course_comes_back(self) -> None:
        """Empty, under the number that it had."""
        if COURSE not in self.platform.courses:
            self.platform.add_course("Kelas", ref=COURSE)

    # what the jobs do

    def pass_time(self, **span: float) -> None:
        self.world.clock.work += timedelta(**span)
        self.world.clock.machine += timedelta(**span)

    def jobs(self) -> JobContext:
        """A worker of its own: another owner in each sweep."""

        @contextmanager
        def writing() -> Iterator[Session]:
            if self.platform.kill == "dead":
                raise Killed
            with self.world.writing() as session:
                yield session

        return JobContext(writing, lambda site: self.platform, LEASE, owner=owner_name())

    def sweep(self) -> None:
        jobs = self.jobs()
        for job in (try_closed_sites, look_again, check_accounts, renew_dates, sync_due):
            job(jobs)

    def killed_sweep(self, when: str) -> None:
        """The worker dies before or after the first thing that it does on the site; it gives nothing back."""
        self.platform.kill = when
        with suppress(Killed):
            self.sweep()
        self.platform.kill = ""

    def compare(self) -> None:
        self.wish(
            lambda session: drift.ask_check(
                session, actor=self.world.actor(session, "planner"), version_id=self.version_id
            )
        )
        compare_due(self.jobs())

    def repair(self) -> None:
        """A person reads what differs and has it mended, whom the site lacks, and what failed."""
        sync_people.take_as_it_is(self)
        self.compare()
        sync_people.mend_differences(self)
        sync_people.allow_new_accounts(self)
        sync_people.look_for_accounts(self)

    def heal(self) -> None:
        """The faults stop, the course is there; jobs and people do what they do until all is as wished.

        The classes have begun by then: before, a site shows everyone as inactive, and nobody can tell who was stopped.
        """
        self.met += self.platform.met
        with self.world.trying() as session:
            self.met.update(session.scalars(select(Enrolment.desired)).all())
        self.platform.faults.clear()
        self.platform.meanwhile.clear()
        self.platform.overtaken.clear()
        self.platform.half = False
        self.course_comes_back()
        for name in PEOPLE:
            self.account_opens(name)
        with self.world.trying() as session:
            begun = max(self.batch(session, number).starts_on for number in (1, 2))
            late = begun - today(session)
        self.pass_time(days=max(late.days + 1, 0))
        for _ in range(ROUNDS):
            self.pass_time(**A_WHILE)
            self.sweep()
            sync_people.decide_holds(self, "approve")
        self.sweep()
        if not self.touched:
            return
        for _ in range(ROUNDS):
            self.pass_time(**A_WHILE)
            self.repair()
            self.sweep()
            sync_people.decide_holds(self, "approve")
            self.sweep()
            if self.in_step():
                return

    # what must hold

    def wishes(self) -> dict[str, tuple[str, tuple[datetime | None, datetime | None]]]:
        """Account -> (wish, dates) of each row; the account is looked up on the site itself."""
        with self.world.trying() as session:
            grace = grace_days(session)
            rows = session.scalars(select(Enrolment)).all()
            return {
                self.number_on_site(row): (
                    row.desired,
                    access_of(session, row.batch.starts_on, row.batch.ends_on, grace),
                )
                for row in rows
            }

    def number_on_site(self, row: Enrolment) -> str:
        nip = row.person.identifiers[0].value
        found = [user.remote_id for user in self.platform.users.values() if user.idnumber == nip]
        assert len(found) < 2, "two accounts of one person"
        return found[0] if found else f"none of {self.world.name_of(row.person_id)}"

    def wrong(self) -> list[str]:
        """Where the course is not as wished; empty: all is."""
        told = []
        for number, (wish, dates) in self.wishes().items():
            held = self.course.get(number)
            if wish == "active":
                right = held is not None and (held.starts_at, held.ends_at) == dates
                right = right and not (held.suspended and open_at(dates, self.world.clock.now()))
            elif wish == "suspended":
                right = held is None or held.suspended or self.is_over(held)
            else:
                right = held is None
            if not right:
                told.append(f"{number}: {wish} {dates}, held {held}")
        return told

    def is_over(self, held: DesiredEnrolment) -> bool:
        """Its days are past: a site shows it as one that was stopped, and nobody gets in by it."""
        return held.ends_at is not None and held.ends_at <= self.world.clock.now()

    def in_step(self) -> bool:
        with self.world.trying() as session:
            rows = session.execute(select(Enrolment.status, Enrolment.desired, Enrolment.applied)).all()
        return not self.wrong() and all(row[0] == "applied" and row[1] == row[2] for row in rows)

    def foreign_untouched(self) -> bool:
        return all(self.course.get(number) == row for number, row in self.foreign.items())

    def strangers(self) -> set[str]:
        """Accounts in the course that neither we wished nor anybody else put there."""
        return set(self.course) - set(self.foreign) - set(self.wishes())
