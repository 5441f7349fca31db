"""Deciding with evidence: one or a list, once, on what was shown (R9, R14, R19, R20)."""

from __future__ import annotations

import json
from dataclasses import replace

from sqlalchemy import select

from tests.support import walk
from tests.support.snapshot import snapshot
from tests.support.world import CHAIN, World
from workflows.actions import decisions, programmes
from workflows.content import Cost
from workflows.errors import Conflict, Denied, NotFound, Refused
from workflows.evidence import Evidence
from workflows.models import Decision, HistoryRow, ProgrammeVersion, Reservation

AT_FINANCE = ("unit_head", "hrd_agency_head")
SESSION = Evidence(kind="session")


def _codes(results: list[decisions.Result]) -> list[str]:
    return [result.error.code if result.error else "" for result in results]


def _to_finance(world: World, **changes: object) -> int:
    version_id = walk.to_approval(world, **changes)
    walk.sign(world, version_id, AT_FINANCE)
    return version_id


def test_last_approval_commits_the_money_and_approves(world: World) -> None:
    version_id = walk.to_approval(world)
    walk.sign(world, version_id, CHAIN[:-1])
    with world.trying() as session:
        assert session.get_one(ProgrammeVersion, version_id).state == "participatory_review"
        assert session.scalars(select(Reservation.status)).all() == ["reserved"]
    walk.sign(world, version_id, CHAIN[-1:])
    with world.trying() as session:
        assert session.get_one(ProgrammeVersion, version_id).state == "approved"
        assert session.scalars(select(Reservation.status)).all() == ["committed"]


def test_the_decision_keeps_person_mandate_letter_amount_and_evidence(world: World) -> None:
    version_id = _to_finance(world)
    walk.sign(world, version_id, ["finance_officer"])
    with world.trying() as session:
        kept = session.scalars(select(Decision).order_by(Decision.id.desc())).first()
        assert world.name_of(kept.person_id) == "finance_officer"
        assert (kept.mandate_kind, kept.letter_no) == ("definitive", "800/finance_officer/definitive")
        assert (kept.amount, kept.content_no, kept.cost_no) == (walk.COST, 1, 1)
        assert kept.decided_at == world.clock.now()
        assert kept.real_at == world.clock.real_now()
        assert json.loads(kept.evidence)["iss"] == "https://idp.test"
        assert len(kept.shown_sha256) == 64


def test_second_decision_is_told_it_was_done(world: World) -> None:
    version_id = walk.to_approval(world)
    for role in CHAIN:
        walk.sign(world, version_id, [role])
        for outcome in ("approve", "return", "reject"):
            error = walk.decide(world, role, version_id, role, outcome).error
            assert isinstance(error, Conflict)
            assert error.code == "already_done"


def test_second_decision_after_a_rejection_is_told_it_was_done(world: World) -> None:
    version_id = walk.to_rejected(world)
    assert walk.decide(world, "unit_head", version_id, "unit_head").error.code == "already_done"


def test_a_later_step_is_told_to_wait(world: World) -> None:
    version_id = walk.to_approval(world)
    error = walk.decide(world, "personnel_authority", version_id, "personnel_authority").error
    assert isinstance(error, Conflict)
    assert error.code == "not_now"


def test_unknown_task_and_unknown_outcome_are_not_found(world: World) -> None:
    version_id = walk.to_approval(world)
    assert isinstance(walk.decide(world, "unit_head", version_id, "unit_head", "shrug").error, NotFound)
    with world.writing() as session:
        item = decisions.Item(4711, "approve", "")
        actor = world.actor(session, "unit_head")
        results = decisions.decide(session, actor=actor, items=[item], evidence=walk.proof([item]))
    assert _codes(results) == ["no_task"]


def test_stale_page_decides_nothing(world: World) -> None:
    version_id = walk.to_approval(world)
    with world.trying() as session:
        seen = walk.item_for(session, version_id, "unit_head")
    with world.writing() as session:
        actor = world.actor(session, "planner")
        fresh = walk.content(world, title="Judul lain")
        programmes.change_content(
            session, actor=actor, version_id=version_id, content=fresh, seen_content_no=1
        )
    before = snapshot(world.engine)
    with world.writing() as session:
        actor = world.actor(session, "unit_head")
        results = decisions.decide(session, actor=actor, items=[seen], evidence=SESSION)
    assert isinstance(results[0].error, Conflict)
    assert _codes(results) == ["stale"]
    assert snapshot(world.engine) == before


def test_return_and_reject_need_a_reason(world: World) -> None:
    version_id = walk.to_approval(world)
    for outcome in ("return", "reject"):
        error = walk.decide(world, "unit_head", version_id, "unit_head", outcome, reason="  ").error
        assert isinstance(error, Refused)
        assert error.rule == "R14"


