"""Refused sign-ins for the administrator, and ending somebody's sessions."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.sso.accounts import person_of
from service.sso.models import LoginSession, RefusedSignIn, SsoAccount
from service.sso.problems import SsoRefused
from service.sso.refusals import NOTED, masked, note_refusal
from service.web.sign_ins_view import TITLES, TO_DO
from tests.support.queries import counted
from tests.support.world import World
from workflows.models import HistoryRow, Identifier, Person

Visit = Callable[[str], FlaskClient]
NIP = "198002022005042002"


def refuse(world: World, code: str = "person_unknown", nip: str = NIP) -> None:
    with world.writing() as session:
        note_refusal(session, code, nip, "k" * 32, datetime.now(UTC))


def rows(world: World) -> list[RefusedSignIn]:
    with Session(world.engine) as session:
        return list(session.scalars(select(RefusedSignIn).order_by(RefusedSignIn.id)))


def test_one_person_refused_twice_is_one_case_and_no_nip_is_kept(visit: Visit, world: World) -> None:
    refuse(world)
    refuse(world)
    [row] = rows(world)
    assert row.times == 2
    assert row.who_masked == "1980…002"
    assert NIP not in f"{row.who_hash} {row.who_masked}"
    page = visit("administrator").get("/admin/masuk")
    assert "1980…002" in page.text
    assert "Tidak ada dalam data kepegawaian" in page.text
    assert "Anda belum terdaftar" not in page.text
    assert NIP not in page.text


def test_a_case_is_found_by_the_nip_that_the_person_reads_out(visit: Visit, world: World) -> None:
    refuse(world)
    refuse(world, nip="199003032015051003")
    client = visit("administrator")
    found = client.post("/admin/masuk/cari", data={"number": f" {NIP} "})
    assert "1980…002" in found.text
    assert "1990…003" not in found.text
    assert NIP not in found.text
    nothing = client.post("/admin/masuk/cari", data={"number": "197001012000031001"})
    assert "Tidak ada catatan untuk nomor itu" in nothing.text


def test_a_settled_case_leaves_the_list_and_says_who_settled_it(visit: Visit, world: World) -> None:
    refuse(world)
    client, [row] = visit("administrator"), rows(world)
    assert client.post(f"/admin/masuk/{row.id}/beres").status_code == 303
    assert "Tidak ada yang perlu dibereskan" in client.get("/admin/masuk").text
    [row] = rows(world)
    assert row.settled_by == world.people["administrator"]
    refuse(world)
    assert [one.settled_at is None for one in rows(world)] == [False, True]
    assert client.post("/admin/masuk/999/beres").status_code == 404


@pytest.mark.parametrize("name", ["stranger", "planner", "inspector"])
def test_only_an_administrator_sees_and_settles(visit: Visit, world: World, name: str) -> None:
    refuse(world)
    client, [row] = visit(name), rows(world)
    for answer in (
        client.get("/admin/masuk"),
        client.post("/admin/masuk/cari", data={"number": NIP}),
        client.post(f"/admin/masuk/{row.id}/beres"),
        client.post("/admin/perangkat/akhiri", data={"person": str(world.people["author"])}),
        client.get("/admin/perangkat"),
        client.post("/admin/perangkat/cari", data={"who": "a"}),
        client.get(f"/admin/perangkat/{world.people['author']}"),
    ):
        assert answer.status_code == 403
    assert rows(world)[0].settled_at is None


def test_every_noted_refusal_says_what_to_do() -> None:
    assert set(TO_DO) == set(TITLES) == NOTED
    assert masked("12") == "…"


def test_the_list_costs_as_many_queries_at_thirty_as_at_three(visit: Visit, world: World, app: Flask) -> None:
    client, counts = visit("administrator"), []
    for many in (3, 27):
        for number in range(many):
            refuse(world, nip=f"{many:02d}{number:016d}")
        client.get("/admin/masuk")
        with counted(app) as said:
            client.get("/admin/masuk")
        counts.append(len(said))
    assert counts[0] == counts[1]


def test_home_tells_an_administrator_that_somebody_could_not_sign_in(visit: Visit, world: World) -> None:
    client = visit("administrator")
    assert "Gagal masuk yang perlu dibereskan" not in client.get("/").text
    refuse(world)
    assert "Gagal masuk yang perlu dibereskan" in client.get("/").text


def test_an_administrator_ends_all_sessions_of_a_person_and_the_history_says_so(
    visit: Visit, world: World
) -> None:
    person, phone, desk = world.people["author"], visit("author"), visit("author")
    answer = visit("administrator").post("/admin/perangkat/akhiri", data={"person": str(person)})
    assert answer.status_code == 303
    for client in (phone, desk):
        assert client.get("/saya").status_code == 302
    with Session(world.engine) as session:
        ended = session.scalars(select(LoginSession).where(LoginSession.person_id == person)).all()
        told = session.scalars(select(HistoryRow).where(HistoryRow.name == "person.signed_out")).one()
    assert {row.ended_why for row in ended} == {"by_administrator"}
    assert told.stream == f"person:{person}"
    assert told.actor_id == world.people["administrator"]


def test_an_administrator_finds_a_person_by_name_or_number_and_sees_the_devices(
    visit: Visit, world: World
) -> None:
    person, client = world.people["author"], visit("administrator")
    visit("author")
    with Session(world.engine) as session:
        name = session.get_one(Person, person).name
        number = session.scalars(select(Identifier.value).where(Identifier.person_id == person)).first()
    assert number is not None
    address = f"/admin/perangkat/{person}"
    for words in (name, name.upper(), f" {number} ", f"{number[:8]} {number[8:]}"):
        found = client.post("/admin/perangkat/cari", data={"who": words})
        assert (found.status_code, found.headers.get("Location")) == (303, address), words
    page = client.get(address)
    assert name in page.text
    assert number not in page.text
    assert "Terakhir dipakai" in page.text
    assert "Tidak ada yang cocok" in client.post("/admin/perangkat/cari", data={"who": "%"}).text
    assert client.post("/admin/perangkat/cari", data={"who": ""}).status_code == 200
    assert client.get("/admin/perangkat/00000000-0000-0000-0000-000000000000").status_code == 404


def test_one_who_left_is_found_and_signed_out_all_the_same(visit: Visit, world: World) -> None:
    person, phone = world.people["author"], visit("author")
    with world.writing() as session:
        session.get_one(Person, person).left_on = date(2027, 1, 1)
    client = visit("administrator")
    with Session(world.engine) as session:
        name = session.get_one(Person, person).name
    assert client.post("/admin/perangkat/cari", data={"who": name}).status_code == 303
    done = client.post("/admin/perangkat/akhiri", data={"person": str(person)}, follow_redirects=True)
    assert "Tidak masuk di mana pun" in done.text
    assert phone.get("/saya").status_code == 302


def test_a_search_costs_as_many_queries_for_twenty_as_for_two(visit: Visit, world: World, app: Flask) -> None:
    client, counts = visit("administrator"), []
    for many in (2, 18):
        with world.writing() as session:
            session.add_all(
                Person(name=f"Wayan {many} {n}", email=f"w{many}-{n}@contoh.test", employment_kind="pns")
                for n in range(many)
            )
        client.post("/admin/perangkat/cari", data={"who": "wayan"})
        with counted(app) as said:
            page = client.post("/admin/perangkat/cari", data={"who": "wayan"})
        counts.append(len(said))
    assert counts[0] == counts[1]
    assert page.text.count("Wayan") == 20


def test_an_administrator_ends_one_session_of_a_person(visit: Visit, world: World) -> None:
    person, first, second = world.people["author"], visit("author"), visit("author")
    with Session(world.engine) as session:
        ids = session.scalars(
            select(LoginSession.id).where(LoginSession.person_id == person).order_by(LoginSession.id)
        ).all()
    data = {"person": str(person), "session": str(ids[0])}
    visit("administrator").post("/admin/perangkat/akhiri", data=data)
    assert [client.get("/saya").status_code for client in (first, second)] == [302, 200]


@pytest.mark.parametrize("person", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_nobody_is_signed_out_by_a_wrong_id(visit: Visit, person: str) -> None:
    assert visit("administrator").post("/admin/perangkat/akhiri", data={"person": person}).status_code == 404


def linked(world: World, name: str, sub: str, issuer: str) -> None:
    with world.writing() as session:
        person, now = world.people[name], datetime.now(UTC)
        session.add(SsoAccount(iss=issuer, sub=sub, person_id=person, linked_at=now, last_login_at=now))


def test_an_account_is_released_so_that_the_next_one_of_the_person_is_linked(
    visit: Visit, world: World, app: Flask
) -> None:
    party = app.extensions["bangkom_sso"]
    issuer, person, phone = party.settings.issuer, world.people["author"], visit("author")
    linked(world, "author", "s-lama", issuer)
    client, path = visit("administrator"), f"/admin/perangkat/{person}"
    number = number_of(world, "author")

    def sign_in(sub: str) -> uuid.UUID:
        with app.app_context(), world.writing() as session:
            return person_of(session, issuer, sub, number, party, datetime.now(UTC))

    with pytest.raises(SsoRefused, match="account_mismatch"):
        sign_in("s-baru")
    assert client.post(f"{path}/lepas-akun", data={"reason": " "}).status_code == 422
    with pytest.raises(SsoRefused, match="account_mismatch"):
        sign_in("s-baru")
    done = client.post(f"{path}/lepas-akun", data={"reason": "akun dibuat ulang"}, follow_redirects=True)
    assert "Kaitan dilepas" in done.text
    assert "Belum ada akun SSO yang dikaitkan" in done.text
    assert phone.get("/saya").status_code == 302
    assert sign_in("s-baru") == person
    with pytest.raises(SsoRefused, match="account_mismatch"):
        sign_in("s-lama")
    with Session(world.engine) as session:
        told = session.scalars(select(HistoryRow).where(HistoryRow.name == "person.account_released")).one()
        assert {value.key: value.value for value in told.values}["reason"] == "akun dibuat ulang"
        assert "s-lama" not in told.payload


def test_nobody_but_another_administrator_releases_an_account(visit: Visit, world: World, app: Flask) -> None:
    issuer = app.extensions["bangkom_sso"].settings.issuer
    linked(world, "administrator", "s-admin", issuer)
    linked(world, "author", "s-lama", issuer)
    own = f"/admin/perangkat/{world.people['administrator']}"
    client, data = visit("administrator"), {"reason": "ganti"}
    assert "lepas-akun" not in client.get(own).text
    assert client.post(f"{own}/lepas-akun", data=data).status_code == 403
    other = f"/admin/perangkat/{world.people['author']}/lepas-akun"
    for name in ("planner", "inspector", "stranger"):
        assert visit(name).post(other, data=data).status_code == 403
    with Session(world.engine) as session:
        assert session.query(SsoAccount).count() == 2
    nobody = f"/admin/perangkat/{world.people['nurse']}/lepas-akun"
    assert client.post(nobody, data=data).status_code == 409


def number_of(world: World, name: str) -> str:
    with Session(world.engine) as session:
        query = select(Identifier.value).where(Identifier.person_id == world.people[name])
        return session.scalars(query).first() or ""
