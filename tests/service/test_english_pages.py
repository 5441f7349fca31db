"""Whoever chose English reads no Indonesian but the data."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.current import bangkom
from service.jobs.seals import seal_day
from service.sso.refusals import NOTED, note_refusal
from tests.support import walk
from tests.support.reading import data_texts, texts_of, without
from tests.support.unit_letters import NEXT_MONTH, merge, rename
from tests.support.world import FIRST_DAY, World
from tests.workflows.test_on_behalf import file_for, make_operator, speak_for
from workflows.models import ApprovalRequest, ApprovalTask, AssignmentKind, Decision, Identifier, Office

Visit = Callable[[str], FlaskClient]

EXPORT = """NIP;Nama;Email;Status Pegawai;Unit Kerja;Jabatan;Tanggal Berhenti
198503152010011002;Rina Contoh;rina@example.test;PNS;Unit dinas;Perawat Terampil;
198503152010011003;Sari Contoh;sari@example.test;PNS;Antah Berantah;Perawat Terampil;
198503152010011004;Wati Contoh;wati@example.test;PNS;Unit dinas;Juru Ukir;
198513152010011005;Budi Contoh;budi@example.test;PNS;Unit dinas;Perawat Terampil;
198503152010011006;Umar Contoh;umar@example.test;Honorer;Unit dinas;Perawat Terampil;
198503152010011007;Tuti Contoh;;PNS;Unit dinas;Perawat Terampil;31-12-2026
"""
INDONESIAN = re.compile(
    r"\b(dan|yang|belum|anda|sudah|tidak|dengan|untuk|pada|dari|akan|saya|sampai|menunggu|adalah|ini|itu|oleh|di"
    r"|lagi|hari|orang|peserta|sejak|atau|bila|semua|kelas|situs|langkah|biaya|tanpa|selesai|mulai|buka|lihat|kirim"
    r"|simpan|pilih|ubah|cari|kebutuhan|keputusan|masukan|pelatihan|program|rumpun|versi|badan|tim|senin|selasa"
    r"|rabu|kamis|jumat|sabtu|minggu|januari|februari|maret|mei|juni|juli|agustus|oktober|desember)\b",
    re.IGNORECASE,
)


def english(visit: Visit, name: str) -> FlaskClient:
    client = visit(name)
    assert client.post("/bahasa", data={"language": "en"}).status_code in (302, 303)
    return client


def left_over(world: World, client: FlaskClient, *paths: str) -> list[str]:
    """What is still Indonesian on these pages, as address: text."""
    data, found = data_texts(world.engine), []
    for path in paths:
        page = client.get(path).get_data(as_text=True)
        assert '<html lang="en"' in page
        texts = [text for text in texts_of(page) if INDONESIAN.search(without(text, data))]
        found += [f"{path}: {text}" for text in texts if text != "Bahasa Indonesia"]
    return found


@pytest.mark.parametrize("name", ["planner", "nurse", "quality", "stranger"])
def test_the_pages_that_everybody_has(visit: Visit, world: World, name: str) -> None:
    walk.to_proposed(world)
    walk.to_review(world)
    client = english(visit, name)
    paths = (
        "/",
        "/kebutuhan",
        "/kebutuhan/baru",
        "/program",
        "/keputusan",
        "/saya",
        "/survei",
        "/perangkat",
        "/dasar-hukum",
    )
    assert left_over(world, client, *paths, "/tidak-ada") == []


def test_the_forms_of_a_proposed_programme(visit: Visit, world: World) -> None:
    version = walk.to_proposed(world)
    client = english(visit, "planner")
    paths = [
        f"/program/{version}{tail}" for tail in ("", "/ubah", "/biaya", "/kelas", "/pembahasan", "/riwayat")
    ]
    assert left_over(world, client, *paths, "/program/baru") == []


def test_a_programme_under_review_and_waiting_for_its_first_approval(visit: Visit, world: World) -> None:
    version = walk.to_review(world)
    walk.speak(world, version)
    planner, signer = english(visit, "planner"), english(visit, "unit_head")
    assert left_over(world, planner, f"/program/{version}/pembahasan") == []
    walk.answer_all(world, version)
    walk.close_review(world, version)
    assert left_over(world, planner, f"/program/{version}") == []
    task = f"/keputusan/{first_task(world, version)}"
    assert left_over(world, signer, "/", "/keputusan", task) == []


def test_a_programme_from_running_to_its_next_version(visit: Visit, world: World) -> None:
    version = walk.to_evaluated(world)
    client = english(visit, "quality")
    tails = ("", "/peserta", "/moodle", "/survei", "/evaluasi", "/pembaruan", "/riwayat")
    assert left_over(world, client, *(f"/program/{version}{tail}" for tail in tails)) == []
    later = walk.revise(world, version)
    assert left_over(world, client, f"/program/{later}/perbedaan") == []


def test_people_offices_imports_and_refused_sign_ins(visit: Visit, world: World) -> None:
    """With rows of every kind in the difference, and every kind of refused sign-in."""
    with world.writing() as session:
        session.add(AssignmentKind(code="data_steward", name="Pengelola data", name_en="Data steward"))
        for code in NOTED:
            note_refusal(session, code, f"19800101200501{len(code):04d}", "k" * 32, datetime.now(UTC))
    agency, boss = english(visit, "planner"), english(visit, "administrator")
    person, office = world.people["nurse"], f"/jabatan/{world.offices['unit_head']}"
    file = {"file": (io.BytesIO(EXPORT.encode()), "pegawai.csv")}
    difference = agency.post("/orang/impor", data=file, content_type="multipart/form-data").headers[
        "Location"
    ]
    kinds = [f"{difference}?jenis={kind}" for kind in ("refused", "changed", "new", "left", "same")]
    forms = [f"/orang/{person}/{tail}" for tail in ("nomor", "hubungan-kerja", "tugas")]
    with world.trying() as session:
        number = session.scalars(select(Identifier.id).where(Identifier.person_id == person)).first()
    paths = ["/orang", "/orang?q=zz", f"/orang/{person}", *forms, f"/orang/nomor/{number}/akhiri"]
    assert left_over(world, agency, *paths, "/orang/impor", *kinds, "/jabatan", office) == []
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', agency.get(difference).text)
    assert seen is not None
    assert agency.post(f"{difference}/terapkan", data={"seen": seen[1]}).status_code == 303
    assert left_over(world, agency, difference, "/orang/impor") == []
    devices = ("/admin/masuk", "/admin/perangkat", f"/admin/perangkat/{person}")
    grants = ("/peran", f"/orang/{person}/peran")
    assert left_over(world, boss, *devices, *grants, difference, "/audit") == []


def test_the_auditor_and_the_public_pages_of_seals_and_proof(visit: Visit, app: Flask, world: World) -> None:
    version = walk.to_approval(world)
    walk.decide(world, "unit_head", version, "unit_head", "return")
    with app.app_context():
        seal_day(bangkom().jobs)
    with world.trying() as session:
        code = session.scalars(select(Decision.code)).one()
    client = english(visit, "inspector")
    assert left_over(world, client, "/", "/audit", "/audit?nama=tidak-ada-orangnya", "/segel") == []
    assert left_over(world, client, "/keaslian", f"/keaslian?kode={code}", "/keaslian?kode=tidak") == []


def test_a_refusal_names_those_who_may_in_the_language_of_the_reader(visit: Visit, world: World) -> None:
    version = walk.to_review(world)
    page = english(visit, "stranger").post(f"/program/{version}/pembahasan/tutup")
    assert page.status_code == 403
    assert "You are not authorised to do this. It is for: the personnel agency." in page.get_data(
        as_text=True
    )
    several = english(visit, "stranger").get(f"/program/{version}/survei")
    assert "the personnel agency, the inspectorate, the quality team" in several.get_data(as_text=True)


def test_times_and_decimals_follow_the_language_and_money_does_not(visit: Visit, world: World) -> None:
    version = walk.to_approval(world)
    indonesian = visit("planner").get(f"/program/{version}/pembahasan").get_data(as_text=True)
    client = english(visit, "planner")
    page = client.get(f"/program/{version}/pembahasan").get_data(as_text=True)
    assert re.search(r"\b\d{2}\.\d{2} W", indonesian)
    assert re.search(r"Rata-rata kepentingan \d,\d dari 5", indonesian)
    assert re.search(r"\b\d{2}:\d{2} W", page)
    assert re.search(r"Average importance \d\.\d of 5", page)
    assert re.search(r"Rp\d+\.\d{3}", client.get(f"/program/{version}").get_data(as_text=True))


def first_task(world: World, version: int) -> int:
    with world.trying() as session:
        return (
            session.scalars(
                select(ApprovalTask.id)
                .join(ApprovalRequest)
                .where(ApprovalRequest.version_id == version)
                .order_by(ApprovalTask.id)
            ).first()
            or 0
        )


def test_offices_are_called_in_english_where_the_profile_has_their_title(
    app: Flask, visit: Visit, world: World
) -> None:
    """Also where somebody signed in it: a decision keeps the title as it was written."""
    office = next(row for row in app.extensions["bangkom"].profile.offices if row.role == "unit_head")
    with world.writing() as session:
        session.get_one(Office, world.offices["unit_head"]).title = office.title
    version = walk.to_approval(world)
    walk.sign(world, version, ["unit_head"])
    client = english(visit, "planner")
    place = f"/jabatan/{world.offices['unit_head']}"
    for path in ("/jabatan", place, "/unit/dinas", f"/program/{version}", f"/program/{version}/riwayat"):
        page = client.get(path).text
        assert office.title_en in page, path
        assert f">{office.title}<" not in page, path
    assert office.title in visit("planner").get(place).text
    assert office.title_en in english(visit, "inspector").get("/audit").text


def test_the_pages_about_units(visit: Visit, world: World) -> None:
    rename(world, "dinas", "Works", FIRST_DAY)
    merge(world, ["island"], world.units["agency"], NEXT_MONTH)
    client = english(visit, "planner")
    tails = ("", "/nama", "/pindah", "/tutup")
    paths = [
        "/unit",
        "/unit?tutup=1",
        "/unit/-baru",
        "/unit/-gabung",
        *(f"/unit/dinas{tail}" for tail in tails),
    ]
    assert left_over(world, client, *paths, "/unit/island") == []


def test_what_an_operator_enters(visit: Visit, world: World) -> None:
    make_operator(world)
    need, version = file_for(world, "nurse"), walk.to_review(world)
    speak_for(world, version, "nurse")
    operator, author = english(visit, "stranger"), english(visit, "nurse")
    paths = ["/kebutuhan", f"/kebutuhan/{need}", f"/program/{version}/pembahasan"]
    assert left_over(world, operator, "/kebutuhan/baru", *paths) == []
    assert left_over(world, author, "/", *paths) == []
