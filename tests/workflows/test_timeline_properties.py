"""For any set of letters and any day: at most one signer an office and step, or the queue (R8, R10-R12).

The timeline is made at random, read by a second, simpler reading of the rules, and then decided under.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from tests.support import walk
from tests.support.world import CHAIN, FIRST_DAY, LONG_AGO, World
from workflows.actions import decisions, preparations
from workflows.actor import load_actor
from workflows.clock import today
from workflows.errors import WorkflowError
from workflows.models import Identifier, OfficeHolding, OfficeLeave, Person, Preparer
from workflows.signers import signers_of

KINDS = ("definitive", "plt", "plh", "pj", "pjs")
ORDER = ("plh", "pjs", "pj", "plt", "definitive")
POOL = ("unit_head", "deputy", "stranger", "author", "planner", "second_row", "second_number", "author_row")
"""``author`` proposes (a need) and ``planner`` too (creator). ``second_row`` is deputy entered twice,
``author_row`` the author; ``second_number`` is a row of the stranger with the same name and birth date."""
SPAN = 12
NORMAL, MANY = 20, 210


@dataclass(frozen=True)
class Letter:
    office: str
    person: str
    kind: str
    first: date
    last: date | None
    ended: date | None


@dataclass(frozen=True)
class Away:
    person: str
    first: date
    last: date


def day_near() -> st.SearchStrategy[date]:
    return st.integers(-SPAN, SPAN).map(lambda n: FIRST_DAY + timedelta(days=n))


def letter() -> st.SearchStrategy[Letter]:
    def make(office: str, person: str, kind: str, first: date, length: int | None, cut: int | None) -> Letter:
        last = None if length is None else first + timedelta(days=length)
        ended = None if cut is None else first + timedelta(days=cut)
        return Letter(office, person, kind, first, last, ended)

    none_or = st.one_of(st.none(), st.integers(0, SPAN))
    offices, people, kinds = st.sampled_from(CHAIN), st.sampled_from(POOL), st.sampled_from(KINDS)
    return st.builds(
        make, offices, people, kinds, day_near(), none_or, st.one_of(st.none(), st.integers(-1, SPAN))
    )


def away() -> st.SearchStrategy[Away]:
    return st.builds(
        lambda person, first, length: Away(person, first, first + timedelta(days=length)),
        st.sampled_from(POOL),
        day_near(),
        st.integers(0, SPAN),
    )


@dataclass(frozen=True)
class Case:
    letters: list[Letter]
    leaves: list[Away]
    day: date
    strategic: frozenset[str]
    preparers: frozenset[tuple[str, str]]
    """(office, person): they sort and mark, and gain no signature by it."""


def case() -> st.SearchStrategy[Case]:
    return st.builds(
        Case,
        st.lists(letter(), min_size=1, max_size=14),
        st.lists(away(), max_size=2),
        day_near(),
        st.frozensets(st.sampled_from(CHAIN)),
        st.frozensets(st.tuples(st.sampled_from(CHAIN), st.sampled_from((*POOL, "nurse"))), max_size=3),
    )


@pytest.fixture
def version_id(world: World) -> int:
    """A version at the first step of its chain; and people who stand in the register twice."""
    made = walk.to_approval(world)
    with world.writing() as session:
        _twin(session, world, "second_row", "deputy", same_number=True)
        _twin(session, world, "author_row", "author", same_number=True)
        _twin(session, world, "second_number", "stranger", same_number=False)
    return made


def _twin(session: Session, world: World, name: str, of: str, *, same_number: bool) -> None:
    other = session.get_one(Person, world.people[of])
    number = other.identifiers[0].value
    number = number if same_number else number[:8] + "2025211777"
    kind = "nip" if same_number else "ni_pppk"
    person = Person(
        name=f"{other.name.upper()}, S.T.",
        email=f"{name}@example.test",
        employment_kind=other.employment_kind,
    )
    person.identifiers = [Identifier(kind=kind, value=number, valid_from=LONG_AGO)]
    session.add(person)
    session.flush()
    world.people[name] = person.id


def _write(session: Session, world: World, version_id: int, made: Case) -> None:
    session.execute(delete(OfficeHolding))
    session.add_all(
        OfficeHolding(
            office_id=world.offices[one.office],
            person_id=world.people[one.person],
            kind=one.kind,
            letter_no=f"800/{number}",
            valid_from=one.first,
            valid_to=one.last,
            ended_on=one.ended,
            end_reason="contoh" if one.ended else "",
        )
        for number, one in enumerate(made.letters)
    )
    session.add_all(
        OfficeLeave(
            person_id=world.people[one.person],
            first_day=one.first,
            last_day=one.last,
            working_days=9,
            needs_substitute=True,
            letter_no="850/1",
            announced_at=world.clock.now(),
        )
        for one in made.leaves
    )
    session.add_all(
        Preparer(
            office_id=world.offices[office],
            person_id=world.people[person],
            valid_from=made.day,
            appointed_at=world.clock.now(),
        )
        for office, person in sorted(made.preparers)
    )
    for task in walk.task_of(session, version_id, "unit_head").request.tasks:
        task.step.strategic = task.step.code in made.strategic
    session.flush()


def same_human(name: str) -> str:
    return {"second_row": "deputy", "author_row": "author", "second_number": "stranger"}.get(name, name)


def holds(one: Letter, day: date) -> bool:
    return one.first <= day and all(end is None or day <= end for end in (one.last, one.ended))


def expected(made: Case, office: str, signed: set[str]) -> set[str]:
    """Who may be the office's own signer that day by a plain reading: those of the highest kind, youngest letter."""
    held = [one for one in made.letters if one.office == office and holds(one, made.day)]
    if not held:
        return set()
    kind = min((one.kind for one in held), key=ORDER.index)
    newest = max(one.first for one in held if one.kind == kind)
    ranked = [one for one in held if one.kind == kind and one.first == newest]
    person = ranked[-1].person
    hindered = (
        any(a.person == person and a.first <= made.day <= a.last for a in made.leaves)
        or same_human(person) in {"author", "planner"}
        or same_human(person) in signed
        or (office in made.strategic and kind in ("plt", "plh", "pjs"))
    )
    return set() if hindered else {person}


