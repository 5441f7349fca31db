"""After a wave's close nothing but counts joins an answer to a person (R37): a test that tries.

The attacker has the whole database with its hidden columns, but not the file with the secret. The truth
is known to the test only: everybody gives another pair of scores.
"""

from __future__ import annotations

import json
import random
import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.support import walk
from tests.support.snapshot import snapshot
from tests.support.world import LEARNERS, World
from workflows.actions.surveys import pair_key, spent_secrets
from workflows.models import Invitation, Survey

SCORES = [(a, b) for a in range(1, 6) for b in range(1, 6)]
Truth = dict[str, tuple[int, int]]
"""invitation id -> scores"""


@pytest.fixture
def wave(world: World) -> tuple[int, Truth]:
    """An open wave in which 8 learners and their superior (about each) have answered, in an order by chance."""
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, LEARNERS)
    before = walk.prepare_survey(world, version_id, ["Saya mampu", "Saya yakin"])["before"]
    world.clock.go(walk.BEFORE[0])
    walk.open_wave(world, before)
    asked = [(who, name) for name in LEARNERS for who in (name, "superior")]
    random.shuffle(asked)
    truth = {}
    for (who, name), scores in zip(asked, SCORES, strict=False):
        walk.answer(world, before, who, name, *scores)
        with world.trying() as session:
            truth[str(walk.invitation_of(session, world, before, who, name).id)] = scores
    return before, truth


def _ask(world: World, query: str) -> list[tuple[str, ...]]:
    with world.engine.connect() as connection:
        return [tuple(str(value) for value in row) for row in connection.execute(text(query))]


def _right(truth: Truth, guesses: list[tuple[str, str]]) -> int:
    return sum(truth[invitation] == tuple(json.loads(scores)) for invitation, scores in guesses)


ORDERS = {
    "sqlite": ["", "ORDER BY id"],
    "postgresql": ["", "ORDER BY id", "ORDER BY ctid", "ORDER BY xmin::text::bigint, cmin::text::bigint"],
}


def _paired_by_order(world: World, truth: Truth) -> int:
    """Answers and invitations laid side by side in every order that either table offers; the best guess."""
    orders = ORDERS[world.engine.dialect.name]
    best = 0
    for order in orders:
        answers = [row[0] for row in _ask(world, f"SELECT scores FROM answer {order}")]
        for other in (*orders, "in the order of answering"):
            if other in orders:
                rows = _ask(world, f"SELECT id FROM invitation {other}")
                asked = [row[0] for row in rows]
            else:
                asked = list(truth)
            for guess in (asked, asked[::-1]):
                best = max(best, _right(truth, list(zip(guess, answers, strict=True))))
    return best


BY_TRANSACTION = (
    "SELECT invitation.id, answer.scores FROM invitation JOIN answer ON invitation.xmin = answer.xmin"
)


def _paired_by_transaction(world: World, truth: Truth) -> int:
    return _right(truth, _ask(world, BY_TRANSACTION))


def test_orders_and_transactions_pair_nobody_after_the_close(world: World, wave: tuple[int, Truth]) -> None:
    """16 rows by chance: about one guess in a list is right; ten in one come by chance once in 10! lists."""
    wave_id, truth = wave
    if world.engine.dialect.name == "postgresql":
        assert _paired_by_transaction(world, truth) == 16, "the attack itself works while the wave is open"
        assert _paired_by_order(world, truth) == 16
    walk.close_wave(world, wave_id)
    assert _paired_by_order(world, truth) < 10
    if world.engine.dialect.name == "postgresql":
        assert len(_ask(world, BY_TRANSACTION)) == 16 * 16, "every answer goes with every invitation alike"
        assert len(set(_ask(world, "SELECT xmin FROM answer"))) == 1
        assert _ask(world, "SELECT DISTINCT xmax FROM answer") == [("0",)]


def test_the_answers_have_no_hidden_row_number(world: World, wave: tuple[int, Truth]) -> None:
    for column in ("rowid", "_rowid_", "oid"):
        with pytest.raises(DBAPIError), world.engine.connect() as connection:
            connection.execute(text(f"SELECT {column} FROM answer"))


def test_ids_are_new_after_the_close(world: World, wave: tuple[int, Truth]) -> None:
    before = set(_ask(world, "SELECT id FROM answer"))
    walk.close_wave(world, wave[0])
    after = set(_ask(world, "SELECT id FROM answer"))
    assert len(after) == 16
    assert not before & after
    assert {uuid.UUID(row[0]).version for row in after} == {4}


