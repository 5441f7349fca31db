"""One site: its trouble in words, stop and go on, the report that is passed on, and the banner for organisers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.service.test_english_pages import english, left_over
from tests.support import walk
from tests.support.world import LEARNERS, World
from workflows.actions import breaker
from workflows.models import Site, SyncPause

Visit = Callable[[str], FlaskClient]


def away(world: World, code: str = "http_503") -> None:
    with world.writing() as session:
        for _ in range(3):
            breaker.run_failed(session, site_id=world.site, code=code)


def test_a_site_that_works_says_so_and_lists_its_programmes(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, LEARNERS[:3])
    shown = visit("planner").get("/sinkron/lms").text
    assert "Tersambung" in shown
    assert f'href="/program/{version_id}/moodle"' in shown
    assert "0 dari 3 orang" in shown


def test_an_outage_is_a_banner_for_organisers_and_nobody_else(visit: Visit, world: World) -> None:
    assert "tidak menjawab" not in visit("planner").get("/").text
    away(world)
    for name in ("planner", "administrator"):
        shown = visit(name).get("/program").text
        assert "Kelas tidak menjawab sejak" in shown
        assert 'href="/sinkron/lms"' in shown
    assert "tidak menjawab" not in visit("nurse").get("/program").text


def test_the_report_says_what_was_seen_what_waits_and_what_is_asked(visit: Visit, world: World) -> None:
    walk.enrol(world, walk.to_approved(world), LEARNERS[:3])
    away(world)
    client = visit("planner")
    text = client.get("/sinkron/lms/laporan.txt").text
    assert "kode: http_503" in text
    assert "3 perubahan pendaftaran pada 1 kelas menunggu" in text
    assert "pemeliharaan" in text
    assert "Learner1" not in text
    shown = client.get("/sinkron/lms/laporan").text
    assert all(line[2:] in shown for line in text.splitlines() if line.startswith("- ") and "'" not in line)


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("invalidtoken", "Buat token baru"),
        ("errorcoursecontextnotvalid", "Periksa peran pengguna layanan"),
        ("http_403", "Enable web services"),
        ("tls", "Perbarui sertifikat"),
    ],
)
def test_the_report_asks_for_what_mends_the_refusal(
    visit: Visit, world: World, code: str, asked: str
) -> None:
    with world.writing() as session:
        breaker.site_refuses(session, site_id=world.site, code=code)
    assert asked in visit("administrator").get("/sinkron/lms/laporan.txt").text


def test_pause_wants_a_reason_then_stands_for_all_to_see_and_is_lifted(visit: Visit, world: World) -> None:
    client = visit("planner")
    assert client.post("/sinkron/lms/jeda", data={"reason": " "}).status_code == 422
    assert client.post("/sinkron/lms/jeda", data={"reason": "Ujian nasional"}).status_code == 303
    assert "Ujian nasional" in client.get("/sinkron/lms").text
    assert "Pengiriman ke Moodle dijeda (Kelas)" in client.get("/program").text
    assert client.post("/sinkron/lms/jeda", data={"reason": "lagi"}).status_code == 409
    assert client.post("/sinkron/lms/lanjut").status_code == 303
    assert client.post("/sinkron/lms/lanjut").status_code == 409
    with world.trying() as session:
        assert session.query(SyncPause).count() == 0


def test_a_person_need_not_wait_for_the_next_minute(visit: Visit, world: World) -> None:
    away(world)
    client = visit("administrator")
    assert "Coba sekarang" in client.get("/sinkron/lms").text
    client.post("/sinkron/lms/coba")
    with world.trying() as session:
        assert session.get_one(Site, world.site).try_after is None


def test_strangers_see_and_do_nothing_and_an_inspector_only_looks(visit: Visit, world: World) -> None:
    stranger, inspector = visit("stranger"), visit("inspector")
    assert stranger.get("/sinkron/lms").status_code == 403
    assert stranger.get("/sinkron/lms/laporan").status_code == 403
    assert inspector.get("/sinkron/lms").status_code == 200
    for client in (stranger, inspector):
        for verb in ("jeda", "lanjut", "coba"):
            assert client.post(f"/sinkron/lms/{verb}", data={"reason": "x"}).status_code == 403
    assert visit("planner").get("/sinkron/tidak-ada").status_code == 404


def test_in_english_nothing_indonesian_is_left_but_the_report(visit: Visit, world: World) -> None:
    walk.enrol(world, walk.to_approved(world), LEARNERS[:3])
    client = english(visit, "planner")
    assert left_over(world, client, "/sinkron/lms") == []
    away(world)
    assert left_over(world, client, "/sinkron/lms", "/program") == []