def check(count: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    quiet = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)
    return settings(max_examples=count, deadline=None, suppress_health_check=quiet)


def _one_signer_or_the_queue(world: World, version_id: int, made: Case) -> None:
    with world.trying() as session:
        _write(session, world, version_id, made)
        tasks = walk.task_of(session, version_id, "unit_head").request.tasks
        for task in tasks:
            signer = signers_of(session, tasks, made.day)[task.id]
            own = expected(made, task.step.code, set())
            if own:
                assert signer.holding is not None
                assert (world.name_of(signer.holding.person_id), signer.why) == (*own, "")
                continue
            assert signer.why
            if signer.holding is not None:
                assert task.step.substitute_role == signer.holding.office.role
                name = world.name_of(signer.holding.person_id)
                instead = expected(made, signer.holding.office.role, set())
                assert instead == {name} or task.step.code not in made.strategic
                assert holds_something(made, name, signer.holding.office.role)
                assert same_human(name) not in {"author", "planner"}


def holds_something(made: Case, name: str, office: str) -> bool:
    return any(one.person == name and one.office == office and holds(one, made.day) for one in made.letters)


def _only_the_signer_decides(world: World, version_id: int, made: Case) -> None:
    """Everybody presses; along the whole chain only those sign who hold a valid letter, each human once."""
    world.clock.go(made.day)
    signed: set[str] = set()
    with world.trying() as session:
        _write(session, world, version_id, made)
        for role in CHAIN:
            task = walk.task_of(session, version_id, role)
            if task.status != "open":
                break
            session.info["demo_evidence"] = True
            _prepare(session, world, version_id, made, role)
            decided = [
                name for name in (*POOL, "nurse") if _press(session, world.people[name], version_id, role)
            ]
            signer = decided[0] if decided else ""
            assert len(decided) <= 1
            if not decided:
                break
            assert same_human(signer) not in signed | {"author", "planner"}, "a proposer, or somebody twice"
            assert any(one.person == signer and holds(one, today(session)) for one in made.letters)
            signature = walk.select_decisions(session, role)[-1]
            behalf = world.name_of(signature.behalf_of_id) if signature.behalf_of_id else ""
            assert behalf == whose(made, signature.holding.office.role, signature.mandate_kind, signer)
            signed.add(same_human(signer))
    world.clock.go(FIRST_DAY)