def test_no_value_of_an_answer_stands_in_any_other_table(world: World, wave: tuple[int, Truth]) -> None:
    """But for the wave and the scores themselves, which are no one's."""
    walk.close_wave(world, wave[0])
    elsewhere = snapshot(world.engine)
    del elsewhere["answer"]
    everything = "\n".join(row for rows in elsewhere.values() for row in rows)
    columns = [row[0] for row in _ask(world, "SELECT pair_key FROM answer")]
    ids = [row[0] for row in _ask(world, "SELECT id FROM answer")]
    assert len(columns) == len(ids) == 16
    for value in (*columns, *ids, *(uuid.UUID(one).hex for one in ids)):
        assert value not in everything
    invitation = ["id", "wave_id", "respondent_id", "assessed_id", "relation", "answered"]
    assert Invitation.__table__.columns.keys() == invitation, "whether, never what or when"


def test_history_tells_counts_and_never_names_an_answer(world: World, wave: tuple[int, Truth]) -> None:
    count = len(_ask(world, "SELECT id FROM history"))
    walk.close_wave(world, wave[0])
    rows = _ask(world, "SELECT name, payload FROM history ORDER BY id")
    assert len(rows) == count + 1, "answering itself leaves no history row"
    assert rows[-1] == ("survey.wave_closed", '{"answered":16,"invited":16,"via":"system","wave":"before"}')
    assert not [name for name, _ in rows if "answer" in name and name.startswith("survey")]


def _paired_by_key(world: World, secret: bytes, truth: Truth) -> int:
    scores = dict(_ask(world, "SELECT pair_key, scores FROM answer"))
    people = _ask(world, "SELECT id, respondent_id, assessed_id FROM invitation")
    keys = {i: pair_key(secret, uuid.UUID(who), uuid.UUID(whom)) for i, who, whom in people}
    return _right(truth, [(i, scores[key]) for i, key in keys.items() if key in scores])


def test_with_the_secret_everybody_would_be_paired_and_without_it_nobody(
    world: World, wave: tuple[int, Truth]
) -> None:
    """Why the file must go when the survey is over."""
    wave_id, truth = wave
    walk.close_wave(world, wave_id)
    with world.trying() as session:
        name = session.query(Survey).one().secret_name
        assert spent_secrets(session) == []
    assert _paired_by_key(world, world.secrets.read(name), truth) == 16
    for guess in (b"", name.encode(), bytes.fromhex(name), bytes(32)):
        assert _paired_by_key(world, guess, truth) == 0


def test_after_evaluate_the_secret_is_spent(world: World) -> None:
    walk.to_evaluated(world)
    with world.trying() as session:
        name = session.query(Survey).one().secret_name
        assert spent_secrets(session) == [name] == world.secrets.names()
    world.secrets.destroy(name)
    world.secrets.destroy(name)
    with pytest.raises(FileNotFoundError):
        world.secrets.read(name)


def test_after_the_close_nobody_knows_who_answered(world: World, wave: tuple[int, Truth]) -> None:
    assert _ask(world, "SELECT count(*) FROM invitation WHERE answered") == [("16",)]
    walk.close_wave(world, wave[0])
    assert _ask(world, "SELECT count(*) FROM invitation WHERE answered IS NOT NULL") == [("0",)]
    assert _ask(world, f"SELECT invited, answered FROM wave WHERE id = {wave[0]}") == [("16", "16")]


def test_a_rare_pattern_of_answering_is_not_kept(world: World) -> None:
    """One person answers before and not after: without a partner, their answer could only be theirs."""
    version_id = walk.to_running(world)
    before = dict.fromkeys(LEARNERS, 2)
    walk.run_waves(world, version_id, before, dict.fromkeys(LEARNERS[:-1], 4), LEARNERS)
    classes = _ask(
        world,
        "SELECT a.wave_id, EXISTS (SELECT 1 FROM answer b WHERE b.pair_key = a.pair_key AND b.wave_id <> a.wave_id), "
        "count(*) FROM answer a GROUP BY 1, 2",
    )
    assert classes
    assert [row for row in classes if int(row[2]) < 5] == []
    with world.trying() as session:
        answered = sorted(wave.answered for wave in session.query(Survey).one().waves)
    assert answered == [7, 8], "the counts stay"
