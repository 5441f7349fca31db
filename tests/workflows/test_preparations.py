"""Preparers sort, mark "siap" and comment privately for one office; they never decide (R11, R12, R39)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.support import walk
from tests.support.world import CHAIN, FIRST_DAY, World
from tests.workflows.test_leaves import announce
from workflows.actions import erasure, preparations, preparers, programmes
from workflows.actions.decisions import shown_fingerprint
from workflows.actor import OPERATOR
from workflows.audit import broken_links
from workflows.clock import today
from workflows.errors import Conflict, Denied, NotFound, Refused, WorkflowError
from workflows.events import preparation_stream
from workflows.models import (
    ApprovalTask,
    HistoryRow,
    Preparation,
    Preparer,
    PreparerComment,
    ProgrammeVersion,
)
from workflows.preparations import in_order, may_read, prepared, tasks_by_office

ROLES = ("author", "planner2", "quality", "administrator", "inspector", "officer", "stranger", *CHAIN)


def appoint(
    world: World, name: str = "superior", office: str = "unit_head", by: str = "planner", **more: object
) -> int:
    given: dict[str, object] = {"valid_from": FIRST_DAY, **more}
    with world.writing() as session:
        row = preparers.appoint_preparer(
            session,
            actor=world.actor(session, by),
            office_id=world.offices[office],
            person_id=world.people[name],
            **given,
        )
        return row.id


def task_id(world: World, version_id: int, role: str = "unit_head") -> int:
    with world.trying() as session:
        return walk.task_of(session, version_id, role).id


def shown_of(session: Session, task: int) -> str:
    row = session.get_one(ApprovalTask, task)
    return shown_fingerprint(row.request.version, row)


def mark(world: World, task: int, by: str = "superior", office: str = "unit_head") -> None:
    with world.writing() as session:
        preparations.mark_ready(
            session,
            actor=world.actor(session, by),
            office_id=world.offices[office],
            task_id=task,
            shown=shown_of(session, task),
        )


def say(world: World, task: int, text: str = "Lampiran sudah lengkap", by: str = "superior") -> int:
    with world.writing() as session:
        row = preparations.comment(
            session,
            actor=world.actor(session, by),
            office_id=world.offices["unit_head"],
            task_id=task,
            text=text,
        )
        return row.id


def move(world: World, task: int, *, up: bool, by: str = "superior") -> int:
    with world.writing() as session:
        return preparations.sort_task(
            session,
            actor=world.actor(session, by),
            office_id=world.offices["unit_head"],
            task_id=task,
            up=up,
        )


def order(world: World, office: str = "unit_head") -> list[int]:
    office_id = world.offices[office]
    with world.trying() as session:
        tasks = [task for task, _ in tasks_by_office(session, [office_id], today(session))[office_id]]
        made = prepared(session, {task.id: office_id for task in tasks})
        return [task.id for task in in_order(tasks, made)]


def is_ready(world: World, task: int, office: str = "unit_head") -> tuple[bool, bool]:
    with world.trying() as session:
        one = prepared(session, {task: world.offices[office]})[task]
        shown = shown_of(session, task)
        return one.ready(shown), one.lapsed(shown)


def told(world: World, office: str = "unit_head") -> list[str]:
    query = select(HistoryRow.name).where(HistoryRow.stream == preparation_stream(world.offices[office]))
    with world.trying() as session:
        return list(session.scalars(query.order_by(HistoryRow.seq)))


DOES: dict[str, Callable[[Session, World, str, int], object]] = {
    "sort": lambda s, w, n, t: preparations.sort_task(
        s, actor=w.actor(s, n), office_id=w.offices["unit_head"], task_id=t, up=True
    ),
    "mark": lambda s, w, n, t: preparations.mark_ready(
        s, actor=w.actor(s, n), office_id=w.offices["unit_head"], task_id=t, shown=shown_of(s, t)
    ),
    "take_back": lambda s, w, n, t: preparations.take_mark_back(
        s, actor=w.actor(s, n), office_id=w.offices["unit_head"], task_id=t
    ),
    "comment": lambda s, w, n, t: preparations.comment(
        s, actor=w.actor(s, n), office_id=w.offices["unit_head"], task_id=t, text="Sudah dicek"
    ),
}


@pytest.mark.parametrize("deed", DOES)
def test_only_the_office_s_own_preparers_prepare(world: World, deed: str) -> None:
    task = task_id(world, walk.to_approval(world))
    appoint(world)
    appoint(world, "deputy", "finance_officer")
    with world.trying() as session:
        DOES[deed](session, world, "superior", task)
    for name in (*ROLES, "deputy", "clock"):
        with world.trying() as session, pytest.raises(Denied) as refused:
            DOES[deed](session, world, name, task)
        assert refused.value.code == "not_yours", name


def test_siap_falls_when_the_programme_changes_and_stands_again_when_it_is_marked_again(world: World) -> None:
    version_id = walk.to_approval(world)
    task = task_id(world, version_id)
    appoint(world)
    mark(world, task)
    mark(world, task)
    assert is_ready(world, task) == (True, False)
    with world.trying() as session:
        old = shown_of(session, task)
    with world.writing() as session:
        programmes.change_content(
            session,
            actor=world.actor(session, "planner"),
            version_id=version_id,
            content=walk.content(world, seats=9),
            seen_content_no=session.get_one(ProgrammeVersion, version_id).content_no,
        )
    assert is_ready(world, task) == (False, True)
    with world.writing() as session, pytest.raises(Conflict) as refused:
        preparations.mark_ready(
            session,
            actor=world.actor(session, "superior"),
            office_id=world.offices["unit_head"],
            task_id=task,
            shown=old,
        )
    assert refused.value.code == "stale"
    mark(world, task)
    assert is_ready(world, task) == (True, False)
    with world.writing() as session:
        DOES["take_back"](session, world, "superior", task)
        DOES["take_back"](session, world, "superior", task)
    assert is_ready(world, task) == (False, False)
    assert told(world) == ["preparation.marked", "preparation.marked", "preparation.unmarked"]


def test_the_order_is_kept_and_what_comes_later_stands_on_top(world: World) -> None:
    first, second, third = (task_id(world, walk.to_approval(world, title=f"Program {n}")) for n in (1, 2, 3))
    appoint(world)
    assert order(world) == [first, second, third]
    assert move(world, third, up=True) == 2
    assert move(world, third, up=True) == 1
    assert move(world, third, up=True) == 1
    assert move(world, first, up=False) == 3
    assert move(world, first, up=False) == 3
    assert order(world) == [third, second, first]
    fourth = task_id(world, walk.to_approval(world, title="Program 4"))
    assert order(world) == [fourth, third, second, first]
    assert move(world, fourth, up=False) == 2
    assert order(world) == [third, fourth, second, first]
    assert told(world) == ["preparation.sorted"] * 4


def test_what_the_preparer_proposed_is_not_theirs_to_prepare(world: World) -> None:
    first, second, third = (
        task_id(world, walk.to_approval(world, title=f"Program {n}", by=by))
        for n, by in ((1, "planner"), (2, "hrd_agency_head"), (3, "planner"))
    )
    appoint(world, "hrd_agency_head")
    for deed in DOES.values():
        with world.trying() as session, pytest.raises(Conflict) as refused:
            deed(session, world, "hrd_agency_head", second)
        assert refused.value.code == "not_prepared"
    assert move(world, third, up=True, by="hrd_agency_head") == 1
    assert order(world) == [third, first, second], "the hidden one keeps its neighbours' order"


def test_a_comment_is_private_and_the_history_says_only_that_there_is_one(world: World) -> None:
    version_id = walk.to_approval(world)
    task = task_id(world, version_id)
    appoint(world)
    say(world, task, "Anggaran sebelahnya lebih mendesak")
    with world.trying() as session:
        row = session.get_one(ApprovalTask, task)
        readers = {
            name
            for name in world.people
            if may_read(session, world.people[name], row, world.offices["unit_head"], FIRST_DAY)
        }
        assert readers == {"unit_head", "superior"}
        rows = session.scalars(select(HistoryRow)).all()
        written = " ".join(
            [one.payload for one in rows] + [value.value for one in rows for value in one.values]
        )
        assert "Anggaran sebelahnya" not in written
        last = next(one for one in rows if one.name == "preparation.commented")
        assert json.loads(last.payload) == {"task": task}
        assert last.stream == preparation_stream(world.offices["unit_head"])
        assert not list(broken_links(session))


def test_a_proposer_who_prepares_or_holds_the_office_reads_no_comment(world: World) -> None:
    task = task_id(world, walk.to_approval(world, by="hrd_agency_head"))
    appoint(world, "hrd_agency_head")
    appoint(world)
    say(world, task)
    with world.trying() as session:
        row = session.get_one(ApprovalTask, task)
        assert not may_read(
            session, world.people["hrd_agency_head"], row, world.offices["unit_head"], FIRST_DAY
        )
        assert may_read(session, world.people["superior"], row, world.offices["unit_head"], FIRST_DAY)


def test_a_comment_is_removed_by_its_writer_alone(world: World) -> None:
    task = task_id(world, walk.to_approval(world))
    appoint(world)
    appoint(world, "nurse")
    comment = say(world, task)
    for name, error in (("nurse", "not_your_words"), ("unit_head", "not_yours"), ("planner", "not_yours")):
        with world.writing() as session, pytest.raises(Denied) as refused:
            preparations.remove_comment(session, actor=world.actor(session, name), comment_id=comment)
        assert refused.value.code == error
    with world.writing() as session:
        preparations.remove_comment(session, actor=world.actor(session, "superior"), comment_id=comment)
    with world.writing() as session, pytest.raises(NotFound):
        preparations.remove_comment(session, actor=world.actor(session, "superior"), comment_id=comment)
    assert told(world) == ["preparation.commented", "preparation.comment_removed"]
    for text in ("", "   ", "a" * 1001):
        with pytest.raises(Refused):
            say(world, task, text)


def test_comments_past_their_term_are_erased_and_the_chain_stays_whole(world: World) -> None:
    task = task_id(world, walk.to_approval(world))
    appoint(world)
    say(world, task)
    world.clock.go(FIRST_DAY + timedelta(days=366 * 6))
    with world.trying() as session:
        mine = erasure.due(session, world.people["superior"]).words
        assert mine == 1
    with world.writing() as session:
        assert erasure.erase_due(session, actor=OPERATOR).words >= 1
    with world.trying() as session:
        assert session.scalar(select(func.count()).select_from(PreparerComment)) == 0
        assert not list(broken_links(session))


def test_a_task_that_goes_to_another_office_leaves_the_preparers_of_this_one(world: World) -> None:
    """The substitute's own preparers see it, without the notes of the first office."""
    version_id = walk.to_approval(world)
    task = task_id(world, version_id)
    appoint(world)
    appoint(world, "nurse", "authorised_official")
    say(world, task)
    world.appoint("unit_head", "author", "plh", FIRST_DAY, None)
    assert order(world) == []
    assert order(world, "authorised_official") == [task]
    with pytest.raises(Conflict):
        mark(world, task)
    mark(world, task, "nurse", "authorised_official")
    with world.trying() as session:
        assert prepared(session, {task: world.offices["authorised_official"]})[task].comments == ()


