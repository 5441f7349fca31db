"""One course is paused on its page, and one participant taken out for good on theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from tests.service.test_english_pages import english, left_over
from tests.support import walk
from tests.support.world import LEARNERS, World
from workflows.actions import polling, sync
from workflows.models import Enrolment, HistoryRow, SyncPause

Visit = Callable[[str], FlaskClient]


def due(world: World) -> list[tuple[int, str]]:
    with world.trying() as session:
        return sync.due_courses(session)


def test_a_course_is_paused_with_a_reason_and_goes_on_by_hand(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, LEARNERS[:3])
    page, client = f"/program/{version_id}/moodle", visit("planner")
    assert "Jeda kelas ini" in client.get(page).text
    assert client.post(f"{page}/jeda", data={"reason": " "}).status_code == 422
    assert client.post(f"{page}/jeda", data={"reason": "Ujian susulan"}).status_code == 303
    assert due(world) == []
    shown = visit("inspector").get(page).text
    assert "Ujian susulan" in shown
    assert "Planner Contoh" in shown
    assert "Lanjutkan pengiriman" not in shown
    assert "Kelas dijeda" in client.get("/sinkron/lms").text
    assert client.post(f"{page}/jeda", data={"reason": "lagi"}).status_code == 409
    assert client.post(f"{page}/lanjut").status_code == 303
    assert due(world) == [(world.site, "7")]
    assert client.post(f"{page}/lanjut").status_code == 409
    assert "Kelas dijeda" not in client.get("/sinkron/lms").text
    with world.trying() as session:
        assert session.query(SyncPause).count() == 0
        names = session.scalars(select(HistoryRow.name).where(HistoryRow.stream == f"version:{version_id}"))
        assert {"sync.course_paused", "sync.course_resumed"} <= set(names)


def test_a_paused_course_is_not_asked_for_completions(visit: Visit, world: World) -> None:
    version_id = walk.to_running(world)
    with world.writing() as session:
        polling.begin_rounds(session)
    visit("planner").post(f"/program/{version_id}/moodle/jeda", data={"reason": "Pemeliharaan kelas"})
    every = {"learners": 50, "hold": timedelta(minutes=1), "every": timedelta(hours=6)}
    with world.trying() as session:
        assert polling.claim_round(session, **every) is None
    visit("administrator").post(f"/program/{version_id}/moodle/lanjut")
    with world.trying() as session:
        assert polling.claim_round(session, **every) is not None


def test_without_a_course_there_is_nothing_to_pause(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world, site_id=None)
    client = visit("planner")
    assert "Jeda kelas ini" not in client.get(f"/program/{version_id}/moodle").text
    refused = client.post(f"/program/{version_id}/moodle/jeda", data={"reason": "x"})
    assert refused.status_code == 422
    assert (
        visit("quality").post(f"/program/{version_id}/moodle/jeda", data={"reason": "x"}).status_code == 403
    )


def test_a_participant_is_taken_out_after_reading_what_is_deleted(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    row = walk.enrol(world, version_id, LEARNERS[:2])[0]
    client = visit("planner")
    assert "Keluarkan dari kelas Moodle" in client.get(f"/sinkron/baris/{row}").text
    assert "nilai" in client.get(f"/sinkron/baris/{row}/keluar").text
    assert client.post(f"/sinkron/baris/{row}/keluar", data={"reason": ""}).status_code == 422
    assert client.post(f"/sinkron/baris/{row}/keluar", data={"reason": "Salah orang"}).status_code == 303
    assert client.post(f"/sinkron/baris/{row}/keluar", data={"reason": "Salah orang"}).status_code == 409
    walk.deliver(world)
    assert "Dikeluarkan" in client.get(f"/sinkron/baris/{row}").text
    with world.trying() as session:
        assert session.get_one(Enrolment, row).applied == "removed"
    administrator = visit("administrator")
    assert administrator.get(f"/sinkron/baris/{row}/keluar").status_code == 403
    assert administrator.post(f"/sinkron/baris/{row}/keluar", data={"reason": "x"}).status_code == 403
    assert client.get("/sinkron/baris/9999/keluar").status_code == 404


def test_in_english_nothing_indonesian_is_left(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    row = walk.enrol(world, version_id, LEARNERS[:2])[0]
    client = english(visit, "planner")
    pages = (f"/program/{version_id}/moodle", f"/sinkron/baris/{row}/keluar", "/sinkron/lms")
    assert left_over(world, client, *pages) == []
    client.post(f"/program/{version_id}/moodle/jeda", data={"reason": "X"})
    client.post(f"/sinkron/baris/{row}/keluar", data={"reason": "X"})
    walk_pages = (*pages, f"/sinkron/baris/{row}")
    assert left_over(world, client, *walk_pages) == []
