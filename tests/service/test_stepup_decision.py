"""A decision that needs a fresh sign-in, over real ports: our app, the development provider, one browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.demo.provider import create_provider, serve_provider
from tests.service.sso.site import free_port
from tests.support import walk
from tests.support.scripted import ScriptedBrowser
from tests.support.web import running_app
from tests.support.world import World
from workflows.models import ApprovalTask, Decision, Identifier, ProgrammeVersion

SECRET = "rahasia-uji-yang-panjang"


@pytest.fixture
def address(world: World, tmp_path: Path) -> Iterator[str]:
    """Our app's address; the provider knows the finance officer and a stranger."""
    issuer, url = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    client = {"client_id": "bangkom", "client_secret": SECRET, "redirect_uris": [f"{url}/masuk/kembali"],
              "post_logout_redirect_uris": [f"{url}/keluar/kembali"]}  # fmt: skip
    accounts = tmp_path / "accounts.json"
    accounts.write_text(json.dumps([account(world, name) for name in ("finance_officer", "stranger")]))
    provider = create_provider(
        tmp_path / "idp", issuer=issuer, clients=[client], purpose="test", accounts=accounts
    )
    settings = {
        "BANGKOM_PUBLIC_URL": url,
        "BANGKOM_SSO_ISSUER": issuer,
        "BANGKOM_SSO_CLIENT_SECRET": SECRET,
    }
    servers = [serve_provider(provider, "127.0.0.1", port_of(issuer))]
    with running_app(world, tmp_path, **settings) as app:
        servers.append(serve_provider(app, "127.0.0.1", port_of(url)))
        yield url
        for server in servers:
            server.stop()


def port_of(address: str) -> int:
    return int(address.rsplit(":", 1)[1])


def account(world: World, name: str) -> dict[str, object]:
    with Session(world.engine) as session:
        number = session.scalars(
            select(Identifier.value).where(Identifier.person_id == world.people[name])
        ).one()
    return {"sub": f"s-{name}", "name": name, "email": f"{name}@example.test", "nip": number,
            "preferred_username": name, "roles": [], "label": name}  # fmt: skip


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
