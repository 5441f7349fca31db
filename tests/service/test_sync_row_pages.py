"""All sites beside each other, a person's rows by number in the body, one row's history without a secret."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select

from tests.service.test_english_pages import english, left_over
from tests.support import walk
from tests.support.world import LEARNERS, World
from workflows.actions import sync
from workflows.models import Enrolment, Identifier

Visit = Callable[[str], FlaskClient]


def refused_once(world: World) -> list[int]:
    rows = walk.enrol(world, walk.to_approved(world), LEARNERS[:2])
    with world.writing() as session:
        work = sync.claim(session, site_id=world.site, course_ref="7", owner="worker", lease=walk.LEASE)
        assert work is not None
        sync.settle_waiting(session, work=work, code="http_502", message="secret sentence")
    world.clock.wait(minutes=2)
    walk.deliver(world)
    return rows


def test_one_rows_whole_history_says_when_what_was_sent_and_what_came_back(
    visit: Visit, world: World
) -> None:
    row = refused_once(world)[0]
    shown = visit("planner").get(f"/sinkron/baris/{row}").text
    assert "Learner1 Contoh" in shown
    assert "http_502" in shown
    assert "gangguan sementara" in shown
    assert "Moodle menerima." in shown
    assert "Ikut serta" in shown
    assert "secret sentence" not in shown
    assert shown.index("Moodle menerima.") < shown.index("http_502"), "the newest first"


def test_a_number_is_searched_in_the_body_and_leads_to_the_row(visit: Visit, world: World) -> None:
    row = refused_once(world)[0]
    with world.trying() as session:
        number = session.scalars(
            select(Identifier.value).where(Identifier.person_id == world.people["learner1"])
        ).one()
    client = visit("administrator")
    found = client.post("/sinkron/cari", data={"number": number})
    assert found.status_code == 200
    assert f'href="/sinkron/baris/{row}"' in found.text
    assert client.post("/sinkron/cari", data={"number": "199999"}).status_code == 422
    assert client.post("/sinkron/cari", data={"number": ""}).status_code == 422
    assert number not in client.get(f"/sinkron/baris/{row}").text


def test_a_row_that_failed_is_sent_again_by_itself(visit: Visit, world: World) -> None:
    row = refused_once(world)[0]
    client = visit("planner")
    assert "Coba lagi" not in client.get(f"/sinkron/baris/{row}").text
    assert client.post(f"/sinkron/baris/{row}/ulang").status_code == 409
    with world.writing() as session:
        session.get_one(Enrolment, row).status = "failed"
    assert "Coba lagi" in client.get(f"/sinkron/baris/{row}").text
    assert client.post(f"/sinkron/baris/{row}/ulang").status_code == 303


def test_all_sites_are_counted_beside_each_other(visit: Visit, world: World) -> None:
    walk.enrol(world, walk.to_approved(world), LEARNERS[:3])
    shown = visit("inspector").get("/sinkron").text
    assert 'href="/sinkron/lms"' in shown
    assert '<span class="cell">3</span>' in shown


def test_the_sites_part_asks_again_only_while_rows_wait(visit: Visit, world: World) -> None:
    walk.enrol(world, walk.to_approved(world), LEARNERS[:3])
    client = visit("planner")
    assert "load delay:3s" in client.get("/sinkron/lms/keadaan").text
    walk.deliver(world)
    assert "hx-trigger" not in client.get("/sinkron/lms/keadaan").text


def test_strangers_find_nobody(visit: Visit, world: World) -> None:
    row = refused_once(world)[0]
    client = visit("stranger")
    assert client.get("/sinkron").status_code == 403
    assert client.post("/sinkron/cari", data={"number": "1"}).status_code == 403
    assert client.get(f"/sinkron/baris/{row}").status_code == 403
    assert client.post(f"/sinkron/baris/{row}/ulang").status_code == 403
    assert visit("inspector").post(f"/sinkron/baris/{row}/ulang").status_code == 403


def test_in_english_nothing_indonesian_is_left(visit: Visit, world: World) -> None:
    row = refused_once(world)[0]
    assert left_over(world, english(visit, "planner"), "/sinkron", f"/sinkron/baris/{row}") == []
