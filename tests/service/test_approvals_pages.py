"""Decision pages: my list by deadline, one decision, a list decided together, and every way it can fail."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.support import walk
from tests.support.counting import statements
from tests.support.world import FIRST_DAY, World
from workflows.actions import approvals, programmes
from workflows.models import ApprovalTask, Decision, ProgrammeVersion

Visit = Callable[[str], FlaskClient]


def ids(world: World, version_id: int, role: str = "unit_head") -> int:
    with Session(world.engine) as session:
        return walk.task_of(session, version_id, role).id


def fields(page: str, task: int) -> dict[str, str]:
    """The task and what was shown of it, as the page's own form sends them."""
    shown = re.search(rf'name="shown-{task}" value="([0-9a-f]{{64}})"', page)
    assert shown is not None
    return {"task": str(task), f"shown-{task}": shown.group(1)}


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def state(world: World, task: int) -> str:
    with Session(world.engine) as session:
        return session.get_one(ApprovalTask, task).status


def change_and_resubmit(world: World, version_id: int, **changes: object) -> None:
    with world.writing() as session:
        planner = world.actor(session, "planner")
        programmes.change_content(
            session,
            actor=planner,
            version_id=version_id,
            content=walk.content(world, **changes),
            seen_content_no=session.get_one(ProgrammeVersion, version_id).content_no,
        )
        approvals.resubmit(session, actor=planner, version_id=version_id)


def test_a_step_without_step_up_is_decided_at_once(visit: Visit, world: World) -> None:
    task = ids(world, walk.to_approval(world))
    client = visit("unit_head")
    page = text(client, f"/keputusan/{task}")
    assert "5 dari 5 rumpun jabatan didengar" in page
    assert "Rp22.400.000" in page
    assert "10 peserta · 16 JP · 5–9 Apr 2027" in page
    answer = client.post(
        "/keputusan", data={**fields(page, task), "outcome": "approve", "reason": "Sesuai kebutuhan"}
    )
    assert answer.status_code == 200
    said = answer.get_data(as_text=True)
    assert "Disetujui" in said
    assert "Sekarang menunggu Kepala Badan Contoh" in said
    assert state(world, task) == "granted"
    after = text(client, f"/keputusan/{task}")
    assert "Langkah ini sudah diputuskan." in after
    assert "Masuk lewat SSO" in after
    assert 'name="outcome"' not in after


def test_the_note_of_an_earlier_step_is_read_at_the_next(visit: Visit, world: World) -> None:
    version = walk.to_approval(world)
    walk.decide(world, "unit_head", version, "unit_head", reason="Sejalan dengan target dinas")
    page = text(visit("hrd_agency_head"), f"/keputusan/{ids(world, version, 'hrd_agency_head')}")
    assert "Sejalan dengan target dinas" in page


def test_a_decision_twice_is_a_409_and_changes_nothing(visit: Visit, world: World) -> None:
    task = ids(world, walk.to_approval(world))
    client = visit("unit_head")
    form = {**fields(text(client, f"/keputusan/{task}"), task), "outcome": "approve"}
    assert client.post("/keputusan", data=form).status_code == 200
    again = client.post("/keputusan", data=form)
    assert again.status_code == 409
    assert "Tugas ini sudah diputuskan." in again.get_data(as_text=True)
    with Session(world.engine) as session:
        assert session.query(Decision).filter_by(task_id=task).count() == 1


