"""The first delivery to a site: nothing is sent before a person has read what would be, and agreed (R26)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support import walk
from tests.support.world import LEARNERS, World
from workflows.actions import enrolments, first_run, sync
from workflows.actions.sites import register_site
from workflows.actor import OPERATOR
from workflows.errors import Conflict, Denied, Refused
from workflows.first_run import CoursePlan, FirstRow, from_text, plan_course
from workflows.models import Enrolment, FirstRun, HistoryRow
from workflows.ports import AccountResult, AccountStatus, ActualEnrolment, LearnerAccount


@pytest.fixture
def rows(world: World) -> list[int]:
    """Three wishes for a site to which nothing was ever sent."""
    ids = walk.enrol(world, walk.to_approved(world), LEARNERS[:3])
    with world.writing() as session:
        session.add(FirstRun(site_id=world.site))
    return ids


def _look(world: World, name: str = "administrator") -> first_run.FirstLook:
    with world.trying() as session:
        return first_run.begin_look(session, actor=world.actor(session, name), code="lms")


def _keep(world: World, look: first_run.FirstLook, error: str = "") -> None:
    plans = [
        CoursePlan(ref, "Kelas", make=[row.enrolment_id for row in rows], error=error)
        for ref, rows in look.courses.items()
    ]
    with world.writing() as session:
        actor = world.actor(session, "administrator")
        first_run.keep_look(session, actor=actor, code="lms", look=look, courses=plans)


def _confirm(world: World, fingerprint: str, name: str = "administrator") -> int:
    with world.writing() as session:
        actor = world.actor(session, name)
        return first_run.confirm_first_run(session, actor=actor, code="lms", fingerprint=fingerprint)


def _due(world: World) -> int:
    with world.trying() as session:
        return len(sync.due_courses(session))


def _claims(world: World) -> bool:
    lease = timedelta(seconds=60)
    with world.trying() as session:
        work = sync.claim(session, site_id=world.site, course_ref="7", owner="w", lease=lease)
        return work is not None


def test_nothing_is_due_and_nothing_can_be_claimed_before_somebody_agreed(
    world: World, rows: list[int]
) -> None:
    assert (_due(world), _claims(world)) == (0, False)
    look = _look(world)
    assert [row.enrolment_id for row in look.courses["7"]] == rows
    _keep(world, look)
    assert (_due(world), _claims(world)) == (0, False)
    assert _confirm(world, look.fingerprint) == 3
    assert (_due(world), _claims(world)) == (1, True)


def test_a_site_made_known_waits_and_one_that_was_known_does_not(world: World) -> None:
    with world.writing() as session:
        site = register_site(session, actor=OPERATOR, code="baru", url="https://baru.test")
        session.refresh(site)
        assert site.awaits_first_run
    assert not _is_waiting(world)


def _is_waiting(world: World) -> bool:
    with world.trying() as session:
        return session.get(FirstRun, world.site) is not None


def test_agreeing_unread_is_refused(world: World, rows: list[int]) -> None:
    with pytest.raises(Refused):
        _confirm(world, "")
    assert _due(world) == 0


def test_agreeing_to_nothing_is_refused(world: World) -> None:
    with world.writing() as session:
        session.add(FirstRun(site_id=world.site))
    look = _look(world)
    _keep(world, look)
    with pytest.raises(Refused):
        _confirm(world, look.fingerprint)


def test_what_changed_since_it_was_read_is_read_again(world: World, rows: list[int]) -> None:
    look = _look(world)
    _keep(world, look)
    with world.writing() as session:
        actor = world.actor(session, "planner")
        enrolments.withdraw(session, actor=actor, enrolment_id=rows[0], reason="Sakit")
    with pytest.raises(Conflict):
        _confirm(world, look.fingerprint)
    again = _look(world)
    _keep(world, again)
    with pytest.raises(Conflict):
        _confirm(world, look.fingerprint)  # an older page
    assert _confirm(world, again.fingerprint) == 3


def test_a_course_that_could_not_be_read_is_no_ground_to_agree(world: World, rows: list[int]) -> None:
    look = _look(world)
    _keep(world, look, error="http_503")
    with pytest.raises(Refused):
        _confirm(world, look.fingerprint)


def test_it_is_agreed_to_once(world: World, rows: list[int]) -> None:
    look = _look(world)
    _keep(world, look)
    _confirm(world, look.fingerprint)
    for again in (
        lambda: _confirm(world, look.fingerprint),
        lambda: _look(world),
        lambda: _keep(world, look),
    ):
        with pytest.raises(Conflict):
            again()
    with world.trying() as session:
        names = session.scalars(select(HistoryRow.name).where(HistoryRow.name.like("site.first%"))).all()
        assert sorted(names) == ["site.first_run_confirmed", "site.first_run_looked"]


@pytest.mark.parametrize("name", ["planner", "quality", "inspector", "author"])
def test_only_the_administrator_looks_and_agrees(world: World, rows: list[int], name: str) -> None:
    look = _look(world)
    _keep(world, look)
    with pytest.raises(Denied):
        _look(world, name)
    with pytest.raises(Denied):
        _confirm(world, look.fingerprint, name)


def test_the_plan_tells_apart_what_would_happen_to_each(world: World) -> None:
    def row(key: int, desired: str = "active", remote_id: str | None = None) -> FirstRow:
        return FirstRow(key, desired, None if remote_id else _learner(str(key)), remote_id)

    def account(key: int, status: AccountStatus, reason: str = "") -> AccountResult:
        usable = status is AccountStatus.FOUND
        return AccountResult(str(key), status, f"r{key}" if usable else None, reason=reason)

    given = [row(1), row(2), row(3), row(4, "suspended", "r4"), row(5, "removed", "r5"), row(6, remote_id="r6"),
             FirstRow(7, "active", None)]  # fmt: skip
    accounts = {
        "1": account(1, AccountStatus.MISSING),
        "2": account(2, AccountStatus.FOUND),
        "3": account(3, AccountStatus.AMBIGUOUS, "two_with_idnumber"),
    }
    roster = {ref: ActualEnrolment(ref, active=True) for ref in ("r4", "r5", "r6", "teacher")}
    plan = plan_course(CoursePlan("7", "Kelas"), given, accounts, roster, makes_accounts=True)
    assert (plan.make, plan.enrol, plan.suspend, plan.remove, plan.settled) == ([1], [2], [4], [5], [6])
    assert plan.problems == [(3, "two_with_idnumber"), (7, "no_number")]
    assert (plan.others, plan.rows) == (1, 7)
    finding = plan_course(CoursePlan("7", "Kelas"), given[:1], accounts, roster, makes_accounts=False)
    assert (finding.make, finding.problems) == ([], [(1, "missing")])


def _learner(key: str) -> LearnerAccount:
    return LearnerAccount(key, key, key, f"{key}@x.test", "Nama", "Uji")


def test_the_plan_that_is_kept_is_the_plan_that_is_read(world: World, rows: list[int]) -> None:
    look = _look(world)
    _keep(world, look)
    with world.trying() as session:
        (course,) = from_text(session.get_one(FirstRun, world.site).plan)
        kept = session.scalars(select(Enrolment.id).order_by(Enrolment.id)).all()
    assert (course.make, course.title) == (list(kept), "Kelas")
