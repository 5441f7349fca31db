from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.support import walk
from tests.support.world import World
from workflows.errors import Conflict, NotFound
from workflows.events import EVENTS
from workflows.lifecycle import MOVES_FROM, PAST_TENSE, ProgrammeLifecycle, move
from workflows.models import ProgrammeVersion
from workflows.models.programme import STATES
from workflows.rules import ROLE_WORDS, RULES, allowed


def test_the_moves_are_those_of_the_design() -> None:
    assert {
        "open_review": {"proposed"},
        "return_for_changes": {"participatory_review"},
        "approve": {"participatory_review"},
        "start": {"approved"},
        "evaluate": {"running"},
        "revise": {"evaluated"},
    } == MOVES_FROM


def test_class_column_and_events_know_the_same_states_and_moves() -> None:
    assert tuple(state.value for state in ProgrammeLifecycle.states) == STATES
    assert PAST_TENSE.keys() == MOVES_FROM.keys()
    assert set(PAST_TENSE.values()) <= EVENTS.keys()
    assert ProgrammeLifecycle.not_yet_checked.keys() <= MOVES_FROM.keys()


def test_every_move_has_a_rule_and_every_role_a_word() -> None:
    assert {f"programme.{name}" for name in MOVES_FROM} <= RULES.keys()
    assert set().union(*RULES.values()) <= ROLE_WORDS.keys()


def test_what_is_not_in_the_rules_is_an_error_of_ours() -> None:
    from workflows.actor import CLOCK

    with pytest.raises(KeyError):
        allowed(CLOCK, "programme.publish")


def test_the_database_guards_the_state(world: World) -> None:
    version_id = walk.to_proposed(world)
    with world.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(
            text("UPDATE programme_version SET state = 'published' WHERE id = :id"), {"id": version_id}
        )


def test_unknown_move_is_not_found_whatever_it_is_called(world: World) -> None:
    version_id = walk.to_proposed(world)
    with world.trying() as session:
        version = session.get_one(ProgrammeVersion, version_id)
        for name in ("publish", "__init__", "state", ""):
            with pytest.raises(NotFound):
                move(session, version, name, actor=world.actor(session, "planner"))
        assert version.state == "proposed"


def test_a_closed_version_moves_no_more(world: World) -> None:
    version_id = walk.to_rejected(world)
    with world.trying() as session:
        version = session.get_one(ProgrammeVersion, version_id)
        with pytest.raises(Conflict) as caught:
            move(session, version, "return_for_changes", actor=world.actor(session, "planner"), reason="x")
        assert caught.value.code == "closed"
