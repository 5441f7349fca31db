"""A decision's code finds it, its link in the history and the seal that holds it; a forged one is not genuine (R39)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from tests.support import forging, walk
from tests.support.world import FIRST_DAY, World
from workflows.actions import approvals
from workflows.actions.seals import draw_up, note_seals
from workflows.actor import CLOCK
from workflows.audit import BrokenLink, broken_links
from workflows.authenticity import Proof, prove
from workflows.codes import DIGITS, new_code, read_code, shown_code
from workflows.models import Decision, HistoryRow


def seal(world: World) -> None:
    with world.writing() as session:
        drawn = draw_up(session, actor=CLOCK)
    world.seals.add(drawn.name, drawn.text)
    with world.writing() as session:
        note_seals(session, actor=CLOCK)


def code_of(world: World, version_id: int) -> str:
    """Of the first decision on this version."""
    with world.trying() as session:
        row = session.scalars(
            select(HistoryRow)
            .where(HistoryRow.stream == f"version:{version_id}", HistoryRow.decision_id.is_not(None))
            .order_by(HistoryRow.seq)
        ).first()
        assert row is not None
        assert row.decision is not None
        return row.decision.code


def proof(world: World, code: str) -> Proof | None:
    with world.trying() as session:
        found = prove(session, code)
        session.expunge_all()
        return found


def broken(world: World) -> list[BrokenLink]:
    with world.trying() as session:
        return list(broken_links(session))


@pytest.fixture
def version_id(world: World) -> int:
    version_id = walk.to_approval(world)
    walk.decide(world, "unit_head", version_id, "unit_head", "return", reason="Jadwal bentrok")
    return version_id


def test_a_code_is_a_hundred_random_bits_that_a_hand_can_copy() -> None:
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(len(code) == 20 and set(code) <= set(DIGITS) for code in codes)
    assert not set("ILOU") & set(DIGITS)
    assert len(DIGITS) ** 20 == 2**100
    assert re.fullmatch(r"\w{5}-\w{5}-\w{5}-\w{5}", shown_code(codes.pop()))


@pytest.mark.parametrize(
    "typed", ["k7qf2-9xm4t-0a1b1-zzzz9", " K7QF2 9XM4T OAIBL ZZZZ9 ", "K7QF29XM4T0A1B1ZZZZ9"]
)
def test_a_code_is_read_as_people_write_it(typed: str) -> None:
    assert read_code(typed) == "K7QF29XM4T0A1B1ZZZZ9"


@pytest.mark.parametrize(
    "typed", ["", "K7QF2", "K7QF2-9XM4T-0A1B1-ZZZZ", "K7QF2-9XM4T-0A1B1-ZZZZU", "x" * 500, "'"]
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


def test_every_decision_has_its_code_and_its_row_of_history(world: World) -> None:
    walk.to_approved(world)
    with world.trying() as session:
        decisions = session.scalars(select(Decision)).all()
        rows = session.scalars(
            select(HistoryRow.decision_id).where(HistoryRow.decision_id.is_not(None))
        ).all()
        assert len({decision.code for decision in decisions}) == len(decisions) == 5
        assert sorted(decision.id for decision in decisions) == sorted(rows)


def test_the_code_of_a_decision_proves_it_and_names_the_seal(world: World, version_id: int) -> None:
    code = code_of(world, version_id)
    waiting = proof(world, shown_code(code).lower())
    assert waiting is not None
    assert (waiting.genuine, waiting.sealed, waiting.decision.outcome) == (True, None, "return")
    seal(world)
    for day in range(1, 7):  # later seals, some of which hold more of this programme
        world.clock.go(FIRST_DAY + timedelta(days=day))
        world.clock.wait(days=1)
        if day == 3:
            with world.writing() as session:
                approvals.resubmit(session, actor=world.actor(session, "planner"), version_id=version_id)
        seal(world)
    found = proof(world, code)
    assert found is not None
    assert found.sealed is not None
    assert (found.genuine, found.sealed.name.number) == (True, 1)


def test_another_code_proves_nothing(world: World, version_id: int) -> None:
    assert proof(world, new_code()) is None
    assert proof(world, "") is None
    assert proof(world, code_of(world, version_id)[:-1]) is None


def test_a_changed_chain_makes_no_decision_genuine(world: World, version_id: int) -> None:
    code, stream = code_of(world, version_id), f"version:{version_id}"
    seal(world)
    forging.change(world.engine, stream, 1)
    found = proof(world, code)
    assert found is not None
    assert not found.genuine
    assert found.broken is not None
    assert found.broken.what == "rewritten"


CHANGES = {
    "outcome": "UPDATE decision SET outcome = 'approve'",
    "amount": "UPDATE decision SET amount = 1",
    "letter": "UPDATE decision SET letter_no = '800/palsu'",
    "office": "UPDATE decision SET office_title = 'Kepala Dinas Lain'",
    "reason": "UPDATE decision SET reason = 'Alasan lain'",
    "evidence": "UPDATE decision SET evidence = '{}'",
    "code": "UPDATE decision SET code = 'AAAAAAAAAAAAAAAAAAAA'",
    "time": "UPDATE decision SET decided_at = '2026-05-05 05:05:05'",
    "person": "UPDATE decision SET person_id = (SELECT id FROM person WHERE name = 'Stranger Contoh')",
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_decision_that_was_changed_in_its_table_is_found(world: World, version_id: int, what: str) -> None:
    assert broken(world) == []
    with world.engine.begin() as connection:
        assert connection.execute(text(CHANGES[what])).rowcount == 1
    found = broken(world)
    assert [(link.stream, link.what) for link in found] == [(f"version:{version_id}", "decision")]
    shown = proof(world, "AAAAA-AAAAA-AAAAA-AAAAA" if what == "code" else code_of(world, version_id))
    assert shown is not None
    assert not shown.genuine


def test_erased_evidence_and_an_erased_reason_are_no_damage(world: World, version_id: int) -> None:
    with world.engine.begin() as connection:
        connection.execute(text("UPDATE decision SET evidence = ''"))
        connection.execute(text("DELETE FROM history_value"))
    assert broken(world) == []
    found = proof(world, code_of(world, version_id))
    assert found is not None
    assert found.genuine


def test_a_decision_that_the_history_does_not_know_is_not_genuine(world: World, version_id: int) -> None:
    code = code_of(world, version_id)
    with world.engine.begin() as connection:
        connection.execute(text("UPDATE history SET decision_id = NULL"))
    shown = proof(world, code)
    assert shown is not None
    assert not shown.genuine
    assert {link.what for link in broken(world)} == {"decision", "unrecorded"}


def test_when_a_decision_falls_its_record_stays_whole(world: World) -> None:
    """A later change of cost voids an approval: that is no forgery."""
    version_id = walk.to_approval(world)
    walk.sign(world, version_id, ["unit_head"])
    with world.engine.begin() as connection:
        connection.execute(text("UPDATE decision SET void = :yes, void_reason = 'cost'"), {"yes": True})
    assert broken(world) == []
