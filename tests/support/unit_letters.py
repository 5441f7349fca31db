"""Letters about units in a made-up world: one function a use case, each in its own transaction."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.jobs.context import JobContext
from service.jobs.units import turn_due
from tests.support.world import FIRST_DAY, World
from workflows.actions import units
from workflows.actions.units import NewUnit
from workflows.letters import Letter
from workflows.mandates import office_by_role
from workflows.models import HistoryRow
from workflows.people import postings_on

LETTER = Letter("Perbup 4/2027", FIRST_DAY - timedelta(days=10))
YESTERDAY, NEXT_MONTH = FIRST_DAY - timedelta(days=1), FIRST_DAY + timedelta(days=30)


def new(**changes: Any) -> NewUnit:
    given: dict[str, Any] = {
        "code": "baru", "name": "Dinas Baru", "short_name": "Baru", "kind": "department",
        "parent_id": None, "is_remote": False, "head_title": "Kepala Dinas Baru",
    }  # fmt: skip
    return NewUnit(**{**given, **changes})


def add(world: World, day: date = FIRST_DAY, by: str = "planner", **changes: Any) -> int:
    with world.writing() as session:
        actor = world.actor(session, by)
        return units.add_unit(session, actor=actor, new=new(**changes), day=day, letter=LETTER).id


def fresh_head(world: World) -> int:
    """A new unit whose head's office ("new_head") the deputy holds; the unit's id."""
    fresh = add(world)
    with world.writing() as session:
        office = office_by_role(session, "unit_head", fresh)
        assert office is not None
        world.offices["new_head"] = office.id
    world.appoint("new_head", "deputy", "definitive", FIRST_DAY, None)
    return fresh


def rename(world: World, code: str, name: str, day: date, **changes: Any) -> int:
    given = {"short_name": name, "head_title": "", **changes}
    with world.writing() as session:
        actor = world.actor(session, "planner")
        return units.rename_unit(
            session, actor=actor, unit_id=world.units[code], name=name, day=day, letter=LETTER, **given
        ).id


def move(world: World, unit_id: int, parent_id: int | None, day: date = FIRST_DAY) -> int:
    with world.writing() as session:
        actor = world.actor(session, "administrator")
        return units.move_unit(
            session, actor=actor, unit_id=unit_id, parent_id=parent_id, day=day, letter=LETTER
        ).id


def merge(
    world: World, codes: list[str], into_id: int, day: date = FIRST_DAY, by: str = "planner"
) -> list[int]:
    with world.writing() as session:
        changes = units.merge_units(
            session,
            actor=world.actor(session, by),
            unit_ids=[world.units[code] for code in codes],
            into_id=into_id,
            day=day,
            letter=LETTER,
        )
        return [change.id for change in changes]


def close(world: World, unit_id: int, day: date = FIRST_DAY) -> None:
    with world.writing() as session:
        actor = world.actor(session, "planner")
        units.close_unit(session, actor=actor, unit_id=unit_id, day=day, letter=LETTER)


def sweep(world: World) -> int:
    def no_platform(site: Any) -> Any:
        raise AssertionError("units need no platform")

    return turn_due(JobContext(world.writing, no_platform, timedelta(seconds=60)))


def place(session: Session, world: World, name: str, day: date) -> int:
    return postings_on(session, [world.people[name]], day)[world.people[name]].unit_id


def events(world: World, unit_id: int) -> list[str]:
    with world.trying() as session:
        query = select(HistoryRow.name).where(HistoryRow.stream == f"unit:{unit_id}")
        return list(session.scalars(query.order_by(HistoryRow.seq)))
