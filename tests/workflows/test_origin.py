"""From where: whoever opened the session says it; address and device stand beside the chain and are erased (R39)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support.world import World
from workflows.actions import erasure
from workflows.actor import CLOCK, OPERATOR, Actor
from workflows.audit import broken_links
from workflows.history import record
from workflows.models import HistoryRow, HistoryValue
from workflows.origin import ADDRESS, DEVICE, Origin

PAGE = Origin("10.20.30.40", "Chrome, Android")


def noted(world: World, actor: Actor, **info: object) -> tuple[str | None, dict[str, str]]:
    """``via`` and the personal values of one event recorded by this actor."""
    with world.writing() as session:
        session.info.update(info)
        record(session, "sync.resumed", stream="site:1", actor=actor, course="7")
    with world.trying() as session:
        row = session.scalars(select(HistoryRow).order_by(HistoryRow.id.desc())).first()
        assert row is not None
        assert "10.20.30.40" not in row.payload
        return json.loads(row.payload).get("via"), {value.key: value.value for value in row.values}


def person(world: World) -> Actor:
    with world.trying() as session:
        return world.actor(session, "planner")


def test_a_person_s_deed_in_a_page_keeps_address_and_device_beside_the_chain(world: World) -> None:
    expected = {ADDRESS: "10.20.30.40", DEVICE: "Chrome, Android"}
    assert noted(world, person(world), origin=PAGE) == ("web", expected)
    with world.trying() as session:
        assert not list(broken_links(session))


@pytest.mark.parametrize(
    ("actor", "info", "way"),
    [
        (CLOCK, {"origin": PAGE}, "system"),
        (CLOCK, {}, "system"),
        (OPERATOR, {"origin": None}, "command"),
        (OPERATOR, {"origin": PAGE}, "command"),
    ],
)
def test_clock_and_operator_have_a_way_and_no_address(
    world: World, actor: Actor, info: dict[str, object], way: str
) -> None:
    assert noted(world, actor, **info) == (way, {})


def test_a_job_that_carries_out_a_person_s_wish_is_the_system(world: World) -> None:
    assert noted(world, person(world), origin=None) == ("system", {})


def test_where_nobody_said_it_nothing_is_made_up(world: World) -> None:
    assert noted(world, person(world)) == (None, {})
    assert noted(world, person(world), origin=Origin("", "")) == ("web", {})


def test_address_and_device_go_by_the_term_of_sign_ins_and_words_stay_by_theirs(world: World) -> None:
    with world.writing() as session:
        session.info["origin"] = PAGE
        record(
            session,
            "sync.paused",
            stream="site:1",
            actor=world.actor(session, "planner"),
            personal={"reason": "Pemeliharaan"},
        )
    world.clock.work += timedelta(days=330)
    with world.trying() as session:
        assert erasure.due(session).words == 0
    world.clock.work += timedelta(days=60)
    with world.trying() as session:
        assert erasure.due(session).words == 2
        assert erasure.due(session, world.people["planner"]).words == 2
        assert erasure.due(session, world.people["author"]).words == 0
    with world.writing() as session:
        assert erasure.erase_due(session, actor=OPERATOR).words == 2
    with world.trying() as session:
        assert session.scalars(select(HistoryValue.key)).all() == ["reason"]
        assert not list(broken_links(session))


def test_an_address_that_was_changed_instead_of_erased_is_found(world: World) -> None:
    noted(world, person(world), origin=PAGE)
    with world.writing() as session:
        session.scalars(select(HistoryValue).where(HistoryValue.key == ADDRESS)).one().value = "10.0.0.1"
    with world.trying() as session:
        assert [link.what for link in broken_links(session)] == ["value"]
