"""The rail: exactly one step is now, with what is waited for; each walked step tells who, when and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from service.db import reading
from service.web.rail import rail_flag, rail_steps
from tests.support import walk
from tests.support.world import CHAIN, World
from workflows.models import ProgrammeVersion

ROADS: dict[str, Callable[[World], int]] = {
    "Diusulkan": walk.to_proposed,
    "Pembahasan bersama": walk.to_review,
    "Menunggu persetujuan (1 dari 5)": walk.to_approval,
    "Disetujui": walk.to_approved,
    "Berjalan": walk.to_running,
    "Dievaluasi": walk.to_evaluated,
    "Diperbarui: versi 2": walk.to_revised,
    "Ditolak": walk.to_rejected,
}


def steps_of(app: Flask, version_id: int) -> tuple[list[dict[str, Any]], str | None]:
    with app.test_request_context(), reading() as session:
        version = session.get_one(ProgrammeVersion, version_id)
        return rail_steps(session, version), rail_flag(version)


@pytest.mark.parametrize("label", ROADS)
def test_one_step_is_now_and_those_before_it_tell_who_and_when(app: Flask, world: World, label: str) -> None:
    steps, flag = steps_of(app, ROADS[label](world))
    assert [step["label"] for step in steps if step["status"] == "now"] == [label]
    assert len(steps) == 6
    assert flag == ("closed" if label == "Ditolak" else None)
    walked = [step for step in steps if step["status"] == "done"]
    assert all(step["who"] and step["when"] for step in walked)


def test_the_waiting_step_names_the_office_and_counts_signatures(app: Flask, world: World) -> None:
    version_id = walk.to_approval(world)
    walk.sign(world, version_id, CHAIN[:3])
    step = steps_of(app, version_id)[0][1]
    assert step["label"] == "Menunggu persetujuan (4 dari 5)"
    assert step["who"] == "Sekretaris Daerah"
    assert "Kepala Bidang Anggaran" in step["why"]


def test_a_returned_version_tells_who_returned_it_and_why(app: Flask, world: World) -> None:
    version_id = walk.to_approval(world)
    walk.decide(world, "unit_head", version_id, "unit_head", "return", reason="Kurangi hari")
    step = steps_of(app, version_id)[0][1]
    assert step["label"] == "Dikembalikan untuk perbaikan"
    assert "Unit_head Contoh" in step["who"]
    assert step["why"] == "Kurangi hari"
