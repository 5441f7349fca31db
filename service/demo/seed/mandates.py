"""Letters of the story, entered by the agency as they came: Plt appointed and prolonged, a leave with its stand-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.demo.seed.cast import ACTING, Member, affair_of
from service.demo.seed.stage import Stage
from workflows.actions import leaves, offices
from workflows.actions.leaves import StandIn
from workflows.actor import Actor
from workflows.letters import Letter
from workflows.models import Office, OfficeHolding

ON_LEAVE = "planning"
ANNOUNCED, LEAVE = date(2027, 3, 3), (date(2027, 3, 8), date(2027, 3, 19))
"""Ten working days (no holidays entered): long enough for a Plh, and the demo's first day lies within."""
APPOINTED, PROLONGED = date(2026, 11, 2), date(2027, 2, 1)
TERMS = (date(2027, 2, 2), date(2027, 5, 2))
"""Last days: three months and the prolongation (SE BKN 2/SE/VII/2019)."""
RUNS_OUT, SOON = "order", date(2027, 4, 9)
"""One prolongation is shorter: within the days of the alarm on the demo's first day."""

Deed = tuple[date, Callable[[], None]]


def mandate_deeds(stage: Stage) -> Iterator[Deed]:
    """In the order in which the letters came."""
    for row in stage.profile.offices:
        if row.role != "unit_head":
            continue
        affair = affair_of(stage.profile, row.unit)
        deputy = next(m for m in stage.cast if m.unit == row.unit and m.rank == "deputy")
        if affair in ACTING:
            last = SOON if affair == RUNS_OUT else TERMS[1]
            yield APPOINTED, partial(_appoint, stage, row.code, deputy)
            yield PROLONGED, partial(_prolong, stage, row.code, last)
        if affair == ON_LEAVE:
            yield ANNOUNCED, partial(_announce, stage, row.code, deputy)


def office_called(session: Session, code: str) -> Office:
    return session.scalars(select(Office).where(Office.code == code)).one()


def agency(stage: Stage, session: Session) -> Actor:
    """Who enters letters: staff of the agency."""
    return stage.actor(session, stage.with_role("hrd_agency")[0].id)


def _appoint(stage: Stage, code: str, deputy: Member) -> None:
    with stage.writing() as session:
        office = office_called(session, code)
        offices.appoint(
            session,
            actor=agency(stage, session),
            office_id=office.id,
            person_id=deputy.id,
            kind="plt",
            letter=_letter(office, "PLT", APPOINTED),
            valid_from=APPOINTED,
            valid_to=TERMS[0],
        )


def _prolong(stage: Stage, code: str, last: date) -> None:
    with stage.writing() as session:
        office = office_called(session, code)
        held = select(OfficeHolding).where(OfficeHolding.office_id == office.id, OfficeHolding.kind == "plt")
        offices.prolong(
            session,
            actor=agency(stage, session),
            holding_id=session.scalars(held).one().id,
            letter=_letter(office, "PLT", PROLONGED),
            valid_to=last,
        )


def _announce(stage: Stage, code: str, deputy: Member) -> None:
    with stage.writing() as session:
        office = office_called(session, code)
        leaves.announce_leave(
            session,
            actor=agency(stage, session),
            office_id=office.id,
            first_day=LEAVE[0],
            last_day=LEAVE[1],
            letter=_letter(office, "CUTI", ANNOUNCED),
            stand_in=StandIn(deputy.id, "plh", _letter(office, "PLH", ANNOUNCED)),
        )


def _letter(office: Office, kind: str, day: date) -> Letter:
    return Letter(f"800.1.{office.id}/{kind}/{day:%m}/{day:%Y} (contoh)", day)
