"""Return, reject, and what falls when cost or content is touched (R14, R17)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.support import walk
from tests.support.world import CHAIN, World
from workflows.actions import approvals, programmes, reviews
from workflows.content import Cost
from workflows.errors import Conflict, Denied, Refused
from workflows.models import (
    ApprovalRequest,
    ApprovalTask,
    Ceiling,
    Decision,
    HistoryRow,
    InputItem,
    ProgrammeVersion,
    Reservation,
    Review,
    VersionChange,
)

CHEAPER = [Cost("Narasumber", 10, "jam", 900_000)]


def _statuses(world: World, version_id: int) -> str:
    """One letter a step: g granted, o open, w waiting, v void."""
    with world.trying() as session:
        request = session.scalars(
            select(ApprovalRequest).where(ApprovalRequest.version_id == version_id)
        ).first()
        return "".join(task.status[0] for task in request.tasks)


def _held(world: World) -> int:
    with world.trying() as session:
        return session.get_one(Ceiling, world.ceiling).held


def _change_cost(world: World, version_id: int) -> None:
    with world.writing() as session:
        version = session.get_one(ProgrammeVersion, version_id)
        actor = world.actor(session, "planner2")
        programmes.change_costs(
            session, actor=actor, version_id=version_id, costs=CHEAPER, seen_cost_no=version.cost_no
        )


def _change_content(world: World, version_id: int, **changes: object) -> None:
    with world.writing() as session:
        version = session.get_one(ProgrammeVersion, version_id)
        programmes.change_content(
            session,
            actor=world.actor(session, "planner2"),
            version_id=version_id,
            content=walk.content(world, **changes),
            seen_content_no=version.content_no,
        )


def _resubmit(world: World, version_id: int, by: str = "planner") -> None:
    with world.writing() as session:
        approvals.resubmit(session, actor=world.actor(session, by), version_id=version_id)


def _to_last(world: World) -> int:
    version_id = walk.to_approval(world)
    walk.sign(world, version_id, CHAIN[:4])
    assert _statuses(world, version_id) == "ggggo"
    assert _held(world) == walk.COST
    return version_id


def _to_returned(world: World, to: int) -> int:
    version_id = _to_last(world)
    result = walk.decide(world, CHAIN[4], version_id, CHAIN[4], "return", return_to=to)
    assert result.error is None
    return version_id


def test_a_returned_chain_keeps_the_state_and_nobody_can_sign(world: World) -> None:
    version_id = _to_returned(world, to=2)
    with world.trying() as session:
        assert session.get_one(ProgrammeVersion, version_id).state == "participatory_review"
    for role in CHAIN[:4]:
        assert isinstance(walk.decide(world, role, version_id, role).error, Conflict)
    assert walk.decide(world, CHAIN[4], version_id, CHAIN[4]).error.code == "not_now"


def test_return_with_nothing_touched_reruns_only_the_chosen_and_the_returning_step(world: World) -> None:
    version_id = _to_returned(world, to=2)
    _resubmit(world, version_id)
    assert _statuses(world, version_id) == "goggw"
    walk.sign(world, version_id, [CHAIN[1]])
    assert _statuses(world, version_id) == "ggggo"
    walk.sign(world, version_id, [CHAIN[4]])
    with world.trying() as session:
        assert session.get_one(ProgrammeVersion, version_id).state == "approved"
        assert session.query(Decision).filter_by(void=True).one().void_reason == "returned"


def test_return_to_finance_releases_the_money_until_finance_signs_again(world: World) -> None:
    version_id = _to_returned(world, to=3)
    assert _held(world) == walk.COST
    _resubmit(world, version_id)
    assert (_statuses(world, version_id), _held(world)) == ("ggogw", 0)
    walk.sign(world, version_id, [CHAIN[2], CHAIN[4]])
    assert _held(world) == walk.COST


def test_return_then_cost_change_reruns_cost_and_not_content(world: World) -> None:
    version_id = _to_returned(world, to=1)
    _change_cost(world, version_id)
    assert _statuses(world, version_id) == "ggggw"
    _resubmit(world, version_id)
    assert (_statuses(world, version_id), _held(world)) == ("ggoww", 0)
    walk.sign(world, version_id, CHAIN[2:])
    assert _held(world) == 9_000_000


def test_return_then_content_change_reruns_content_and_not_cost(world: World) -> None:
    version_id = _to_returned(world, to=4)
    _change_content(world, version_id, title="Judul baru")
    _resubmit(world, version_id)
    assert (_statuses(world, version_id), _held(world)) == ("owgww", walk.COST)


def test_a_later_step_cannot_be_chosen_and_only_the_agency_resubmits(world: World) -> None:
    version_id = walk.to_approval(world)
    walk.sign(world, version_id, [CHAIN[0]])
    for unreachable in (3, 9, 0):
        error = walk.decide(world, CHAIN[1], version_id, CHAIN[1], "return", return_to=unreachable).error
        assert isinstance(error, Refused)
    with pytest.raises(Conflict, match="not_returned"):
        _resubmit(world, version_id)
    assert walk.decide(world, CHAIN[1], version_id, CHAIN[1], "return", return_to=1).error is None
    with pytest.raises(Denied):
        _resubmit(world, version_id, by="unit_head")
    _resubmit(world, version_id)
    assert _statuses(world, version_id) == "owwww"


def test_change_of_cost_voids_cost_approvals_only_and_releases_the_money(world: World) -> None:
    version_id = _to_last(world)
    _change_cost(world, version_id)
    assert (_statuses(world, version_id), _held(world)) == ("ggoww", 0)
    with world.trying() as session:
        void = [d.task.step.code for d in session.query(Decision).filter_by(void=True)]
        assert sorted(void) == ["authorised_official", "finance_officer"]
        change = session.query(VersionChange).one()
        assert (change.touched, world.name_of(change.person_id)) == ("cost", "planner2")
        assert session.scalars(select(Reservation.status)).all() == ["released"]


def test_change_of_content_voids_content_approvals_only(world: World) -> None:
    version_id = _to_last(world)
    _change_content(world, version_id, aims="Tujuan lain")
    assert (_statuses(world, version_id), _held(world)) == ("owgww", walk.COST)


def test_another_ceiling_voids_cost_approvals_so_that_the_money_moves_with_it(world: World) -> None:
    version_id = _to_last(world)
    with world.writing() as session:
        other = Ceiling(fiscal_year=2027, code="5.04", name="Lain", amount=10**8, source_document="DPA")
        session.add(other)
        session.flush()
        ceiling = other.id
    _change_content(world, version_id, ceiling_id=ceiling, title="Judul baru")
    assert (_statuses(world, version_id), _held(world)) == ("owwww", 0)
    walk.sign(world, version_id)
    with world.trying() as session:
        assert session.get_one(Ceiling, ceiling).held == walk.COST


def test_writing_the_same_again_touches_nothing(world: World) -> None:
    version_id = _to_last(world)
    _change_content(world, version_id)
    with world.writing() as session:
        actor = world.actor(session, "planner2")
        programmes.change_costs(session, actor=actor, version_id=version_id, costs=walk.COSTS, seen_cost_no=1)
    assert _statuses(world, version_id) == "ggggo"


def test_return_for_changes_voids_and_releases_while_inputs_answers_and_quota_stay(world: World) -> None:
    version_id = _to_last(world)
    with world.writing() as session:
        actor = world.actor(session, "planner")
        reviews.return_for_changes(session, actor=actor, version_id=version_id, reason="Isi berubah")
    assert (_statuses(world, version_id), _held(world)) == ("ggggv", 0)
    with world.trying() as session:
        assert session.get_one(ProgrammeVersion, version_id).state == "proposed"
        assert session.query(ApprovalRequest).one().status == "void"
        assert all(item.answer for item in session.scalars(select(InputItem)))
        assert session.query(InputItem).count() == 5
    walk.open_review(world, version_id)
    walk.close_review(world, version_id)
    with world.trying() as session:
        assert session.query(Review).one().closed_at is not None
        open_tasks = session.scalars(select(ApprovalTask).where(ApprovalTask.status == "open")).all()
        assert [task.step.code for task in open_tasks] == ["unit_head"]
    walk.sign(world, version_id)


def test_return_for_changes_needs_a_reason(world: World) -> None:
    version_id = walk.to_review(world)
    with world.trying() as session:
        actor = world.actor(session, "planner")
        with pytest.raises(Refused) as caught:
            reviews.return_for_changes(session, actor=actor, version_id=version_id, reason=" ")
    assert caught.value.rule == "R14"


def test_reject_closes_for_good_and_releases_the_money(world: World) -> None:
    version_id = _to_last(world)
    assert walk.decide(world, CHAIN[4], version_id, CHAIN[4], "reject", reason="Tidak perlu").error is None
    assert (_statuses(world, version_id), _held(world)) == ("ggggv", 0)
    with world.trying() as session:
        version = session.get_one(ProgrammeVersion, version_id)
        assert (version.closed_as, version.closed_reason) == ("rejected", "Tidak perlu")
        assert version.state == "participatory_review"
        names = session.scalars(select(HistoryRow.name).order_by(HistoryRow.id.desc()).limit(3)).all()
        assert set(names) == {"budget.released", "approval.rejected", "programme.rejected"}
    with world.trying() as session, pytest.raises(Conflict, match="closed"):
        programmes.change_costs(
            session,
            actor=world.actor(session, "planner"),
            version_id=version_id,
            costs=CHEAPER,
            seen_cost_no=1,
        )


def test_the_guard_of_the_last_step_wants_money_equal_to_the_cost(world: World) -> None:
    """Nobody can get here through the use cases; the guard holds all the same."""
    version_id = _to_last(world)
    with world.writing() as session:
        session.query(Reservation).one().amount = 1
    error = walk.decide(world, CHAIN[4], version_id, CHAIN[4]).error
    assert isinstance(error, Refused)
    assert (error.code, error.rule) == ("reservation_differs", "R21")
