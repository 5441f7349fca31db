"""Batches in pages: made, given dates, removed, and people moved in one go; without a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support import walk
from tests.support.crowd import add_people
from tests.support.queries import counted
from tests.support.world import LEARNERS, World
from tests.workflows.test_batches import FIRST, SECOND, put, seen, two

Visit = Callable[[str], FlaskClient]


def days(pair: tuple[object, object]) -> dict[str, str]:
    return {"starts_on": str(pair[0]), "ends_on": str(pair[1])}


def test_a_batch_is_added_and_shown_with_its_counts(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    client, path = visit("planner"), f"/program/{version_id}/angkatan"
    assert "Belum dibagi menjadi angkatan" in client.get(path).text
    assert client.post(path, data=days(FIRST)).status_code == 303
    assert client.post(path, data=days(SECOND)).status_code == 303
    put(world, version_id, LEARNERS[:2], 2)
    shown = client.get(f"/program/{version_id}/peserta").text
    assert "Angkatan 2" in shown
    assert "2 ikut serta, 0 di Moodle, 0 di kelompoknya, 0 tuntas" in shown
    assert "Learner1 Contoh" in client.get(f"/program/{version_id}/peserta?angkatan=2").text
    assert "Learner1 Contoh" not in client.get(f"/program/{version_id}/peserta?angkatan=1").text


def test_wrong_dates_are_said_at_their_field_and_kept(visit: Visit, world: World) -> None:
    version_id = walk.to_approved(world)
    answer = visit("planner").post(
        f"/program/{version_id}/angkatan", data={"starts_on": "2027-04-05", "ends_on": "2027-05-30"}
    )
    assert answer.status_code == 422
    assert "di dalam tanggal program yang disetujui" in answer.text
    assert 'value="2027-05-30"' in answer.text
    nothing = visit("planner").post(f"/program/{version_id}/angkatan", data={})
    assert (nothing.status_code, "Tulis tanggalnya." in nothing.text) == (422, True)


def test_dates_are_changed_and_an_empty_batch_removed(visit: Visit, world: World) -> None:
    version_id = two(world)
    client, path = visit("planner"), f"/program/{version_id}/angkatan/2"
    assert f'value="{SECOND[0]}"' in client.get(path).text
    assert client.post(path, data=days((FIRST[1], SECOND[1]))).status_code == 303
    assert f'value="{FIRST[1]}"' in client.get(path).text
    put(world, version_id, ("learner1",), 2)
    assert "Hapus angkatan ini" not in client.get(path).text
    refused = client.post(f"{path}/hapus")
    assert (refused.status_code, "tidak kosong" in refused.text) == (409, True)
    assert client.post(f"/program/{version_id}/angkatan/1/hapus").status_code == 303
    assert client.get(f"/program/{version_id}/angkatan/1").status_code == 404


def test_people_are_enrolled_into_the_chosen_batch(visit: Visit, world: World) -> None:
    version_id = two(world)
    client = visit("planner")
    page = client.get(f"/program/{version_id}/peserta?q=learner1").text
    assert "Ke angkatan" in page
    data = {"person_ids": [str(world.people["learner1"])], "batch": "2"}
    assert client.post(f"/program/{version_id}/peserta", data=data).status_code == 303
    assert seen(world, version_id)["learner1"][0] == 2


def test_the_ticked_go_over_in_one_go(visit: Visit, world: World) -> None:
    version_id = two(world)
    ids = put(world, version_id, LEARNERS[:3], 1)
    client, path = visit("planner"), f"/program/{version_id}/angkatan/pindah"
    assert "Learner3 Contoh" in client.get(f"{path}?dari=1").text
    assert "Learner3 Contoh" not in client.get(f"{path}?dari=2").text
    data = {"people": [str(one) for one in ids[:2]], "batch": "2"}
    assert client.post(path, data=data).status_code == 303
    assert [seen(world, version_id)[name][0] for name in LEARNERS[:3]] == [2, 2, 1]
    nobody = client.post(path, data={"batch": "2"})
    assert (nobody.status_code, "Pilih sekurangnya satu orang." in nobody.text) == (422, True)
    assert client.post(path, data={"people": [str(ids[2])], "batch": "x"}).status_code == 404


@pytest.mark.parametrize("name", ["stranger", "quality", "learner1", "inspector"])
def test_others_arrange_nothing(visit: Visit, world: World, name: str) -> None:
    version_id = two(world)
    ids = put(world, version_id, ("learner1",), 1)
    client, path = visit(name), f"/program/{version_id}/angkatan"
    assert client.get(path).status_code == (200 if name == "inspector" else 403)
    assert "Tambah angkatan" not in client.get(path).text
    assert client.post(path, data=days(FIRST)).status_code == 403
    assert client.get(f"{path}/2").status_code == 403
    assert client.post(f"{path}/2", data=days(FIRST)).status_code == 403
    assert client.post(f"{path}/2/hapus").status_code == 403
    assert client.get(f"{path}/pindah").status_code == 403
    assert client.post(f"{path}/pindah", data={"people": ids, "batch": "2"}).status_code == 403
    assert seen(world, version_id)["learner1"][0] == 1


def test_the_pages_ask_the_same_for_three_and_for_thirty(app: Flask, visit: Visit, world: World) -> None:
    version_id = two(world, seats=60)
    names, client = add_people(world, 30), visit("planner")
    paths = [f"/program/{version_id}/{rest}" for rest in ("angkatan", "angkatan/pindah", "peserta")]
    for number in (1, 2):
        put(world, version_id, tuple(names[number : number + 1]), number)
    few = []
    for path in paths:
        client.get(path)
        with counted(app) as queries:
            client.get(path)
        few.append(len(queries))
    put(world, version_id, tuple(names[3:]), 2)
    for path, number in zip(paths, few, strict=True):
        client.get(path)
        with counted(app) as queries:
            client.get(path)
        assert len(queries) == number, path
