"""Money: reserved, committed, released; never over the ceiling, also when many ask at once (R21, R22, R25)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from tests.support import walk
from tests.support.world import FIRST_DAY, World
from workflows import budget
from workflows.actions import programmes
from workflows.actions.versions import lock_version
from workflows.content import Cost
from workflows.errors import Refused
from workflows.models import Ceiling, HistoryRow, Programme, ProgrammeVersion, Reservation

THREADS, EACH, PRICE = 4, 100, 400_000


def _price(amount: int) -> list[Cost]:
    return [Cost("Paket", 1, "paket", amount)]


def test_rupiah_is_written_with_dots() -> None:
    assert budget.rupiah(94_500_000) == "Rp94.500.000"


def test_shortfall_says_cost_what_is_left_and_what_is_missing(world: World) -> None:
    with world.writing() as session:
        session.get_one(Ceiling, world.ceiling).amount = 95_000_000
    version_id = walk.to_approval(world, costs=_price(140_500_000))
    walk.sign(world, version_id, ["unit_head", "hrd_agency_head"])
    error = walk.decide(world, "finance_officer", version_id, "finance_officer").error
    assert isinstance(error, Refused)
    assert (error.code, error.rule) == ("shortfall", "R22")
    assert error.sentence % error.values == (
        "Dana tidak cukup: biaya Rp140.500.000, sisa pagu Rp95.000.000, kurang Rp45.500.000. "
        "Kurangi peserta, ubah bentuk, cari dukungan mitra, atau tunda ke tahun berikutnya."
    )
    with world.trying() as session:
        assert session.get_one(Ceiling, world.ceiling).held == 0


def test_the_last_rupiah_can_be_reserved_and_not_one_more(world: World) -> None:
    full, over = walk.to_proposed(world, costs=_price(100_000_000)), walk.to_proposed(world, costs=_price(1))
    with world.writing() as session:
        budget.reserve(session, session.get_one(ProgrammeVersion, full), actor=world.actor(session, "clock"))
    with world.trying() as session, pytest.raises(Refused, match="shortfall"):
        budget.reserve(session, session.get_one(ProgrammeVersion, over), actor=world.actor(session, "clock"))


def test_reserving_again_holds_the_new_cost_only_and_releasing_twice_gives_back_once(world: World) -> None:
    version_id = walk.to_proposed(world)
    with world.writing() as session:
        version, clock = session.get_one(ProgrammeVersion, version_id), world.actor(session, "clock")
        budget.reserve(session, version, actor=clock)
        programmes.write_costs(version, _price(60_000_000))
        session.flush()
        budget.reserve(session, version, actor=clock)
        assert session.get_one(Ceiling, world.ceiling).held == 60_000_000
        budget.release(session, version, actor=clock)
        budget.release(session, version, actor=clock)
        assert session.get_one(Ceiling, world.ceiling).held == 0


def test_nothing_can_be_committed_without_a_reservation(world: World) -> None:
    version_id = walk.to_proposed(world)
    with world.trying() as session:
        version = session.get_one(ProgrammeVersion, version_id)
        with pytest.raises(Refused, match="no_reservation"):
            budget.commit(session, version, actor=world.actor(session, "clock"))


@pytest.mark.parametrize(
    "bad",
    [
        Cost("", 1, "x", 1),
        Cost("a", 0, "x", 1),
        Cost("a", 1, "x", -1),
        Cost("a", 1, "x", 10**14),
        Cost("a" * 201, 1, "x", 1),
        Cost("a", 10**9, "x", 0),
    ],
)
def test_a_cost_line_is_sound_or_refused(world: World, bad: Cost) -> None:
    with pytest.raises(Refused) as caught:
        walk.to_proposed(world, costs=[bad])
    assert (caught.value.rule, caught.value.field) == ("R25", "costs")


def _many_versions(world: World) -> list[int]:
    """Only the money is under test: plain rows without history."""
    with world.writing() as session:
        actor = world.actor(session, "planner")
        rows = []
        for number in range(1, THREADS * EACH + 1):
            version = ProgrammeVersion(
                programme=Programme(owner_unit_id=world.units["dinas"]),
                number=1,
                created_by=actor.person_id,
                created_at=world.clock.now(),
            )
            programmes.write_content(version, walk.content(world, title=f"Program {number}"))
            programmes.write_costs(version, _price(PRICE))
            rows.append(version)
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def test_four_threads_reserve_a_hundred_times_each_and_nothing_is_lost_or_over(world: World) -> None:
    """400 wishes of 400.000 against 100.000.000: exactly 250 fit."""
    versions = _many_versions(world)

    def reserve(version_id: int) -> bool:
        try:
            with world.writing() as session:
                version = lock_version(session, version_id)
                budget.reserve(session, version, actor=world.actor(session, "clock"))
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(THREADS) as pool:
        fitted = sum(pool.map(reserve, versions))
    with world.trying() as session:
        held = session.get_one(Ceiling, world.ceiling).held
        total = session.scalar(select(func.sum(Reservation.amount)))
        told = session.scalar(select(func.count()).where(HistoryRow.name == "budget.reserved"))
    assert (fitted, told) == (250, 250)
    assert held == total == 100_000_000


def test_the_fiscal_year_of_the_ceiling_is_that_of_the_programme(world: World) -> None:
    next_year = FIRST_DAY.replace(year=2028)
    with pytest.raises(Refused) as caught:
        walk.to_proposed(world, starts_on=next_year, ends_on=next_year)
    assert (caught.value.rule, caught.value.field) == ("R21", "ceiling_id")
