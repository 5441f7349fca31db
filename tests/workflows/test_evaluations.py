"""Deciding the outcome, and letting it improve the next version (R29, R34-R38)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support import walk
from tests.support.snapshot import snapshot
from tests.support.world import CHAIN, ENDS, FIRST_DAY, LEARNERS, World
from workflows.actions import evaluations, programmes
from workflows.content import difference
from workflows.errors import Conflict, Denied, Refused
from workflows.models import Evaluation, HistoryRow, ProgrammeVersion, Revision, Survey
from workflows.signers import proposers_of


def _evaluate(world: World, version_id: int, by: str = "quality", **changes: str) -> None:
    values = {"outcome": "improved", "reason": "Nilai naik", **changes}
    with world.writing() as session:
        evaluations.evaluate(session, actor=world.actor(session, by), version_id=version_id, **values)


def test_evaluation_waits_for_the_last_day_of_the_last_batch(world: World) -> None:
    version_id = walk.to_running(world)
    world.clock.go(ENDS, hour=23)
    with pytest.raises(Refused, match="not_over"):
        _evaluate(world, version_id)


def test_evaluation_waits_for_completions_until_the_grace_is_over(world: World) -> None:
    version_id = walk.to_running(world)
    world.clock.go(ENDS + timedelta(days=30))
    walk.report(world, *(walk.fact(world, name) for name in LEARNERS[:6]))
    with pytest.raises(Refused) as caught:
        _evaluate(world, version_id)
    assert caught.value.rule == "R29"
    assert caught.value.sentence % caught.value.values == (
        "2 peserta belum tuntas dan masa tunggu 30 hari belum lewat."
    )
    world.clock.go(ENDS + timedelta(days=31))
    with pytest.raises(Refused, match="wave_open"):
        _evaluate(world, version_id)


def test_settled_completions_do_not_wait_for_the_grace(world: World) -> None:
    version_id = walk.to_running(world)
    world.clock.go(ENDS + timedelta(days=1))
    walk.report(world, *(walk.fact(world, name) for name in LEARNERS))
    with pytest.raises(Refused, match="wave_open"):
        _evaluate(world, version_id)


def test_the_outcome_is_decided_with_a_reason_on_closed_waves(world: World) -> None:
    version_id = walk.to_running(world)
    walk.run_waves(world, version_id, dict.fromkeys(LEARNERS, 2), dict.fromkeys(LEARNERS, 4), LEARNERS)
    before = snapshot(world.engine)
    for changes in ({"outcome": "perfect"}, {"reason": " "}):
        with pytest.raises(Refused):
            _evaluate(world, version_id, **changes)
    with pytest.raises(Denied):
        _evaluate(world, version_id, by="planner")
    assert snapshot(world.engine) == before
    _evaluate(world, version_id)
    with world.trying() as session:
        kept = session.query(Evaluation).one()
        assert (kept.outcome, kept.suggested, kept.pairs) == ("improved", "inconclusive", 8)
        assert (kept.mean_before, kept.mean_after, kept.change, kept.threshold) == (25, 75, 50, 5)
        assert (kept.invited, kept.answered) == (16, 8)
        assert session.query(Survey).one().status == "evaluated"
        assert session.get_one(ProgrammeVersion, version_id).state == "evaluated"
    with pytest.raises(Conflict, match="wrong_state"):
        _evaluate(world, version_id)


@pytest.mark.parametrize("missing", ["finding", "cause", "change"])
def test_a_revision_needs_finding_cause_and_change(world: World, missing: str) -> None:
    version_id = walk.to_evaluated(world)
    texts = {"finding": "Temuan", "cause": "Sebab", "change": "Ubah", missing: "  "}
    before = snapshot(world.engine)
    with pytest.raises(Refused) as caught, world.writing() as session:
        evaluations.revise(session, actor=world.actor(session, "quality"), version_id=version_id, **texts)
    assert (caught.value.rule, caught.value.field) == ("R38", missing)
    assert snapshot(world.engine) == before


def test_the_next_version_is_born_proposed_with_its_lineage(world: World) -> None:
    version_id = walk.to_evaluated(world)
    next_id = walk.revise(world, version_id)
    with world.trying() as session:
        old, new = (session.get_one(ProgrammeVersion, one) for one in (version_id, next_id))
        assert (old.state, new.state) == ("revised", "proposed")
        assert (new.number, new.kind, new.supersedes_id) == (2, "revision", old.id)
        assert new.programme.versions == [old, new]
        assert (new.content_no, new.cost_no, new.cost, new.jp) == (1, 1, old.cost, old.jp)
        assert old.cost_lines[0] is not new.cost_lines[0]
        kept = evaluations.revision_of(session, next_id)
        assert (kept.finding, kept.cause, kept.change) == (
            "Praktik kurang",
            "Hanya 2 hari",
            "Tambah pendampingan",
        )
        assert evaluations.revision_of(session, version_id) is None
        assert session.query(Revision).count() == 1
        told = session.scalars(select(HistoryRow.name).where(HistoryRow.stream == f"version:{next_id}"))
        assert told.all() == ["programme.proposed"]


def test_the_difference_of_two_versions_is_readable_and_the_old_one_stays(world: World) -> None:
    version_id = walk.to_evaluated(world)
    next_id = walk.revise(world, version_id)
    with world.writing() as session:
        actor = world.actor(session, "planner")
        programmes.change_content(
            session,
            actor=actor,
            version_id=next_id,
            content=walk.content(world, days=3, aims="Praktik didampingi"),
            seen_content_no=1,
        )
        programmes.change_costs(
            session, actor=actor, version_id=next_id, costs=walk.COSTS[:1], seen_cost_no=1
        )
    with world.trying() as session:
        old, new = (session.get_one(ProgrammeVersion, one) for one in (version_id, next_id))
        assert difference(old, new) == [
            ("aims", "Data unit terbit tepat waktu", "Praktik didampingi"),
            ("days", 2, 3),
            ("jp", 16, 24),
            ("cost", walk.COST, 18_000_000),
        ]
        assert difference(old, old) == []


def test_the_authors_of_the_needs_stay_proposers_of_the_next_version(world: World) -> None:
    version_id = walk.to_evaluated(world)
    next_id = walk.revise(world, version_id)
    with world.trying() as session:
        versions = [session.get_one(ProgrammeVersion, one) for one in (version_id, next_id)]
        people = proposers_of(session, versions)
        named = {key: {world.name_of(person) for person in group} for key, group in people.items()}
    assert named == {version_id: {"author", "planner"}, next_id: {"author", "quality"}}


def test_the_next_version_goes_its_own_way_to_approval(world: World) -> None:
    """Its review, its chain and its money are its own; duplicates are checked again."""
    next_id = walk.revise(world, walk.to_evaluated(world))
    world.clock.go(FIRST_DAY)
    with pytest.raises(Refused, match="duplicates_unchecked"):
        walk.open_review(world, next_id)
    with world.writing() as session:
        programmes.change_content(
            session,
            actor=world.actor(session, "planner"),
            version_id=next_id,
            content=walk.content(world),
            seen_content_no=1,
        )
    walk.open_review(world, next_id)
    walk.speak(world, next_id)
    walk.answer_all(world, next_id)
    walk.close_review(world, next_id)
    walk.sign(world, next_id, CHAIN)
    with world.trying() as session:
        assert session.get_one(ProgrammeVersion, next_id).state == "approved"
