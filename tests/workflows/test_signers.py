"""Whose signature a task waits for (R8, R10-R12)."""

from __future__ import annotations

import json
from datetime import date, timedelta

from sqlalchemy import select

from tests.support import walk
from tests.support.world import FIRST_DAY, LONG_AGO, World
from workflows.actions import programmes
from workflows.clock import today
from workflows.content import Cost
from workflows.errors import Denied
from workflows.models import ApprovalTask, Decision, HistoryRow, Need, ProgrammeVersion
from workflows.signers import orphan_tasks, signer_of, tasks_for

YESTERDAY, TOMORROW = FIRST_DAY - timedelta(days=1), FIRST_DAY + timedelta(days=1)


def _signer(world: World, version_id: int, role: str) -> tuple[str, str]:
    """(who signs or nobody, why)."""
    with world.trying() as session:
        signer = signer_of(session, walk.task_of(session, version_id, role), today(session))
        return world.name_of(signer.holding.person_id) if signer.holding else "nobody", signer.why


def test_the_definitive_holder_signs(world: World) -> None:
    assert _signer(world, walk.to_approval(world), "unit_head") == ("unit_head", "")


def test_proposer_never_approves_as_creator(world: World) -> None:
    version_id = walk.to_approval(world, by="hrd_agency_head")
    assert _signer(world, version_id, "hrd_agency_head") == ("authorised_official", "proposer")


def test_proposer_never_approves_as_author_of_a_need(world: World) -> None:
    version_id = walk.to_approval(world)
    with world.writing() as session:
        programme = session.get_one(ProgrammeVersion, version_id).programme_id
        need = session.scalars(select(Need).where(Need.programme_id == programme)).one()
        need.author_id = world.people["unit_head"]
    assert _signer(world, version_id, "unit_head") == ("authorised_official", "proposer")
    assert isinstance(walk.decide(world, "unit_head", version_id, "unit_head").error, Denied)


def test_proposer_never_approves_after_a_change_behind_the_closed_review(world: World) -> None:
    version_id = walk.to_approval(world)
    walk.sign(world, version_id, ["unit_head"])
    with world.writing() as session:
        programmes.change_costs(
            session,
            actor=world.actor(session, "hrd_agency_head"),
            version_id=version_id,
            costs=[Cost("Sewa", 1, "paket", 1_000)],
            seen_cost_no=1,
        )
    assert _signer(world, version_id, "hrd_agency_head") == ("authorised_official", "proposer")


def test_a_change_while_the_review_is_open_makes_nobody_a_proposer(world: World) -> None:
    version_id = walk.to_review(world)
    with world.writing() as session:
        programmes.change_costs(
            session,
            actor=world.actor(session, "hrd_agency_head"),
            version_id=version_id,
            costs=[Cost("Sewa", 1, "paket", 1_000)],
            seen_cost_no=1,
        )
    walk.speak(world, version_id)
    walk.answer_all(world, version_id)
    walk.close_review(world, version_id)
    assert _signer(world, version_id, "hrd_agency_head") == ("hrd_agency_head", "")


def test_the_agency_head_is_no_proposer_because_a_subordinate_created_it(world: World) -> None:
    version_id = walk.to_approval(world, by="planner")
    assert _signer(world, version_id, "hrd_agency_head") == ("hrd_agency_head", "")


def test_one_person_counts_once_even_with_two_posts(world: World) -> None:
    world.end_mandate("hrd_agency_head", YESTERDAY)
    world.appoint("hrd_agency_head", "unit_head", "plt", FIRST_DAY, None)
    version_id = walk.to_approval(world)
    walk.sign(world, version_id, ["unit_head"])
    assert _signer(world, version_id, "hrd_agency_head") == ("authorised_official", "counted_twice")
    assert isinstance(walk.decide(world, "unit_head", version_id, "hrd_agency_head").error, Denied)


def test_the_substitute_signs_and_counts_once_too(world: World) -> None:
    version_id = walk.to_approval(world, by="hrd_agency_head")
    walk.sign(world, version_id, ["unit_head"])
    assert walk.decide(world, "authorised_official", version_id, "hrd_agency_head").error is None
    walk.sign(world, version_id, ["finance_officer"])
    assert _signer(world, version_id, "authorised_official") == ("nobody", "counted_twice")
    with world.trying() as session:
        decision = session.scalars(select(Decision).order_by(Decision.id.desc()).offset(1)).first()
        assert decision.office_title == "Sekretaris Daerah"
        assert decision.task.step.code == "hrd_agency_head"


def test_the_history_names_the_office_that_signed_and_with_which_verb(world: World) -> None:
    version_id = walk.to_approval(world, by="hrd_agency_head")
    walk.sign(world, version_id, ["unit_head"])
    walk.decide(world, "authorised_official", version_id, "hrd_agency_head")
    with world.trying() as session:
        rows = session.scalars(
            select(HistoryRow).where(HistoryRow.name == "approval.granted").order_by(HistoryRow.seq)
        )
        told = [(json.loads(row.payload)["office"], json.loads(row.payload)["verb"]) for row in rows]
    assert told == [("Kepala Dinas Contoh", "endorse"), ("Sekretaris Daerah", "endorse")]


