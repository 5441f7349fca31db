"""People, the offices they hold and the roles they are given go into the register."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.demo.seed.cast import Member
from service.demo.seed.work import assignments, employments
from service.profiles import Profile
from service.profiles.profile import OfficeRow
from workflows.models import (
    AssignmentKind,
    Identifier,
    JobField,
    Office,
    OfficeHolding,
    Person,
    Posting,
    RoleGrant,
    Unit,
)

IN_OFFICE_SINCE = date(2025, 3, 3)
AT_WORK_SINCE = date(2025, 1, 2)
GRANTS = (
    ("hrd_agency", "human_resources", 3),
    ("quality_team", "planning", 1),
    ("quality_team", "education", 1),
    ("quality_team", "health", 1),
    ("administrator", "informatics", 1),
    ("inspectorate", "oversight", 1),
    ("dpo", "informatics", 1),
)
"""(role, affair of the unit, how many of its people)"""


def write_register(session: Session, profile: Profile, cast: Sequence[Member]) -> None:
    """Persons with numbers, agreements, postings and assignments, the definitive holders, granted roles."""
    units = {unit.code: unit.id for unit in session.scalars(select(Unit))}
    fields = {job.code: job.id for job in session.scalars(select(JobField))}
    session.add_all(_person(member) for member in cast)
    session.flush()
    session.add_all(_posting(member, units[member.unit], fields[member.job_field]) for member in cast)
    session.add_all(row for member in cast for row in employments(member))
    kinds = {kind.code: kind.id for kind in session.scalars(select(AssignmentKind))}
    session.add_all(assignments(cast, kinds))
    offices = {office.code: office.id for office in session.scalars(select(Office))}
    for row in profile.offices:
        session.add_all(_holdings(profile, cast, row, offices[row.code]))
    session.add_all(_grants(profile, cast))
    session.flush()


def _person(member: Member) -> Person:
    kind = "nip" if member.kind == "pns" else "ni_pppk"
    number = Identifier(kind=kind, value=member.number, valid_from=AT_WORK_SINCE)
    return Person(
        id=member.id,
        name=member.name,
        email=member.email,
        employment_kind=member.kind,
        left_on=member.left_on,
        identifiers=[number],
    )


def _posting(member: Member, unit_id: int, field_id: int) -> Posting:
    return Posting(
        person_id=member.id,
        unit_id=unit_id,
        job_field_id=field_id,
        post_title=member.post,
        superior_id=member.superior,
        valid_from=AT_WORK_SINCE,
    )


def _holdings(
    profile: Profile, cast: Sequence[Member], row: OfficeRow, office_id: int
) -> list[OfficeHolding]:
    if row.role != "unit_head":
        return [_holding(office_id, _officer(profile, cast, row), "definitive", IN_OFFICE_SINCE, None)]
    head = _of(cast, row.unit, "head")
    return [_holding(office_id, head, "definitive", IN_OFFICE_SINCE, head.left_on)]


def _holding(office_id: int, member: Member, kind: str, begin: date, end: date | None) -> OfficeHolding:
    number = f"800.1.{office_id}/{kind.upper()}/{begin:%m}/{begin:%Y} (contoh)"
    return OfficeHolding(
        office_id=office_id,
        person_id=member.id,
        kind=kind,
        letter_no=number,
        valid_from=begin,
        valid_to=end,
    )


def _officer(profile: Profile, cast: Sequence[Member], row: OfficeRow) -> Member:
    """Who signs beside being a head: the region's head, the two assistants, the heads of their units."""
    if row.role == "personnel_authority":
        return next(member for member in cast if member.rank == "top")
    if row.role == "assistant":
        return _of(cast, row.unit, "deputy")
    if row.role == "first_assistant":
        return _of(cast, row.unit, "section")
    return _of(cast, row.unit, "head")


def _of(cast: Sequence[Member], unit: str, rank: str) -> Member:
    return next(member for member in cast if member.unit == unit and member.rank == rank)


def _grants(profile: Profile, cast: Sequence[Member]) -> list[RoleGrant]:
    granted = []
    for role, affair, count in GRANTS:
        unit = profile.unit_of(affair).code
        staff = [m for m in cast if m.unit == unit and m.rank in ("section", "staff") and not m.roles]
        for member in staff[:count]:
            member.roles.append(role)
            granted.append(
                RoleGrant(
                    person_id=member.id, role=role, valid_from=AT_WORK_SINCE, reason="Surat tugas (contoh)"
                )
            )
    return granted
