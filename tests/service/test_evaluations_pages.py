"""The effect in words and figures, the decision, the next version and what it changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support import walk
from tests.support.world import LEARNERS, World
from workflows.actions import programmes
from workflows.content import Content, Cost, content_of
from workflows.models import Evaluation, ProgrammeVersion, Survey

Visit = Callable[[str], FlaskClient]
DECISION = {"outcome": "improved", "reason": "Nilai naik dan laporan tepat waktu"}
REVISION = {"finding": "Praktik kurang", "cause": "Hanya dua hari", "change": "Tambah pendampingan"}


def measured(world: World, learners: tuple[str, ...] = LEARNERS) -> int:
    """A version whose waves are both closed; these learners answered 2 before and 4 after."""
    version_id = walk.to_running(world)
    walk.run_waves(world, version_id, dict.fromkeys(learners, 2), dict.fromkeys(learners, 4), LEARNERS)
    return version_id


def state(world: World, version_id: int) -> str:
    with world.trying() as session:
        return session.get_one(ProgrammeVersion, version_id).state


def test_the_effect_shows_interval_number_threshold_response_and_suggestion(
    visit: Visit, world: World
) -> None:
    version_id = measured(world)
    shown = visit("quality").get(f"/program/{version_id}/evaluasi").text
    for words in ("n = 8", "+50,0", "ambang +5,0", "diperlukan 60%", "Saran perhitungan", "Tetapkan hasil"):
        assert words in shown


def test_fewer_pairs_than_may_be_shown_show_no_number(visit: Visit, world: World) -> None:
    version_id = measured(world, LEARNERS[:4])
    shown = visit("quality").get(f"/program/{version_id}/evaluasi").text
    assert "kurang dari 5" in shown
    assert "+50,0" not in shown
    assert "change-axis" not in shown


def test_before_the_waves_are_closed_the_page_says_what_is_missing(visit: Visit, world: World) -> None:
    version_id = walk.to_running(world)
    client, path = visit("quality"), f"/program/{version_id}/evaluasi"
    shown = client.get(path).text
    assert "Belum dapat diputuskan" in shown
    assert "Pelatihan belum selesai." in shown
    assert "Tetapkan hasil" not in shown
    answer = client.post(path, data=DECISION)
    assert answer.status_code == 422
    assert state(world, version_id) == "running"


def test_deciding_needs_outcome_and_reason_and_spends_the_secret(visit: Visit, world: World) -> None:
    version_id = measured(world)
    client, path = visit("quality"), f"/program/{version_id}/evaluasi"
    assert len(world.secrets.names()) == 1
    refused = client.post(path, data={"outcome": "improved", "reason": " "})
    assert refused.status_code == 422
    assert 'value="improved" checked' in refused.text
    assert "Pilih hasil evaluasi." in client.post(path, data={"outcome": "x", "reason": "Kabur"}).text
    assert client.post(path, data=DECISION).status_code == 303
    assert state(world, version_id) == "evaluated"
    assert list(world.secrets.names()) == []
    shown = client.get(path).text
    assert DECISION["reason"] in shown
    assert "Perbarui" in shown
    assert client.post(path, data=DECISION).status_code == 409
    with world.trying() as session:
        assert session.scalars(select(Evaluation)).one().pairs == 8
        assert session.scalars(select(Survey)).one().status == "evaluated"


def test_the_agency_sees_and_does_not_decide(visit: Visit, world: World) -> None:
    version_id = measured(world)
    client, path = visit("planner"), f"/program/{version_id}/evaluasi"
    shown = client.get(path).text
    assert "n = 8" in shown
    assert "Tetapkan hasil" not in shown
    assert client.post(path, data=DECISION).status_code == 403
    assert state(world, version_id) == "running"
    assert len(world.secrets.names()) == 1


@pytest.mark.parametrize("name", ["stranger", "learner1", "administrator"])
def test_strangers_are_refused(visit: Visit, world: World, name: str) -> None:
    version_id = walk.to_approved(world)
    client = visit(name)
    assert client.get(f"/program/{version_id}/evaluasi").status_code == 403
    assert client.get(f"/program/{version_id}/pembaruan").status_code == 403
    assert client.post(f"/program/{version_id}/evaluasi", data=DECISION).status_code == 403
    assert client.post(f"/program/{version_id}/pembaruan", data=REVISION).status_code == 403
    assert client.get("/program/99/perbedaan").status_code == 404


def test_revising_leads_to_the_next_version_and_happens_once(visit: Visit, world: World) -> None:
    version_id = walk.to_evaluated(world)
    client, path = visit("quality"), f"/program/{version_id}/pembaruan"
    assert "Perbarui menjadi versi 2" in client.get(path).text
    refused = client.post(path, data={**REVISION, "cause": ""})
    assert refused.status_code == 422
    assert 'href="#cause"' in refused.text
    assert "Tambah pendampingan" in refused.text
    answer = client.post(path, data=REVISION)
    assert answer.status_code == 303
    with world.trying() as session:
        following = session.scalars(select(ProgrammeVersion).where(ProgrammeVersion.number == 2)).one()
        assert following.supersedes_id == version_id
        assert answer.headers["Location"] == f"/program/{following.id}"
    assert client.post(path, data=REVISION).status_code == 409
    assert client.get(path).status_code == 409


def change(world: World, version_id: int, costs: list[Cost] | None = None, **values: Any) -> None:
    with world.writing() as session:
        version, actor = session.get_one(ProgrammeVersion, version_id), world.actor(session, "planner")
        content = {name: getattr(content_of(version), name) for name in Content.__slots__}
        programmes.change_content(
            session,
            actor=actor,
            version_id=version_id,
            content=Content(**{**content, **values}),
            seen_content_no=version.content_no,
        )
        if costs is not None:
            programmes.change_costs(
                session, actor=actor, version_id=version_id, costs=costs, seen_cost_no=version.cost_no
            )


def test_the_difference_is_told_in_words_with_its_reasons(visit: Visit, world: World) -> None:
    old = walk.to_evaluated(world)
    new = walk.revise(world, old)
    path = f"/program/{new}/perbedaan"
    same = visit("planner").get(path).text
    assert "Isinya masih sama" in same
    assert f"/program/{new}/ubah" in same
    costs = [Cost("Narasumber", 24, "jam", 900_000), Cost("Modul", 40, "orang", 50_000)]
    change(world, new, costs, aims="Data unit terbit tepat waktu dan lengkap", days=3, level_required=4)
    shown = visit("quality").get(path).text
    for words in (
        "<ins>dan lengkap</ins>",
        "Jumlah hari",
        "Tingkat kompetensi",
        "Rp22.400.000",
        "Rp23.600.000",
        "20 jam × Rp900.000 = Rp18.000.000",
        "Biaya: Konsumsi",
        "Praktik kurang",
        "Hanya 2 hari",
        "Tambah pendampingan",
    ):
        assert words in shown
    assert "Pemeriksaan program serupa" not in shown


def test_a_text_in_the_difference_is_text(visit: Visit, world: World) -> None:
    new = walk.revise(world, walk.to_evaluated(world))
    change(world, new, aims="<script>alert(1)</script> tepat waktu")
    shown = visit("planner").get(f"/program/{new}/perbedaan").text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown


def test_a_first_version_has_no_difference(visit: Visit, world: World) -> None:
    version_id = walk.to_proposed(world)
    assert "Ini versi pertama" in visit("planner").get(f"/program/{version_id}/perbedaan").text
