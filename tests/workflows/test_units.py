"""Units change by letter: names, places in the tree, mergers; what hangs on them follows, on the day and not before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from service.profiles import load_profile
from service.profiles.installing import install_profile
from tests.support import walk
from tests.support.unit_letters import (
    LETTER,
    NEXT_MONTH,
    YESTERDAY,
    add,
    close,
    events,
    merge,
    move,
    new,
    place,
    rename,
    sweep,
)
from tests.support.world import FIRST_DAY, GRANTS, World
from workflows.actions import units
from workflows.clock import today
from workflows.errors import Conflict, Denied, Refused, WorkflowError
from workflows.letters import Letter
from workflows.mandates import office_by_role
from workflows.models import (
    Unit,
    UnitChange,
)
from workflows.people_register import read_register
from workflows.people_rows import Words, _unit
from workflows.units import changes_in_force, names_on, parents_on


@pytest.mark.parametrize("name", [*GRANTS, "author", "unit_head", "hrd_agency_head", "personnel_authority"])
def test_only_agency_and_administrator_change_units(world: World, name: str) -> None:
    if name in ("planner", "planner2", "administrator", "hrd_agency_head"):
        assert add(world, by=name)
        return
    with pytest.raises(Denied):
        add(world, by=name)
    with pytest.raises(Denied):
        merge(world, ["island"], world.units["dinas"], by=name)
    with world.trying() as session:
        actor, key = world.actor(session, name), world.units["island"]
        wishes = (
            lambda: units.close_unit(session, actor=actor, unit_id=key, day=FIRST_DAY, letter=LETTER),
            lambda: units.move_unit(
                session, actor=actor, unit_id=key, parent_id=None, day=FIRST_DAY, letter=LETTER
            ),
            lambda: units.rename_unit(
                session, actor=actor, unit_id=key, name="X", short_name="X", head_title="", day=FIRST_DAY,
                letter=LETTER,
            ),
            lambda: units.withdraw_change(session, actor=actor, change_id=1, reason="x"),
            lambda: units.add_head(session, actor=actor, unit_id=key, title="X"),
        )  # fmt: skip
        for wish in wishes:
            with pytest.raises(Denied):
                wish()


def test_an_old_name_stays_readable_for_its_time(world: World) -> None:
    rename(world, "dinas", "Dinas Nama Kedua", FIRST_DAY, head_title="Kepala Dinas Kedua")
    world.clock.go(NEXT_MONTH)
    rename(world, "dinas", "Dinas Nama Ketiga", NEXT_MONTH)
    with world.trying() as session:
        unit = session.get_one(Unit, world.units["dinas"])
        renamings = changes_in_force(session, ["renamed"])
        told = [
            names_on([unit], renamings, day)[unit.id][0]
            for day in (YESTERDAY, FIRST_DAY, NEXT_MONTH - timedelta(days=1), NEXT_MONTH)
        ]
        assert told == ["Unit dinas", "Dinas Nama Kedua", "Dinas Nama Kedua", "Dinas Nama Ketiga"]
        assert unit.code == "dinas", "it is still the same unit"
        head = office_by_role(session, "unit_head", unit.id)
        assert head is not None
        assert head.title == "Kepala Dinas Kedua", "a renaming without a title leaves the last one"
    assert events(world, world.units["dinas"]) == ["unit.renamed", "unit.renamed"]


def test_a_change_dated_ahead_waits_for_its_day(world: World) -> None:
    rename(world, "dinas", "Dinas Nanti", NEXT_MONTH)
    merge(world, ["island"], world.units["agency"], NEXT_MONTH)
    assert sweep(world) == 0
    with world.trying() as session:
        assert session.get_one(Unit, world.units["dinas"]).name == "Unit dinas"
        assert place(session, world, "remote_farmer", today(session)) == world.units["island"]
    world.clock.go(NEXT_MONTH + timedelta(days=3))
    assert sweep(world) == 2, "late, but as of its day"
    assert sweep(world) == 0, "a second sweep changes nothing"
    with world.trying() as session:
        assert session.get_one(Unit, world.units["dinas"]).name == "Dinas Nanti"
        island = session.get_one(Unit, world.units["island"])
        assert (island.valid_to, island.successor_id) == (
            NEXT_MONTH - timedelta(days=1),
            world.units["agency"],
        )
        assert place(session, world, "remote_farmer", NEXT_MONTH - timedelta(days=1)) == world.units["island"]
        assert place(session, world, "remote_farmer", NEXT_MONTH) == world.units["agency"]


def test_a_plan_can_be_taken_back_before_its_day_only(world: World) -> None:
    (planned,) = merge(world, ["island"], world.units["agency"], NEXT_MONTH)
    done = rename(world, "dinas", "Dinas Kini", FIRST_DAY)
    with world.writing() as session:
        actor = world.actor(session, "planner")
        with pytest.raises(Refused):
            units.withdraw_change(session, actor=actor, change_id=planned, reason=" ")
        units.withdraw_change(session, actor=actor, change_id=planned, reason="Perbup diubah")
        with pytest.raises(Conflict):
            units.withdraw_change(session, actor=actor, change_id=planned, reason="Lagi")
        with pytest.raises(Conflict):
            units.withdraw_change(session, actor=actor, change_id=done, reason="Terlambat")
    world.clock.go(NEXT_MONTH)
    assert sweep(world) == 0
    assert events(world, world.units["island"]) == ["unit.change_planned", "unit.change_withdrawn"]


def test_a_plan_that_a_rule_holds_up_waits_and_says_so_once(world: World) -> None:
    merge(world, ["dinas"], world.units["agency"], NEXT_MONTH)
    walk.to_approval(world)
    world.clock.go(NEXT_MONTH)
    assert sweep(world) == 0
    assert sweep(world) == 0
    with world.trying() as session:
        assert session.scalars(select(UnitChange)).one().trouble == "no_head"
    assert events(world, world.units["dinas"]).count("unit.change_held_up") == 1
    with world.writing() as session:
        units.add_head(
            session,
            actor=world.actor(session, "planner"),
            unit_id=world.units["agency"],
            title="Kepala Badan",
        )
    assert sweep(world) == 1
    with world.trying() as session:
        assert session.scalars(select(UnitChange)).one().trouble == ""


def test_a_merged_unit_has_ended_for_good(world: World) -> None:
    merge(world, ["island"], world.units["agency"])
    for refused in (
        lambda: merge(world, ["island"], world.units["dinas"]),
        lambda: rename(world, "island", "Pulau Lagi", NEXT_MONTH),
        lambda: move(world, world.units["island"], world.units["dinas"]),
        lambda: close(world, world.units["island"]),
    ):
        with pytest.raises(Conflict):
            refused()
    for refused in (
        lambda: merge(world, ["dinas"], world.units["island"]),
        lambda: move(world, world.units["dinas"], world.units["island"]),
        lambda: add(world, parent_id=world.units["island"]),
        lambda: merge(world, ["dinas"], world.units["dinas"]),
        lambda: merge(world, [], world.units["dinas"]),
    ):
        with pytest.raises(Refused):
            refused()


def test_a_code_is_never_used_twice_nor_a_name_at_one_time(world: World) -> None:
    merge(world, ["island"], world.units["agency"])
    for changes in ({"code": "island"}, {"code": "dinas"}, {"code": "x"}, {"code": "Dinas Baru!"},
                    {"name": "unit dinas"}, {"short_name": "AGENCY"}, {"name": " "}, {"kind": "castle"}):  # fmt: skip
        with pytest.raises(Refused):
            add(world, **changes)
    assert add(world, name="Unit island", short_name="island"), "the name of one that ended is free again"
    with pytest.raises(Refused):
        rename(world, "dinas", "unit AGENCY", FIRST_DAY)


def test_the_tree_has_no_circle_and_remembers_where_a_unit_stood(world: World) -> None:
    dinas, agency, island = (world.units[code] for code in ("dinas", "agency", "island"))
    move(world, agency, dinas)
    move(world, island, agency)
    for parent in (island, agency, dinas):
        with pytest.raises(Refused) as refused:
            move(world, dinas, parent)
        assert refused.value.code == "unit_circle"
    world.clock.go(NEXT_MONTH)
    move(world, island, None, NEXT_MONTH)
    with world.trying() as session:
        everybody = session.scalars(select(Unit)).all()
        moves = changes_in_force(session, ["moved"])
        assert [parents_on(everybody, moves, day)[island] for day in (YESTERDAY, FIRST_DAY, NEXT_MONTH)] == [
            None, agency, None,
        ]  # fmt: skip


def test_only_an_empty_unit_is_closed(world: World) -> None:
    for code in ("dinas", "island"):
        with pytest.raises(Refused) as refused:
            close(world, world.units[code])
        assert refused.value.code in ("office_held", "unit_not_empty")
    fresh = add(world)
    with pytest.raises(Refused):
        close(world, fresh, FIRST_DAY)
    world.clock.go(NEXT_MONTH)
    close(world, fresh, NEXT_MONTH)
    with world.trying() as session:
        unit = session.get_one(Unit, fresh)
        assert (unit.valid_to, unit.successor_id) == (NEXT_MONTH - timedelta(days=1), None)
        assert office_by_role(session, "unit_head", fresh) is None
        assert fresh not in read_register(session, NEXT_MONTH).units.values()


def test_a_letter_needs_a_number_and_a_day_that_has_come(world: World) -> None:
    with world.trying() as session:
        actor = world.actor(session, "planner")
        for letter in (Letter(" ", FIRST_DAY), Letter("1/2027", FIRST_DAY + timedelta(days=1))):
            with pytest.raises(Refused):
                units.add_unit(session, actor=actor, new=new(), day=FIRST_DAY, letter=letter)


def test_an_end_that_is_planned_bars_other_changes(world: World) -> None:
    merge(world, ["island"], world.units["agency"], NEXT_MONTH)
    for again in (
        lambda: merge(world, ["island"], world.units["dinas"], NEXT_MONTH),
        lambda: rename(world, "island", "Pulau", NEXT_MONTH),
        lambda: close(world, world.units["island"], NEXT_MONTH),
    ):
        with pytest.raises(Conflict):
            again()
    with pytest.raises(Conflict):
        merge(world, ["dinas"], world.units["island"], NEXT_MONTH)


def test_an_import_that_names_a_merged_unit_follows_and_a_closed_one_is_refused(world: World) -> None:
    fresh = add(world, YESTERDAY, name="Dinas Sementara", short_name="Sementara")
    merge(world, ["island"], world.units["agency"])
    rename(world, "dinas", "Dinas Nama Kedua", FIRST_DAY)
    close(world, fresh, FIRST_DAY)
    with world.trying() as session:
        register = read_register(session, FIRST_DAY)
        assert _unit("Unit  ISLAND", register, Words()) == world.units["agency"]
        assert _unit("island", register, Words()) == world.units["agency"], "by its code"
        assert _unit("pulau kami", register, Words(units={"pulau kami": "island"})) == world.units["agency"]
        assert _unit("unit dinas", register, Words()) == world.units["dinas"], "by its former name"
        assert _unit("Dinas Nama Kedua", register, Words()) == world.units["dinas"]
        with pytest.raises(Refused) as refused:
            _unit("Dinas Sementara", register, Words())
        assert (refused.value.code, refused.value.values["day"]) == ("unit_ended", YESTERDAY)
        with pytest.raises(Refused) as unknown:
            _unit("Dinas Antah Berantah", register, Words())
        assert unknown.value.code == "unknown_unit"


def test_a_profile_installed_again_undoes_no_letter(world: World) -> None:
    profile = load_profile("tanjung_asri")
    with world.writing() as session:
        install_profile(session, profile)
        ids = {unit.code: unit.id for unit in session.scalars(select(Unit))}
        world.units.update(ids)
    codes = [row.code for row in profile.units if row.code not in ("setda", "bkpsdm", "bkad")]
    rename(world, codes[0], "Nama Menurut Surat", FIRST_DAY, head_title="Kepala Menurut Surat")
    merge(world, [codes[1]], ids["setda"])
    with world.writing() as session:
        install_profile(session, profile)
    with world.trying() as session:
        renamed = session.get_one(Unit, ids[codes[0]])
        assert renamed.name == "Nama Menurut Surat"
        head = office_by_role(session, "unit_head", renamed.id)
        assert head is not None
        assert head.title == "Kepala Menurut Surat"
        assert session.get_one(Unit, ids[codes[1]]).successor_id == ids["setda"]
        assert office_by_role(session, "unit_head", ids[codes[1]]) is None


def test_every_refusal_is_a_sentence(world: World) -> None:
    with pytest.raises(WorkflowError) as refused:
        close(world, world.units["dinas"])
    assert str(refused.value).endswith("mandatnya.")
