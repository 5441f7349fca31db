"""The first delivery to a site: looked at without sending anything, read by a person, agreed to once (R26).

Called in three parts, as every conversation with a site: ``begin_look`` (a transaction), the questions (none),
``keep_look`` (a transaction). ``confirm_first_run`` opens the site for good.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, joinedload

from workflows.accounts import learner_of
from workflows.actions import brake
from workflows.actions.sites import site_of
from workflows.actor import Actor
from workflows.clock import now, today
from workflows.errors import N_, Conflict, Refused
from workflows.events import site_stream
from workflows.first_run import CoursePlan, FirstRow, as_text, fingerprint_of, from_text
from workflows.history import record
from workflows.models import Enrolment, FirstRun, LmsAccount, Person, Site
from workflows.people import number_on
from workflows.ports import LearnerAccount
from workflows.rules import require


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What to ask the site about: the wishes of each course, and their fingerprint."""

    site_id: int
    makes_accounts: bool
    fingerprint: str
    courses: Mapping[str, Sequence[FirstRow]]


def begin_look(session: Session, *, actor: Actor, code: str) -> FirstLook:
    """The wishes that wait for the site. Nothing changes."""
    require(actor, "site.first_run")
    site = site_of(session, code)
    _must_wait(session, site)
    rows = session.execute(
        select(Enrolment, LmsAccount.remote_id)
        .outerjoin(
            LmsAccount,
            and_(LmsAccount.site_id == Enrolment.site_id, LmsAccount.person_id == Enrolment.person_id),
        )
        .where(Enrolment.site_id == site.id, Enrolment.status == "waiting")
        .options(joinedload(Enrolment.person).selectinload(Person.identifiers))
        .order_by(Enrolment.course_ref, Enrolment.id)
    ).all()
    courses: dict[str, list[FirstRow]] = defaultdict(list)
    for row, remote_id in rows:
        learner = None if remote_id else _learner(session, site, row.person)
        courses[row.course_ref].append(FirstRow(row.id, row.desired, learner, remote_id))
    print_ = fingerprint_of((row.id, row.desired) for row, _ in rows)
    return FirstLook(site.id, site.account_policy == "create", print_, courses)


def _learner(session: Session, site: Site, person: Person) -> LearnerAccount | None:
    try:
        return learner_of(site, person, number_on(person, today(session)))
    except Refused:
        return None


def keep_look(
    session: Session, *, actor: Actor, code: str, look: FirstLook, courses: Sequence[CoursePlan]
) -> FirstRun:
    """Keep what the site would get, for whoever reads it."""
    require(actor, "site.first_run")
    site = site_of(session, code, lock=True)
    run = _must_wait(session, site)
    run.looked_at, run.plan, run.fingerprint = now(session), as_text(courses), look.fingerprint
    rows = sum(course.rows for course in courses)
    record(session, "site.first_run_looked", stream=site_stream(site.id), actor=actor, code=code, rows=rows)
    return run


def confirm_first_run(session: Session, *, actor: Actor, code: str, fingerprint: str) -> int:
    """Agree to what was read; from now on the site gets what is due. How many rows were read.

    ``fingerprint``: of the look that the page showed.
    """
    require(actor, "site.first_run")
    site = site_of(session, code, lock=True)
    run = _must_wait(session, site)
    courses = from_text(run.plan)
    rows = sum(course.rows for course in courses)
    if run.looked_at is None or not (rows or any(course.error for course in courses)):
        raise Refused(
            "nothing_looked_at",
            N_("Belum ada yang dilihat: jalankan dahulu uji pertama, setelah ada peserta yang menunggu."),
            rule="R26",
        )
    if any(course.error for course in courses):
        raise Refused(
            "look_incomplete",
            N_("Situs tidak menjawab untuk semua kelas. Benahi dahulu, lalu jalankan uji pertama lagi."),
            rule="R26",
        )
    waiting = select(Enrolment.id, Enrolment.desired).where(
        Enrolment.site_id == site.id, Enrolment.status == "waiting"
    )
    current = fingerprint_of((key, desired) for key, desired in session.execute(waiting))
    if not fingerprint == run.fingerprint == current:
        raise Conflict(
            "look_again",
            N_("Yang akan dikirim sudah berubah sejak dilihat. Jalankan uji pertama lagi."),
            rule="R26",
        )
    brake.agree(session, [key for course in courses for key in (*course.suspend, *course.remove)])
    run.confirmed_at, run.plan = now(session), ""
    session.flush()
    session.expire(site, ["awaits_first_run"])
    record(
        session, "site.first_run_confirmed", stream=site_stream(site.id), actor=actor, code=code, rows=rows
    )
    return rows


def _must_wait(session: Session, site: Site) -> FirstRun:
    run = session.get(FirstRun, site.id, populate_existing=True)
    if run is None or run.confirmed_at is not None:
        raise Conflict("first_run_over", N_("Pengiriman pertama ke situs ini sudah disetujui."), rule="R26")
    return run
