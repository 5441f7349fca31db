"""Pages of preparers, and what the official and the office's page show of them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support import walk
from tests.support.queries import counted
from tests.support.world import CHAIN, FIRST_DAY, World
from tests.workflows.test_leaves import announce
from tests.workflows.test_preparations import appoint, is_ready, mark, move, order, say, task_id
from workflows.models import ApprovalTask, Preparer

Visit = Callable[[str], FlaskClient]


@pytest.fixture
def tasks(world: World) -> list[int]:
    appoint(world)
    return [task_id(world, walk.to_approval(world, title=f"Program {n}")) for n in (1, 2, 3)]


def place(world: World, task: int, way: str) -> str:
    return f"/penyiapan/{world.offices['unit_head']}/{task}/{way}"


def shown(page: str, task: int) -> str:
    found = re.search(rf'id="tugas-{task}".*?name="shown" value="([0-9a-f]{{64}})"', page, re.DOTALL)
    assert found is not None
    return found.group(1)


def test_a_preparer_sorts_marks_and_comments_without_a_script(
    visit: Visit, world: World, tasks: list[int]
) -> None:
    client = visit("superior")
    assert "Yang Anda siapkan" in client.get("/").text
    assert 'href="/penyiapan"' in client.get("/keputusan").text
    page = client.get("/penyiapan").text
    assert "Hari ini diputuskan Unit_head Contoh." in page
    assert page.count('value="naik"') == page.count('value="turun"') == 2
    answer = client.post(place(world, tasks[2], "urutan"), data={"arah": "naik"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/penyiapan#tugas-{tasks[2]}")
    client.post(place(world, tasks[0], "urutan"), data={"arah": "turun"})
    assert order(world) == [tasks[2], tasks[0], tasks[1]]
    given = {"siap": "ya", "shown": shown(page, tasks[0])}
    assert client.post(place(world, tasks[0], "siap"), data=given).status_code == 303
    assert is_ready(world, tasks[0]) == (True, False)
    said = client.post(place(world, tasks[0], "catatan"), data={"text": "Lampiran <lengkap>"})
    assert said.status_code == 303
    page = client.get("/penyiapan").text
    assert "Lampiran &lt;lengkap&gt;" in page
    assert "Tarik tanda siap" in page
    assert client.post(place(world, tasks[0], "siap"), data={"siap": "tidak"}).status_code == 303
    assert is_ready(world, tasks[0]) == (False, False)
    comment = re.search(r'action="(/penyiapan/catatan/\d+/hapus)"', page)
    assert comment is not None
    assert client.post(comment.group(1)).status_code == 303
    assert "Lampiran" not in client.get("/penyiapan").text


def test_a_refused_comment_and_a_stale_mark_keep_the_page(
    visit: Visit, world: World, tasks: list[int]
) -> None:
    client = visit("superior")
    long = "a" * 1001
    answer = client.post(place(world, tasks[0], "catatan"), data={"text": long})
    assert answer.status_code == 422
    assert f'href="#text-{tasks[0]}"' in answer.text
    assert long in answer.text
    answer = client.post(place(world, tasks[0], "siap"), data={"siap": "ya", "shown": "0" * 64})
    assert answer.status_code == 409
    assert "Program berubah sejak Anda membukanya" in answer.text
    assert client.post(place(world, 99999, "urutan"), data={"arah": "naik"}).status_code == 404


def test_the_official_sees_order_mark_and_comment(visit: Visit, world: World, tasks: list[int]) -> None:
    move(world, tasks[2], up=True)
    move(world, tasks[2], up=True)
    mark(world, tasks[2])
    say(world, tasks[2], "Sudah dicek bendahara")
    client = visit("unit_head")
    page = client.get("/keputusan").text
    assert "Urutan disusun Superior Contoh" in page
    assert page.index("Program 3") < page.index("Program 1") < page.index("Program 2")
    assert "Superior Contoh: Sudah dicek bendahara" in page
    by_deadline = client.get("/keputusan?urut=tenggat").text
    assert by_deadline.index("Program 1") < by_deadline.index("Program 2") < by_deadline.index("Program 3")
    one = client.get(f"/keputusan/{tasks[2]}").text
    assert "Dari penyiap" in one
    assert "Sudah dicek bendahara" in one
    assert "1 dari 3" in one
    with world.writing() as session:
        session.get_one(ApprovalTask, tasks[2]).request.version.seats = 7
    assert "berubah sesudah ditandai siap" in client.get("/keputusan").text


def test_a_list_with_one_task_says_it_as_well(visit: Visit, world: World) -> None:
    appoint(world)
    task = task_id(world, walk.to_approval(world))
    mark(world, task)
    say(world, task)
    assert "siap · Superior Contoh: Lampiran sudah lengkap" in visit("unit_head").get("/keputusan").text


def test_nobody_else_reads_a_comment(visit: Visit, world: World, tasks: list[int]) -> None:
    say(world, tasks[0], "Rahasia kecil")
    version = f"/program/{_version(world, tasks[0])}"
    pages = (
        "/",
        "/keputusan",
        f"/keputusan/{tasks[0]}",
        version,
        f"{version}/riwayat",
        "/penyiapan",
        "/audit",
    )
    unit = f"/jabatan/{world.offices['unit_head']}"
    for name in ("author", "planner", "planner2", "inspector", "administrator", "officer", "finance_officer"):
        client = visit(name)
        for path in (*pages, unit):
            assert "Rahasia kecil" not in client.get(path).text, (name, path)
    audit = visit("inspector").get("/audit?tindakan=preparation").text
    assert f"Catatan pribadi penyiap ditulis untuk tugas nomor {tasks[0]}." in audit
    assert f"Catatan pribadi penyiap ditulis untuk tugas nomor {tasks[0]}." in (
        visit("inspector").get(f"/audit?jabatan={world.offices['unit_head']}").text
    )
    assert "Rahasia kecil" in visit("superior").get("/saya/data").text


def _version(world: World, task: int) -> int:
    with world.trying() as session:
        return session.get_one(ApprovalTask, task).request.version_id


def test_a_preparer_reads_the_task_is_offered_no_decision_and_a_forged_one_is_refused(
    visit: Visit, world: World, tasks: list[int]
) -> None:
    client = visit("superior")
    page = client.get(f"/keputusan/{tasks[0]}")
    assert page.status_code == 200
    assert "Menunggu keputusan Unit_head Contoh" in page.text
    assert 'name="outcome"' not in page.text
    text = visit("unit_head").get(f"/keputusan/{tasks[0]}").text
    seen = re.search(rf'name="shown-{tasks[0]}" value="([0-9a-f]{{64}})"', text)
    assert seen is not None
    for outcome in ("approve", "return", "reject"):
        forged = {"task": tasks[0], f"shown-{tasks[0]}": seen.group(1), "outcome": outcome, "reason": "Palsu"}
        assert client.post("/keputusan", data=forged).status_code == 403
    assert visit("stranger").get(f"/keputusan/{tasks[0]}").status_code == 403
    with world.trying() as session:
        assert session.get_one(ApprovalTask, tasks[0]).status == "open"


def test_a_preparer_begins_no_step_up(visit: Visit, world: World) -> None:
    """Also who signs elsewhere: the finance officer prepares for the official above, and cannot go to the provider."""
    version_id = walk.to_approval(world)
    walk.sign(world, version_id, CHAIN[:3])
    for name in ("superior", "finance_officer"):
        appoint(world, name, "authorised_official")
        task = task_id(world, version_id, "authorised_official")
        text = visit("authorised_official").get(f"/keputusan/{task}").text
        seen = re.search(rf'name="shown-{task}" value="([0-9a-f]{{64}})"', text)
        assert seen is not None
        forged = {"task": task, f"shown-{task}": seen.group(1), "outcome": "approve"}
        answer = visit(name).post("/keputusan", data=forged)
        assert answer.status_code == 403, name
        assert "Location" not in answer.headers


def test_the_plh_sees_the_marks_and_the_preparer_whose_name_it_is(
    visit: Visit, world: World, tasks: list[int]
) -> None:
    mark(world, tasks[0])
    say(world, tasks[0])
    announce(world)
    page = visit("deputy").get("/keputusan").text
    assert "Superior Contoh: Lampiran sudah lengkap" in page
    assert (
        "Hari ini diputuskan Plh. Deputy Contoh a.n. Unit_head Contoh."
        in visit("superior").get("/penyiapan").text
    )
    assert "Lampiran" not in visit("unit_head").get("/keputusan").text


def test_the_office_page_shows_and_sets_preparers(visit: Visit, world: World) -> None:
    unit = f"/jabatan/{world.offices['unit_head']}"
    given = {"person_id": str(world.people["superior"]), "valid_from": FIRST_DAY.isoformat()}
    head, other = visit("unit_head"), visit("author")
    assert f'action="{unit}/penyiap"' in head.get(unit).text
    assert f'action="{unit}/tunjuk"' not in head.get(unit).text
    assert "Penyiap" not in other.get(unit).text
    assert other.post(f"{unit}/penyiap", data=given).status_code == 403
    assert head.post(f"{unit}/penyiap", data=given).status_code == 303
    assert "Superior Contoh" in head.get(unit).text
    assert "Superior Contoh" in visit("superior").get(unit).text
    assert f'action="{unit}/penyiap"' not in visit("inspector").get(unit).text
    again = head.post(f"{unit}/penyiap", data=given)
    assert again.status_code == 409
    assert "sudah menjadi penyiap jabatan ini" in again.text
    half = {**given, "letter_no": "800/1"}
    refused = head.post(f"{unit}/penyiap", data=half)
    assert refused.status_code == 422
    assert 'href="#preparer-letter_date"' in refused.text
    with world.trying() as session:
        preparer = session.query(Preparer).one().id
    elsewhere = f"/jabatan/{world.offices['finance_officer']}/penyiap/{preparer}/akhiri"
    assert visit("planner").post(elsewhere, data={"reason": "x"}).status_code == 404
    assert head.post(f"{unit}/penyiap/{preparer}/akhiri", data={"reason": ""}).status_code == 422
    assert head.post(f"{unit}/penyiap/{preparer}/akhiri", data={"reason": "Pindah tugas"}).status_code == 303
    assert "Belum ada penyiap" in head.get(unit).text
    assert visit("superior").get("/penyiapan").text.count('id="tugas-') == 0


@pytest.mark.parametrize(
    ("name", "path"), [("unit_head", "/keputusan"), ("unit_head", "/"), ("superior", "/penyiapan")]
)
def test_more_tasks_marks_and_comments_cost_no_query_more(
    app: Flask, visit: Visit, world: World, tasks: list[int], name: str, path: str
) -> None:
    client = visit(name)
    mark(world, tasks[0])
    say(world, tasks[0])
    move(world, tasks[0], up=False)
    client.get(path)
    with counted(app) as few:
        assert client.get(path).status_code == 200
    for n in range(4, 9):
        task = task_id(world, walk.to_approval(world, title=f"Program {n}"))
        mark(world, task)
        say(world, task)
        say(world, task, "Satu lagi")
    with counted(app) as many:
        assert client.get(path).status_code == 200
    assert len(many) == len(few)
