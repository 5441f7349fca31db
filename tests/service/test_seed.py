"""The demo's data: told by use cases, whole, the same each time."""

from __future__ import annotations

import ast
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from lms_connectors.memory import MemoryPlatform
from service.demo.seed import (
    NotEmpty,
    SeedReport,
    SiteUnavailable,
    course_titles,
    past_clock,
    seed,
    starts_at,
)
from service.profiles import Profile, available, default_name, load_profile
from tests.service.seeded_mandates import letters_are_entered_by_people, somebody_prepares
from tests.structure.tree import files, parsed
from workflows.audit import broken_links
from workflows.identifiers import check_ni_pppk, check_nip
from workflows.models import (
    Answer,
    ApprovalTask,
    Base,
    Ceiling,
    Completion,
    Decision,
    Enrolment,
    Evaluation,
    Fact,
    HistoryRow,
    InputItem,
    JpEntry,
    LmsAccount,
    Need,
    OfficeHolding,
    Person,
    Posting,
    ProgrammeVersion,
    Reservation,
    Revision,
    Survey,
)
from workflows.signers import open_tasks, orphan_tasks, signers_of

SITE = "http://memory.test"
DEMO_DAY = date(2027, 3, 15)
STATES = ("proposed", "participatory_review", "approved", "running", "evaluated", "revised")


