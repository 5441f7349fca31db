"""The table role x action x place in the life of a version. What is not written here as allowed is refused.

A place is a state, and within the review the step of the chain whose turn it is.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support import walk
from tests.support.outside import ZONE
from tests.support.snapshot import snapshot
from tests.support.world import CHAIN, FIRST_DAY, LEARNERS, STARTS, World
from tests.workflows.test_preparations import appoint
from workflows.actions import decisions, enrolments, evaluations, reviews
from workflows.actions.decisions import Item
from workflows.errors import Conflict, Denied, NotFound, WorkflowError
from workflows.lifecycle import move
from workflows.models import ProgrammeVersion

ROLES = {
    "asn": "author",
    "hrd_agency": "planner2",
    "quality_team": "quality",
    **{role: role for role in CHAIN},
    "administrator": "administrator",
    "inspectorate": "inspector",
    "clock": "clock",
    "stranger": "stranger",
    "preparer": "superior",
}
AGENCY = {"hrd_agency", "hrd_agency_head"}
REVIEWING = {"review", "chain_1", "chain_3", "chain_5"}
ALLOWED: dict[str, tuple[set[str], set[str]]] = {
    # action: (roles, places)
    "open_review": (AGENCY, {"proposed"}),
    "return_for_changes": (AGENCY, REVIEWING),
    "close_review": (AGENCY, {"review"}),
    "start": ({*AGENCY, "clock"}, {"approved"}),
    "evaluate": ({"quality_team"}, {"running"}),
    "revise": ({"quality_team"}, {"evaluated"}),
    "approve_without_task": (set(), set()),
}
DECIDING = ("approve", "return", "reject")
TURN = {"chain_1": "unit_head", "chain_3": "finance_officer", "chain_5": "personnel_authority"}
LEADS_TO = {
    "open_review": "participatory_review",
    "return_for_changes": "proposed",
    "close_review": "participatory_review",
    "start": "running",
    "evaluate": "evaluated",
    "revise": "revised",
}


def _ready_to_close(world: World) -> int:
    version_id = walk.to_review(world)
    walk.speak(world, version_id)
    walk.answer_all(world, version_id)
    return version_id


def _chain_at(step: int) -> Callable[[World], int]:
    def reach(world: World) -> int:
        version_id = walk.to_approval(world)
        walk.sign(world, version_id, CHAIN[: step - 1])
        return version_id

    return reach


def _ready_to_start(world: World) -> int:
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, ["learner1"])
    world.clock.go(STARTS)
    return version_id


def _ready_to_evaluate(world: World) -> int:
    version_id = walk.to_running(world)
    walk.run_waves(world, version_id, {}, {}, LEARNERS)
    return version_id


PLACES: dict[str, Callable[[World], int]] = {
    "proposed": walk.to_proposed,
    "review": _ready_to_close,
    "chain_1": _chain_at(1),
    "chain_3": _chain_at(3),
    "chain_5": _chain_at(5),
    "approved": _ready_to_start,
    "running": _ready_to_evaluate,
    "evaluated": walk.to_evaluated,
    "revised": walk.to_revised,
    "rejected": walk.to_rejected,
}


def _decide(session: Session, world: World, role: str, version_id: int, outcome: str) -> None:
    """On the own task where the role has one, on the task whose turn it is or was otherwise."""
    step = role if role in CHAIN else "unit_head"
    items = [Item(0, outcome, "")]
    if walk.task_of(session, version_id, step) is not None:
        items = [walk.item_for(session, version_id, step, outcome)]
    actor = world.actor(session, ROLES[role])
    error = decisions.decide(session, actor=actor, items=items, evidence=walk.proof(items))[0].error
    if error is not None:
        raise error


def _act(session: Session, world: World, role: str, version_id: int, action: str) -> None:
    actor = world.actor(session, ROLES[role])
    version = session.get_one(ProgrammeVersion, version_id)
    if action in DECIDING:
        _decide(session, world, role, version_id, action)
    elif action == "open_review":
        reviews.open_review(
            session,
            actor=actor,
            version_id=version_id,
            opens_on=FIRST_DAY,
            closes_on=walk.CLOSES,
            invited=list(world.fields.values()),
        )
    elif action == "return_for_changes":
        reviews.return_for_changes(session, actor=actor, version_id=version_id, reason="Bahas lagi")
    elif action == "close_review":
        reviews.close_review(session, actor=actor, version_id=version_id)
    elif action == "start":
        enrolments.start(session, actor=actor, version_id=version_id)
    elif action == "evaluate":
        evaluations.evaluate(
            session, actor=actor, version_id=version_id, outcome="inconclusive", reason="Jawaban kurang"
        )
    elif action == "revise":
        evaluations.revise(
            session, actor=actor, version_id=version_id, finding="Temuan", cause="Sebab", change="Ubah"
        )
    elif action == "approve_without_task":
        move(session, version, "approve", actor=actor)
    else:
        move(session, version, action, actor=actor)


def _expected(role: str, action: str, place: str) -> type[WorkflowError] | None:
    """None: allowed."""
    if action == "publish":
        return NotFound
    if action not in DECIDING:
        roles, places = ALLOWED[action]
        if role not in roles:
            return Denied
        return None if place in places else Conflict
    if place in ("proposed", "review"):
        return NotFound
    if role not in CHAIN:
        return Denied
    return None if TURN.get(place) == role else Conflict


def _must_speak(error: WorkflowError) -> None:
    sentence = error.sentence % error.values if error.values else error.sentence
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert not {"the", "is", "not", "you"} & set(sentence.lower().replace(".", "").split()), sentence
    if isinstance(error, Conflict):
        assert error.rule


@pytest.mark.parametrize("place", PLACES)
def test_role_action_state_is_closed_by_default(world: World, place: str) -> None:
    version_id = PLACES[place](world)
    for office in CHAIN:
        appoint(world, "superior", office, valid_from=world.clock.now().astimezone(ZONE).date())
    before = snapshot(world.engine)
    wrong = []
    for action in (*ALLOWED, *DECIDING, "publish"):
        for role in ROLES:
            expected = _expected(role, action, place)
            got = _what_happens(world, role, action, version_id, keep=expected is not None)
            if got != expected:
                wrong.append(f"{role} {action} in {place}: {got} instead of {expected}")
    assert not wrong
    assert snapshot(world.engine) == before, "a refused wish left something behind"


def _what_happens(
    world: World, role: str, action: str, version_id: int, *, keep: bool
) -> type[WorkflowError] | None:
    """What is refused is tried as people would, commit included; what is allowed is undone."""
    try:
        with world.writing() if keep else world.trying() as session:
            _act(session, world, role, version_id, action)
            session.flush()
            if action in LEADS_TO:
                state = select(ProgrammeVersion.state).where(ProgrammeVersion.id == version_id)
                assert session.scalar(state) == LEADS_TO[action]
    except WorkflowError as error:
        _must_speak(error)
        return type(error)
    return None
