"""The made-up people of the demo as plain data: names, numbers, posts, superiors. No database here."""

from __future__ import annotations

import random
import re
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from service.profiles import Profile
from service.profiles.profile import UnitRow

MOST_STAFF = 200
"""ASN of the demo; the head of the region comes on top: elected, no ASN, yet signs in and decides."""
OLDEST, YOUNGEST = date(1969, 1, 1), date(1999, 12, 31)
ACTING = ("informatics", "education", "order")
"""Affairs whose office has no definitive holder since ``LEFT`` and is filled by an acting one (Plt)."""
VACANT = ("population", "civil_registry")
"""The first of these that the region has stays without anybody: its tasks wait in "tanpa pejabat berwenang"."""
LEFT, LAST_LEFT = date(2026, 10, 31), date(2027, 1, 31)
"""When the former heads of acting and of vacant offices left the service."""
DATA = tomllib.loads((Path(__file__).parent / "people.toml").read_text(encoding="utf-8"))


@dataclass(slots=True)
class Member:
    """One person. ``rank``: head | deputy | section | staff; ``sub`` is the identity provider's opaque id."""

    id: uuid.UUID
    sub: str
    name: str
    email: str
    kind: str
    number: str
    unit: str
    job_field: str
    post: str
    rank: str
    superior: uuid.UUID | None = None
    left_on: date | None = None
    roles: list[str] = field(default_factory=list)


def make_cast(profile: Profile, rng: random.Random) -> list[Member]:
    """The same people for the same chance: heads and deputies first, then staff, the region's head last."""
    return _Casting(profile, rng).run()