def test_a_vacant_office_s_tasks_are_prepared_for_whoever_comes(world: World) -> None:
    task = task_id(world, walk.to_approval(world))
    appoint(world)
    world.end_mandate("unit_head", FIRST_DAY - timedelta(days=1))
    mark(world, task)
    assert is_ready(world, task) == (True, False)


def test_the_preparer_of_the_office_stays_while_a_plh_acts_and_the_plh_sees_the_marks(world: World) -> None:
    task = task_id(world, walk.to_approval(world))
    appoint(world)
    mark(world, task)
    comment = say(world, task)
    announce(world)
    assert is_ready(world, task) == (True, False)
    with world.trying() as session:
        row = session.get_one(ApprovalTask, task)
        for name in ("deputy", "unit_head", "superior"):
            assert may_read(session, world.people[name], row, world.offices["unit_head"], FIRST_DAY), name
        made = prepared(session, {task: world.offices["unit_head"]})[task]
        assert [one.id for one in made.comments] == [comment]
    with world.writing() as session:
        DOES["take_back"](session, world, "superior", task)


def test_a_preparer_never_decides_here_also_who_holds_another_office(world: World) -> None:
    version_id = walk.to_approval(world)
    appoint(world)
    appoint(world, "finance_officer")
    for name in ("superior", "finance_officer"):
        for outcome in ("approve", "return", "reject"):
            error = walk.decide(world, name, version_id, "unit_head", outcome).error
            assert isinstance(error, Denied)
            assert error.code == "not_yours"
    with world.trying() as session:
        assert walk.task_of(session, version_id, "unit_head").status == "open"


