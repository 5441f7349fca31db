"""Needs become a programme; its content is sound; pages know when they are stale (R4, R20, R21)."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date

import pytest
from sqlalchemy import select

from tests.support import walk
from tests.support.world import World
from workflows.actions import needs, programmes
from workflows.errors import Conflict, Denied, NotFound, Refused
from workflows.models import Need, ProgrammeVersion


def _file(world: World, name: str = "author", **changes: str) -> int:
    values = {"problem": "Data tersebar", "since": "2026", "service": "Layanan", **changes}
    with world.writing() as session:
        return needs.file_need(session, actor=world.actor(session, name), **values).id


def test_a_need_has_three_fields_and_one_button(world: World) -> None:
    need_id = _file(world, problem="  Data tersebar ")
    with world.trying() as session:
        need = session.get_one(Need, need_id)
        assert (need.problem, need.status, need.unit_id) == ("Data tersebar", "filed", world.units["dinas"])
    for bad in ({"problem": " "}, {"since": ""}, {"service": "x" * 4001}, {"since": "x" * 121}):
        with pytest.raises(Refused):
            _file(world, **bad)


def test_the_superior_or_the_agency_completes_a_need(world: World) -> None:
    need_id = _file(world, "learner1")
    values = {
        "need_id": need_id,
        "competency_id": world.competency,
        "level_required": 3,
        "level_measured": 2,
        "performance_gap": "4 dari 9 terlambat",
    }
    for name in ("superior", "planner"):
        with world.writing() as session:
            needs.complete_need(session, actor=world.actor(session, name), **values)
    with world.trying() as session:
        with pytest.raises(Denied):
            needs.complete_need(session, actor=world.actor(session, "stranger"), **values)
        with pytest.raises(Refused):
            needs.complete_need(
                session, actor=world.actor(session, "planner"), **{**values, "level_required": 6}
            )


def test_a_need_is_declined_with_a_reason_and_then_settled(world: World) -> None:
    need_id = _file(world)
    with world.writing() as session:
        actor = world.actor(session, "planner")
        with pytest.raises(Refused):
            needs.decline_need(session, actor=actor, need_id=need_id, reason="")
        needs.decline_need(session, actor=actor, need_id=need_id, reason="Sudah ada")
        with pytest.raises(Conflict, match="need_settled"):
            needs.decline_need(session, actor=actor, need_id=need_id, reason="Sudah ada")
        with pytest.raises(NotFound):
            needs.decline_need(session, actor=actor, need_id=99, reason="Sudah ada")


def _propose(world: World, **changes: object) -> None:
    values = {
        "owner_unit_id": world.units["dinas"],
        "need_ids": [],
        "content": walk.content(world),
        "costs": walk.COSTS,
        **changes,
    }
    with world.writing() as session:
        programmes.propose(session, actor=world.actor(session, "planner"), **values)


def test_a_need_is_taken_up_by_one_programme_only(world: World) -> None:
    need_id = _file(world)
    _propose(world, need_ids=[need_id])
    with pytest.raises(Conflict, match="need_settled"):
        _propose(world, need_ids=[need_id])
    with world.trying() as session:
        assert session.query(ProgrammeVersion).count() == 1


def test_a_programme_belongs_to_a_unit_that_is_listed(world: World) -> None:
    with pytest.raises(Refused, match="not_listed"):
        _propose(world, owner_unit_id=99)


@pytest.mark.parametrize(
    ("form", "days", "planned", "jp"),
    [
        ("classroom", 3, 1, 24),
        ("course", 3, 17, 17),
        ("talk", 3, 17, 4),
        ("online", 3, 9, 9),
        ("unruled", 3, 9, None),
    ],
)
def test_jp_follows_the_table_of_forms(
    world: World, form: str, days: int, planned: int, jp: int | None
) -> None:
    version_id = walk.to_proposed(world, form_code=form, days=days, planned_jp=planned)
    with world.trying() as session:
        assert session.get_one(ProgrammeVersion, version_id).jp == jp


def test_more_jp_than_the_days_can_hold_is_refused_with_the_source(world: World) -> None:
    with pytest.raises(Refused) as caught:
        walk.to_proposed(world, form_code="online", days=2, planned_jp=8)
    assert caught.value.rule == "R4"
    assert "paling banyak 6 JP" in caught.value.sentence % caught.value.values


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", " "),
        ("title", "x" * 201),
        ("course_ref", "7" * 41),
        ("basis", "wish"),
        ("days", 0),
        ("seats", 10**9),
        ("level_required", 6),
        ("ends_on", date(2027, 4, 4)),
        ("ends_on", date(2028, 1, 2)),
        ("effect_threshold", 0),
        ("form_code", "dance"),
        ("ceiling_id", 99),
        ("competency_id", 99),
        ("site_id", 99),
    ],
)
def test_content_is_sound_or_refused_with_its_field(world: World, field: str, value: object) -> None:
    with pytest.raises(Refused) as caught:
        walk.to_proposed(world, **{field: value})
    assert caught.value.field == field
    with world.trying() as session:
        assert session.query(ProgrammeVersion).count() == 0


def test_a_stale_form_writes_nothing(world: World) -> None:
    version_id = walk.to_proposed(world)
    with world.writing() as session:
        actor = world.actor(session, "planner")
        for title, expected in (("Pertama", ""), ("Kedua", "stale")):
            change = {"content": walk.content(world, title=title), "seen_content_no": 1}
            with pytest.raises(Conflict, match=expected) if expected else nullcontext():
                programmes.change_content(session, actor=actor, version_id=version_id, **change)
    with world.trying() as session:
        assert session.scalars(select(ProgrammeVersion.title)).all() == ["Pertama"]
        with pytest.raises(Conflict, match="stale"):
            programmes.change_costs(
                session,
                actor=world.actor(session, "planner"),
                version_id=version_id,
                costs=[],
                seen_cost_no=2,
            )


def test_only_the_agency_changes_content_and_only_before_approval(world: World) -> None:
    version_id = walk.to_proposed(world)
    with world.trying() as session, pytest.raises(Denied):
        programmes.change_costs(
            session,
            actor=world.actor(session, "author"),
            version_id=version_id,
            costs=[],
            seen_cost_no=1,
        )
    version_id = walk.to_approved(world)
    with world.trying() as session, pytest.raises(Conflict, match="wrong_state"):
        programmes.change_costs(
            session,
            actor=world.actor(session, "planner"),
            version_id=version_id,
            costs=[],
            seen_cost_no=1,
        )
