"""A course for a programme: made from a template, named while the site is away, and how it stands, in pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms_connectors.memory import MemoryPlatform
from lms_connectors.sandbox import SandboxServer
from lms_connectors.sandbox import faults as trouble
from lms_connectors.sandbox.faults import Fault
from lms_connectors.sandbox.refusal import moodle_error
from service.current import bangkom
from service.jobs.context import JobContext
from service.jobs.courses import make_ordered, send_dates
from tests.support import walk
from tests.support.world import World
from tests.workflows.test_batches import FIRST, act, add
from tests.workflows.test_courses import order, seen, without_course
from workflows.actions import courses
from workflows.models import ProgrammeVersion
from workflows.ports import Retryable

Visit = Callable[[str], FlaskClient]


@pytest.fixture
def site(app: Flask) -> MemoryPlatform:
    platform: MemoryPlatform = app.extensions["test_platform"]
    platform.add_course("Templat pelatihan", ref="7")
    platform.add_course("Manajemen Proyek", ref="8")
    return platform


def run(app: Flask) -> None:
    with app.app_context():
        make_ordered(bangkom().jobs)


def test_a_course_is_made_from_the_template_that_was_found(
    app: Flask, visit: Visit, world: World, site: MemoryPlatform
) -> None:
    version_id = without_course(world)
    planner, path = visit("planner"), f"/program/{version_id}/kelas/baru"
    assert "Buat kelas baru dari templat" in planner.get(f"/program/{version_id}/kelas").text
    assert planner.get(path).status_code == 200
    given: dict[str, Any] = {"site_id": world.site, "course_search": "templat"}
    found = planner.post(path, data={**given, "action": "search_course"}).text
    assert "Templat pelatihan" in found
    assert "Manajemen Proyek" not in found
    assert "Pengembangan Kompetensi" in found
    given |= {"template_ref": "7", "category_ref": "6", "action": "save"}
    assert planner.post(path, data=given).status_code == 303
    assert "Menunggu dibuat" in planner.get(f"/program/{version_id}/moodle").text
    assert "sedang disiapkan" in planner.get(f"/program/{version_id}").text
    run(app)
    shown = planner.get(f"/program/{version_id}/moodle").text
    assert "Tertaut" in shown
    assert "dari templat Templat pelatihan, di kategori Pengembangan Kompetensi" in shown
    assert "Daftarkan peserta" in planner.get(f"/program/{version_id}").text


def test_what_is_missing_in_the_form_is_said(visit: Visit, world: World, site: MemoryPlatform) -> None:
    version_id = without_course(world)
    planner, path = visit("planner"), f"/program/{version_id}/kelas/baru"
    for data, sentence in (
        ({}, "Pilih situs Moodle."),
        ({"site_id": world.site}, "Pilih kelas yang menjadi templat."),
        ({"site_id": world.site, "template_ref": "99"}, "Templat ini tidak ada lagi di Moodle."),
        ({"site_id": world.site, "template_ref": "7"}, "Pilih kategori untuk kelas baru."),
        ({"site_id": world.site, "template_ref": "7", "category_ref": "5"}, "Pilih salah satu dari daftar."),
    ):
        answer = planner.post(path, data={**data, "action": "save"})
        assert (answer.status_code, sentence in answer.text) == (422, True), sentence


def test_a_site_that_is_away_is_said_and_a_number_links_later(
    app: Flask, visit: Visit, world: World, site: MemoryPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    version_id, planner = without_course(world), visit("planner")

    def down(*_: Any) -> Any:
        raise Retryable("timeout")

    with monkeypatch.context() as away:
        for name in ("search_courses", "find_course", "categories"):
            away.setattr(site, name, down)
        given = {"site_id": world.site, "action": "search_course"}
        assert "sedang tidak menjawab" in planner.post(f"/program/{version_id}/kelas/baru", data=given).text
        given = {"site_id": world.site, "course_number": "8", "action": "save"}
        assert planner.post(f"/program/{version_id}/kelas", data=given).status_code == 303
        assert "Nomor kelas dicatat" in planner.get(f"/program/{version_id}").text
        run(app)
    assert seen(world, version_id) == ("wanted", "timeout", "")
    shown = planner.get(f"/program/{version_id}/kelas").text
    assert "Menunggu Moodle" in shown
    assert "Coba lagi" in shown
    assert planner.post(f"/program/{version_id}/kelas/ulang").status_code == 303
    run(app)
    assert seen(world, version_id) == ("linked", "", "8")
    with world.trying() as session:
        assert session.get_one(ProgrammeVersion, version_id).course_title == "Manajemen Proyek"


def test_why_it_failed_and_what_to_do_stand_on_the_page(
    app: Flask, visit: Visit, world: World, site: MemoryPlatform
) -> None:
    version_id, planner = without_course(world), visit("planner")
    act(world, courses.name_course, version_id=version_id, site_id=world.site, course_ref="404")
    run(app)
    shown = planner.get(f"/program/{version_id}/moodle").text
    assert "Kelas ini tidak ada lagi di Moodle." in shown
    assert "Coba lagi" in shown
    assert "gagal disiapkan" in planner.get(f"/program/{version_id}").text
    assert "Coba lagi" not in visit("inspector").get(f"/program/{version_id}/moodle").text


def test_a_new_course_shows_while_the_old_one_is_still_linked(
    app: Flask, visit: Visit, world: World, site: MemoryPlatform
) -> None:
    version_id, planner = walk.to_approved(world), visit("planner")
    path = f"/program/{version_id}/moodle"
    assert "Tertaut" in planner.get(path).text
    order(world, version_id)
    shown = planner.get(path).text
    assert "Menunggu dibuat" in shown
    assert "Tertaut" not in shown
    run(app)
    assert "Tertaut" in planner.get(path).text
    assert seen(world, version_id)[2] not in ("", "7")


@pytest.mark.parametrize("name", ["stranger", "quality", "inspector", "administrator"])
def test_others_order_nothing(visit: Visit, world: World, site: MemoryPlatform, name: str) -> None:
    version_id = without_course(world)
    client, path = visit(name), f"/program/{version_id}/kelas"
    assert client.get(f"{path}/baru").status_code == 403
    assert client.post(f"{path}/baru", data={"site_id": world.site}).status_code == 403
    assert client.post(f"{path}/ulang").status_code == 403


def test_a_version_with_participants_gets_no_other_course(
    visit: Visit, world: World, site: MemoryPlatform
) -> None:
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, ["learner1"])
    data = {"site_id": world.site, "template_ref": "7", "category_ref": "6", "action": "save"}
    answer = visit("planner").post(f"/program/{version_id}/kelas/baru", data=data)
    assert (answer.status_code, "Peserta sudah didaftarkan" in answer.text) == (409, True)


def made(moodle: SandboxServer) -> list[tuple[str, int, int, int]]:
    query = (
        "SELECT fullname, tracked, startdate, enddate FROM courses JOIN course_places ON course = id"
        " WHERE idnumber LIKE 'bangkom-%'"
    )
    with moodle.app.site.store.reading() as db:
        return [tuple(row) for row in db.execute(query)]


def test_a_site_that_speaks_moodle_gets_one_course_though_the_answer_is_lost(
    world: World, moodle: SandboxServer, jobs: JobContext
) -> None:
    version_id = without_course(world)
    order(world, version_id)
    moodle.app.faults.next(Fault(504, "<html>", after_work=True, function="core_course_duplicate_course"))
    make_ordered(jobs)
    assert seen(world, version_id)[0] == "wanted"
    world.clock.wait(hours=2)
    make_ordered(jobs)
    assert seen(world, version_id)[:2] == ("linked", "")
    ((title, tracked, start, end),) = made(moodle)
    assert (title, tracked, end - start) == ("Pengelolaan data publik", 1, 5 * 24 * 3600)
    add(world, version_id, FIRST)
    moodle.app.faults.next(trouble.BAD_GATEWAY)
    assert send_dates(jobs) == 1
    assert send_dates(jobs) == 0, "again later"
    world.clock.wait(hours=2)
    assert send_dates(jobs) == 1
    ((_, _, start, end),) = made(moodle)
    assert end - start == 2 * 24 * 3600


def test_a_restore_that_fails_is_cleaned_up_and_told(
    world: World, moodle: SandboxServer, jobs: JobContext
) -> None:
    version_id = without_course(world)
    order(world, version_id)
    refusal = moodle_error("backupprecheckerrors", "webservice/backupprecheckerrors")
    moodle.app.faults.next(Fault(refusal=refusal, function="core_course_duplicate_course"))
    make_ordered(jobs)
    assert seen(world, version_id) == ("failed", "backupprecheckerrors", "")
    assert made(moodle) == []
    act(world, courses.retry_course, version_id=version_id)
    make_ordered(jobs)
    assert seen(world, version_id)[0] == "linked"
    assert len(made(moodle)) == 1
