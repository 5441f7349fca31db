"""The history of a programme: sentences for people, names for those whom it concerns."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from tests.support import walk
from tests.support.counting import statements
from tests.support.world import World
from workflows.actions import approvals
from workflows.models import HistoryRow, HistoryValue

Visit = Callable[[str], FlaskClient]


def history(client: FlaskClient, version: int, query: str = "") -> str:
    answer = client.get(f"/program/{version}/riwayat{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def resubmit(world: World, version: int) -> None:
    with world.writing() as session:
        approvals.resubmit(session, actor=world.actor(session, "planner"), version_id=version)


def test_the_agency_reads_what_happened_by_whom_and_why(visit: Visit, world: World) -> None:
    version = walk.to_approval(world)
    walk.decide(world, "unit_head", version, "unit_head", "return", reason="Jadwal <bentrok>")
    page = history(visit("planner"), version)
    assert "Kepala Dinas Contoh mengembalikan: Jadwal &lt;bentrok&gt;" in page
    assert "Unit_head Contoh" in page
    assert "Pembahasan bersama dibuka sampai 5 Feb 2027." in page
    assert page.index("mengembalikan") < page.index("Pembahasan bersama dibuka")


def test_an_outsider_reads_neither_names_nor_reasons(visit: Visit, world: World) -> None:
    version = walk.to_approval(world)
    walk.decide(world, "unit_head", version, "unit_head", "return", reason="Alasan pribadi")
    page = history(visit("stranger"), version)
    assert "Alasan pribadi" not in page
    assert "Unit_head Contoh" not in page
    assert "(tidak ditampilkan)" in page


def test_whoever_took_part_reads_the_names(visit: Visit, world: World) -> None:
    version = walk.to_approval(world)
    page = history(visit("nurse"), version)
    assert "Anda" in page
    assert "Planner Contoh" in page


def test_an_erased_reason_and_an_unknown_event_leave_the_page_whole(visit: Visit, world: World) -> None:
    version = walk.to_approval(world)
    walk.decide(world, "unit_head", version, "unit_head", "return")
    with world.writing() as session:
        session.query(HistoryValue).delete()
        session.query(HistoryRow).filter_by(name="review.closed").update({"name": "later.event"})
    page = history(visit("planner"), version)
    assert "mengembalikan: (dihapus)" in page
    assert "later.event" in page


def test_an_unknown_programme_is_not_found(visit: Visit) -> None:
    assert visit("planner").get("/program/999/riwayat").status_code == 404


def test_a_long_history_comes_in_pages_at_the_same_price(visit: Visit, world: World) -> None:
    version = walk.to_approval(world)
    client = visit("planner")
    with statements() as short:
        history(client, version)
    for _ in range(20):
        walk.decide(world, "unit_head", version, "unit_head", "return")
        resubmit(world, version)
    with statements() as long:
        page = history(client, version)
    assert len(long) == len(short)
    assert page.count("timeline-item") == 40
    oldest = page.split("sebelum=")[1].split('"')[0]
    assert "Program versi 1 diusulkan." in history(client, version, f"?sebelum={oldest}")
