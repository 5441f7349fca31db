"""The pages of the register: a list by key, one person with the dated history, roles."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.crowd import add_people
from tests.support.queries import counted
from tests.support.world import World
from workflows.models import Assignment, AssignmentKind, Identifier, Person, RoleGrant

Visit = Callable[[str], FlaskClient]
LINK = re.compile(r'class="people-name"><a href="/orang/([0-9a-f-]{36})">([^<]+)')


def number_of(world: World, name: str) -> str:
    with world.trying() as session:
        return session.query(Identifier.value).filter_by(person_id=world.people[name]).scalar()


def test_the_list_goes_on_by_key_and_shows_everybody_once(world: World, visit: Visit) -> None:
    add_people(world, 90)
    agency, address, seen = visit("planner"), "/orang", []
    for _ in range(10):
        text = agency.get(address).text
        seen += LINK.findall(text)
        older = re.search(r'href="([^"]+)" rel="next"', text)
        if older is None:
            break
        address = older[1].replace("&amp;", "&")
    with world.trying() as session:
        everybody = {str(person.id) for person in session.query(Person)}
    assert len(seen) == len(everybody)
    assert {key for key, _ in seen} == everybody


def test_the_list_asks_the_same_number_of_questions_for_few_and_many(
    app: Flask, world: World, visit: Visit
) -> None:
    add_people(world, 45, prefix="first")
    agency = visit("planner")
    agency.get("/orang")
    with counted(app) as few:
        agency.get("/orang")
    add_people(world, 60)
    with counted(app) as many:
        agency.get("/orang")
    assert len(many) == len(few) <= 14


def test_the_list_is_filtered_by_unit_employment_and_assignment(world: World, visit: Visit) -> None:
    with world.writing() as session:
        kind = AssignmentKind(code="data_steward", name="Pengelola data", name_en="Data steward")
        session.add(
            Assignment(person_id=world.people["nurse"], kind=kind, valid_from=world.clock.now().date())
        )
    agency = visit("planner")

    def names(query: str) -> set[str]:
        return {name for _, name in LINK.findall(agency.get(f"/orang?{query}").text)}

    assert names(f"unit={world.units['island']}") == {"Remote_farmer Contoh"}
    assert names("employment=pppk") == {"Contract_clerk Contoh"}
    assert names("assignment=data_steward") == {"Nurse Contoh"}
    assert names("assignment=data_steward&employment=pppk") == set()
    assert "Nurse Contoh" in names("q=nur")
    assert names("keadaan=left") == set()


def test_a_number_is_sought_by_post_and_stands_in_no_address(world: World, visit: Visit) -> None:
    number = number_of(world, "nurse")
    answer = visit("planner").post("/orang/cari", data={"number": f" {number[:8]} {number[8:]} "})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/orang/{world.people['nurse']}"
    nobody = visit("planner").post("/orang/cari", data={"number": "1" * 18}, follow_redirects=True)
    assert "Tidak ada orang yang bertugas dengan nomor itu" in nobody.text
    shown = visit("planner").get(f"/orang?q={number}").text
    assert number not in shown


@pytest.mark.parametrize("name", ["author", "finance_officer"])
def test_the_register_is_closed_to_others(world: World, visit: Visit, name: str) -> None:
    person = world.people["nurse"]
    closed = ("/orang", f"/orang/{person}", f"/orang/{person}/tugas", f"/orang/{person}/hubungan-kerja")
    for path in (*closed, "/peran", f"/orang/{person}/peran"):
        assert visit(name).get(path).status_code == 403, path


def test_whoever_only_looks_sees_the_end_of_a_number_and_changes_nothing(world: World, visit: Visit) -> None:
    number, path = number_of(world, "nurse"), f"/orang/{world.people['nurse']}"
    assert number in visit("planner").get(path).text
    text = visit("inspector").get(path).text
    assert number not in text
    assert number[-4:] in text
    assert "Catat perubahan" not in text
    form = {"kind": "pns", "valid_from": "2027-01-18"}
    assert visit("inspector").post(f"{path}/hubungan-kerja", data=form).status_code == 403


def test_an_agreement_is_entered_and_stands_on_the_page(world: World, visit: Visit) -> None:
    agency, path = visit("planner"), f"/orang/{world.people['contract_clerk']}"
    form = {"kind": "pppk", "valid_from": "2025-03-01", "contract_from": "2025-03-01", "contract_to": ""}
    assert agency.post(f"{path}/hubungan-kerja", data=form).status_code == 303
    assert "perjanjian sejak 1 Mar 2025" in agency.get(path).text
    wrong = agency.post(f"{path}/hubungan-kerja", data={**form, "valid_from": "kemarin"})
    assert wrong.status_code == 422
    assert "Tulis tanggalnya." in wrong.text
    assert 'value="kemarin"' in wrong.text


def test_an_assignment_is_entered_ended_and_remembered(world: World, visit: Visit) -> None:
    with world.writing() as session:
        session.add(AssignmentKind(code="data_steward", name="Pengelola data", name_en="Data steward"))
    agency, path = visit("planner"), f"/orang/{world.people['nurse']}"
    form = {"kind_code": "data_steward", "letter_no": "800/7", "valid_from": "2027-01-18"}
    assert agency.post(f"{path}/tugas", data=form).status_code == 303
    text = agency.get(path).text
    ending = re.search(r'href="(/orang/tugas/\d+/akhiri)"', text)
    assert ending is not None
    assert agency.get(ending[1]).status_code == 200
    assert agency.post(ending[1], data={"valid_to": "2027-01-17"}).status_code == 422
    assert agency.post(ending[1], data={"valid_to": "2027-01-18"}).status_code == 303
    assert "Tugas Pengelola data berakhir 18 Jan 2027." in agency.get(path).text
    assert agency.get("/orang/tugas/999/akhiri").status_code == 404


def test_a_number_is_entered_and_a_wrong_one_ended(world: World, visit: Visit) -> None:
    agency, path = visit("planner"), f"/orang/{world.people['nurse']}"
    form = {"number": "1985 0315 201001 1002", "valid_from": "2027-01-18"}
    wrong = agency.post(f"{path}/nomor", data={**form, "number": "198513152010011002"})
    assert wrong.status_code == 422
    assert "bukan tanggal lahir yang benar" in wrong.text
    assert agency.post(f"{path}/nomor", data=form).status_code == 303
    text = agency.get(path).text
    assert "NIP 198503152010011002" in text
    assert "Nomor induk (NIP) dicatat sejak 18 Jan 2027." in text
    [ending] = re.findall(r'href="(/orang/nomor/\d+/akhiri)"', text)
    assert "Akhiri NIP 198503152010011002" in agency.get(ending).text
    assert agency.post(ending, data={"valid_to": "2027-01-17", "reason": ""}).status_code == 422
    assert agency.post(ending, data={"valid_to": "2027-01-17", "reason": "salah ketik"}).status_code == 303
    assert "Nomor induk (NIP) berakhir 17 Jan 2027: salah ketik" in agency.get(path).text
    for address in (f"{path}/nomor", ending):
        assert visit("inspector").get(address).status_code == 403
        assert visit("inspector").post(address, data=form).status_code == 403
    assert agency.get("/orang/nomor/999999/akhiri").status_code == 404
    own = f"/orang/{world.people['planner']}"
    assert "/akhiri" not in agency.get(own).text.split("Hubungan kerja")[0]
    assert agency.post(f"{own}/nomor", data=form).status_code == 403


def test_a_role_is_given_and_taken_back(world: World, visit: Visit) -> None:
    boss, path = visit("administrator"), f"/orang/{world.people['author']}/peran"
    form = {"role": "dpo", "valid_from": "2027-01-18", "reason": "SK 1"}
    assert boss.post(path, data=form).status_code == 303
    assert boss.post(path, data=form).status_code == 409
    text = boss.get("/peran").text
    assert "Author Contoh" in text
    with world.trying() as session:
        grant = session.query(RoleGrant.id).filter_by(role="dpo", person_id=world.people["author"]).scalar()
    assert boss.post(f"/peran/{grant}/akhiri", data={"reason": ""}).status_code == 422
    assert boss.post(f"/peran/{grant}/akhiri", data={"reason": "pindah"}).status_code == 303
    assert "Peran pejabat pelindungan data diakhiri: pindah" in boss.get(path.removesuffix("/peran")).text
    assert visit("planner").post(path, data=form).status_code == 403


def test_a_signing_role_and_one_s_own_are_refused_with_a_sentence(world: World, visit: Visit) -> None:
    boss = visit("administrator")
    form = {"role": "personnel_authority", "valid_from": "2027-01-18", "reason": "SK"}
    refused = boss.post(f"/orang/{world.people['author']}/peran", data=form)
    assert refused.status_code == 422
    assert "melekat pada jabatan" in refused.text
    own = boss.post(f"/orang/{world.people['administrator']}/peran", data={**form, "role": "dpo"})
    assert own.status_code == 403
    assert "administrator lain" in own.text