def whose(made: Case, office: str, kind: str, signer: str) -> str:
    """Atas nama: who holds the office by right or fills it, while a Plh, Pj or Pjs signs for them; else nobody."""
    if kind in ("definitive", "plt"):
        return ""
    own = [
        (ORDER.index(one.kind), -one.first.toordinal(), -number, one.person)
        for number, one in enumerate(made.letters)
        if one.office == office and holds(one, made.day) and one.kind in ("definitive", "plt")
        if one.person != signer
    ]
    return min(own)[3] if own else ""


def _prepare(session: Session, world: World, version_id: int, made: Case, role: str) -> None:
    """Every preparer marks the task ready and says so, as far as it is theirs: nothing of it signs."""
    task = walk.task_of(session, version_id, role)
    before = task.status
    for office, name in sorted(made.preparers):
        try:
            preparations.mark_ready(
                session,
                actor=load_actor(session, world.people[name]),
                office_id=world.offices[office],
                task_id=task.id,
                shown=walk.item_for(session, version_id, role).shown,
            )
        except WorkflowError:
            continue
        assert same_human(name) not in {"author", "planner"}, "a proposer prepares nothing of their own"
    session.flush()
    assert task.status == before


def _press(session: Session, person: uuid.UUID, version_id: int, role: str) -> bool:
    items = [walk.item_for(session, version_id, role)]
    actor = load_actor(session, person)
    try:
        result = decisions.decide(session, actor=actor, items=items, evidence=walk.proof(items))[0]
    except WorkflowError:
        return False
    return result.error is None


@check(NORMAL)
@given(made=case())
def test_any_timeline_any_day_one_signer_or_the_queue(world: World, version_id: int, made: Case) -> None:
    _one_signer_or_the_queue(world, version_id, made)


@check(NORMAL)
@given(made=case())
def test_no_proposer_nobody_twice_nobody_after_expiry(world: World, version_id: int, made: Case) -> None:
    _only_the_signer_decides(world, version_id, made)


@pytest.mark.long
@check(MANY)
@given(made=case())
def test_any_timeline_any_day_one_signer_or_the_queue_many(world: World, version_id: int, made: Case) -> None:
    _one_signer_or_the_queue(world, version_id, made)


@pytest.mark.long
@check(MANY)
@given(made=case())
def test_no_proposer_nobody_twice_nobody_after_expiry_many(world: World, version_id: int, made: Case) -> None:
    _only_the_signer_decides(world, version_id, made)


def test_a_second_number_on_one_person_changes_nothing(world: World) -> None:
    """The proper way: one person, two identifiers; the proposer is known under both."""
    made = walk.to_approval(world, by="hrd_agency_head")
    with world.writing() as session:
        person = session.get_one(Person, world.people["hrd_agency_head"])
        person.identifiers.append(Identifier(kind="ni_pppk", value="199001012025211009", valid_from=LONG_AGO))
    with world.trying() as session:
        task = walk.task_of(session, made, "hrd_agency_head")
        signer = signers_of(session, [task], FIRST_DAY)[task.id]
        assert (signer.why, world.name_of(signer.holding.person_id)) == ("proposer", "authorised_official")


def test_a_proposer_entered_a_second_time_does_not_sign_as_plh(world: World, version_id: int) -> None:
    world.appoint("unit_head", "author_row", "plh", FIRST_DAY, FIRST_DAY)
    with world.trying() as session:
        task = walk.task_of(session, version_id, "unit_head")
        signer = signers_of(session, [task], FIRST_DAY)[task.id]
        assert (signer.why, world.name_of(signer.holding.person_id)) == ("proposer", "authorised_official")
    assert walk.decide(world, "author_row", version_id, "unit_head").error.code == "not_yours"


def test_two_people_of_one_name_or_one_birthday_are_two_people(world: World, version_id: int) -> None:
    with world.writing() as session:
        session.get_one(Person, world.people["author_row"]).name = "Orang Lain"
        row = session.query(Identifier).filter_by(person_id=world.people["author_row"]).one()
        row.value = row.value[:8] + "2025211778"
    world.appoint("unit_head", "author_row", "plh", FIRST_DAY, FIRST_DAY)
    with world.trying() as session:
        task = walk.task_of(session, version_id, "unit_head")
        assert signers_of(session, [task], FIRST_DAY)[task.id].why == ""
