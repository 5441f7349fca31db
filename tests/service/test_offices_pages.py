"""Pages of offices: who acts today, the timeline, letters entered in forms, alarms on the agency's first page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.queries import counted
from tests.support.world import FIRST_DAY, World
from tests.workflows.test_leaves import announce
from tests.workflows.test_offices import acting
from workflows.models import Office, OfficeHolding, OfficeLeave

Visit = Callable[[str], FlaskClient]
YESTERDAY = FIRST_DAY - timedelta(days=1)
LETTER = {"letter_no": "800/12/2027", "letter_date": FIRST_DAY.isoformat()}


def place(world: World, role: str = "unit_head", *more: object) -> str:
    return "/".join(["/jabatan", str(world.offices[role]), *map(str, more)])


def plt(world: World, **changes: str) -> dict[str, str]:
    given = {
        "person_id": str(world.people["deputy"]),
        "kind": "plt",
        "valid_from": FIRST_DAY.isoformat(),
        "valid_to": "2027-04-18",
    }
    return {**LETTER, **given, **changes}


def only(world: World, model: Any, **wanted: Any) -> int:
    with world.trying() as session:
        return session.scalars(select(model.id).filter_by(**wanted)).one()


def test_everybody_sees_who_acts_today_and_only_the_agency_sees_forms(visit: Visit, world: World) -> None:
    announce(world)
    page = visit("author").get("/jabatan").text
    assert "Deputy Contoh" in page
    assert "a.n. Unit_head Contoh" in page
    show = visit("author").get(place(world)).text
    assert "Pelaksana harian (Plh)" in show
    assert 'method="post" action="/jabatan' not in show
    assert f'action="{place(world, "unit_head", "tunjuk")}"' in visit("planner").get(place(world)).text


def test_an_office_that_is_not_there_is_not_found(visit: Visit) -> None:
    assert visit("planner").get("/jabatan/9999").status_code == 404
    assert visit("planner").get("/jabatan/99999999999").status_code == 404


def test_a_letter_is_entered_and_stands_on_the_timeline(visit: Visit, world: World) -> None:
    planner = visit("planner")
    holding = only(world, OfficeHolding, office_id=world.offices["unit_head"])
    ended = {"last_day": YESTERDAY.isoformat(), "reason": "Pensiun"}
    assert planner.post(place(world, "unit_head", "mandat", holding, "akhiri"), data=ended).status_code == 303
    assert "tanpa pejabat berwenang" in planner.get(place(world)).text
    assert planner.post(place(world, "unit_head", "tunjuk"), data=plt(world)).status_code == 303
    page = planner.get(place(world)).text
    assert "surat 800/12/2027" in page
    assert "Pensiun" in page
    assert acting(world, FIRST_DAY) == "deputy"
    plt_id = only(world, OfficeHolding, kind="plt")
    longer = planner.post(
        place(world, "unit_head", "mandat", plt_id, "perpanjang"), data={**LETTER, "valid_to": "2027-07-18"}
    )
    assert longer.status_code == 303
    assert acting(world, date(2027, 7, 18)) == "deputy"


def test_a_refusal_says_the_rule_and_keeps_what_was_typed(visit: Visit, world: World) -> None:
    planner = visit("planner")
    answer = planner.post(place(world, "unit_head", "tunjuk"), data=plt(world))
    assert answer.status_code == 422
    assert '<a href="#appoint-valid_from">Jabatan ini masih dipegang Unit_head Contoh' in answer.text
    assert 'value="800/12/2027"' in answer.text
    assert f'<option value="{world.people["deputy"]}" selected>' in answer.text
    for changes, field in (
        ({"letter_date": "kemarin"}, "letter_date"),
        ({"person_id": ""}, "person_id"),
        ({"person_id": "1"}, "person_id"),
        ({"letter_no": ""}, "letter_no"),
        ({"valid_from": ""}, "valid_from"),
        ({"kind": "raja"}, "kind"),
    ):
        answer = planner.post(place(world, "unit_head", "tunjuk"), data=plt(world, **changes))
        assert answer.status_code == 422
        assert f'href="#appoint-{field}"' in answer.text, field
    assert acting(world, FIRST_DAY) == "unit_head"


def test_a_leave_is_announced_its_stand_in_named_later_and_ended_early(visit: Visit, world: World) -> None:
    planner = visit("planner")
    dates = {"first_day": FIRST_DAY.isoformat(), "last_day": "2027-01-29"}
    assert planner.post(place(world, "unit_head", "cuti"), data={**LETTER, **dates}).status_code == 303
    leave = only(world, OfficeLeave)
    page = planner.get(place(world)).text
    assert "Pejabat tidak di tempat dan belum ada penggantinya" in page
    assert "10 hari kerja" in page
    stand_in = {
        "person_id": str(world.people["deputy"]),
        "stand_in_kind": "plh",
        "stand_in_letter_no": "851/1",
        "stand_in_letter_date": FIRST_DAY.isoformat(),
    }
    named = planner.post(place(world, "unit_head", "cuti", leave, "pengganti"), data=stand_in)
    assert named.status_code == 303
    assert acting(world, FIRST_DAY) == "deputy"
    back = {"last_day": FIRST_DAY.isoformat(), "reason": "Kembali"}
    assert planner.post(place(world, "unit_head", "cuti", leave, "akhiri"), data=back).status_code == 303
    assert acting(world, FIRST_DAY + timedelta(days=1)) == "unit_head"


def test_letters_are_not_for_others_nor_for_another_offices_mandate(visit: Visit, world: World) -> None:
    holding = only(world, OfficeHolding, office_id=world.offices["unit_head"])
    ended = {"last_day": YESTERDAY.isoformat(), "reason": "x"}
    wrong = place(world, "finance_officer", "mandat", holding, "akhiri")
    assert visit("planner").post(wrong, data=ended).status_code == 404
    for name in ("author", "inspector", "administrator", "unit_head"):
        assert visit(name).post(place(world, "unit_head", "tunjuk"), data=plt(world)).status_code == 403
        assert visit(name).post(place(world, "unit_head", "cuti"), data={}).status_code in (403, 422)
    assert acting(world, FIRST_DAY) == "unit_head"


def test_the_agency_is_told_on_its_first_page_and_on_the_list(visit: Visit, world: World) -> None:
    world.end_mandate("unit_head", date(2026, 11, 1))
    world.appoint("unit_head", "deputy", "plt", date(2026, 11, 2), date(2027, 2, 2))
    for path in ("/", "/jabatan", place(world)):
        assert "Mandat habis dan belum ada penggantinya" in visit("planner").get(path).text, path
    assert "Mandat habis" not in visit("author").get("/").text
    assert "Mandat habis" not in visit("author").get("/jabatan").text
    world.clock.go(date(2027, 2, 3))
    assert "Mandat sudah habis, tidak ada pejabat berwenang" in visit("planner").get("/").text


def test_people_are_found_by_name_and_never_by_number(visit: Visit, world: World) -> None:
    page = visit("planner").get(place(world) + "?q=deputy+199001010000000010").text
    assert "Deputy Contoh (Analis, dinas)" in page
    assert "19900101" not in page
    assert "Stranger Contoh (Analis" not in page


def test_the_history_of_an_office_is_for_those_who_oversee(visit: Visit, world: World) -> None:
    announce(world)
    assert "Riwayat jabatan ini" in visit("inspector").get(place(world)).text
    assert "Riwayat jabatan ini" not in visit("author").get(place(world)).text


def test_a_long_list_is_paged_by_key_with_a_fixed_number_of_queries(
    app: Flask, visit: Visit, world: World
) -> None:
    planner, counts = visit("planner"), []
    for more in (3, 60):
        with world.writing() as session:
            session.add_all(
                Office(code=f"x{more}-{n}", role="unit_head", title=f"Kepala {more}-{n:02}")
                for n in range(more)
            )
        with counted(app) as said:
            page = planner.get("/jabatan").text
        counts.append(len(said))
    assert counts[0] == counts[1]
    following = re.search(r'href="(/jabatan\?sesudah=\d+)"', page)
    assert following is not None
    assert "Kepala 60-55" in planner.get(following[1]).text.partition("<table")[2]


@pytest.mark.parametrize("path", ["/jabatan", "/jabatan/1"])
def test_the_pages_speak_english_too(visit: Visit, world: World, path: str) -> None:
    announce(world)
    planner = visit("planner")
    planner.post("/bahasa", data={"language": "en"})
    page = planner.get(path).text
    assert "Daily acting official (Plh)" in page
    assert "Jabatan" not in re.sub(r"<[^>]+>", "", page)
