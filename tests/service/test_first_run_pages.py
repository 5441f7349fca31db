"""The page on which a first delivery is read: it asks the site, sends nothing, and is agreed to once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms_connectors.memory import Fault, MemoryPlatform
from service.current import bangkom
from service.jobs.enrolments import sync_due
from tests.support import walk
from tests.support.world import LEARNERS, World
from workflows.models import FirstRun
from workflows.ports import DesiredEnrolment, Permanent, Retryable

Visit = Callable[[str], FlaskClient]
PAGE = "/situs/lms/pertama"


@pytest.fixture
def moodle(app: Flask, world: World) -> MemoryPlatform:
    """One learner has an account, somebody else is enrolled; three wishes wait."""
    platform: MemoryPlatform = app.extensions["test_platform"]
    platform.add_course("Kelas data", ref="7")
    known = platform.add_user("199001010000000099")
    stranger = platform.add_user("guru")
    platform.courses["7"].enrolments[stranger.remote_id] = DesiredEnrolment("x", stranger.remote_id)
    assert known.remote_id
    walk.enrol(world, walk.to_approved(world), LEARNERS[:3])
    with world.writing() as session:
        session.add(FirstRun(site_id=world.site))
    return platform


def _sync(app: Flask) -> int:
    with app.app_context():
        return sync_due(bangkom().jobs).applied


def test_it_is_read_without_sending_and_then_agreed_to(
    app: Flask, visit: Visit, moodle: MemoryPlatform
) -> None:
    client = visit("administrator")
    users = len(moodle.users)
    assert "Menunggu uji pertama" in client.get("/situs").text
    shown = client.get(PAGE).text
    assert "Peserta yang menunggu: 3." in shown
    assert 'class="waiting"' not in shown, "participants are no decisions that wait for this person"
    assert client.post(f"{PAGE}/lihat").status_code == 303
    assert (len(moodle.users), len(moodle.courses["7"].enrolments)) == (users, 1)
    assert set(moodle.calls) == {"find_course", "find_accounts", "roster"}
    shown = client.get(PAGE).text
    assert "Kelas data" in shown
    assert "Learner1 Contoh" in shown
    assert "Terdaftar oleh pihak lain: 1 orang." in shown
    assert _sync(app) == 0
    fingerprint = re.search(r'name="fingerprint" value="(\w+)"', shown)
    assert fingerprint is not None
    answer = client.post(f"{PAGE}/setuju", data={"fingerprint": fingerprint[1]})
    assert answer.status_code == 303
    assert "3 baris dikirim" in client.get(PAGE).text
    assert _sync(app) == 3
    assert len(moodle.courses["7"].enrolments) == 4


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Retryable("http_503"), "Moodle sedang dirawat"),
        (Permanent("invalidtoken", site_wide=True), "menolak token layanan"),
    ],
)
def test_a_site_that_does_not_answer_is_said_and_cannot_be_agreed_to(
    visit: Visit, moodle: MemoryPlatform, error: Retryable | Permanent, said: str
) -> None:
    moodle.faults.append(Fault(error))
    client = visit("administrator")
    client.post(f"{PAGE}/lihat")
    shown = client.get(PAGE).text
    assert said in shown
    assert "Setujui pengiriman pertama" not in shown
    assert client.post(f"{PAGE}/setuju", data={"fingerprint": "x"}).status_code == 422


def test_a_course_that_is_gone_is_said(visit: Visit, moodle: MemoryPlatform) -> None:
    del moodle.courses["7"]
    client = visit("administrator")
    client.post(f"{PAGE}/lihat")
    assert "Kelas ini tidak ada lagi di Moodle" in client.get(PAGE).text


def test_agreeing_to_an_older_page_is_refused_with_a_reason(visit: Visit, moodle: MemoryPlatform) -> None:
    client = visit("administrator")
    client.post(f"{PAGE}/lihat")
    answer = client.post(f"{PAGE}/setuju", data={"fingerprint": "old"})
    assert answer.status_code == 409
    assert "sudah berubah sejak dilihat" in answer.text


def test_others_do_not_see_it(visit: Visit, moodle: MemoryPlatform) -> None:
    for name in ("planner", "author"):
        assert visit(name).get(PAGE).status_code == 403
        assert visit(name).post(f"{PAGE}/lihat").status_code == 403
        assert visit(name).post(f"{PAGE}/setuju", data={"fingerprint": "x"}).status_code == 403
    assert moodle.calls == []


def test_organisers_are_told_that_nothing_is_sent_yet(visit: Visit, moodle: MemoryPlatform) -> None:
    assert "Pengiriman pertama menunggu dibaca" in visit("planner").get("/program").text


def test_a_site_that_got_something_before_has_nothing_to_agree_to(visit: Visit, world: World) -> None:
    client = visit("administrator")
    assert "sudah disetujui" in client.get(PAGE).text
    assert client.post(f"{PAGE}/lihat").status_code == 409
