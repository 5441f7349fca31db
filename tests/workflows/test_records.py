"""Facts take effect once, however often and in whatever order they come (R6, R28-R30)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.support import walk
from tests.support.walk import FINISHED
from tests.support.world import ENDS, STARTS, World
from workflows.actions import enrolments, records
from workflows.actions.records import Received
from workflows.errors import Conflict, Denied, NotFound, Refused
from workflows.models import Completion, Enrolment, Fact, HistoryRow, JpEntry, LmsAccount, Statement


@pytest.fixture
def course(world: World) -> int:
    """A version that runs, two participants with accounts; it is the evening of the last day."""
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, ["learner1", "learner2"])
    walk.deliver(world)
    world.clock.go(ENDS, hour=20)
    return version_id


def _facts(world: World) -> list[tuple[str, str]]:
    with world.trying() as session:
        return [(f.status, f.reason) for f in session.scalars(select(Fact).order_by(Fact.id))]


def _credits(world: World) -> list[tuple[str, int, int]]:
    with world.trying() as session:
        rows = session.scalars(select(JpEntry).order_by(JpEntry.id))
        return [(world.name_of(row.person_id), row.jp, row.year) for row in rows]


def test_a_completion_credits_jp_once_however_often_it_is_reported(world: World, course: int) -> None:
    first, second = walk.fact(world, "learner1"), walk.fact(world, "learner2")
    walk.report(world, first, second, first)
    walk.report(world, second, first, first)
    assert sorted(_credits(world)) == [("learner1", 16, 2027), ("learner2", 16, 2027)]
    assert sorted(status for status, _ in _facts(world)) == ["applied"] * 2 + ["duplicate"] * 4
    with world.trying() as session:
        assert session.query(Completion).count() == 2
        told = session.scalars(select(HistoryRow.stream).where(HistoryRow.name == "completion.recorded"))
        assert told.all() == [f"version:{course}"] * 2


def test_reports_in_reverse_order_have_the_same_effect(world: World, course: int) -> None:
    late, early = walk.fact(world, "learner1"), walk.fact(world, "learner1", FINISHED - timedelta(hours=5))
    walk.report(world, late, early)
    assert _credits(world) == [("learner1", 16, 2027)]


def test_an_unknown_account_waits_and_applies_itself_when_known(world: World, course: int) -> None:
    walk.report(world, walk.fact(world, "learner3"))
    assert _facts(world) == [("waiting", "unknown_account")]
    assert _retry(world) == 0
    walk.enrol(world, course, ["learner3"])
    walk.deliver(world)
    assert _retry(world) == 1
    assert _credits(world) == [("learner3", 16, 2027)]
    assert _retry(world) == 0


@pytest.mark.parametrize("kind", ["username", "email"])
def test_accounts_by_name_or_e_mail_apply_themselves_too(world: World, course: int, kind: str) -> None:
    names = {"username": "l3", "email": "learner3@example.test"}
    walk.report(world, walk.fact(world, "learner3", account=names[kind], account_kind=kind))
    walk.enrol(world, course, ["learner3"])
    walk.deliver(world)
    with world.writing() as session:
        session.query(LmsAccount).filter_by(person_id=world.people["learner3"]).one().username = "l3"
    assert _retry(world) == 1
    assert _credits(world) == [("learner3", 16, 2027)]


def _retry(world: World) -> int:
    with world.writing() as session:
        return records.retry_waiting(session)


def test_somebody_not_enrolled_waits_and_applies_itself_when_enrolled(world: World, course: int) -> None:
    walk.report(world, walk.fact(world, "learner1", course_ref="8"))
    assert _facts(world) == [("waiting", "not_enrolled")]
    with world.writing() as session:
        session.scalars(select(Enrolment).order_by(Enrolment.id)).first().course_ref = "8"
    assert _retry(world) == 1


def test_who_was_withdrawn_waits_for_a_person(world: World, course: int) -> None:
    with world.writing() as session:
        row = walk.enrolment_of(session, world, course, "learner1")
        actor = world.actor(session, "planner")
        enrolments.withdraw(session, actor=actor, enrolment_id=row.id, reason="Pindah")
    walk.report(world, walk.fact(world, "learner1"))
    assert _retry(world) == 0
    assert _facts(world) == [("waiting", "not_enrolled")]


LAST_MINUTE = datetime(2027, 4, 9, 15, 59, tzinfo=UTC)  # 23:59 in the zone


@pytest.mark.parametrize(
    ("happened", "arrived", "expected"),
    [
        (datetime(2027, 4, 4, 15, 59, tzinfo=UTC), None, ("waiting", "before_window")),
        (datetime(2027, 4, 4, 16, 0, tzinfo=UTC), None, ("applied", "")),
        (LAST_MINUTE, date(2027, 4, 23), ("applied", "")),
        (LAST_MINUTE + timedelta(minutes=1), date(2027, 4, 23), ("waiting", "after_window")),
        (FINISHED, date(2027, 5, 9), ("applied", "")),
        (FINISHED, date(2027, 5, 10), ("waiting", "too_late")),
        (datetime(2027, 4, 9, 12, 5, tzinfo=UTC), None, ("applied", "")),
        (datetime(2027, 4, 9, 12, 6, tzinfo=UTC), None, ("waiting", "clock_ahead")),
    ],
)
def test_window_grace_and_clock_ahead(
    world: World, course: int, happened: datetime, arrived: date | None, expected: tuple[str, str]
) -> None:
    """The batch runs 5-9 April, grace is 30 days; without ``arrived`` it is 9 April 12:00 UTC."""
    if arrived is not None:
        world.clock.go(arrived)
    walk.report(world, walk.fact(world, "learner1", happened))
    assert _facts(world) == [expected]
    assert len(_credits(world)) == (expected[0] == "applied")


def test_the_year_of_a_completion_is_that_of_the_local_day(world: World) -> None:
    """23:50 on 31 December and 00:10 on 1 January in the zone are both 31 December in UTC."""
    version_id = walk.to_approved(world, starts_on=date(2027, 12, 27), ends_on=date(2027, 12, 31))
    walk.enrol(world, version_id, ["learner1", "learner2"])
    walk.deliver(world)
    world.clock.go(date(2028, 1, 2))
    old, new = datetime(2027, 12, 31, 15, 50, tzinfo=UTC), datetime(2027, 12, 31, 16, 10, tzinfo=UTC)
    walk.report(world, walk.fact(world, "learner1", old))
    (late,) = walk.report(world, walk.fact(world, "learner2", new))
    _accept(world, late)
    assert _credits(world) == [("learner1", 16, 2027), ("learner2", 16, 2028)]


def _accept(world: World, fact_id: int, reason: str = "Jadwal mundur", by: str = "planner") -> None:
    with world.writing() as session:
        records.accept_fact(session, actor=world.actor(session, by), fact_id=fact_id, reason=reason)


def test_the_agency_accepts_a_waiting_fact_with_a_reason_once(world: World, course: int) -> None:
    (fact_id,) = walk.report(world, walk.fact(world, "learner1", datetime(2027, 4, 1, tzinfo=UTC)))
    with pytest.raises(Refused):
        _accept(world, fact_id, reason=" ")
    with pytest.raises(Denied):
        _accept(world, fact_id, by="administrator")
    _accept(world, fact_id)
    with pytest.raises(Conflict, match="fact_settled"):
        _accept(world, fact_id)
    with pytest.raises(NotFound):
        _accept(world, 99)
    assert _credits(world) == [("learner1", 16, 2027)]
    with world.trying() as session:
        assert session.get_one(Fact, fact_id).decision_reason == "Jadwal mundur"


def test_what_fits_nobody_cannot_be_accepted_but_dismissed(world: World, course: int) -> None:
    (fact_id,) = walk.report(world, walk.fact(world, "learner5"))
    with pytest.raises(Conflict) as caught:
        _accept(world, fact_id)
    assert (caught.value.code, caught.value.rule) == ("still_unmatched", "R30")
    with world.writing() as session:
        records.dismiss_fact(
            session, actor=world.actor(session, "planner"), fact_id=fact_id, reason="Akun uji"
        )
    assert [status for status, _ in _facts(world)] == ["dismissed"]
    assert _credits(world) == []


def test_a_fact_of_another_site_waits(world: World, course: int) -> None:
    walk.report(world, walk.fact(world, "learner1", site="http://other.test"))
    assert _facts(world) == [("waiting", "unknown_site")]


def _statement(number: int, content: str = "a") -> Received:
    body = f'{{"n": "{number}{content}"}}'.encode()
    digest = hashlib.sha256(body).hexdigest()
    return Received(f"00000000-0000-4000-8000-{number:012d}", body, digest, "completed", "course", FINISHED)


def _receive(world: World, statements: Sequence[Received]) -> list[str]:
    with world.writing() as session:
        return records.receive(session, site_id=world.site, statements=statements)


def test_a_statement_is_stored_once_and_byte_for_byte(world: World) -> None:
    one, two = _statement(1), _statement(2)
    assert _receive(world, [one, two, one]) == [one.id, two.id, one.id]
    assert _receive(world, [two]) == [two.id]
    with world.trying() as session:
        assert sorted(session.scalars(select(Statement.body))) == [one.body, two.body]


def test_the_same_id_with_other_content_refuses_the_whole_batch(world: World) -> None:
    _receive(world, [_statement(1)])
    for batch in ([_statement(2), _statement(1, "b")], [_statement(3), _statement(3, "b")]):
        with pytest.raises(Conflict) as caught:
            _receive(world, batch)
        assert (caught.value.code, caught.value.rule) == ("statement_differs", "R28")
    with world.trying() as session:
        assert session.scalars(select(Statement.id)).all() == [_statement(1).id]


def test_a_read_statement_is_done_whether_it_means_something_or_not(world: World, course: int) -> None:
    _receive(world, [_statement(n) for n in (1, 2, 3)])
    fact = walk.fact(world, "learner1")
    meanings = [fact, None, walk.fact(world, "learner2", kind="activity_completed")]
    with world.writing() as session:
        waiting = records.unread(session, 10)
        assert [s.id for s in waiting] == [_statement(n).id for n in (1, 2, 3)]
        for statement, meaning in zip(waiting, meanings, strict=True):
            records.read(session, statement=statement, fact=meaning)
    with world.trying() as session:
        assert records.unread(session, 10) == []
        assert session.query(Fact).one().statement_id == _statement(1).id
    assert _credits(world) == [("learner1", 16, 2027)]


def test_of_two_batches_in_one_course_the_one_that_had_begun_counts(world: World, course: int) -> None:
    from workflows.models import Batch

    with world.writing() as session:
        later = Batch(version_id=course, number=2, starts_on=date(2027, 5, 24), ends_on=date(2027, 5, 28))
        session.add(later)
        session.flush()
        session.add(
            Enrolment(
                batch_id=later.id,
                person_id=world.people["learner1"],
                site_id=world.site,
                course_ref="7",
                enrolled_at=world.clock.now(),
            )
        )
    walk.report(world, walk.fact(world, "learner1"))
    with world.trying() as session:
        assert session.query(Completion).one().enrolment.batch.starts_on == STARTS
