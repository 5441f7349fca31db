"""Whoever changes history is found, with the stream and the place (R39)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text

from tests.support import walk
from tests.support.world import World
from workflows.audit import BrokenLink, broken_links

PARK = 10**6


def _run(*statements: str) -> Callable[[Connection, str], None]:
    def damage(connection: Connection, stream: str) -> None:
        for statement in statements:
            connection.execute(text(statement), {"stream": stream})

    return damage


DAMAGES = {
    "a payload changed": (
        _run("UPDATE history SET payload = '{}' WHERE stream = :stream AND seq = 1"),
        (1, "changed"),
    ),
    "an actor changed": (
        _run("UPDATE history SET actor_id = NULL WHERE stream = :stream AND seq = 2"),
        (2, "changed"),
    ),
    "a name changed": (
        _run("UPDATE history SET name = 'review.closed' WHERE stream = :stream AND seq = 3"),
        (3, "changed"),
    ),
    "a time changed": (
        _run("UPDATE history SET at = real_at WHERE stream = :stream AND seq = 3"),
        (3, "changed"),
    ),
    "a row removed": (
        _run("DELETE FROM history WHERE stream = :stream AND seq = 3"),
        (3, "missing"),
    ),
    "the first row removed and the rest moved up": (
        _run(
            "DELETE FROM history WHERE stream = :stream AND seq = 1",
            *(
                f"UPDATE history SET seq = {n - 1} WHERE stream = :stream AND seq = {n}"  # noqa: S608
                for n in range(2, 8)
            ),
        ),
        (1, "changed"),
    ),
    "two rows swapped": (
        _run(
            f"UPDATE history SET seq = {PARK} WHERE stream = :stream AND seq = 3",  # noqa: S608
            "UPDATE history SET seq = 3 WHERE stream = :stream AND seq = 4",
            f"UPDATE history SET seq = 4 WHERE stream = :stream AND seq = {PARK}",  # noqa: S608
        ),
        (3, "changed"),
    ),
    "the tail cut": (
        _run("DELETE FROM history WHERE stream = :stream AND seq = 7"),
        (7, "tail"),
    ),
    "the head put back": (
        _run("UPDATE stream_head SET seq = seq - 1 WHERE stream = :stream"),
        (8, "tail"),
    ),
    "the head removed": (
        _run("DELETE FROM stream_head WHERE stream = :stream"),
        (8, "tail"),
    ),
    "all rows removed": (
        _run("DELETE FROM history WHERE stream = :stream"),
        (1, "tail"),
    ),
}


@pytest.fixture
def version_id(world: World) -> int:
    """Seven rows without personal values, beside another stream that stays whole."""
    walk.to_proposed(world)
    version_id = walk.to_review(world)
    walk.speak(world, version_id)
    with world.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT count(*) FROM history WHERE stream = :stream"), {"stream": f"version:{version_id}"}
        )
        assert rows.scalar() == 7
    return version_id


def _broken(world: World) -> list[BrokenLink]:
    with world.trying() as session:
        return list(broken_links(session))


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found_with_stream_and_place(world: World, version_id: int, damage: str) -> None:
    assert _broken(world) == []
    stream = f"version:{version_id}"
    apply, (seq, what) = DAMAGES[damage]
    with world.engine.begin() as connection:
        apply(connection, stream)
    assert _broken(world) == [BrokenLink(stream, seq, what)]


def test_a_changed_personal_value_is_found_and_an_erased_one_leaves_the_chain_whole(world: World) -> None:
    stream = f"version:{walk.to_rejected(world)}"
    with world.engine.begin() as connection:
        connection.execute(text("UPDATE history_value SET value = 'Lain'"))
    broken = _broken(world)
    assert [(link.stream, link.what) for link in broken] == [(stream, "value")]
    with world.engine.begin() as connection:
        connection.execute(text("DELETE FROM history_value"))
    assert _broken(world) == []