class _Casting:
    def __init__(self, profile: Profile, rng: random.Random) -> None:
        self.profile = profile
        self.rng = rng
        self.names = self._names()
        self.numbers: set[str] = set()
        self.members: list[Member] = []
        self.districts = 0

    def run(self) -> list[Member]:
        for unit in self.profile.units:
            self._add(unit, "head", self._head_title(unit), "pns")
            self._add(unit, "deputy", self._second_title(unit), "pns")
        for unit, place in self._places():
            self._staff(unit, place)
        self._every_field_has_contract_staff()
        top = self._add(
            self.profile.unit_of("secretariat"), "top", self._title_of("personnel_authority"), "pns"
        )
        self._superiors(top)
        self._some_heads_have_left()
        return self.members

    def _places(self) -> Iterator[tuple[UnitRow, int]]:
        """Where staff sit: round after round over the units until the number is reached."""
        left = MOST_STAFF - len(self.members)
        place = 0
        while True:
            for unit in self.profile.units:
                if left == 0:
                    return
                left -= 1
                yield unit, place
            place += 1

    def _staff(self, unit: UnitRow, place: int) -> None:
        if place == 0:
            self._add(unit, "section", self._section_title(unit), "pns")
            return
        kinds, weights = ("pns", "pppk", "pppk_part_time"), (5, 4, 2)
        kind = "pppk" if unit.is_remote and place == 1 else self.rng.choices(kinds, weights)[0]
        self._add(unit, "staff", "", kind)

    def _add(self, unit: UnitRow, rank: str, post: str, kind: str) -> Member:
        sex = self.rng.choice((1, 2))
        name = self.names[sex].pop()
        job_field, usual = self._work(unit, rank)
        member = Member(
            id=self._uuid(),
            sub=str(self._uuid()),
            name=name,
            email=f"{re.sub('[^a-z]+', '.', name.casefold())}@{self.profile.email_domain}",
            kind=kind,
            number=self._number(kind, sex),
            unit=unit.code,
            job_field=job_field,
            post=post or usual,
            rank=rank,
        )
        self.members.append(member)
        return member

    def _work(self, unit: UnitRow, rank: str) -> tuple[str, str]:
        if unit.kind == "district":
            if rank != "staff":
                return "public_service", ""
            row = DATA["district"][self.districts % len(DATA["district"])]
            self.districts += 1
            return row["field"], row["post"]
        work = next(row for row in DATA["work"] if unit.affair in row["affairs"])
        return work["field"], self.rng.choice(work["posts"])

    def _number(self, kind: str, sex: int) -> str:
        while True:
            born = OLDEST + timedelta(days=self.rng.randrange((YOUNGEST - OLDEST).days))
            number = self._nip(born, sex) if kind == "pns" else self._ni_pppk(born, sex)
            if number not in self.numbers:
                self.numbers.add(number)
                return number

    def _nip(self, born: date, sex: int) -> str:
        year = born.year + self.rng.randrange(22, 26)
        return f"{born:%Y%m%d}{year}{self.rng.randrange(1, 13):02}{sex}{self.rng.randrange(1, 30):03}"

    def _ni_pppk(self, born: date, sex: int) -> str:
        return f"{born:%Y%m%d}{self.rng.choice((2023, 2024, 2025))}21{sex}{self.rng.randrange(1, 200):03}"

    def _every_field_has_contract_staff(self) -> None:
        """Reviews ask for the voice of contract staff, whichever fields are invited (R32)."""
        for row in self.profile.job_fields:
            staff = [m for m in self.members if m.job_field == row.code and m.rank == "staff"]
            if staff and all(m.kind == "pns" for m in staff):
                staff[-1].kind = "pppk"
                staff[-1].number = self._number("pppk", int(staff[-1].number[14]))

    def _superiors(self, top: Member) -> None:
        heads = {m.unit: m for m in self.members if m.rank == "head"}
        heads |= {m.unit: m for m in self.members if m.rank == "deputy" and self._is_headless(m.unit)}
        sections = {m.unit: m for m in self.members if m.rank == "section"}
        first = heads[self.profile.unit_of("secretariat").code]
        for member in self.members:
            above = {
                "top": None,
                "head": top if member is first else first,
                "deputy": first if heads[member.unit] is member else heads[member.unit],
                "section": heads[member.unit],
                "staff": sections.get(member.unit, heads[member.unit]),
            }[member.rank]
            member.superior = above.id if above else None

    def _some_heads_have_left(self) -> None:
        for member in self.members:
            if member.rank == "head" and self._is_headless(member.unit):
                acting = affair_of(self.profile, member.unit) in ACTING
                member.left_on = LEFT if acting else LAST_LEFT

    def _head_title(self, unit: UnitRow) -> str:
        offices = self.profile.offices
        return next(o.title for o in offices if o.role == "unit_head" and o.unit == unit.code)

    def _second_title(self, unit: UnitRow) -> str:
        if unit.affair == "secretariat":
            return self._title_of("assistant")
        if unit.kind == "secretariat":
            return f"Kepala Bagian Umum {unit.short_name}"
        return f"Sekretaris {unit.short_name}"

    def _section_title(self, unit: UnitRow) -> str:
        if unit.affair == "secretariat":
            return self._title_of("first_assistant")
        title = "district_section_head" if unit.kind == "district" else "section_head"
        return f"{self.profile.titles[title].id} {unit.short_name}"

    def _title_of(self, role: str) -> str:
        return next(o.title for o in self.profile.offices if o.role == role)

    def _is_headless(self, unit: str) -> bool:
        return affair_of(self.profile, unit) in (*ACTING, vacant_affair(self.profile))

    def _names(self) -> dict[int, list[str]]:
        made = {}
        for sex, group in ((1, "male"), (2, "female")):
            pairs = [f"{first} {second}" for first in DATA[group] for second in DATA["family"]]
            self.rng.shuffle(pairs)
            made[sex] = pairs
        return made

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)


def affair_of(profile: Profile, unit: str) -> str:
    return next(row.affair for row in profile.units if row.code == unit)


def vacant_affair(profile: Profile) -> str:
    affairs = {unit.affair for unit in profile.units}
    return next(affair for affair in VACANT if affair in affairs)