@dataclass
class Secrets:
    """``SecretStore`` in memory."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def create(self, name: str) -> None:
        self.kept[name] = name.encode()

    def read(self, name: str) -> bytes:
        return self.kept[name]

    def destroy(self, name: str) -> None:
        self.kept.pop(name, None)

    def names(self) -> Sequence[str]:
        return sorted(self.kept)


@dataclass
class Told:
    """A seeded database and what the seed was given."""

    report: SeedReport
    profile: Profile
    platform: MemoryPlatform
    secrets: Secrets
    seconds: float
    """of our own work, so that a busy machine fails no test"""
    completed: list[tuple[str, str]]


@pytest.fixture
def told(engine: Engine) -> Told:
    return _tell(engine, load_profile(default_name()))


def test_the_seed_tells_one_whole_story(told: Told, session: Session) -> None:
    """One seeding, looked at from all sides: seeding for each rule would cost minutes."""
    _a_programme_in_each_state(session)
    _the_whole_history(session)
    _people_are_well_formed(told, session)
    _officials_have_something_to_decide(session)
    letters_are_entered_by_people(session)
    somebody_prepares(session, told.profile, told.report.accounts)
    _money_is_held_within_the_ceilings(session)
    _completions_have_their_effect_once(told, session)
    _evaluations_rest_on_answers(told, session)
    _reviews_heard_enough_and_one_is_still_open(session)
    _accounts_are_labelled(told, session)
    assert list(broken_links(session)) == []
    assert told.seconds < 25


def test_the_other_profile_tells_the_same_story(engine: Engine, session: Session) -> None:
    other = next(name for name in available() if name != default_name())
    told = _tell(engine, load_profile(other))
    _a_programme_in_each_state(session)
    _people_are_well_formed(told, session)
    _officials_have_something_to_decide(session)
    letters_are_entered_by_people(session)
    somebody_prepares(session, told.profile, told.report.accounts)
    _accounts_are_labelled(told, session)
    assert list(broken_links(session)) == []
    home = load_profile(default_name())
    assert home.short_name not in json.dumps(told.report.accounts)


def test_two_seeds_are_equal_in_content(told: Told, engine: Engine, session: Session) -> None:
    before = _content(session)
    session.rollback()
    _empty(engine)
    again = _tell(engine, told.profile)
    assert again.report == told.report
    assert _content(session) == before


def test_the_seed_refuses_a_database_that_holds_people(told: Told, engine: Engine, session: Session) -> None:
    before = session.scalar(select(func.count()).select_from(HistoryRow))
    session.rollback()
    with pytest.raises(NotEmpty, match="already holds people"):
        _tell(engine, told.profile)
    assert session.scalar(select(func.count()).select_from(HistoryRow)) == before


def test_a_site_that_takes_nothing_stops_the_seed(engine: Engine) -> None:
    platform = MemoryPlatform(SITE, account_policy="find")
    with pytest.raises(SiteUnavailable, match="failed"):
        _tell(engine, load_profile(default_name()), platform)


def test_the_seed_itself_writes_no_state() -> None:
    written = [
        f"{path.name}:{target.lineno}"
        for path in files("service/demo/seed", endings=(".py",))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and target.attr in ("state", "status", "closed_as", "void")
    ]
    assert written == []


def test_the_demo_begins_on_a_working_morning() -> None:
    for name in available():
        profile = load_profile(name)
        begin = starts_at(profile)
        assert (begin.date(), begin.hour, begin.tzinfo) == (DEMO_DAY, 9, profile.zone)
        assert begin.weekday() == 0


def _a_programme_in_each_state(session: Session) -> None:
    versions = session.scalars(select(ProgrammeVersion)).all()
    assert {version.state for version in versions} == set(STATES)
    revised = next(version for version in versions if version.state == "revised")
    revision = session.scalars(select(Revision).where(Revision.version_id == revised.id)).one()
    following = session.get_one(ProgrammeVersion, revision.next_version_id)
    assert (following.state, following.number, following.supersedes_id) == ("proposed", 2, revised.id)
    assert following.starts_on.year == 2027
    assert {need.status for need in session.scalars(select(Need))} == {"filed", "taken_up", "declined"}


def _the_whole_history(session: Session) -> None:
    names = {
        version.state: _history(session, version)
        for version in session.scalars(select(ProgrammeVersion).order_by(ProgrammeVersion.id))
    }
    life = ["programme.proposed", "programme.review_opened", "review.closed", "programme.approved"]
    life += ["programme.started", "programme.evaluated", "programme.revised"]
    moves = [name for name in names["revised"] if name in life]
    assert moves == life
    assert names["revised"].count("approval.granted") == 5
    assert names["running"].count("completion.recorded") > 0
    rows = session.scalars(select(HistoryRow)).all()
    assert max(row.at for row in rows).date() < DEMO_DAY
    assert all(decision.evidence_kind == "demo" for decision in session.scalars(select(Decision)))
    for stream in {row.stream for row in rows}:
        times = [row.at for row in sorted(rows, key=lambda r: r.seq) if row.stream == stream]
        assert times == sorted(times), stream


def _history(session: Session, version: ProgrammeVersion) -> list[str]:
    query = select(HistoryRow.name).where(HistoryRow.stream == f"version:{version.id}")
    return list(session.scalars(query.order_by(HistoryRow.seq)))


def _people_are_well_formed(told: Told, session: Session) -> None:
    people = session.scalars(select(Person)).all()
    assert len(people) == 201, "200 ASN and the head of the region"
    assert {person.employment_kind for person in people} == {"pns", "pppk", "pppk_part_time"}
    for person in people:
        (identifier,) = person.identifiers
        check = check_nip if person.employment_kind == "pns" else check_ni_pppk
        check(identifier.value)
        assert person.email.endswith(".example")
    assert len({person.identifiers[0].value for person in people}) == len(people)
    contract = {p.job_field_id for p in session.scalars(select(Posting)) if p.person.employment_kind != "pns"}
    assert len(contract) == len(told.profile.job_fields)
    assert any(
        p.unit.is_remote and p.person.employment_kind == "pppk" for p in session.scalars(select(Posting))
    )
    without = [p for p in session.scalars(select(Posting)) if p.superior_id is None]
    assert len(without) == 1, "only the head of the region has nobody above"
    kinds = Counter(holding.kind for holding in session.scalars(select(OfficeHolding)))
    assert kinds["plt"] >= 4
    assert kinds["plh"] == 1
    assert all(holding.letter_no for holding in session.scalars(select(OfficeHolding)))


def _officials_have_something_to_decide(session: Session) -> None:
    tasks = open_tasks(session)
    signers = signers_of(session, tasks, DEMO_DAY)
    roles = {task.step.office_role for task in tasks}
    assert roles >= {"unit_head", "finance_officer", "authorised_official", "personnel_authority"}
    for task in tasks:
        assert signers[task.id].holding is not None
        assert signers[task.id].why == "", "the office's own holder signs, no substitute"
    assert orphan_tasks(session, DEMO_DAY) == []
    granted = session.scalars(select(ApprovalTask).where(ApprovalTask.status == "granted")).all()
    assert len(granted) >= 20


def _money_is_held_within_the_ceilings(session: Session) -> None:
    for ceiling in session.scalars(select(Ceiling)):
        live = select(func.sum(Reservation.amount)).where(
            Reservation.ceiling_id == ceiling.id, Reservation.status != "released"
        )
        assert ceiling.held == (session.scalar(live) or 0) <= ceiling.amount
    years = {c.fiscal_year for c in session.scalars(select(Ceiling).where(Ceiling.held > 0))}
    assert years == {2026, 2027}


def _completions_have_their_effect_once(told: Told, session: Session) -> None:
    facts = session.scalars(select(Fact)).all()
    assert {fact.status for fact in facts} == {"applied"}
    completions = session.scalar(select(func.count()).select_from(Completion))
    assert completions == len(facts) == len(told.completed)
    entries = session.scalars(select(JpEntry)).all()
    assert len(entries) == completions
    assert {entry.year for entry in entries} == {2026, 2027}
    enrolments = session.scalars(select(Enrolment)).all()
    assert {(row.status, row.desired, row.applied) for row in enrolments} == {("applied", "active", "active")}
    accounts = session.scalars(select(LmsAccount)).all()
    assert {account.remote_id for account in accounts} == set(told.platform.users)


def _evaluations_rest_on_answers(told: Told, session: Session) -> None:
    evaluations = {e.outcome: e for e in session.scalars(select(Evaluation))}
    assert evaluations.keys() == {"improved", "no_improvement"}
    for outcome, evaluation in evaluations.items():
        assert evaluation.suggested == outcome
        assert evaluation.pairs >= 12
        assert evaluation.answered * 100 >= evaluation.invited * 60
    improved = evaluations["improved"]
    assert improved.change is not None
    assert improved.threshold < improved.change < 25, "an improvement that people would believe"
    open_surveys = session.scalars(select(Survey.secret_name).where(Survey.status == "open")).all()
    assert told.secrets.names() == sorted(open_surveys), "spent secrets are destroyed"
    assert (session.scalar(select(func.count()).select_from(Answer)) or 0) > 100


def _reviews_heard_enough_and_one_is_still_open(session: Session) -> None:
    waiting = session.scalars(select(InputItem).where(InputItem.disposition.is_(None))).all()
    assert len(waiting) == 2
    assert len({item.review_id for item in waiting}) == 1
    assert waiting[0].review.closed_at is None
    assert waiting[0].review.version.state == "participatory_review"
    closed = {item.review for item in session.scalars(select(InputItem)) if item.review.closed_at}
    assert len(closed) >= 8
    for review in closed:
        assert any(item.from_remote for item in review.inputs)
        assert any(item.from_contract for item in review.inputs)


def _accounts_are_labelled(told: Told, session: Session) -> None:
    accounts: list[dict[str, Any]] = told.report.accounts
    in_service = session.scalars(select(Person).where(Person.left_on.is_(None))).all()
    assert len(accounts) == len(in_service)
    labelled = [account["label"] for account in accounts if account["label"]]
    assert labelled == [account["label"] for account in accounts[: len(labelled)]], "labelled ones come first"
    titles = told.profile.titles
    wanted = ["proposer", "hrd_agency", "finance_officer", "authorised_official", "personnel_authority"]
    wanted += [
        "unit_operator",
        "quality_team",
        "administrator",
        "inspectorate",
        "dpo",
        "remote_contract_staff",
        "participant",
    ]
    assert {titles[role].id for role in wanted} <= set(labelled)
    numbers = {account["nip"] for account in accounts}
    assert {account["preferred_username"] for account in accounts} == numbers
    assert len({account["sub"] for account in accounts}) == len(accounts)
    assert not {account["sub"] for account in accounts} & numbers, "the subject is opaque"
    assert not {account["sub"] for account in accounts} & {str(person.id) for person in in_service}


def _content(session: Session) -> dict[str, Any]:
    """What was told, without what chance and the machine's clock add."""
    return {
        "history": [
            (row.stream, row.seq, row.name, row.actor_id, row.at)
            for row in session.scalars(select(HistoryRow).order_by(HistoryRow.stream, HistoryRow.seq))
        ],
        "people": sorted(
            (p.id, p.name, p.email, p.identifiers[0].value) for p in session.scalars(select(Person))
        ),
        "versions": sorted(
            (v.title, v.number, v.state, v.cost, v.jp or 0, v.starts_on)
            for v in session.scalars(select(ProgrammeVersion))
        ),
        "answers": sorted(session.scalars(select(Answer.scores))),
        "evaluations": sorted((e.outcome, e.change) for e in session.scalars(select(Evaluation))),
        "enrolments": sorted((e.course_ref, e.person_id) for e in session.scalars(select(Enrolment))),
    }


def _tell(engine: Engine, profile: Profile, platform: MemoryPlatform | None = None) -> Told:
    clock, secrets, began = past_clock(profile), Secrets(), time.process_time()
    platform = platform or MemoryPlatform(SITE, now=clock.now)
    made = [platform.add_course(title) for title in course_titles()]
    completed: list[tuple[str, str]] = []
    report = seed(
        _writing(engine),
        profile,
        clock=clock,
        site_url=SITE,
        xapi_key="kunci",
        xapi_secret_sha256="0" * 64,
        courses=[(course.ref, course.title) for course in made],
        secrets=secrets,
        platform=platform,
        on_completion=lambda course_ref, remote_id, when: completed.append((course_ref, remote_id)),
    )
    return Told(report, profile, platform, secrets, time.process_time() - began, completed)


def _writing(engine: Engine) -> Callable[[], AbstractContextManager[Session]]:
    @contextmanager
    def writing() -> Iterator[Session]:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    return writing


def _empty(engine: Engine) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())
        else:
            names = ", ".join(table.name for table in Base.metadata.sorted_tables)
            connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
