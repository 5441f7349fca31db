"""A small made-up regency on a database: units, people, offices, a chain, money, a site. All people made up."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

import service.db  # noqa: F401  its engine events: BEGIN IMMEDIATE, foreign keys, busy time-out
from tests.support.outside import ZONE, FakeClock, MemorySeals, MemorySecrets
from workflows.actor import CLOCK, Actor, load_actor
from workflows.models import (
    ApprovalStep,
    Ceiling,
    Competency,
    Identifier,
    JobField,
    LegalParameter,
    MandateRule,
    Office,
    OfficeHolding,
    Person,
    Posting,
    RoleGrant,
    Site,
    TrainingForm,
    Unit,
)
from workflows.ports import SealStore

LONG_AGO = date(2020, 1, 1)
FIRST_DAY = date(2027, 1, 18)
STARTS, ENDS = date(2027, 4, 5), date(2027, 4, 9)
PARAMETERS: dict[str, Any] = {
    "people.second_look_percent": 20,
    "jp.cap_pppk": 24,
    "jp.cap_pppk_part_time": 24,
    "review.minimum_fields": 3,
    "review.needs_remote_district": True,
    "review.needs_contract_staff": True,
    "approval.chain": "programme",
    "mandate.alarm_days": 30,
    "calendar.holidays": [],
    "completion.grace_days": 30,
    "completion.clock_ahead_minutes": 5,
    "breach.notice_hours": 72,
    "privacy.answer_hours": 72,
    "retention.own_words_months": 60,
    "retention.access_log_months": 24,
    "retention.sign_in_months": 12,
    "sync.attempt_days": 180,
    "survey.least_answers": 5,
    "survey.response_percent": 60,
    "survey.scale": [1, 5],
}
MANDATES = (
    # office (code, role or all), kind, occasion, longest in months, prolongations, least and most absence, strategic
    ("", "definitive", "vacant", None, 0, None, None, True),
    ("", "plt", "vacant", 3, 1, None, None, False),
    ("", "plh", "absent", None, 0, 7, None, False),
    ("", "pj", "vacant", 12, 1, None, None, True),
    ("authorised_official", "plh", "absent", None, 0, 7, 14, False),
    ("authorised_official", "pj", "either", 3, 0, 15, None, True),
)
FORMS = (
    ("classroom", "per_day", 8),
    ("online", "cap_per_day", 3),
    ("course", "programme", None),
    ("talk", "fixed", 4),
    ("unruled", "unknown", None),
)
FIELDS = ("health", "teaching", "works", "farming", "office")
OFFICES = (
    ("unit_head", "Kepala Dinas Contoh", "unit_head"),
    ("hrd_agency_head", "Kepala Badan Contoh", "hrd_agency_head"),
    ("finance_officer", "Kepala Bidang Anggaran", "finance_officer"),
    ("authorised_official", "Sekretaris Daerah", "authorised_official"),
    ("personnel_authority", "Kepala Daerah", "personnel_authority"),
)
STEPS = (
    # code = office role, concerns, money, step_up, substitute
    ("unit_head", "content", "none", False, "authorised_official"),
    ("hrd_agency_head", "content", "none", False, "authorised_official"),
    ("finance_officer", "cost", "reserve", True, None),
    ("authorised_official", "both", "none", True, None),
    ("personnel_authority", "both", "commit", True, None),
)
CHAIN = tuple(step[0] for step in STEPS)
GRANTS = {
    "planner": "hrd_agency",
    "planner2": "hrd_agency",
    "quality": "quality_team",
    "administrator": "administrator",
    "inspector": "inspectorate",
    "officer": "dpo",
}
SPEAKERS = ("nurse", "teacher", "builder", "remote_farmer", "contract_clerk")
LEARNERS = tuple(f"learner{n}" for n in range(1, 9))
PLACES = {
    # name: (unit, job field, kind of employment)
    "nurse": ("dinas", "health", "pns"),
    "teacher": ("dinas", "teaching", "pns"),
    "builder": ("dinas", "works", "pns"),
    "remote_farmer": ("island", "farming", "pns"),
    "contract_clerk": ("dinas", "office", "pppk"),
}


@dataclass
class World:
    """Ids by name, and the two ways to the database."""

    engine: Engine
    clock: FakeClock
    secrets: MemorySecrets
    seals: SealStore = field(default_factory=MemorySeals)
    people: dict[str, uuid.UUID] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    fields: dict[str, int] = field(default_factory=dict)
    offices: dict[str, int] = field(default_factory=dict)
    competency: int = 0
    ceiling: int = 0
    site: int = 0

    @property
    def info(self) -> dict[str, Any]:
        return {"clock": self.clock, "zone": ZONE, "secrets": self.secrets, "seals": self.seals}

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction, as ``service.db.writing`` makes it: commits at the end or not at all."""
        with Session(self.engine, expire_on_commit=False) as session:
            session.info.update(self.info)
            with session.begin():
                yield session

    @contextmanager
    def trying(self) -> Iterator[Session]:
        """A transaction that is rolled back whatever happens."""
        with Session(self.engine, expire_on_commit=False) as session:
            session.info.update(self.info)
            yield session
            session.rollback()

    def actor(self, session: Session, name: str) -> Actor:
        return CLOCK if name == "clock" else load_actor(session, self.people[name])

    def name_of(self, person_id: uuid.UUID | None) -> str:
        return next((name for name, known in self.people.items() if known == person_id), "clock")

    def appoint(self, role: str, name: str, kind: str, start: date, end: date | None) -> None:
        """One more holder of an office by letter."""
        with self.writing() as session:
            session.add(_holding(self, role, name, kind, start, end))

    def end_mandate(self, role: str, last: date) -> None:
        """Whoever holds the office without end holds it until this day."""
        with self.writing() as session:
            rows = session.query(OfficeHolding).filter_by(
                office_id=self.offices[role], valid_to=None, ended_on=None
            )
            for row in rows:
                row.ended_on, row.end_reason = last, "contoh"

    def set_parameter(self, key: str, value: Any) -> None:
        with self.writing() as session:
            session.query(LegalParameter).filter_by(key=key).one().value = json.dumps(value)

    def set_step(self, role: str, **values: Any) -> None:
        with self.writing() as session:
            session.query(ApprovalStep).filter_by(code=role).update(values)


