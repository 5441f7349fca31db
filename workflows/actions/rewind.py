"""A site that went back in time: noticed before a course is written to, stopped, and set right by a person (R26)."""

from __future__ import annotations

import json

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from workflows.accounts import learner_of
from workflows.actions.sites import site_of
from workflows.actor import CLOCK, Actor
from workflows.clock import now, real_now, today
from workflows.errors import N_, Conflict, Refused
from workflows.events import site_stream
from workflows.guards import must_have_reason
from workflows.history import record
from workflows.models import (
    Batch,
    CourseLease,
    Enrolment,
    LmsAccount,
    Person,
    ProgrammeVersion,
    Site,
    SiteRewind,
)
from workflows.people import number_on
from workflows.rewind import WITNESSES, Verdict, Witness
from workflows.rules import require

SHOWN = 10
"""Examples that are kept for the page."""


def witnesses(session: Session, site_id: int) -> list[Witness]:
    """The accounts of ours with the highest numbers on the site."""
    site, day = session.get_one(Site, site_id), today(session)
    accounts = session.scalars(
        select(LmsAccount)
        .where(LmsAccount.site_id == site_id, LmsAccount.remote_id.is_not(None))
        .options(joinedload(LmsAccount.person).selectinload(Person.identifiers))
        .order_by(func.length(LmsAccount.remote_id).desc(), LmsAccount.remote_id.desc())
        .limit(WITNESSES)
    )
    found = []
    for account in accounts:
        names = {account.username} if account.username else set()
        try:
            learner = learner_of(site, account.person, number_on(account.person, day))
            names |= {learner.username, learner.idnumber} if names else set()
        except Refused:
            pass  # the register knows no number of theirs today: the user name that we saw has to do
        known = frozenset(name.casefold() for name in names if name)
        found.append(Witness(account.id, account.remote_id or "", known))
    return found


def stop(session: Session, *, site_id: int, course_ref: str, verdict: Verdict) -> SiteRewind:
    """Nothing is sent to the site nor asked of it until a person has decided: one alarm."""
    site = session.get_one(Site, site_id, with_for_update=True)
    found = open_rewind(session, site.id)
    if found is not None:
        return found
    rewind = SiteRewind(site_id=site.id, course_ref=course_ref, seen_at=now(session), looked_at=now(session))
    _keep(rewind, verdict)
    session.add(rewind)
    session.flush()
    session.expire(site, ["went_back"])
    record(
        session,
        "site.went_back",
        stream=site_stream(site.id),
        actor=CLOCK,
        gone=len(verdict.gone),
        moved=len(verdict.moved),
        looked=verdict.looked,
    )
    return rewind


def keep_look(session: Session, *, actor: Actor, code: str, verdict: Verdict) -> bool:
    """What another look showed. True: the site knows them again, and everything goes on."""
    require(actor, "site.rewind")
    site = site_of(session, code, lock=True)
    rewind = _must_be_back(session, site)
    _keep(rewind, verdict)
    rewind.looked_at = now(session)
    if verdict.went_back:
        return False
    _close(session, actor, rewind, "cleared", "")
    session.flush()
    session.expire(site, ["went_back"])
    record(session, "site.rewind_cleared", stream=site_stream(site.id), actor=actor)
    return True


def repair(session: Session, *, actor: Actor, code: str, reason: str) -> int:
    """Take the site as it is now: forget the number of every account there, look all of them up by user name and
    ID number, and send every row of programmes that are not over again. How many rows.

    What had been stopped there before is stopped again without a second question.
    """
    require(actor, "site.rewind")
    must_have_reason(reason)
    site = site_of(session, code, lock=True)
    rewind = _must_be_back(session, site)
    _must_be_still(session, site)
    session.execute(
        update(LmsAccount)
        .where(LmsAccount.site_id == site.id, LmsAccount.remote_id.is_not(None))
        .values(remote_id=None, username=None, status="missing", reason="", checked_at=now(session))
        .execution_options(synchronize_session=False)
    )
    living = select(Batch.id).join(ProgrammeVersion, ProgrammeVersion.id == Batch.version_id)
    living = living.where(
        ProgrammeVersion.closed_as.is_(None), ProgrammeVersion.state.in_(("approved", "running"))
    )
    ours = (Enrolment.site_id == site.id, Enrolment.batch_id.in_(living), Enrolment.status != "held")
    stopped = or_(Enrolment.applied == "suspended", Enrolment.applied == "removed")
    _update(session, *ours, Enrolment.desired != "active", stopped, stop_agreed=Enrolment.desired)
    rows = _update(
        session,
        *ours,
        applied="none",
        status="waiting",
        attempts=0,
        next_attempt_at=None,
        error_code="",
        error_text="",
        applied_starts_at=None,
        applied_ends_at=None,
    )
    _close(session, actor, rewind, "repaired", reason)
    session.flush()
    session.expire(site, ["went_back"])
    personal = {"reason": reason.strip()}
    record(
        session, "site.rewind_repaired", stream=site_stream(site.id), actor=actor, personal=personal, rows=rows
    )  # fmt: skip
    return rows


def open_rewind(session: Session, site_id: int) -> SiteRewind | None:
    """What stops the site now, if anything."""
    query = select(SiteRewind).where(SiteRewind.site_id == site_id, SiteRewind.status == "open")
    return session.scalars(query).one_or_none()


def _update(session: Session, *where: object, **values: object) -> int:
    change = update(Enrolment).where(*where).values(**values)  # type: ignore[arg-type]
    done = session.execute(change, execution_options={"synchronize_session": False})
    return int(done.rowcount)  # type: ignore[attr-defined]


def _keep(rewind: SiteRewind, verdict: Verdict) -> None:
    rewind.looked, rewind.gone, rewind.moved = verdict.looked, len(verdict.gone), len(verdict.moved)
    rewind.examples = json.dumps({"gone": verdict.gone[:SHOWN], "moved": verdict.moved[:SHOWN]})


def _close(session: Session, actor: Actor, rewind: SiteRewind, status: str, reason: str) -> None:
    rewind.status, rewind.reason = status, reason.strip()
    rewind.decided_by, rewind.decided_at = actor.person_id, now(session)


def _must_be_back(session: Session, site: Site) -> SiteRewind:
    found = open_rewind(session, site.id)
    if found is None:
        raise Conflict("not_back", N_("Situs ini tidak sedang berhenti karena mundur."), rule="R26")
    return found


def _must_be_still(session: Session, site: Site) -> None:
    """A run that began before the alarm writes its outcome first."""
    busy = select(CourseLease).where(CourseLease.site_id == site.id, CourseLease.until > real_now(session))
    if session.scalars(busy.limit(1)).first() is not None:
        raise Conflict(
            "still_sending",
            N_("Pengiriman yang sudah dimulai belum berakhir. Coba lagi sebentar lagi."),
            rule="R26",
        )
