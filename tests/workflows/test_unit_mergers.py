"""What hangs on a merged unit goes to the one after it: people, offices, signatures, programmes, needs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support import walk
from tests.support.unit_letters import (
    LETTER,
    NEXT_MONTH,
    YESTERDAY,
    add,
    fresh_head,
    merge,
    move,
    place,
    sweep,
)
from tests.support.world import FIRST_DAY, World
from workflows.actions import units
from workflows.clock import today
from workflows.errors import Conflict, Refused
from workflows.models import (
    ApprovalTask,
    Need,
    Office,
    OfficeHolding,
    Posting,
    Programme,
    Unit,
)
from workflows.office_alarms import alarms_on
from workflows.people import postings_on
from workflows.signers import signer_of
from workflows.unit_effects import effects_of
from workflows.units import heir_of


def test_people_of_a_merged_unit_go_on_in_the_successor_from_that_day(world: World) -> None:
    tomorrow = FIRST_DAY + timedelta(days=1)
    with world.writing() as session:
        later = postings_on(session, [world.people["nurse"]], FIRST_DAY)[world.people["nurse"]]
        later.valid_to = tomorrow
        session.add(
            Posting(
                person_id=later.person_id, unit_id=later.unit_id, job_field_id=later.job_field_id,
                post_title="Perawat Ahli", valid_from=tomorrow + timedelta(days=1),
            )
        )  # fmt: skip
        gone = postings_on(session, [world.people["teacher"]], FIRST_DAY)[world.people["teacher"]]
        gone.valid_to = YESTERDAY
        learner = postings_on(session, [world.people["learner1"]], FIRST_DAY)[world.people["learner1"]]
        field, superior = learner.job_field_id, learner.superior_id
    merge(world, ["dinas"], world.units["agency"])
    with world.trying() as session:
        assert place(session, world, "learner1", YESTERDAY) == world.units["dinas"]
        assert place(session, world, "learner1", FIRST_DAY) == world.units["agency"]
        after = postings_on(session, [world.people["learner1"]], FIRST_DAY)[world.people["learner1"]]
        assert (after.job_field_id, after.superior_id, after.post_title) == (field, superior, "Analis")
        rows = session.scalars(
            select(Posting).where(Posting.person_id == world.people["nurse"]).order_by(Posting.valid_from)
        ).all()
        assert [(row.unit_id, row.valid_from, row.valid_to) for row in rows[1:]] == [
            (world.units["agency"], FIRST_DAY, tomorrow),
            (world.units["agency"], tomorrow + timedelta(days=1), None),
        ], "what begins later begins in the successor"
        assert place(session, world, "teacher", YESTERDAY) == world.units["dinas"]
        assert world.people["teacher"] not in postings_on(session, [world.people["teacher"]], FIRST_DAY)
        double = session.scalars(select(Posting).where(Posting.unit_id == world.units["dinas"])).all()
        assert all(row.valid_to is not None and row.valid_to < FIRST_DAY for row in double)


def test_the_head_of_a_merged_unit_signs_no_more_and_its_tasks_go_to_the_successor(world: World) -> None:
    version_id = walk.to_approval(world)
    fresh = fresh_head(world)
    merge(world, ["dinas"], fresh)
    with world.trying() as session:
        task = walk.task_of(session, version_id, "unit_head")
        assert task is not None
        assert task.office_id == world.offices["new_head"]
        signer = signer_of(session, task, today(session))
        assert signer.holding is not None
        assert world.name_of(signer.holding.person_id) == "deputy"
        old = session.get_one(Office, world.offices["unit_head"])
        assert old.valid_to == YESTERDAY
        held = session.scalars(select(OfficeHolding).where(OfficeHolding.office_id == old.id)).one()
        assert held.ended_on == YESTERDAY
        assert LETTER.number in held.end_reason
        assert old.id not in {alarm.office.id for alarm in alarms_on(session, today(session))}
    assert walk.decide(world, "unit_head", version_id, "unit_head").error is not None
    assert walk.decide(world, "deputy", version_id, "unit_head").error is None


def test_a_programme_and_a_waiting_need_follow_what_is_over_stays(world: World) -> None:
    rejected = walk.to_rejected(world)
    open_version = walk.to_review(world)
    with world.writing() as session:
        need = Need(
            author_id=world.people["author"], unit_id=world.units["dinas"], problem="x", since="x", service="x",
            filed_at=world.clock.now(),
        )  # fmt: skip
        session.add(need)
        session.flush()
        waiting = need.id
    fresh = add(world)
    with world.trying() as session:
        shown = effects_of(session, session.get_one(Unit, world.units["dinas"]), FIRST_DAY)
        assert (len(shown.programmes), len(shown.needs), len(shown.closing)) == (1, 1, 1)
    world.clock.go(FIRST_DAY + timedelta(days=1))
    merge(world, ["dinas"], fresh, FIRST_DAY + timedelta(days=1))
    with world.trying() as session:
        owners = {row.id: row.owner_unit_id for row in session.scalars(select(Programme))}
        versions = {
            key: session.get_one(walk.ProgrammeVersion, key).programme_id for key in (rejected, open_version)
        }
        assert owners[versions[rejected]] == world.units["dinas"]
        assert owners[versions[open_version]] == fresh
        assert session.get_one(Need, waiting).unit_id == fresh


def test_a_version_revised_after_the_merger_asks_the_successors_head(world: World) -> None:
    """Whatever stayed with the old unit resolves it when a chain begins."""
    version_id = walk.to_review(world)
    fresh = add(world)
    merge(world, ["dinas"], fresh)
    with world.writing() as session:
        version = session.get_one(walk.ProgrammeVersion, version_id)
        version.programme.owner_unit_id = world.units["dinas"]
    walk.speak(world, version_id)
    walk.answer_all(world, version_id)
    walk.close_review(world, version_id)
    with world.trying() as session:
        task = walk.task_of(session, version_id, "unit_head")
        assert task is not None
        assert task.office.unit_id == fresh


def test_offices_of_other_roles_go_on_in_the_successor(world: World) -> None:
    with world.writing() as session:
        session.get_one(Office, world.offices["finance_officer"]).unit_id = world.units["agency"]
    merge(world, ["agency"], world.units["dinas"])
    with world.trying() as session:
        office = session.get_one(Office, world.offices["finance_officer"])
        assert (office.unit_id, office.valid_to) == (world.units["dinas"], None)
        held = session.scalars(select(OfficeHolding).where(OfficeHolding.office_id == office.id)).one()
        assert held.ended_on is None


def test_without_a_head_the_successor_cannot_take_over_waiting_signatures(world: World) -> None:
    walk.to_approval(world)
    with pytest.raises(Refused) as refused:
        merge(world, ["dinas"], world.units["agency"])
    assert refused.value.code == "no_head"
    with world.trying() as session:
        assert session.get_one(Unit, world.units["dinas"]).valid_to is None, "nothing of it was done"
    with world.writing() as session:
        units.add_head(
            session,
            actor=world.actor(session, "planner"),
            unit_id=world.units["agency"],
            title="Kepala Badan",
        )
    merge(world, ["dinas"], world.units["agency"])
    with pytest.raises(Conflict), world.writing() as session:
        units.add_head(
            session, actor=world.actor(session, "planner"), unit_id=world.units["agency"], title="Kedua"
        )


def test_a_merger_may_not_be_dated_before_a_signature_of_its_head(world: World) -> None:
    version_id = walk.to_approval(world)
    walk.sign(world, version_id, ["unit_head"])
    fresh = add(world, YESTERDAY)
    with pytest.raises(Refused) as refused:
        merge(world, ["dinas"], fresh, FIRST_DAY)
    assert refused.value.code == "decided_later"
    world.clock.go(FIRST_DAY + timedelta(days=1))
    merge(world, ["dinas"], fresh, FIRST_DAY + timedelta(days=1))


def test_a_late_clock_ends_the_mandate_on_the_day_of_its_last_signature(world: World) -> None:
    fresh = add(world)
    merge(world, ["dinas"], fresh, NEXT_MONTH)
    version_id = walk.to_approval(world)
    world.clock.go(NEXT_MONTH + timedelta(days=1))
    walk.sign(world, version_id, ["unit_head"])
    world.clock.go(NEXT_MONTH + timedelta(days=2))
    assert sweep(world) == 1
    with world.trying() as session:
        query = select(OfficeHolding).where(OfficeHolding.office_id == world.offices["unit_head"])
        assert session.scalars(query).one().ended_on == NEXT_MONTH + timedelta(days=1)


def test_several_units_merge_into_one_and_chains_lead_to_the_last(world: World) -> None:
    fresh = add(world)
    merge(world, ["island", "agency"], fresh)
    world.clock.go(NEXT_MONTH)
    world.units["baru"] = fresh
    merge(world, ["baru"], world.units["dinas"], NEXT_MONTH)
    with world.trying() as session:
        for code in ("island", "agency", "baru"):
            assert heir_of(session, world.units[code], NEXT_MONTH) == world.units["dinas"]
        assert heir_of(session, world.units["island"], FIRST_DAY) == fresh
        assert place(session, world, "remote_farmer", NEXT_MONTH) == world.units["dinas"]


def test_units_below_a_merged_one_go_with_it_also_when_it_goes_into_its_own_part(world: World) -> None:
    dinas, agency, island = (world.units[code] for code in ("dinas", "agency", "island"))
    move(world, agency, dinas)
    move(world, island, dinas)
    merge(world, ["dinas"], agency)
    with world.trying() as session:
        assert session.get_one(Unit, agency).parent_id is None
        assert session.get_one(Unit, island).parent_id == agency


def test_a_granted_signature_of_an_ended_office_is_asked_of_the_successor_when_it_falls(world: World) -> None:
    version_id = walk.to_approval(world)
    walk.sign(world, version_id, ["unit_head"])
    world.clock.go(FIRST_DAY + timedelta(days=1))
    fresh = add(world)
    merge(world, ["dinas"], fresh, FIRST_DAY + timedelta(days=1))
    with world.trying() as session:
        task = session.scalars(
            select(ApprovalTask).where(ApprovalTask.office_id == world.offices["unit_head"])
        ).one()
        assert task.status == "granted", "what was signed stays signed, by whom it was"
    with world.writing() as session:
        version = session.get_one(walk.ProgrammeVersion, version_id)
        walk.programmes.change_content(
            session,
            actor=world.actor(session, "planner"),
            version_id=version_id,
            content=walk.content(world, aims="Tujuan lain"),
            seen_content_no=version.content_no,
        )
    with world.trying() as session:
        task = walk.task_of(session, version_id, "unit_head")
        assert task is not None
        assert (task.status, task.office.unit_id) == ("open", fresh)
