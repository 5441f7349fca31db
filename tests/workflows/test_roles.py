"""Roles apart from offices: who gives them, which ones, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.support.world import FIRST_DAY, World
from workflows.actions.roles import end_grant, grant_role
from workflows.actor import OPERATOR, load_actor
from workflows.errors import Conflict, Denied, Refused, WorkflowError
from workflows.models import Person, RoleGrant
from workflows.roles import BY_OFFICE, CLAIMED, GRANTED
from workflows.rules import ROLE_WORDS, RULES


def give(world: World, by: str, to: str, role: str, **more: object) -> int:
    with world.writing() as session:
        actor = OPERATOR if by == "operator" else world.actor(session, by)
        grant = grant_role(
            session, actor=actor, person_id=world.people[to], role=role, reason="SK contoh", **more
        )
        return grant.id


def roles_of(world: World, name: str) -> frozenset[str]:
    with world.trying() as session:
        return load_actor(session, world.people[name]).roles


def refused(work: Callable[[], object], kind: type[WorkflowError]) -> str:
    with pytest.raises(kind) as caught:
        work()
    return caught.value.code


def test_a_granted_role_counts_from_its_day_to_its_last_day(world: World) -> None:
    give(world, "administrator", "author", "quality_team", valid_to=FIRST_DAY + timedelta(days=2))
    assert "quality_team" in roles_of(world, "author")
    world.clock.go(FIRST_DAY + timedelta(days=2))
    assert "quality_team" in roles_of(world, "author")
    world.clock.go(FIRST_DAY + timedelta(days=3))
    assert "quality_team" not in roles_of(world, "author")


def test_the_machine_s_operator_makes_the_first_administrator(world: World) -> None:
    give(world, "operator", "author", "administrator")
    assert "administrator" in roles_of(world, "author")


@pytest.mark.parametrize("by", ["planner", "inspector", "personnel_authority"])
def test_only_an_administrator_gives_roles(world: World, by: str) -> None:
    assert refused(lambda: give(world, by, "author", "quality_team"), Denied) == "not_yours"


def test_nobody_gives_a_role_to_himself(world: World) -> None:
    assert refused(lambda: give(world, "administrator", "administrator", "hrd_agency"), Denied) == "own_role"


@pytest.mark.parametrize("role", [*BY_OFFICE, "clock", "operator", "asn", "nonsense"])
def test_what_signs_and_what_is_no_role_of_people_is_never_granted(world: World, role: str) -> None:
    assert refused(lambda: give(world, "administrator", "author", role), Refused) == "role_by_office"


def test_a_role_is_not_given_twice_nor_into_the_past_nor_to_one_who_left(world: World) -> None:
    give(world, "administrator", "author", "dpo")
    assert refused(lambda: give(world, "administrator", "author", "dpo"), Conflict) == "role_held"
    early = {"valid_from": FIRST_DAY - timedelta(days=1)}
    assert (
        refused(lambda: give(world, "administrator", "author", "partner", **early), Refused) == "role_dates"
    )
    with world.writing() as session:
        session.get_one(Person, world.people["author"]).left_on = FIRST_DAY
    assert refused(lambda: give(world, "administrator", "author", "partner"), Refused) == "person_left"


def test_an_ended_role_is_gone_at_once_and_the_reason_is_told(world: World) -> None:
    grant_id = give(world, "administrator", "author", "hrd_agency")
    with world.writing() as session:
        end_grant(session, actor=world.actor(session, "administrator"), grant_id=grant_id, reason="pindah")
    assert "hrd_agency" not in roles_of(world, "author")
    with world.trying() as session:
        actor = world.actor(session, "administrator")
        again = lambda: end_grant(session, actor=actor, grant_id=grant_id, reason="lagi")  # noqa: E731
        assert refused(again, Conflict) == "role_over"


def test_the_last_administrator_stays(world: World) -> None:
    with world.writing() as session:
        grant_id = session.query(RoleGrant.id).filter_by(role="administrator").scalar()
    with world.trying() as session:
        actor = world.actor(session, "administrator")
        end = lambda: end_grant(session, actor=actor, grant_id=grant_id, reason="habis")  # noqa: E731
        assert refused(end, Refused) == "last_administrator"
    give(world, "operator", "author", "administrator")
    with world.writing() as session:
        end_grant(session, actor=world.actor(session, "author"), grant_id=grant_id, reason="ganti")
    assert "administrator" not in roles_of(world, "administrator")


def test_the_inspectorate_only_looks() -> None:
    looking = {"oversee", "list", "read", "export"}
    may = {action for action, roles in RULES.items() if "inspectorate" in roles}
    assert {action for action in may if action.split(".")[1] not in looking} == set()


def test_every_role_has_a_word() -> None:
    assert set(GRANTED) | set(BY_OFFICE) | set().union(*RULES.values()) <= set(ROLE_WORDS)
    assert not CLAIMED & {*BY_OFFICE, "operator", "clock"}
