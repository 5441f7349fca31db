"""The breach register in pages: the clock is seen, the forms work, a refusal keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.jobs.privacy import note_overdue_breaches
from tests.support.queries import counted
from tests.support.world import World
from workflows.models import Breach, HistoryRow

Visit = Callable[[str], FlaskClient]
FORM = {
    "known_on": "2027-01-18",
    "known_time": "07:30",
    "happened": "Daftar peserta terkirim ke alamat yang salah.",
    "revealed": "Nama dan JP peserta",
    "people_count": "40",
    "measures": "",
}


def reported(client: FlaskClient, **changes: str) -> str:
    answer = client.post("/data-pribadi/insiden/baru", data={**FORM, **changes})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_a_breach_is_reported_and_its_clock_runs_on_every_page(visit: Visit, world: World) -> None:
    where = reported(visit("planner"))
    page = visit("officer").get(where).text
    assert "Sisa 70 jam 30 menit" in page
    assert "21 Jan 2027 07.30" in page
    assert "contoh" in page, "the source of the hours"
    for name in ("officer", "planner", "administrator"):
        home = visit(name).get("/").text
        assert "Sisa 70 jam 30 menit" in home
        assert where in home
    assert "Sisa 70 jam" in visit("inspector").get("/data-pribadi/insiden").text
    assert "Sisa 70 jam" in visit("officer").get("/data-pribadi").text


def test_the_alarm_shows_when_the_time_is_over(app: Flask, visit: Visit, world: World) -> None:
    where = reported(visit("administrator"))
    world.clock.work += timedelta(hours=71)
    assert "Lewat 0 jam 30 menit" in visit("officer").get("/").text
    with app.app_context():
        context = app.extensions["bangkom"].jobs
        assert [note_overdue_breaches(context) for _again in range(2)] == [1, 0]
    assert "Batas waktu pemberitahuan insiden nomor 1 terlewati." in visit("officer").get(where).text


def test_notice_is_given_to_both_and_then_it_is_closed(visit: Visit, world: World) -> None:
    client = visit("officer")
    where = reported(client)
    sent = {"sent_on": "2027-01-18", "sent_time": "08:45", "note": "Surat 480/12"}
    refused = client.post(f"{where}/beritahu", data={**sent, "to": "authority"})
    assert refused.status_code == 422
    assert "pemberitahuan wajib memuatnya" in refused.text
    assert "Surat 480/12" in refused.text
    client.post(f"{where}/lengkapi", data={**FORM, "measures": "Penerima diminta menghapus."})
    early = client.post(f"{where}/tutup", data={"closed_as": "handled", "conclusion": "Selesai"})
    assert early.status_code == 422
    assert "UU 27/2022 pasal 46" in early.text
    for to in ("authority", "people"):
        assert client.post(f"{where}/beritahu", data={**sent, "to": to}).status_code == 303
    page = client.get(where).text
    assert "Sudah diberitahukan" in page
    assert "Sisa" not in page
    assert "18 Jan 2027 08.45 WITA: Surat 480/12" in page.replace("\n", "") or "08.45" in page
    done = client.post(f"{where}/tutup", data={"closed_as": "handled", "conclusion": "Alamat diperiksa."})
    assert done.status_code == 303
    again = client.post(f"{where}/tutup", data={"closed_as": "handled", "conclusion": "Lagi"})
    assert again.status_code == 409
    assert "sudah ditutup" in again.text
    assert "Tutup insiden" not in client.get(where).text
    assert "Insiden data pribadi" not in visit("planner2").get("/").text.split("Papan program")[0]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"known_time": "besok"}, "Tulis jamnya"),
        ({"known_on": "x"}, "Tulis tanggalnya"),
        ({"known_on": "2027-01-19"}, "Waktu ini belum tiba"),
        ({"happened": " "}, "Isi bagian ini"),
        ({"people_count": "-3"}, "bilangan bulat"),
        ({"people_count": "9" * 12}, "bilangan bulat"),
    ],
)
def test_a_wrong_form_says_what_to_do_and_keeps_what_was_typed(
    visit: Visit, world: World, changes: dict[str, str], says: str
) -> None:
    answer = visit("officer").post("/data-pribadi/insiden/baru", data={**FORM, **changes})
    assert answer.status_code == 422
    assert says in answer.text
    assert "Nama dan JP peserta" in answer.text
    with world.trying() as session:
        assert session.scalars(select(Breach)).all() == []


@pytest.mark.parametrize("name", ["stranger", "quality", "finance_officer"])
def test_strangers_neither_see_nor_report(visit: Visit, world: World, name: str) -> None:
    where = reported(visit("officer"))
    client = visit(name)
    for path in ("/data-pribadi/insiden", "/data-pribadi/insiden/baru", where):
        assert client.get(path).status_code == 403
    assert client.post("/data-pribadi/insiden/baru", data=FORM).status_code == 403
    assert "Insiden" not in client.get("/").text


@pytest.mark.parametrize("name", ["planner", "inspector", "administrator"])
def test_who_may_look_has_nothing_to_press(visit: Visit, world: World, name: str) -> None:
    where = reported(visit("officer"))
    page = visit(name).get(where).text
    assert "Nama dan JP peserta" in page
    assert "Catat pemberitahuan" not in page
    for what in ("beritahu", "lengkapi", "tutup"):
        data = {**FORM, "to": "people", "sent_on": "2027-01-18", "sent_time": "08:45", "note": "x"}
        assert visit(name).post(f"{where}/{what}", data={**data, "closed_as": "no_breach"}).status_code == 403


def test_an_unknown_one_is_not_found(visit: Visit) -> None:
    assert visit("officer").get("/data-pribadi/insiden/99").status_code == 404
    assert visit("officer").post("/data-pribadi/insiden/99/tutup").status_code == 404


def test_the_way_of_one_shows_nothing_of_another(visit: Visit, world: World) -> None:
    client = visit("officer")
    places = [reported(client) for _number in range(11)]
    client.post(f"{places[10]}/tutup", data={"closed_as": "no_breach", "conclusion": "Salah kirim saja"})
    assert "Salah kirim saja" in client.get(places[10]).text
    assert "Salah kirim saja" not in client.get(places[0]).text
    with world.trying() as session:
        assert (
            len(session.scalars(select(HistoryRow).where(HistoryRow.stream == "register:privacy")).all())
            == 12
        )


def test_the_list_costs_as_many_queries_at_thirty_as_at_three(app: Flask, visit: Visit, world: World) -> None:
    client, counts = visit("officer"), []
    for many in (3, 30):
        for _number in range(many):
            reported(client)
        client.get("/data-pribadi/insiden")
        with counted(app) as said:
            page = client.get("/data-pribadi/insiden").text
        counts.append(len(said))
    assert counts[0] == counts[1]
    assert "sebelum=4" in page
    assert "Insiden nomor 1<" in client.get("/data-pribadi/insiden?sebelum=4").text
