"""Pages of programmes: made from needs, changed with care, found in a list, one hub for each version."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms_connectors.memory import MemoryPlatform
from tests.support import walk
from tests.support.queries import counted
from tests.support.world import World
from workflows.actions import needs
from workflows.content import content_of
from workflows.models import Need, ProgrammeVersion
from workflows.ports import Retryable

Visit = Callable[[str], FlaskClient]


@pytest.fixture
def site(app: Flask) -> MemoryPlatform:
    platform: MemoryPlatform = app.extensions["test_platform"]
    platform.add_course("Pengelolaan Data Publik", ref="7", idnumber="DATA-1")
    platform.add_course("Manajemen Proyek", ref="8")
    return platform


def file(world: World) -> int:
    with world.writing() as session:
        return needs.file_need(
            session, actor=world.actor(session, "author"), problem="Data tersebar", since="2026", service="Data"
        ).id  # fmt: skip


def typed(world: World, **changes: Any) -> dict[str, Any]:
    values = {name: getattr(walk.content(world), name) for name in walk.content(world).__dataclass_fields__}
    values.update(
        starts_on="2027-04-05", ends_on="2027-04-09", owner_unit_id=world.units["dinas"], action="save"
    )
    values.update(cost_1_label="Narasumber", cost_1_quantity="20", cost_1_unit="jam", cost_1_price="900.000")
    values.update(cost_2_label="", cost_2_quantity="", cost_2_unit="", cost_2_price="")
    return {**values, **changes}


def version_of(world: World, version_id: int) -> ProgrammeVersion:
    with world.trying() as session:
        version = session.get_one(ProgrammeVersion, version_id)
        assert version.cost >= 0
        session.expunge_all()
        return version


def only_version(world: World) -> ProgrammeVersion:
    with world.trying() as session:
        version = session.scalars(select(ProgrammeVersion)).one()
        assert version.cost >= 0
        session.expunge_all()
        return version


def test_the_agency_makes_a_programme_from_needs(visit: Visit, world: World, site: MemoryPlatform) -> None:
    need = file(world)
    planner = visit("planner")
    form = planner.get(f"/program/baru?need={need}").text
    assert "Data tersebar" in form
    assert "8 JP sehari" in form
    assert "sisa Rp100.000.000 dari Rp100.000.000" in form
    answer = planner.post("/program/baru", data=typed(world, need=need))
    assert answer.status_code == 303
    version = only_version(world)
    assert (version.cost, version.course_ref, version.course_title) == (
        18_000_000,
        "7",
        "Pengelolaan Data Publik",
    )
    with world.trying() as session:
        assert session.get_one(Need, need).status == "taken_up"
    again = planner.post("/program/baru", data=typed(world, need=need))
    assert again.status_code == 409
    page = planner.get(answer.headers["Location"]).text
    assert "Rp18.000.000" in page
    assert "Buka pembahasan" in page


def test_all_that_cannot_be_read_is_said_at_once_and_kept(visit: Visit, world: World) -> None:
    given = typed(
        world, title="Judul saya", seats="banyak", starts_on="besok", cost_1_price="mahal", course_ref=""
    )
    answer = visit("planner").post("/program/baru", data=given)
    assert answer.status_code == 422
    for field in ("seats", "starts_on", "cost_1_label"):
        assert f'href="#{field}"' in answer.text
    assert "Judul saya" in answer.text
    assert 'value="mahal"' in answer.text


def test_a_refusal_by_a_rule_keeps_what_was_typed(visit: Visit, world: World) -> None:
    given = typed(world, aims=" ", title="Judul saya", course_ref="")
    answer = visit("planner").post("/program/baru", data=given)
    assert answer.status_code == 422
    assert 'href="#aims"' in answer.text
    assert "Judul saya" in answer.text


def test_another_cost_line_comes_without_a_script(visit: Visit, world: World) -> None:
    given = typed(world, action="add_row", title="Judul saya")
    given.update({f"cost_{n}_label": f"Baris {n}" for n in range(1, 4)})
    answer = visit("planner").post("/program/baru", data=given)
    assert answer.status_code == 200
    assert 'name="cost_4_label"' in answer.text
    assert 'name="cost_5_label"' not in answer.text
    assert "Judul saya" in answer.text


def test_courses_are_found_by_name_on_the_site(visit: Visit, world: World, site: MemoryPlatform) -> None:
    given = typed(world, action="search_course", course_search="data", course_ref="")
    answer = visit("planner").post("/program/baru", data=given)
    assert answer.status_code == 200
    assert "Pengelolaan Data Publik" in answer.text
    assert "Manajemen Proyek" not in answer.text


def test_a_site_that_is_down_blocks_nothing(
    visit: Visit, world: World, app: Flask, site: MemoryPlatform
) -> None:
    site.search_courses = site.find_course = _down  # type: ignore[method-assign]
    planner = visit("planner")
    looked = planner.post("/program/baru", data=typed(world, action="search_course", course_ref=""))
    assert looked.status_code == 200
    assert "sedang tidak menjawab" in looked.text
    assert planner.post("/program/baru", data=typed(world, course_ref="")).status_code == 303
    assert only_version(world).course_ref == ""


def _down(*_anything: Any) -> Any:
    raise Retryable("timeout")


def test_a_course_that_is_not_on_the_site_is_refused(
    visit: Visit, world: World, site: MemoryPlatform
) -> None:
    answer = visit("planner").post("/program/baru", data=typed(world, course_ref="999"))
    assert answer.status_code == 422
    assert "tidak ada lagi di Moodle" in answer.text


def test_a_course_left_open_is_chosen_after_the_approval_while_nobody_is_enrolled(
    visit: Visit, world: World, site: MemoryPlatform
) -> None:
    version_id = walk.to_approved(world, course_ref="", course_title="")
    planner = visit("planner")
    assert "Pilih kelas" in planner.get(f"/program/{version_id}").text
    given = {"action": "save", "site_id": world.site, "course_ref": "8"}
    assert planner.post(f"/program/{version_id}/kelas", data={**given, "course_ref": ""}).status_code == 422
    assert planner.post(f"/program/{version_id}/kelas", data=given).status_code == 303
    assert version_of(world, version_id).course_title == "Manajemen Proyek"
    walk.enrol(world, version_id, ["learner1"])
    assert planner.post(f"/program/{version_id}/kelas", data={**given, "course_ref": "7"}).status_code == 409


@pytest.mark.parametrize("name", ["stranger", "quality", "finance_officer"])
def test_nobody_else_makes_or_changes_a_programme(visit: Visit, world: World, name: str) -> None:
    version_id = walk.to_proposed(world)
    other = visit(name)
    assert other.get("/program/baru").status_code == 403
    assert other.post("/program/baru", data=typed(world)).status_code == 403
    for path in ("ubah", "biaya", "kelas"):
        assert other.get(f"/program/{version_id}/{path}").status_code == 403
        assert other.post(f"/program/{version_id}/{path}", data={"action": "save"}).status_code == 403
    page = other.get(f"/program/{version_id}").text
    assert "Ubah isi" not in page
    assert "Buka pembahasan</a>" not in page


def test_content_is_changed_and_a_stale_form_keeps_what_was_typed(
    visit: Visit, world: World, site: MemoryPlatform
) -> None:
    version_id = walk.to_proposed(world)
    planner, other = visit("planner"), visit("planner2")
    seen = {"seen_content_no": 1}
    first = typed(world, title="Judul pertama", **seen)
    assert planner.post(f"/program/{version_id}/ubah", data=first).status_code == 303
    answer = other.post(f"/program/{version_id}/ubah", data=typed(world, title="Judul kedua", **seen))
    assert answer.status_code == 409
    assert 'value="Judul kedua"' in answer.text
    assert "judul: Judul pertama" in answer.text
    assert 'name="seen_content_no" value="2"' in answer.text
    assert version_of(world, version_id).title == "Judul pertama"


def test_costs_are_changed_and_a_stale_form_keeps_what_was_typed(visit: Visit, world: World) -> None:
    version_id = walk.to_proposed(world)
    path = f"/program/{version_id}/biaya"
    planner = visit("planner")
    assert 'value="900.000"' in planner.get(path).text
    line = {
        "cost_1_label": "Modul",
        "cost_1_quantity": "10",
        "cost_1_unit": "buku",
        "cost_1_price": "Rp50.000",
    }
    given = {"action": "save", "seen_cost_no": 1, **line}
    assert planner.post(path, data=given).status_code == 303
    assert version_of(world, version_id).cost == 500_000
    answer = planner.post(path, data={**given, "cost_1_label": "Modul cetak"})
    assert answer.status_code == 409
    assert 'value="Modul cetak"' in answer.text
    assert version_of(world, version_id).cost == 500_000


def test_after_the_approval_nothing_is_changed_any_more(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    planner = visit("planner")
    assert "Ubah isi" not in planner.get(f"/program/{version_id}").text
    assert planner.get(f"/program/{version_id}/biaya").status_code == 409
    answer = planner.post(f"/program/{version_id}/biaya", data={"action": "save", "seen_cost_no": 1})
    assert answer.status_code == 409


def test_what_changed_since_my_last_act_comes_first(visit: Visit, world: World) -> None:
    version_id = walk.to_review(world)
    walk.speak(world, version_id)
    page = visit("planner").get(f"/program/{version_id}").text
    assert "Berubah sejak terakhir Anda lihat" in page
    assert "5 masukan baru diberikan." in page
    assert "Berubah sejak terakhir" not in visit("stranger").get(f"/program/{version_id}").text


def test_a_returned_programme_is_brought_back_once(visit: Visit, world: World) -> None:
    version_id = walk.to_approval(world)
    walk.decide(world, "unit_head", version_id, "unit_head", "return", reason="Kurangi hari")
    planner = visit("planner")
    assert "Ajukan kembali" in planner.get(f"/program/{version_id}").text
    assert "Ajukan kembali" not in visit("stranger").get(f"/program/{version_id}").text
    assert visit("stranger").post(f"/program/{version_id}/ajukan-kembali").status_code == 403
    assert planner.post(f"/program/{version_id}/ajukan-kembali").status_code == 303
    assert planner.post(f"/program/{version_id}/ajukan-kembali").status_code == 409


def test_a_change_after_the_review_warns_of_what_falls(visit: Visit, world: World) -> None:
    version_id = walk.to_approval(world)
    assert "ikut menjadi pengusul" in visit("planner").get(f"/program/{version_id}/biaya").text


@pytest.mark.parametrize(
    ("road", "word", "filter_"),
    [
        (walk.to_approval, "Menunggu persetujuan (1 dari 5)", "participatory_review"),
        (walk.to_rejected, "Ditolak", "closed"),
        (walk.to_revised, "Diperbarui", "revised"),
    ],
)
def test_the_list_says_where_each_programme_is(
    visit: Visit, world: World, road: Callable[[World], int], word: str, filter_: str
) -> None:
    road(world)
    planner = visit("planner")
    assert word in planner.get(f"/program?keadaan={filter_}").text
    other = planner.get("/program?keadaan=running").text
    assert "Pengelolaan data publik" not in other


def test_versions_of_one_programme_lead_to_each_other(visit: Visit, world: World) -> None:
    version_id = walk.to_revised(world)
    page = visit("planner").get(f"/program/{version_id}").text
    assert "Dilanjutkan pada versi 2" in page
    following = re.search(r'href="(/program/\d+)">Buka versi baru', page)
    assert following is not None
    assert "Praktik kurang" in visit("planner").get(following[1]).text


@pytest.mark.parametrize(
    "road",
    [
        walk.to_proposed,
        walk.to_review,
        walk.to_approval,
        walk.to_approved,
        walk.to_running,
        walk.to_evaluated,
    ],
)
@pytest.mark.parametrize("name", ["planner", "quality", "unit_head", "stranger"])
def test_the_hub_opens_in_every_state_for_everybody(
    visit: Visit, world: World, road: Callable[[World], int], name: str
) -> None:
    page = visit(name).get(f"/program/{road(world)}")
    assert page.status_code == 200
    assert "Berikutnya" in page.text


def test_an_unknown_programme_is_not_found(visit: Visit) -> None:
    for path in ("/program/999", "/program/999/ubah", "/program/999/pembahasan"):
        assert visit("planner").get(path).status_code == 404


def test_the_list_asks_as_much_for_30_programmes_as_for_3_and_is_paged_by_key(
    app: Flask, visit: Visit, world: World
) -> None:
    planner = visit("planner")
    counts = []
    for more in (3, 27):
        for _n in range(more):
            walk.to_proposed(world)
        with counted(app) as said:
            first = planner.get("/program").text
        counts.append(len(said))
    assert counts[0] == counts[1]
    older = re.search(r'href="(/program\?sebelum=\d+)"', first)
    assert older is not None
    second = planner.get(older[1]).text
    newer = re.search(r'href="(/program\?sesudah=\d+)"', second)
    assert newer is not None
    listed = [
        re.findall(r'href="/program/(\d+)"', page) for page in (first, second, planner.get(newer[1]).text)
    ]
    assert len(listed[0]) == 20
    assert len(listed[1]) == 10
    assert listed[2] == listed[0]


def test_the_form_writes_a_version_out_as_it_would_be_typed(
    visit: Visit, world: World, site: MemoryPlatform
) -> None:
    version_id = walk.to_proposed(world)
    before = content_of(version_of(world, version_id))
    given = typed(world, seen_content_no=1)
    assert visit("planner").post(f"/program/{version_id}/ubah", data=given).status_code == 303
    assert content_of(version_of(world, version_id)) == before
    assert version_of(world, version_id).content_no == 1
