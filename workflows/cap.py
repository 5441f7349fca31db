"""The cap of lesson hours of contract staff in a year of their agreement (R3, PP 49/2018 art. 40).

A year of the agreement runs from the day on which it began, or that day of a later year, to the day before the
next one. Hours count on the day of their effect, those still to come on the last day of their batch.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from workflows.models import (
    Batch,
    Completion,
    Employment,
    Enrolment,
    JpEntry,
    LegalParameter,
    Person,
    ProgrammeVersion,
)

CAPS = {"pppk": "jp.cap_pppk", "pppk_part_time": "jp.cap_pppk_part_time"}
"""The parameter that holds the cap of a kind of employment."""
LIVE = ("approved", "running")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person of contract staff stands in the year of the agreement that holds a day; hours are JP.

    ``since`` None: no agreement with its days is known for that day, so nothing can be counted.
    ``cap`` None: the number of law is not entered for that day.
    """

    kind: str
    since: date | None = None
    until: date | None = None
    earned: int = 0
    planned: int = 0
    cap: int | None = None
    verified: bool = False
    source: str = ""

    @property
    def before(self) -> int:
        return self.earned + self.planned

    @property
    def left(self) -> int:
        return max((self.cap or 0) - self.before, 0)

    def over(self, added: int = 0) -> int:
        """JP above the cap after ``added`` more; 0 where it cannot be counted."""
        if self.since is None or self.cap is None:
            return 0
        return max(self.before + added - self.cap, 0)


def anniversary(start: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March, so that no day is lost or counted twice."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 3, 1)


def contract_year(start: date, end: date | None, day: date) -> tuple[date, date] | None:
    """First and last day of the year of the agreement that holds ``day``; None outside the agreement."""
    if day < start or (end is not None and day > end):
        return None
    years = day.year - start.year
    if anniversary(start, years) > day:
        years -= 1
    last = anniversary(start, years + 1) - _ONE_DAY
    return anniversary(start, years), last if end is None else min(last, end)


def standings(
    session: Session, days: Mapping[uuid.UUID, date], *, apart_from: int | None = None
) -> dict[uuid.UUID, Standing]:
    """Where the contract staff among these people stand on the day given for each; others are left out.

    ``apart_from``: a version whose own enrolments are not counted as planned. At most five queries.
    """
    found = _agreements(session, days)
    if not found:
        return {}
    found = _with_cap(session, found, days)
    dated = {person: one for person, one in found.items() if one.since is not None}
    earned = _sum(dated, _ledger(session, dated))
    planned = _sum(dated, _to_come(session, dated, apart_from))
    return {p: replace(one, earned=earned[p], planned=planned[p]) for p, one in found.items()}


def lock_people(session: Session, person_ids: Collection[uuid.UUID]) -> None:
    """Hold these people in the order of their ids, so that nobody counts their hours at the same time.

    A weaker lock than that of a change of the key: rows that merely name the person do not wait for it.
    """
    query = select(Person.id).where(Person.id.in_(list(person_ids))).order_by(Person.id)
    session.execute(query.with_for_update(key_share=True)).all()


def _agreements(session: Session, days: Mapping[uuid.UUID, date]) -> dict[uuid.UUID, Standing]:
    """By the employment of that day; where none is noted, by the register's word and without an agreement."""
    if not days:
        return {}
    query = select(Person.id, Person.employment_kind).where(Person.id.in_(days))
    kinds = dict(session.execute(query).all())
    rows = session.scalars(
        select(Employment)
        .where(
            Employment.person_id.in_(days),
            Employment.valid_from <= max(days.values()),
            or_(Employment.valid_to.is_(None), Employment.valid_to >= min(days.values())),
        )
        .order_by(Employment.valid_from, Employment.id)
    )
    valid = {
        row.person_id: row
        for row in rows
        if row.valid_from <= days[row.person_id]
        and (row.valid_to is None or row.valid_to >= days[row.person_id])
    }
    found = {person: _standing(valid.get(person), kind, days[person]) for person, kind in kinds.items()}
    return {person: one for person, one in found.items() if one.kind in CAPS}


def _standing(row: Employment | None, kind: str, day: date) -> Standing:
    if row is None:
        return Standing(kind)
    year = contract_year(row.contract_from, row.contract_to, day) if row.contract_from else None
    return Standing(row.kind, *(year or ()))


def _with_cap(
    session: Session, found: Mapping[uuid.UUID, Standing], days: Mapping[uuid.UUID, date]
) -> dict[uuid.UUID, Standing]:
    """The number in force on each person's day (R1)."""
    rows = session.scalars(
        select(LegalParameter)
        .where(LegalParameter.key.in_(CAPS.values()))
        .order_by(LegalParameter.valid_from.desc())
    ).all()
    return {person: _capped(one, rows, days[person]) for person, one in found.items()}


def _capped(one: Standing, rows: Sequence[LegalParameter], day: date) -> Standing:
    for row in rows:
        if (
            row.key == CAPS[one.kind]
            and row.valid_from <= day
            and (row.valid_to is None or row.valid_to >= day)
        ):
            value = int(json.loads(row.value))
            return replace(one, cap=value, verified=row.verified, source=row.source_document)
    return one


_Hours = Iterable[tuple[uuid.UUID, date, int]]


def _sum(dated: Mapping[uuid.UUID, Standing], hours: _Hours) -> Counter[uuid.UUID]:
    total: Counter[uuid.UUID] = Counter()
    for person, day, jp in hours:
        one = dated[person]
        if one.since is not None and one.until is not None and one.since <= day <= one.until:
            total[person] += jp
    return total


def _ledger(session: Session, dated: Mapping[uuid.UUID, Standing]) -> _Hours:
    if not dated:
        return []
    query = select(JpEntry.person_id, JpEntry.effective_on, JpEntry.jp)
    query = query.where(JpEntry.person_id.in_(dated), JpEntry.effective_on.between(*_span(dated)))
    return session.execute(query).all()


def _to_come(session: Session, dated: Mapping[uuid.UUID, Standing], apart_from: int | None) -> _Hours:
    """Enrolments that hold and are not completed, of versions whose results are still open."""
    if not dated:
        return []
    hours = func.coalesce(ProgrammeVersion.jp, ProgrammeVersion.planned_jp)
    query = (
        select(Enrolment.person_id, Batch.ends_on, hours)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == Batch.version_id)
        .outerjoin(Completion, Completion.enrolment_id == Enrolment.id)
        .where(
            Enrolment.person_id.in_(dated),
            Enrolment.desired == "active",
            Completion.id.is_(None),
            Batch.ends_on.between(*_span(dated)),
            ProgrammeVersion.state.in_(LIVE),
            ProgrammeVersion.closed_as.is_(None),
        )
    )
    if apart_from is not None:
        query = query.where(ProgrammeVersion.id != apart_from)
    return session.execute(query).all()


def _span(dated: Mapping[uuid.UUID, Standing]) -> tuple[date, date]:
    firsts = [one.since for one in dated.values() if one.since is not None]
    lasts = [one.until for one in dated.values() if one.until is not None]
    return min(firsts), max(lasts)