def test_a_step_without_step_up_takes_the_session(world: World) -> None:
    version_id = walk.to_approval(world)
    with world.writing() as session:
        items = [walk.item_for(session, version_id, "unit_head")]
        actor = world.actor(session, "unit_head")
        assert _codes(decisions.decide(session, actor=actor, items=items, evidence=SESSION)) == [""]


def test_step_up_covers_exactly_the_list_that_was_shown(world: World) -> None:
    first, second = _to_finance(world), _to_finance(world)
    with world.trying() as session:
        one, two = (walk.item_for(session, v, "finance_officer") for v in (first, second))
    good = walk.proof([one, two])
    tampered = {
        "an item left out": ([one], good),
        "an item added": ([one, two], walk.proof([one])),
        "another order": ([two, one], good),
        "another outcome": ([one, replace(two, outcome="reject", reason="x")], good),
        "no step-up": ([one, two], replace(good, kind="session")),
        "no fingerprint": ([one, two], replace(good, fingerprint="")),
    }
    before = snapshot(world.engine)
    for what, (items, evidence) in tampered.items():
        with world.writing() as session:
            actor = world.actor(session, "finance_officer")
            results = decisions.decide(session, actor=actor, items=items, evidence=evidence)
        assert set(_codes(results)) == {"step_up_needed"}, what
        assert all(isinstance(result.error, Denied) for result in results)
    assert snapshot(world.engine) == before
    with world.writing() as session:
        actor = world.actor(session, "finance_officer")
        assert _codes(decisions.decide(session, actor=actor, items=[one, two], evidence=good)) == ["", ""]


def test_demo_evidence_is_refused_outside_the_demo(world: World) -> None:
    version_id = _to_finance(world)
    for place, expected in ((False, "demo_evidence"), (True, "")):
        with world.writing() as session:
            session.info["demo_evidence"] = place
            items = [walk.item_for(session, version_id, "finance_officer")]
            actor = world.actor(session, "finance_officer")
            results = decisions.decide(
                session, actor=actor, items=items, evidence=walk.proof(items, kind="demo")
            )
        assert _codes(results) == [expected]
    with world.trying() as session:
        assert session.scalars(select(Decision.evidence_kind).order_by(Decision.id.desc())).first() == "demo"


def test_one_stale_item_drops_out_and_the_others_stand(world: World) -> None:
    versions = [_to_finance(world) for _ in range(3)]
    with world.trying() as session:
        items = [walk.item_for(session, version_id, "finance_officer") for version_id in versions]
    with world.writing() as session:
        programmes.change_costs(
            session,
            actor=world.actor(session, "planner"),
            version_id=versions[1],
            costs=[Cost("Sewa", 1, "paket", 5_000)],
            seen_cost_no=1,
        )
    with world.writing() as session:
        actor = world.actor(session, "finance_officer")
        results = decisions.decide(session, actor=actor, items=items, evidence=walk.proof(items))
    assert _codes(results) == ["", "stale", ""]
    _only_decided(world, [versions[0], versions[2]])


def test_an_item_refused_half_way_leaves_no_half_write_and_no_history(world: World) -> None:
    """Approving writes the task, the decision and history before the money is refused."""
    versions = [_to_finance(world), _to_finance(world, costs=[Cost("Mahal", 1, "paket", 90_000_000)])]
    with world.trying() as session:
        items = [walk.item_for(session, version_id, "finance_officer") for version_id in versions]
    items.reverse()
    with world.writing() as session:
        actor = world.actor(session, "finance_officer")
        results = decisions.decide(session, actor=actor, items=items, evidence=walk.proof(items))
    assert _codes(results) == ["shortfall", ""]
    _only_decided(world, versions[:1])


def test_the_same_task_twice_in_a_list_is_decided_once(world: World) -> None:
    version_id = _to_finance(world)
    with world.writing() as session:
        items = [walk.item_for(session, version_id, "finance_officer")] * 2
        actor = world.actor(session, "finance_officer")
        results = decisions.decide(session, actor=actor, items=items, evidence=walk.proof(items))
    assert _codes(results) == ["", "already_done"]


def _only_decided(world: World, expected: list[int]) -> None:
    with world.trying() as session:
        finance = walk.select_decisions(session, "finance_officer")
        assert sorted(d.task.request.version_id for d in finance) == sorted(expected)
        told = session.scalars(select(HistoryRow.stream).where(HistoryRow.name == "budget.reserved"))
        assert sorted(told) == sorted(f"version:{version_id}" for version_id in expected)
        held = session.scalars(select(Reservation.version_id).where(Reservation.status == "reserved"))
        assert sorted(held) == sorted(expected)
        grants = session.scalars(select(HistoryRow.stream).where(HistoryRow.name == "approval.granted")).all()
        assert len(grants) == session.query(Decision).count()