def test_where_no_substitute_is_named_the_task_waits_with_its_reason(world: World) -> None:
    version_id = walk.to_approval(world, by="planner")
    with world.writing() as session:
        session.get_one(ProgrammeVersion, version_id).created_by = world.people["finance_officer"]
    walk.sign(world, version_id, ["unit_head", "hrd_agency_head"])
    with world.trying() as session:
        assert [why for _, why in orphan_tasks(session, today(session))] == ["proposer"]


def test_plh_acts_and_the_definitive_holder_does_not(world: World) -> None:
    world.appoint("unit_head", "deputy", "plh", FIRST_DAY, TOMORROW)
    version_id = walk.to_approval(world)
    assert _signer(world, version_id, "unit_head") == ("deputy", "")
    assert isinstance(walk.decide(world, "unit_head", version_id, "unit_head").error, Denied)
    with world.trying() as session:
        assert not tasks_for(session, world.people["unit_head"], today(session))
    assert walk.decide(world, "deputy", version_id, "unit_head").error is None
    with world.trying() as session:
        decision = session.scalars(select(Decision)).one()
        assert (decision.mandate_kind, decision.letter_no) == ("plh", "800/unit_head/plh")


def test_the_letter_counts_from_its_first_to_its_last_day(world: World) -> None:
    world.appoint("unit_head", "deputy", "plh", FIRST_DAY, TOMORROW)
    version_id = walk.to_approval(world)
    acting = []
    for day in (YESTERDAY, FIRST_DAY, TOMORROW, TOMORROW + timedelta(days=1)):
        world.clock.go(day)
        acting.append(_signer(world, version_id, "unit_head")[0])
    assert acting == ["unit_head", "deputy", "deputy", "unit_head"]


def test_the_day_of_a_mandate_is_a_local_day(world: World) -> None:
    """00:30 on the 19th in the zone is still the 18th in UTC."""
    world.appoint("unit_head", "deputy", "plh", FIRST_DAY, FIRST_DAY)
    version_id = walk.to_approval(world)
    world.clock.go(TOMORROW, hour=0)
    assert world.clock.now().date() == FIRST_DAY
    assert _signer(world, version_id, "unit_head") == ("unit_head", "")


def test_an_expired_mandate_signs_nothing_and_the_task_waits_in_the_queue(world: World) -> None:
    world.end_mandate("unit_head", YESTERDAY)
    version_id = walk.to_approval(world)
    assert _signer(world, version_id, "unit_head") == ("nobody", "vacant")
    assert isinstance(walk.decide(world, "unit_head", version_id, "unit_head").error, Denied)
    with world.trying() as session:
        assert [(t.step.code, why) for t, why in orphan_tasks(session, today(session))] == [
            ("unit_head", "vacant")
        ]
    world.appoint("unit_head", "deputy", "plt", FIRST_DAY, date(2027, 4, 18))
    assert _signer(world, version_id, "unit_head") == ("deputy", "")


def test_strategic_step_is_not_for_plt_and_plh(world: World) -> None:
    for kind, expected in (("plt", "authorised_official"), ("pj", "deputy")):
        world.set_step("hrd_agency_head", strategic=True)
        world.end_mandate("hrd_agency_head", YESTERDAY)
        world.appoint("hrd_agency_head", "deputy", kind, FIRST_DAY, None)
        version_id = walk.to_approval(world)
        assert _signer(world, version_id, "hrd_agency_head")[0] == expected


def test_routine_step_is_open_to_plh(world: World) -> None:
    world.appoint("finance_officer", "deputy", "plh", LONG_AGO, TOMORROW)
    version_id = walk.to_approval(world)
    walk.sign(world, version_id, ["unit_head", "hrd_agency_head"])
    assert walk.decide(world, "deputy", version_id, "finance_officer").error is None


def test_the_substitute_of_a_strategic_step_must_be_allowed_it_too(world: World) -> None:
    world.set_step("hrd_agency_head", strategic=True)
    world.appoint("hrd_agency_head", "deputy", "plh", FIRST_DAY, None)
    world.appoint("authorised_official", "stranger", "plh", FIRST_DAY, None)
    assert _signer(world, walk.to_approval(world), "hrd_agency_head") == ("nobody", "strategic")


def test_a_list_of_tasks_is_answered_with_a_fixed_number_of_queries(world: World) -> None:
    from sqlalchemy import event

    from workflows.signers import open_tasks, signers_of

    counts = []
    for _ in range(3):
        walk.to_approval(world)
        with world.trying() as session:
            asked: list[str] = []
            listener = lambda *args: asked.append(args[2])  # noqa: B023, E731
            event.listen(world.engine, "before_cursor_execute", listener)
            tasks = open_tasks(session)
            signers_of(session, tasks, today(session))
            event.remove(world.engine, "before_cursor_execute", listener)
            assert all(isinstance(task, ApprovalTask) for task in tasks)
            counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2]
