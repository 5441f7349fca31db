"""A decision that needs a fresh sign-in, over real ports: our app, the development provider, one browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support import walk
from tests.support.beside_provider import beside_provider
from tests.support.scripted import ScriptedBrowser
from tests.support.world import World
from workflows.models import ApprovalTask, Decision, ProgrammeVersion


@pytest.fixture
def address(world: World, tmp_path: Path) -> Iterator[str]:
    with beside_provider(world, tmp_path, ["finance_officer", "stranger"]) as beside:
        yield beside.url


def waiting_for_finance(world: World, title: str) -> int:
    version = walk.to_approval(world, title=title)
    walk.sign(world, version, ["unit_head", "hrd_agency_head"])
    return version


def task_id(world: World, version: int) -> int:
    with Session(world.engine) as session:
        return walk.task_of(session, version, "finance_officer").id


def test_one_fresh_sign_in_decides_the_list_and_is_kept_as_proof(world: World, address: str) -> None:
    versions = [waiting_for_finance(world, f"Program {n}") for n in (1, 2, 3)]
    tasks = [task_id(world, version) for version in versions]
    browser = ScriptedBrowser(address)
    browser.sign_in("s-finance_officer", "/keputusan")
    browser.send("Setujui yang dipilih", task=[str(task) for task in tasks])
    with world.writing() as session:
        session.get_one(ProgrammeVersion, versions[2]).title = "Berubah diam-diam"
    browser.confirm("s-finance_officer")
    assert browser.page.status_code == 200
    assert "2 diputuskan, 1 tidak" in browser.text
    assert "Program berubah sejak Anda membukanya" in browser.text
    with Session(world.engine) as session:
        assert [session.get_one(ApprovalTask, task).status for task in tasks] == [
            "granted",
            "granted",
            "open",
        ]
        rows = session.scalars(
            select(Decision).where(Decision.evidence_kind == "sso", Decision.task_id.in_(tasks))
        )
        kept = [json.loads(row.evidence) for row in rows]
    assert len(kept) == 2
    assert {one["fingerprint"] for one in kept} == {kept[0]["fingerprint"]}
    browser.open(f"/keputusan/{tasks[0]}")
    assert "Masuk ulang lewat SSO pukul" in browser.text
    assert "OTP" in browser.text


def test_what_was_typed_survives_the_way_to_the_provider_and_back(world: World, address: str) -> None:
    version = waiting_for_finance(world, "Program")
    task = task_id(world, version)
    browser = ScriptedBrowser(address)
    browser.sign_in("s-finance_officer", f"/keputusan/{task}")
    browser.send("Kembalikan", reason="Harga satuan konsumsi melebihi standar", return_to="1")
    with world.writing() as session:
        session.get_one(ProgrammeVersion, version).seats = 11
    browser.confirm("s-finance_officer")
    assert browser.page.status_code == 409
    assert "Harga satuan konsumsi melebihi standar</textarea>" in browser.text
    browser.send("Kembalikan")
    browser.confirm("s-finance_officer")
    assert "Dikembalikan" in browser.text
    with Session(world.engine) as session:
        row = session.scalars(select(Decision).where(Decision.task_id == task)).one()
        assert (row.outcome, row.reason) == ("return", "Harga satuan konsumsi melebihi standar")