IDS = ("people", "units", "fields", "offices", "competency", "ceiling", "site")


@dataclass(frozen=True)
class WorldFile:
    """The ids of a world that stands in a template, so that each copy's test knows them."""

    path: Path

    def fill(self, url: str) -> None:
        engine = create_engine(url)
        world = make_world(engine)
        engine.dispose()
        self.path.write_text(json.dumps({name: getattr(world, name) for name in IDS}, default=str))

    def world(self, engine: Engine) -> World:
        known = json.loads(self.path.read_text())
        people = {name: uuid.UUID(one) for name, one in known.pop("people").items()}
        return World(engine, _clock(), MemorySecrets(), people=people, **known)


def _clock() -> FakeClock:
    return FakeClock(datetime(2027, 1, 18, 1, tzinfo=UTC), datetime(2026, 11, 24, 3, tzinfo=UTC))


def make_world(engine: Engine) -> World:
    world = World(engine, _clock(), MemorySecrets())
    with world.writing() as session:
        _law(session)
        _places(session, world)
        _people(session, world)
        _chain(session, world)
        _money_and_site(session, world)
    return world


def _law(session: Session) -> None:
    session.add_all(
        LegalParameter(key=key, value=json.dumps(value), valid_from=LONG_AGO, source_document="contoh")
        for key, value in PARAMETERS.items()
    )
    session.add_all(
        TrainingForm(
            code=code,
            name=code,
            name_en=code,
            jp_rule=rule,
            jp_value=value,
            valid_from=LONG_AGO,
            source_document="contoh",
        )
        for code, rule, value in FORMS
    )
    session.add_all(
        MandateRule(
            office=office,
            kind=kind,
            occasion=occasion,
            longest=longest,
            longest_unit="months" if longest else None,
            prolongations=prolongations,
            least_absence=least,
            most_absence=most,
            strategic=strategic,
            valid_from=LONG_AGO,
            source_document="contoh",
        )
        for office, kind, occasion, longest, prolongations, least, most, strategic in MANDATES
    )


