"""A daily seal holds all streams as they were; whoever changes history afterwards does not fit it (R39)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select, text

from tests.support import forging, walk
from tests.support.outside import MemorySeals
from tests.support.world import FIRST_DAY, World
from workflows.actions.seals import Drawn, draw_up, is_due, note_seals, noted_codes
from workflows.actor import CLOCK, OPERATOR
from workflows.audit import BrokenLink, broken_links, broken_seals
from workflows.errors import Denied
from workflows.models import HistoryRow, Person
from workflows.ports import SealName
from workflows.seals import BadSeal, BrokenSeal, code_of, hashed_stream, read_all, read_header, read_seal


def seal(world: World) -> Drawn:
    with world.writing() as session:
        drawn = draw_up(session, actor=CLOCK)
    world.seals.add(drawn.name, drawn.text)
    with world.writing() as session:
        note_seals(session, actor=CLOCK)
    return drawn


def due(world: World) -> bool:
    with world.trying() as session:
        return is_due(session)


def broken(world: World) -> list[BrokenLink]:
    with world.trying() as session:
        return list(broken_links(session, read_all(world.seals)))


def seals_broken(world: World) -> list[BrokenSeal]:
    with world.trying() as session:
        return broken_seals(read_all(world.seals), noted_codes(session))


@pytest.fixture
def version_id(world: World) -> int:
    """Two rows, then a seal; seven rows, then a seal; two more since."""
    version_id = walk.to_review(world)
    seal(world)
    world.clock.go(FIRST_DAY + timedelta(days=1))
    walk.speak(world, version_id)
    seal(world)
    walk.answer_all(world, version_id)
    assert broken(world) == []
    return version_id


FORGED: dict[str, tuple[Callable[[Engine, str, int], None], int, BrokenLink]] = {
    # hand, place; the last good seal holds place 2, the next 7
    "changed": (forging.change, 4, BrokenLink("", 3, "rewritten", 7)),
    "removed": (forging.remove, 4, BrokenLink("", 3, "rewritten", 7)),
    "swapped": (forging.swap, 4, BrokenLink("", 3, "rewritten", 7)),
    "changed before the first seal": (forging.change, 1, BrokenLink("", 1, "rewritten", 2)),
    "the tail cut": (forging.cut, 6, BrokenLink("", 6, "cut")),
    "cut back to the first seal": (forging.cut, 3, BrokenLink("", 3, "cut")),
}


@pytest.mark.parametrize("how", FORGED)
def test_a_chain_that_was_mended_after_the_damage_does_not_fit_the_seals(
    world: World, version_id: int, how: str
) -> None:
    hand, place, expected = FORGED[how]
    stream = f"version:{version_id}"
    hand(world.engine, stream, place)
    with world.trying() as session:
        assert list(broken_links(session)) == [], "the chain alone shows nothing"
    assert broken(world) == [BrokenLink(stream, expected.seq, expected.what, expected.until)]


def test_what_came_after_the_newest_seal_is_held_by_the_next_one(world: World, version_id: int) -> None:
    stream = f"version:{version_id}"
    forging.cut(world.engine, stream, 8)
    assert broken(world) == []
    forging.cut(world.engine, stream, 7)
    assert broken(world) == [BrokenLink(stream, 7, "cut")]


def test_a_stream_that_is_gone_is_named_by_its_code(world: World, version_id: int) -> None:
    stream = f"version:{version_id}"
    forging.forget(world.engine, stream)
    assert broken(world) == [BrokenLink(f"sealed:{hashed_stream(stream)}", 1, "cut")]
    drawn = seal(world)
    assert (drawn.shorter, drawn.well) == (1, False)
    assert len(broken(world)) == 1, "a later seal hides nothing"


def test_a_plain_damage_is_named_at_its_place_also_with_seals(world: World, version_id: int) -> None:
    stream = f"version:{version_id}"
    with world.engine.begin() as connection:
        connection.execute(
            text("UPDATE history SET payload = '{}' WHERE stream = :s AND seq = 5"), {"s": stream}
        )
    assert broken(world) == [BrokenLink(stream, 5, "changed")]


def test_erasing_personal_values_leaves_every_seal_whole(world: World) -> None:
    walk.to_rejected(world)
    seal(world)
    with world.engine.begin() as connection:
        assert connection.execute(text("DELETE FROM history_value")).rowcount > 0
    assert (broken(world), seals_broken(world)) == ([], [])
    assert seal(world).well


def test_each_seal_hangs_on_the_one_before_by_what_sha256sum_says(world: World, version_id: int) -> None:
    texts = [world.seals.read(number) for number in (1, 2)]
    assert read_header(texts[0]).previous == "0" * 64
    assert read_header(texts[1]).previous == hashlib.sha256(texts[0]).hexdigest()
    with world.trying() as session:
        assert noted_codes(session) == {1: code_of(texts[0]), 2: code_of(texts[1])}
        events = session.scalars(select(HistoryRow.seq).where(HistoryRow.name == "history.sealed")).all()
        assert len(events) == 2


def test_a_seal_names_nobody_and_no_stream(world: World, version_id: int) -> None:
    said = (world.seals.read(1) + world.seals.read(2)).decode()
    assert f"version:{version_id}" not in said
    assert hashed_stream(f"version:{version_id}") in said
    with world.trying() as session:
        people = session.scalars(select(Person)).all()
        assert not any(p.name in said or p.id.hex in said or str(p.id) in said for p in people)


def test_both_clocks_stand_in_the_seal(world: World, version_id: int) -> None:
    header = read_header(world.seals.read(2))
    assert (header.made_at, header.real_at) == (world.clock.now(), world.clock.real_now())
    assert header.day == date(2027, 1, 19)
    assert (header.streams, header.rows) == (3, 2 + 1 + 7), "need, programme, the seal before"


def test_once_a_day_by_the_zone_and_late_after_an_outage(world: World) -> None:
    assert not due(world), "nothing has happened yet"
    walk.to_proposed(world)
    assert due(world)
    seal(world)
    assert not due(world)
    world.clock.go(FIRST_DAY, 23)
    assert not due(world)
    world.clock.go(FIRST_DAY + timedelta(days=1), 0)
    assert due(world)
    world.clock.go(FIRST_DAY + timedelta(days=9), 15)
    assert due(world)
    assert seal(world).header.number == 2, "the days without the service have no seal"


def test_a_seal_of_a_wrong_clock_does_not_hold_up_the_next(world: World) -> None:
    walk.to_proposed(world)
    world.clock.go(FIRST_DAY + timedelta(days=3650))
    world.clock.wait(days=3650)
    seal(world)
    world.clock.wait(days=-3650)
    world.clock.go(FIRST_DAY)
    assert due(world)
    assert seal(world).header.number == 2
    assert not due(world)
    assert (broken(world), seals_broken(world)) == ([], [])


def test_a_file_that_was_kept_and_not_noted_is_noted_later_once(world: World) -> None:
    walk.to_proposed(world)
    with world.trying() as session:
        drawn = draw_up(session, actor=OPERATOR)
    world.seals.add(drawn.name, drawn.text)
    for expected in (1, 0):
        with world.writing() as session:
            assert note_seals(session, actor=CLOCK) == expected


def test_nobody_but_the_clock_and_the_operator_seals(world: World) -> None:
    walk.to_proposed(world)
    with world.trying() as session:
        for name in ("administrator", "inspector", "planner"):
            with pytest.raises(Denied):
                draw_up(session, actor=world.actor(session, name))


def test_a_seal_that_is_changed_missing_or_swapped_is_named(world: World, version_id: int) -> None:
    seals = world.seals
    assert isinstance(seals, MemorySeals)
    whole, (first, second) = dict(seals.kept), seals.names()
    seals.kept[first] = whole[first].replace(b"rows ", b"rows 1")
    assert seals_broken(world) == [BrokenSeal(1, "changed"), BrokenSeal(2, "previous")]
    seals.kept[first] = b"torn"
    assert seals_broken(world)[0] == BrokenSeal(1, "unreadable")
    seals.kept = {second: whole[second]}
    assert BrokenSeal(1, "missing") in seals_broken(world)
    assert BrokenSeal(2, "number") in seals_broken(world)
    seals.kept = {}
    assert seals_broken(world) == [BrokenSeal(1, "missing"), BrokenSeal(2, "missing")]
    seals.kept = {first: whole[second], second: whole[first]}
    assert seals_broken(world)[0].number == 1
    assert not read_all(seals).points.get(hashed_stream("nothing"))


def test_a_made_up_seal_with_heads_of_its_own_does_not_have_the_root(world: World, version_id: int) -> None:
    seals = world.seals
    assert isinstance(seals, MemorySeals)
    second = seals.names()[1]
    made_up = seals.kept[second].replace(hashed_stream("seals").encode(), hashed_stream("other").encode())
    lines = made_up.decode().split("\n")
    heads = lines.index("heads") + 1
    seals.kept[second] = "\n".join([*lines[:heads], *sorted(lines[heads:-1]), ""]).encode()
    assert read_seal(seals.kept[second]).header.number == 2
    assert BrokenSeal(2, "root") in seals_broken(world)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text + b"\n",
        lambda text: text[:-1],
        lambda text: text.replace(b"changed 2", b"changed 3"),
        lambda text: text.replace(b"bangkom-seal 1", b"bangkom-seal 2"),
        lambda text: text.replace(b"number 1", b"number 01"),
        lambda text: text.replace(b"heads\n", b"heads\nx\n"),
        lambda text: text.replace(b"day 2027", b"day \xff027"),
        lambda text: b"",
    ],
)
def test_a_seal_that_is_not_as_it_was_written_is_none(world: World, spoil: Callable[[bytes], bytes]) -> None:
    walk.to_proposed(world)
    text = seal(world).text
    assert read_seal(text).header.changed == 2
    assert spoil(text) != text
    with pytest.raises(BadSeal):
        read_seal(spoil(text))


def test_a_number_is_kept_once(world: World) -> None:
    walk.to_proposed(world)
    drawn = seal(world)
    with pytest.raises(FileExistsError):
        world.seals.add(SealName(drawn.name.number, date(2030, 1, 1)), b"other")
