"""The cap of contract staff on the pages: before enrolling, on the list, in the history, to the person (R3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Flask
from flask.testing import FlaskClient

from tests.support import walk
from tests.support.contracts import employ
from tests.support.crowd import add_people
from tests.support.queries import counted
from tests.support.world import World
from workflows.actions import enrolments
from workflows.models import CapException, Enrolment, Look, LookedAt

Visit = Callable[[str], FlaskClient]
CLERK = "contract_clerk"
REASON = "Satu-satunya pengelola data di unitnya"


def to_course(world: World, jp: int = 28) -> tuple[int, str]:
    version_id = walk.to_approved(world, form_code="course", planned_jp=jp, seats=90)
    return version_id, f"/program/{version_id}/peserta"


def test_who_would_pass_the_cap_is_flagged_before_and_needs_a_reason(visit: Visit, world: World) -> None:
    employ(world, CLERK, date(2026, 8, 25))
    _version, path = to_course(world)
    client = visit("planner")
    shown = client.get(f"{path}?q=contract_clerk").text
    assert "PPPK: akan menjadi 28 dari 24 JP, 4 di atas batas" in shown
    assert "Alasan melewati batas JP PPPK" in shown
    data = {"person_ids": str(world.people[CLERK]), "q": "contract_clerk"}
    refused = client.post(path, data=data)
    assert refused.status_code == 422
    assert (
        "4 di atas batas. Kurangi modulnya, pilih orang lain, atau tulis alasan pengecualian." in refused.text
    )
    assert "JP PPPK dihitung menurut tahun perjanjian kerja" in refused.text
    assert f'value="{world.people[CLERK]}" checked' in refused.text
    assert client.post(path, data={**data, "cap_reason": REASON}).status_code == 303
    listed = client.get(path).text
    assert f"28 dari 24 JP, 4 di atas batas, dengan alasan: {REASON}" in listed


def test_the_reason_is_told_in_the_history_and_to_the_person(visit: Visit, world: World) -> None:
    employ(world, CLERK, date(2026, 8, 25))
    version_id, path = to_course(world)
    visit("planner").post(path, data={"person_ids": str(world.people[CLERK]), "cap_reason": REASON})
    told = f"menjadi 28 dari paling banyak 24 pada tahun perjanjian kerja mulai 25 Agu 2026: {REASON}"
    assert told in visit("planner").get(f"/program/{version_id}/riwayat").text
    assert told in visit("inspector").get("/audit").text
    mine = visit(CLERK)
    data = mine.get("/saya/data").text
    assert "Ikut serta meskipun melewati batas JP" in data
    assert REASON in data
    page = mine.get("/saya").text
    assert "28 JP lagi dari pelatihan yang sudah direncanakan." in page
    assert "4 JP di atas batas." in page


def test_looking_for_contract_staff_is_a_look_at_their_hours(visit: Visit, world: World) -> None:
    version_id, path = to_course(world)
    visit("planner").get(f"{path}?q=co")
    with world.trying() as session:
        looks = session.query(LookedAt.person_id).join(Look, Look.id == LookedAt.look_id)
        seen = looks.filter(Look.ref == f"version:{version_id}").all()
        assert [world.name_of(person) for (person,) in seen] == [CLERK]


def test_within_the_cap_nothing_is_asked_for(visit: Visit, world: World) -> None:
    employ(world, CLERK, date(2026, 8, 25), kind="pppk_part_time")
    _version, path = to_course(world, jp=20)
    client = visit("planner")
    shown = client.get(f"{path}?q=contract_clerk").text
    assert "PPPK: akan menjadi 20 dari 24 JP (batas belum diverifikasi)" in shown
    assert "cap_reason" not in shown
    assert client.post(path, data={"person_ids": str(world.people[CLERK])}).status_code == 303
    listed = client.get(path).text
    assert "di atas batas" not in listed
    assert "20 JP lagi dari pelatihan yang sudah direncanakan." in visit(CLERK).get("/saya").text


def test_an_agreement_without_days_is_said_before_and_after(visit: Visit, world: World) -> None:
    _version, path = to_course(world)
    client, said = visit("planner"), "PPPK, tanggal kontrak belum ada untuk hari itu"
    assert said in client.get(f"{path}?q=contract_clerk").text
    assert client.post(path, data={"person_ids": str(world.people[CLERK])}).status_code == 303
    listed = client.get(path).text
    assert said in listed
    assert "Catat perjanjian kerjanya pada halaman orangnya." in listed


def test_hours_above_the_cap_without_a_reason_are_flagged_on_the_list(visit: Visit, world: World) -> None:
    """The agreement was entered only after the enrolment."""
    _version, path = to_course(world)
    client = visit("planner")
    client.post(path, data={"person_ids": str(world.people[CLERK])})
    employ(world, CLERK, date(2026, 8, 25))
    assert "28 dari 24 JP, 4 di atas batas, tanpa alasan tercatat" in client.get(path).text


def test_a_reason_given_for_a_later_programme_explains_the_earlier_one_too(
    visit: Visit, world: World
) -> None:
    employ(world, CLERK, date(2026, 8, 25))
    first, path = to_course(world, jp=20)
    walk.enrol(world, first, [CLERK])
    second = walk.to_approved(world, form_code="course", planned_jp=15, course_ref="8")
    with world.writing() as session:
        enrolments.enrol(
            session,
            actor=world.actor(session, "planner"),
            version_id=second,
            person_ids=[world.people[CLERK]],
            cap_reason=REASON,
        )
    listed = visit("planner").get(path).text
    assert "35 dari 24 JP, 11 di atas batas; alasannya pada program lain" in listed
    assert "tanpa alasan" not in listed


def test_the_list_and_the_choice_take_the_same_queries_for_one_and_for_many(
    visit: Visit, world: World, app: Flask
) -> None:
    version_id, path = to_course(world)
    client, seen = visit("planner"), []
    for count in (1, 20):
        names = add_people(world, count, prefix=f"p{count}x")
        for name in names:
            employ(world, name, date(2026, 8, 25))
        with world.writing() as session:
            enrolments.enrol(
                session,
                actor=world.actor(session, "planner"),
                version_id=version_id,
                person_ids=[world.people[name] for name in names],
                cap_reason=REASON,
            )
        waiting = add_people(world, count, prefix=f"w{count}x")
        for name in waiting:
            employ(world, name, date(2026, 8, 25))
        with counted(app) as said:
            assert client.get(f"{path}?q=w{count}x").status_code == 200
        seen.append(len(said))
    assert seen[0] == seen[1]
    with world.trying() as session:
        assert session.query(CapException).count() == session.query(Enrolment).count() == 21