def _places(session: Session, world: World) -> None:
    units = [
        Unit(code=code, name=f"Unit {code}", short_name=code, kind="department", is_remote=code == "island")
        for code in ("dinas", "agency", "island")
    ]
    fields = [JobField(code=code, name=f"Rumpun {code}", name_en=code) for code in FIELDS]
    session.add_all([*units, *fields])
    session.flush()
    world.units = {unit.code: unit.id for unit in units}
    world.fields = {job_field.code: job_field.id for job_field in fields}


def _people(session: Session, world: World) -> None:
    superior = _person(session, world, "superior")
    names = ["author", "stranger", "deputy", *GRANTS, *SPEAKERS, *(role for role, _, _ in OFFICES)]
    for name in names:
        _person(session, world, name)
    for name in LEARNERS:
        _person(session, world, name, superior=superior)
    session.add_all(
        RoleGrant(person_id=world.people[name], role=role, valid_from=LONG_AGO)
        for name, role in GRANTS.items()
    )


def _person(session: Session, world: World, name: str, superior: uuid.UUID | None = None) -> uuid.UUID:
    unit, job_field, kind = PLACES.get(name, ("dinas", "office", "pns"))
    person_id, number = uuid.uuid4(), f"{199001010000000000 + len(world.people)}"
    world.people[name] = person_id
    session.add(
        Person(
            id=person_id,
            name=f"{name.capitalize()} Contoh",
            email=f"{name}@example.test",
            employment_kind=kind,
            identifiers=[
                Identifier(kind="nip" if kind == "pns" else "ni_pppk", value=number, valid_from=LONG_AGO)
            ],
            postings=[
                Posting(
                    unit_id=world.units[unit],
                    job_field_id=world.fields[job_field],
                    post_title="Analis",
                    superior_id=superior,
                    valid_from=LONG_AGO,
                )
            ],
        )
    )
    session.flush()
    return person_id


def _holding(world: World, role: str, name: str, kind: str, start: date, end: date | None) -> OfficeHolding:
    return OfficeHolding(
        office_id=world.offices[role],
        person_id=world.people[name],
        kind=kind,
        letter_no=f"800/{role}/{kind}",
        valid_from=start,
        valid_to=end,
    )


def _chain(session: Session, world: World) -> None:
    for role, title, name in OFFICES:
        office = Office(
            code=role, role=role, title=title, unit_id=world.units["dinas"] if role == "unit_head" else None
        )
        session.add(office)
        session.flush()
        world.offices[role] = office.id
        session.add(_holding(world, role, name, "definitive", LONG_AGO, None))
    for seq, (role, concerns, money, step_up, substitute) in enumerate(STEPS, start=1):
        session.add(
            ApprovalStep(
                chain="programme",
                seq=seq,
                code=role,
                office_role=role,
                title=role,
                verb="endorse",
                concerns=concerns,
                money=money,
                step_up=step_up,
                substitute_role=substitute,
                days=3,
            )
        )


def _money_and_site(session: Session, world: World) -> None:
    competency = Competency(code="data", name="Pengelolaan data", kind="technical", source_document="contoh")
    ceiling = Ceiling(
        fiscal_year=2027, code="5.03", name="Pelatihan", amount=100_000_000, source_document="DPA contoh"
    )
    site = Site(code="lms", name="Kelas", url="http://lms.test", home_page="http://lms.test")
    session.add_all([competency, ceiling, site])
    session.flush()
    world.competency, world.ceiling, world.site = competency.id, ceiling.id, site.id
