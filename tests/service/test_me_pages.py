"""My own page and my devices: what is shown, what is hidden, what can be ended."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.sso.models import LoginSession
from tests.support import walk
from tests.support.counting import statements
from tests.support.world import World
from workflows.models import Identifier

Visit = Callable[[str], FlaskClient]


def me(client: FlaskClient) -> str:
    answer = client.get("/saya")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def sessions(world: World, name: str) -> list[LoginSession]:
    with Session(world.engine) as session:
        query = select(LoginSession).where(LoginSession.person_id == world.people[name])
        return list(session.scalars(query.order_by(LoginSession.id)))


def test_the_number_stands_masked(visit: Visit, world: World) -> None:
    with Session(world.engine) as session:
        query = select(Identifier.value).where(Identifier.person_id == world.people["nurse"])
        number = session.scalars(query).one()
    page = me(visit("nurse"))
    assert number not in page
    assert f"•{number[-4:]}" in page


def test_courses_say_how_far_they_are(visit: Visit, world: World) -> None:
    version = walk.to_approved(world)
    walk.enrol(world, version, ["learner1"])
    assert "Menunggu Moodle" in me(visit("learner1"))
    walk.deliver(world)
    assert "Terdaftar di Moodle" in me(visit("learner1"))
    world.clock.go(walk.AFTER[0])
    assert "laporan selesai dari Moodle belum tiba" in me(visit("learner1"))


def test_a_completed_course_stands_in_the_ledger(visit: Visit, world: World) -> None:
    walk.to_running(world)
    world.clock.go(walk.ENDS, hour=18)
    walk.report(world, walk.fact(world, "learner1"))
    page = me(visit("learner1"))
    assert "Tuntas belajar" in page
    assert "Buku JP" in page
    assert "Pengelolaan data publik" in page
    assert "Buku JP" not in me(visit("learner2"))


def test_my_page_takes_the_same_queries_for_one_course_and_for_four(visit: Visit, world: World) -> None:
    client, counts = visit("learner1"), []
    for more in (1, 3):
        for number in range(more):
            version = walk.to_approved(world, title=f"Program {more}.{number}", seats=1)
            walk.enrol(world, version, ["learner1"])
        with statements() as said:
            me(client)
        counts.append(len(said))
    assert counts[0] == counts[1]


def test_every_device_of_mine_is_listed_and_this_one_marked(visit: Visit, world: World) -> None:
    visit("nurse")
    visit("teacher")
    page = visit("nurse").get("/perangkat").get_data(as_text=True)
    assert page.count("Masuk sejak") == 2
    assert page.count("perangkat ini</span>") == 1


def test_one_device_is_ended_and_can_do_nothing_more(visit: Visit, world: World) -> None:
    other, here = visit("nurse"), visit("nurse")
    answer = here.post("/perangkat/akhiri", data={"session": str(sessions(world, "nurse")[0].id)})
    assert answer.status_code == 303
    assert "Perangkat itu sudah dikeluarkan." in here.get("/perangkat").get_data(as_text=True)
    assert other.get("/").status_code == 302
    assert here.get("/").status_code == 200


def test_all_others_are_ended_at_once(visit: Visit, world: World) -> None:
    others, here = [visit("nurse") for _ in range(3)], visit("nurse")
    assert here.post("/perangkat/akhiri-lainnya").status_code == 303
    assert [client.get("/").status_code for client in others] == [302, 302, 302]
    assert here.get("/").status_code == 200


def test_nobody_ends_the_session_of_another(visit: Visit, world: World) -> None:
    victim = visit("teacher")
    wanted = str(sessions(world, "teacher")[0].id)
    assert visit("nurse").post("/perangkat/akhiri", data={"session": wanted}).status_code == 404
    assert visit("nurse").post("/perangkat/akhiri", data={"session": "x"}).status_code == 404
    assert victim.get("/").status_code == 200
