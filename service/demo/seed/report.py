"""Who can sign in after the seed, and from which day the demo goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.demo.seed.cast import Member
from service.demo.seed.mandates import ON_LEAVE, RUNS_OUT
from service.profiles import Profile


@dataclass(frozen=True, slots=True)
class SeedReport:
    """``accounts``: rows of the development provider's file, labelled ones first. ``starts_at``: aware."""

    starts_at: datetime
    accounts: list[dict[str, object]]
    programmes: dict[str, int]
    """code of the story -> id of its youngest version"""


def accounts_of(
    profile: Profile, cast: Sequence[Member], takers: Sequence[Member]
) -> list[dict[str, object]]:
    """One row a person in service; roles stay empty: the register gives them."""
    labels: dict[str, str] = {}
    for member, label in _labelled(profile, cast, takers):
        labels.setdefault(member.sub, label)
    members = {member.sub: member for member in cast if not member.left_on}
    order = [*labels, *(sub for sub in members if sub not in labels)]
    return [_account(members[sub], labels.get(sub, "")) for sub in order]


def _account(member: Member, label: str) -> dict[str, object]:
    return {
        "sub": member.sub,
        "name": member.name,
        "email": member.email,
        "nip": member.number,
        "preferred_username": member.number,
        "roles": [],
        "label": label,
    }


def _labelled(
    profile: Profile, cast: Sequence[Member], takers: Sequence[Member]
) -> Iterator[tuple[Member, str]]:
    titles, units = profile.titles, profile.units
    remote = {unit.code for unit in units if unit.is_remote}
    free = [m for m in cast if m.rank == "staff" and not m.roles and m not in takers and not m.left_on]
    yield next(m for m in free if m.unit == profile.unit_of("public_works").code), titles["proposer"].id
    yield next(m for m in cast if "hrd_agency" in m.roles), titles["hrd_agency"].id
    works = _officer(cast, profile.unit_of("public_works").code, "head")
    yield works, works.post
    school = profile.unit_of("education").code
    yield _officer(cast, school, "deputy"), f"Plt. {_officer(cast, school, 'head').post}"
    away = profile.unit_of(ON_LEAVE).code
    yield _officer(cast, away, "deputy"), f"Plh. {_officer(cast, away, 'head').post}"
    ending = profile.unit_of(RUNS_OUT).code
    yield _officer(cast, ending, "deputy"), f"Plt. {_officer(cast, ending, 'head').post}"
    for role, affair in (
        ("hrd_agency_head", "human_resources"),
        ("finance_officer", "finance"),
        ("authorised_official", "secretariat"),
    ):
        yield _officer(cast, profile.unit_of(affair).code, "head"), titles[role].id
    yield next(m for m in cast if m.rank == "top"), titles["personnel_authority"].id
    yield next(m for m in cast if "preparer" in m.roles), titles["preparer"].id
    yield next(m for m in cast if "unit_operator" in m.roles), titles["unit_operator"].id
    for role in ("quality_team", "administrator", "inspectorate", "dpo"):
        yield next(m for m in cast if role in m.roles), titles[role].id
    contract = next(m for m in free if m.unit in remote and m.kind == "pppk")
    yield contract, titles["remote_contract_staff"].id
    for member in takers[:3]:
        yield member, titles["participant"].id


def _officer(cast: Sequence[Member], unit: str, rank: str) -> Member:
    return next(member for member in cast if member.unit == unit and member.rank == rank)
