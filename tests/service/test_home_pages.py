"""The first page is a person's own: what it shows to whom, and at what price."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from flask.testing import FlaskClient

from tests.support import walk
from tests.support.contracts import employ
from tests.support.counting import statements
from tests.support.world import LONG_AGO, STARTS, World
from workflows.models import Enrolment, LegalParameter, Site

Visit = Callable[[str], FlaskClient]


def home(client: FlaskClient) -> str:
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def law(world: World, **values: int) -> None:
    with world.writing() as session:
        session.add_all(
            LegalParameter(
                key=f"jp.{key}", value=str(value), valid_from=LONG_AGO, source_document="Pasal contoh"
            )
            for key, value in values.items()
        )


def test_a_civil_servant_sees_hours_against_the_floor_with_its_source(visit: Visit, world: World) -> None:
    law(world, floor_pns=20, cap_pppk=24)
    page = home(visit("nurse"))
    assert "0 dari 20 JP" in page
    assert "20 JP lagi tahun ini." in page
    assert "Dasar: Pasal contoh" in page
    assert "belum diverifikasi pada naskah resmi" in page


def test_contract_staff_see_a_cap_not_a_floor(visit: Visit, world: World) -> None:
    page = home(visit("contract_clerk"))
    assert "batas 24 JP setahun belum dapat dihitung" in page
    employ(world, "contract_clerk", date(2026, 3, 1))
    page = home(visit("contract_clerk"))
    assert "Terpakai dari paling banyak" in page
    assert "1 Mar 2026 sampai 28 Feb 2027" in page
    assert "Masih dapat mengikuti 24 JP sampai Minggu, 28 Februari 2027." in page


def test_a_missing_number_of_law_is_said_not_guessed(visit: Visit) -> None:
    assert "Ukuran menurut aturan belum diisi administrator." in home(visit("nurse"))


def test_hours_credited_show_at_home(visit: Visit, world: World) -> None:
    law(world, floor_pns=20)
    walk.to_running(world)
    world.clock.go(walk.ENDS, hour=18)
    walk.report(world, walk.fact(world, "learner1"))
    assert "16 dari 20 JP" in home(visit("learner1"))


def test_who_is_invited_is_asked_until_they_have_spoken(visit: Visit, world: World) -> None:
    version = walk.to_review(world)
    page = home(visit("nurse"))
    assert "rumpun jabatan Anda diundang memberi masukan" in page
    walk.speak(world, version, ["nurse"])
    assert "diundang memberi masukan" not in home(visit("nurse"))


def test_an_open_survey_is_asked_for_until_it_is_answered(visit: Visit, world: World) -> None:
    version = walk.to_running(world)
    wave = walk.wave_ids(world, version)["before"]
    walk.open_wave(world, wave)
    assert "Survei tentang Anda sendiri" in home(visit("learner1"))
    assert "Survei tentang Learner1 Contoh" in home(visit("superior"))
    walk.answer(world, wave, "learner1", "learner1", 3)
    assert "Survei tentang" not in home(visit("learner1"))


def test_a_signer_sees_first_what_waits(visit: Visit, world: World) -> None:
    walk.to_approval(world)
    page = home(visit("unit_head"))
    assert page.index("Perlu keputusan Anda <") < page.index("JP saya tahun")
    assert "Perlu keputusan Anda <" not in home(visit("nurse"))


def test_the_author_sees_the_way_of_the_need(visit: Visit, world: World) -> None:
    walk.to_proposed(world)
    page = home(visit("author"))
    assert "Data tersebar" in page
    assert "dijadikan program" in page


def test_the_agency_sees_what_is_stuck_and_why(visit: Visit, world: World) -> None:
    walk.to_proposed(world, title="Belum dibuka")
    late = walk.to_review(world, title="Lewat masa")
    walk.speak(world, late)
    signing = walk.to_approval(world, title="Terlambat ditandatangani")
    walk.decide(world, "unit_head", signing, "unit_head")
    back = walk.to_approval(world, title="Dikembalikan")
    walk.decide(world, "unit_head", back, "unit_head", "return")
    walk.to_approved(world, title="Tanpa peserta", course_ref="9")
    world.clock.go(date(2027, 2, 20))
    page = home(visit("planner"))
    assert "Pembahasan bersama belum dibuka." in page
    assert "Masa pembahasan lewat; 5 masukan belum dijawab." in page
    assert "hari pada Kepala Badan Contoh." in page
    assert "menunggu perbaikan dan pengajuan kembali" in page
    assert "Belum ada peserta" in page
    assert "Papan program" not in home(visit("nurse"))


def test_the_board_tells_what_running_and_approved_programmes_wait_for(visit: Visit, world: World) -> None:
    walk.to_approved(world, title="Belum dimulai")
    running = walk.to_running(world, title="Gagal kirim")
    with world.writing() as session:
        session.query(Enrolment).filter(Enrolment.batch.has(version_id=running)).limit(
            1
        ).one().status = "failed"
    world.clock.go(STARTS + timedelta(days=1))
    page = home(visit("planner"))
    assert "1 peserta belum sampai di Moodle." in page
    assert "Belum ada peserta" in page


def test_the_administrator_sees_each_site_and_its_queue(visit: Visit, world: World) -> None:
    with world.writing() as session:
        session.get_one(Site, world.site).paused_code = "invalidtoken"
    page = home(visit("administrator"))
    assert "Berhenti: semua panggilan ditolak" in page
    assert "invalidtoken" in page
    assert "Situs Moodle" not in home(visit("nurse"))


def test_home_of_the_agency_takes_the_same_queries_at_3_and_at_12(visit: Visit, world: World) -> None:
    client = visit("planner")
    counts = []
    for more in (3, 9):
        for number in range(more):
            walk.to_approval(world, title=f"Program {more}.{number}")
            walk.to_proposed(world)
        with statements() as said:
            home(client)
        counts.append(len(said))
    assert counts[0] == counts[1]