def test_a_stale_page_is_a_409_that_keeps_what_was_typed(visit: Visit, world: World) -> None:
    version = walk.to_approval(world)
    task = ids(world, version)
    client = visit("unit_head")
    form = {
        **fields(text(client, f"/keputusan/{task}"), task),
        "outcome": "reject",
        "reason": "Belum <perlu>",
    }
    with world.writing() as session:
        session.get_one(ProgrammeVersion, version).title = "Nama lain"
    answer = client.post("/keputusan", data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Program berubah sejak Anda membukanya" in page
    assert "Belum &lt;perlu&gt;</textarea>" in page
    assert state(world, task) == "open"


@pytest.mark.parametrize("outcome", ["return", "reject"])
def test_refusing_without_a_reason_is_a_422_at_the_field(visit: Visit, world: World, outcome: str) -> None:
    task = ids(world, walk.to_approval(world))
    client = visit("unit_head")
    form = {**fields(text(client, f"/keputusan/{task}"), task), "outcome": outcome, "return_to": "1"}
    answer = client.post("/keputusan", data=form)
    assert answer.status_code == 422
    number = 1 if outcome == "return" else 2
    assert f'href="#decision-reason-{number}"' in answer.get_data(as_text=True)
    assert state(world, task) == "open"


def test_a_return_names_the_step_and_shows_at_the_next_visit_what_changed(visit: Visit, world: World) -> None:
    version = walk.to_approval(world)
    walk.sign(world, version, ["unit_head"])
    task = ids(world, version, "hrd_agency_head")
    client = visit("hrd_agency_head")
    page = text(client, f"/keputusan/{task}")
    assert "Kepala Dinas Contoh" in page
    form = {**fields(page, task), "outcome": "return", "reason": "Jadwal bentrok", "return_to": "1"}
    said = client.post("/keputusan", data=form).get_data(as_text=True)
    assert "memperbaiki lalu mengajukannya kembali" in said
    change_and_resubmit(world, version, title="Pengelolaan data terbuka")
    walk.sign(world, version, ["unit_head"])
    page = text(client, f"/keputusan/{task}")
    assert "Berubah sejak terakhir Anda lihat" in page
    assert "Isi program diubah: judul." in page


def test_a_stranger_sees_no_task_and_decides_none(visit: Visit, world: World) -> None:
    task = ids(world, walk.to_approval(world))
    page = text(visit("unit_head"), f"/keputusan/{task}")
    stranger = visit("stranger")
    assert stranger.get(f"/keputusan/{task}").status_code == 403
    assert stranger.post("/keputusan", data={**fields(page, task), "outcome": "approve"}).status_code == 403
    assert stranger.get("/keputusan/99999").status_code == 404
    assert state(world, task) == "open"


def test_a_substitute_reads_why_the_task_came_to_them(visit: Visit, world: World) -> None:
    version = walk.to_approval(world)
    world.appoint("unit_head", "author", "plh", FIRST_DAY, None)
    page = text(visit("authorised_official"), f"/keputusan/{ids(world, version)}")
    assert "Anda menggantikan Kepala Dinas Contoh. Pejabatnya ikut mengusulkan program ini" in page
    assert 'name="outcome" value="approve"' in page
    assert visit("author").get(f"/keputusan/{ids(world, version)}").status_code == 403


def test_an_overseer_reads_and_is_offered_no_decision(visit: Visit, world: World) -> None:
    task = ids(world, walk.to_approval(world))
    page = text(visit("inspector"), f"/keputusan/{task}")
    assert "Menunggu keputusan Unit_head Contoh, Kepala Dinas Contoh." in page
    assert 'name="outcome"' not in page


def test_unknown_outcomes_and_ids_are_refused(visit: Visit, world: World) -> None:
    task = ids(world, walk.to_approval(world))
    client = visit("unit_head")
    form = fields(text(client, f"/keputusan/{task}"), task)
    assert client.post("/keputusan", data={**form, "outcome": "burn"}).status_code == 404
    assert client.post("/keputusan", data={"outcome": "approve", "task": "9" * 30}).status_code == 422
    assert client.get(f"/keputusan/{'9' * 30}").status_code == 404
    assert state(world, task) == "open"


def test_nothing_chosen_is_a_sentence_not_a_decision(visit: Visit, world: World) -> None:
    walk.to_approval(world)
    answer = visit("unit_head").post("/keputusan", data={"outcome": "approve"})
    assert answer.status_code == 422
    assert "Pilih sekurangnya satu program." in answer.get_data(as_text=True)


def test_a_list_is_decided_together_and_what_changed_drops_out(visit: Visit, world: World) -> None:
    versions = [walk.to_approval(world, title=f"Program {n}") for n in (1, 2, 3)]
    tasks = [ids(world, version) for version in versions]
    client = visit("unit_head")
    page = text(client, "/keputusan")
    form: dict[str, object] = {"outcome": "approve"}
    for task in tasks:
        form.update(fields(page, task))
    with world.writing() as session:
        session.get_one(ProgrammeVersion, versions[1]).seats = 9
    answer = client.post("/keputusan", data={**form, "task": [str(task) for task in tasks]})
    said = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "2 diputuskan, 1 tidak" in said
    assert "Program berubah sejak Anda membukanya" in said
    assert [state(world, task) for task in tasks] == ["granted", "open", "granted"]


def test_a_step_with_step_up_decides_nothing_before_it(visit: Visit, world: World) -> None:
    """The provider is away in this world: the page says so and keeps what was typed."""
    version = walk.to_approval(world)
    walk.sign(world, version, ["unit_head", "hrd_agency_head"])
    task = ids(world, version, "finance_officer")
    client = visit("finance_officer")
    page = text(client, f"/keputusan/{task}")
    assert "Masuk ulang diminta sebelum keputusan dicatat." in page
    form = {**fields(page, task), "outcome": "approve", "reason": "Dana tersedia"}
    answer = client.post("/keputusan", data=form)
    assert answer.status_code == 503
    assert "Penyedia masuk (SSO) sedang tidak menjawab" in answer.get_data(as_text=True)
    assert "Dana tersedia</textarea>" in answer.get_data(as_text=True)
    assert state(world, task) == "open"


def test_the_agency_sees_the_queue_without_an_official_and_why(visit: Visit, world: World) -> None:
    version = walk.to_approval(world)
    walk.sign(world, version, ["unit_head", "hrd_agency_head"])
    world.end_mandate("finance_officer", FIRST_DAY)
    world.clock.go(walk.CLOSES)
    for name in ("planner", "inspector"):
        page = text(visit(name), "/keputusan")
        assert "Tanpa pejabat berwenang" in page
        assert "Jabatan ini sedang kosong" in page
    assert "Tanpa pejabat berwenang" not in text(visit("nurse"), "/keputusan")


def test_an_empty_list_says_what_would_be_here(visit: Visit) -> None:
    assert "Tidak ada yang menunggu Anda" in text(visit("nurse"), "/keputusan")


def test_the_list_takes_the_same_queries_at_3_and_at_12(visit: Visit, world: World) -> None:
    client = visit("unit_head")
    counts = []
    for more in (3, 9):
        for number in range(more):
            walk.to_approval(world, title=f"Program {more}.{number}")
        with statements() as said:
            text(client, "/keputusan")
        counts.append(len(said))
    assert counts[0] == counts[1]
