"""Pages of units: the tree of a day, one unit, and letters whose effect is shown before it happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support import walk
from tests.support.queries import counted
from tests.support.unit_letters import NEXT_MONTH, YESTERDAY, add, merge, move, rename
from tests.support.world import FIRST_DAY, World
from tests.workflows.test_preparations import appoint
from tests.workflows.test_preparers_left import fresh_head
from workflows.models import Office, Unit, UnitChange

Visit = Callable[[str], FlaskClient]
LETTER = {"letter_no": "Perbup 4/2027", "letter_date": YESTERDAY.isoformat()}


def typed(**changes: object) -> dict[str, object]:
    return {**LETTER, "day": FIRST_DAY.isoformat(), **changes}


def count(world: World, model: type) -> int:
    with world.trying() as session:
        return len(session.scalars(select(model)).all())


def test_the_tree_shows_a_day_with_the_names_of_that_day(visit: Visit, world: World) -> None:
    rename(world, "dinas", "Dinas Nama Kedua", FIRST_DAY)
    move(world, world.units["island"], world.units["dinas"])
    merge(world, ["agency"], world.units["dinas"])
    author = visit("author")
    now = author.get("/unit").text
    assert "Dinas Nama Kedua" in now
    assert "Unit dinas" not in now
    assert "Unit agency" not in now
    assert "depth-1" in now
    before = author.get(f"/unit?hari={YESTERDAY.isoformat()}").text
    assert "Unit dinas" in before
    assert "Dinas Nama Kedua" not in before
    assert "Unit agency" in before
    assert "depth-1" not in before
    ended = author.get("/unit?tutup=1").text
    assert "Unit agency" in ended
    assert "penerusnya Dinas Nama Kedua" in ended
    assert author.get("/unit?hari=kemarin&dari=x").status_code == 200


def test_people_and_offices_are_counted(visit: Visit, world: World) -> None:
    page = visit("author").get("/unit").text
    assert "1 pegawai" in page
    assert "1 jabatan" in page


def test_the_tree_asks_the_same_number_of_questions_whatever_its_size(
    app: Flask, visit: Visit, world: World
) -> None:
    planner = visit("planner")
    planner.get("/unit")
    with counted(app) as few:
        planner.get("/unit?tutup=1")
    with world.writing() as session:
        session.add_all(
            Unit(code=f"u{n}", name=f"Unit {n}", short_name=f"U{n}", kind="department") for n in range(90)
        )
    with counted(app) as many:
        page = planner.get("/unit?tutup=1").text
    assert len(many) == len(few)
    assert "dari=60" in page, "branches come by the page"
    assert "Unit 9<" in planner.get("/unit?dari=60").text


def test_only_those_who_may_see_the_forms(visit: Visit, world: World) -> None:
    assert "/nama" not in visit("author").get("/unit/dinas").text
    assert "/unit/dinas/nama" in visit("administrator").get("/unit/dinas").text
    for path in (
        "/unit/-baru",
        "/unit/-gabung",
        "/unit/dinas/nama",
        "/unit/dinas/pindah",
        "/unit/dinas/tutup",
    ):
        assert visit("author").get(path).status_code == 403
        assert visit("inspector").post(path, data=typed(confirm="1")).status_code == 403
        assert visit("planner").get(path).status_code == 200
    assert visit("author").post("/unit/agency/kepala", data={"head_title": "X"}).status_code == 403
    assert visit("planner").get("/unit/tiada").status_code == 404
    assert count(world, UnitChange) == 0


def test_a_merger_is_shown_before_it_is_confirmed(visit: Visit, world: World) -> None:
    walk.to_review(world)
    appoint(world, "superior")
    fresh = add(world)
    planner = visit("planner")
    assert f'value="{world.units["dinas"]}" checked' in planner.get("/unit/-gabung?dari=dinas").text
    data = typed(unit_ids=[world.units["dinas"], world.units["island"]], into_id=fresh)
    page = planner.post("/unit/-gabung?dari=dinas", data=data).text
    for words in (
        "Yang ikut berubah", "Unit dinas berakhir", "Unit island berakhir", "1 pegawai bekerja di Dinas Baru",
        "Jabatan Kepala Dinas Contoh ditutup", "Mandat Unit_head Contoh", "Program Pengelolaan data publik",
        "Superior Contoh tidak lagi menyiapkan tugas sejak hari itu; kepala Dinas Baru dapat menunjuknya lagi.",
    ):  # fmt: skip
        assert words in page, words
    with world.trying() as session:
        assert session.get_one(Unit, world.units["dinas"]).valid_to is None, "looking changes nothing"
        assert len(session.scalars(select(UnitChange).where(UnitChange.kind == "merged")).all()) == 0
    answer = planner.post("/unit/-gabung?dari=dinas", data={**data, "confirm": "1"})
    assert answer.status_code == 303
    page = planner.get("/unit/dinas").text
    assert "Unit ini berakhir" in page
    assert "Digabung ke Dinas Baru" in page
    assert 'href="/unit/baru"' in page
    assert "/unit/dinas/nama" not in page
    assert "Unit dinas digabung ke unit ini" in planner.get("/unit/baru").text


def test_a_refusal_stands_on_the_form_with_what_was_typed(visit: Visit, world: World) -> None:
    planner = visit("planner")
    answer = planner.post("/unit/dinas/tutup", data=typed())
    assert answer.status_code == 422
    assert "Akhiri dahulu mandatnya" in answer.text
    assert 'value="Perbup 4/2027"' in answer.text
    answer = planner.post("/unit/dinas/nama", data=typed(name="Unit agency", short_name="X", confirm="1"))
    assert answer.status_code == 422
    assert "Unit lain sudah bernama" in answer.text
    for wrong in ({"day": ""}, {"letter_no": " "}, {"into_id": "abc"}, {"unit_ids": []}):
        data = typed(**{"unit_ids": [world.units["dinas"]], "into_id": world.units["agency"], **wrong})
        assert planner.post("/unit/-gabung", data=data).status_code == 422
    assert planner.post("/unit/dinas/pindah", data=typed(parent_id="")).status_code == 422
    assert count(world, UnitChange) == 0


def test_a_unit_is_made_renamed_moved_and_closed_by_forms(visit: Visit, world: World) -> None:
    planner = visit("planner")
    made = typed(
        code="uptd-baru", name="UPTD Baru", short_name="UPTD B", kind="technical_unit",
        parent_id=world.units["dinas"], head_title="Kepala UPTD Baru", day=YESTERDAY.isoformat(),
    )  # fmt: skip
    assert "UPTD Baru dibentuk" in planner.post("/unit/-baru", data=made).text
    assert planner.post("/unit/-baru", data={**made, "confirm": "1"}).status_code == 303
    assert "Kepala UPTD Baru" in planner.get("/unit/uptd-baru").text
    named = typed(name="UPTD Lama Baru", short_name="UPTD LB", head_title="", confirm="1")
    assert planner.post("/unit/uptd-baru/nama", data=named).status_code == 303
    assert planner.post("/unit/uptd-baru/pindah", data=typed(parent_id="-", confirm="1")).status_code == 303
    assert planner.post("/unit/uptd-baru/tutup", data=typed(confirm="1")).status_code == 303
    page = planner.get("/unit/uptd-baru").text
    for words in ("Dibentuk", "UPTD Baru menjadi UPTD Lama Baru", "Pindah dari bawah Unit dinas", "Ditutup"):
        assert words in page, words


def test_a_plan_is_shown_and_taken_back(visit: Visit, world: World) -> None:
    planner = visit("planner")
    data = typed(unit_ids=[world.units["island"]], into_id=world.units["agency"], day=NEXT_MONTH.isoformat())
    assert "dijalankan pada hari itu" in planner.post("/unit/-gabung", data=data).text
    assert planner.post("/unit/-gabung", data={**data, "confirm": "1"}).status_code == 303
    assert "direncanakan" in planner.get("/unit/agency").text
    (planned,) = (row for row in [only_change(world)])
    assert planner.post(f"/unit/dinas/rencana/{planned}/batal", data={"reason": "x"}).status_code == 404
    assert planner.post(f"/unit/island/rencana/{planned}/batal", data={"reason": ""}).status_code == 422
    assert planner.post(f"/unit/island/rencana/{planned}/batal", data={"reason": "Batal"}).status_code == 303
    assert "direncanakan" not in planner.get("/unit/island").text


def only_change(world: World) -> int:
    with world.trying() as session:
        return session.scalars(select(UnitChange.id)).one()


def test_what_is_held_up_stands_on_top_of_the_tree(visit: Visit, world: World) -> None:
    merge(world, ["dinas"], world.units["agency"], NEXT_MONTH)
    with world.writing() as session:
        session.scalars(select(UnitChange)).one().trouble = "no_head"
    world.clock.go(NEXT_MONTH)
    page = visit("planner").get("/unit").text
    assert "Belum dapat dijalankan" in page
    assert "belum punya jabatan kepala" in page
    assert "Belum dapat dijalankan" not in visit("author").get("/unit").text
    answer = visit("planner").post("/unit/agency/kepala", data={"head_title": "Kepala Badan Contoh"})
    assert answer.status_code == 303
    assert visit("planner").post("/unit/agency/kepala", data={"head_title": "Lagi"}).status_code == 409


def test_a_closed_office_says_so_and_takes_no_letter(visit: Visit, world: World) -> None:
    fresh = add(world, YESTERDAY)
    merge(world, ["dinas"], fresh)
    office = world.offices["unit_head"]
    page = visit("planner").get(f"/jabatan/{office}").text
    assert "Hari terakhir jabatan ini" in page
    assert "/tunjuk" not in page
    data = {
        **LETTER, "person_id": str(world.people["deputy"]), "kind": "plt", "valid_from": FIRST_DAY.isoformat(),
        "valid_to": (FIRST_DAY + timedelta(days=20)).isoformat(),
    }  # fmt: skip
    assert visit("planner").post(f"/jabatan/{office}/tunjuk", data=data).status_code == 409
    world.clock.go(NEXT_MONTH)
    assert "Kepala Dinas Contoh" not in visit("planner").get("/jabatan").text
    with world.trying() as session:
        assert session.get_one(Office, office).valid_to == YESTERDAY


def test_preparers_of_a_merged_unit_are_named_before_and_appointed_anew_after(
    visit: Visit, world: World
) -> None:
    appoint(world, "superior")
    fresh = fresh_head(world)
    planner = visit("planner")
    merge(world, ["dinas"], fresh)
    for page in ("/jabatan", "/"):
        assert "Penyiap dari unit yang digabung belum ditunjuk lagi" in planner.get(page).text, page
    place = f"/jabatan/{world.offices['new_head']}"
    assert "Tunjuk Superior Contoh lagi" not in visit("author").get(place).text
    page = visit("deputy").get(place).text
    assert "Tunjuk Superior Contoh lagi" in page
    form = {"person_id": world.people["superior"], "valid_from": FIRST_DAY.isoformat(), "valid_to": ""}
    assert visit("deputy").post(f"{place}/penyiap", data=form).status_code == 303
    assert "Tunjuk Superior Contoh lagi" not in visit("deputy").get(place).text
    assert "belum ditunjuk lagi" not in planner.get("/jabatan").text