def test_a_preparer_who_is_the_plh_of_the_day_decides_in_that_capacity(world: World) -> None:
    version_id = walk.to_approval(world)
    appoint(world, "deputy")
    assert walk.decide(world, "deputy", version_id, "unit_head").error is not None
    announce(world)
    assert walk.decide(world, "deputy", version_id, "unit_head").error is None
    with world.trying() as session:
        signed = walk.select_decisions(session, "unit_head")[-1]
        assert (signed.mandate_kind, world.name_of(signed.behalf_of_id)) == ("plh", "unit_head")


def test_what_is_decided_is_no_longer_prepared(world: World) -> None:
    version_id = walk.to_approval(world)
    task = task_id(world, version_id)
    appoint(world)
    mark(world, task)
    walk.sign(world, version_id, ["unit_head"])
    for deed in DOES.values():
        with world.trying() as session, pytest.raises(Conflict):
            deed(session, world, "superior", task)
    with world.trying() as session, pytest.raises(NotFound):
        DOES["comment"](session, world, "superior", 99999)


def test_a_refused_deed_leaves_nothing(world: World) -> None:
    task = task_id(world, walk.to_approval(world))
    for deed in DOES.values():
        with pytest.raises(WorkflowError), world.writing() as session:
            deed(session, world, "stranger", task)
    with world.trying() as session:
        for model in (Preparation, PreparerComment, Preparer):
            assert session.scalar(select(func.count()).select_from(model)) == 0
