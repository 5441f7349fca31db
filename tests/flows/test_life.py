"""One programme from a need to its next version: all eight steps over HTTP, on both databases."""

from __future__ import annotations

import json
import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from service.profiles import load_profile
from tests.flows import life
from tests.flows.life import Told
from tests.flows.regency import Regency
from tests.support.running import eventually, running_demo
from workflows.audit import broken_links
from workflows.events import version_stream
from workflows.models import Decision, HistoryRow, ProgrammeVersion, Reservation, Survey

HISTORY = [
    "programme.proposed", "programme.review_opened", "review.input_given", "review.input_answered", "review.closed",
    "approval.granted", "budget.reserved", "budget.committed", "programme.approved", "enrolment.requested",
    "enrolment.synced", "survey.prepared", "survey.wave_opened", "survey.wave_closed", "programme.started",
    "completion.recorded", "programme.evaluated", "programme.revised",
]  # fmt: skip


@pytest.mark.parametrize("profile", ["mamuju", "tanjung_asri"])
def test_one_programme_lives_from_a_need_to_its_next_version(
    tmp_path: Path, database_url: str, caplog: pytest.LogCaptureFixture, profile: str
) -> None:
    """Also in a made-up city: other units, offices, ceilings, zone, words."""
    running = running_demo(tmp_path, database_url=database_url, profile=profile)
    with caplog.at_level(logging.DEBUG), running as demo:
        regency, told = Regency(demo), Told()
        assert load_profile(profile).short_name in regency.as_label("petugas").text
        _decide(regency, told)
        _run(regency, told)
        _measure(regency, told)
        _look_back(regency, told)
        _nothing_leaked(regency, caplog)


def _decide(regency: Regency, told: Told) -> None:
    life.file_need(regency, told)
    life.propose(regency, told)
    fields = regency.job_fields()[:7]
    life.open_review(regency, told, fields)
    speakers = regency.speakers(fields)
    for number, person in enumerate(speakers[:2]):
        life.speak(regency, told, person, number)
    life.answer_inputs(regency, told)
    refused = life.close_review(regency, told)
    assert refused.status_code == 422
    assert "rumpun jabatan yang didengar" in refused.text
    assert regency.state(told.version) == "participatory_review"
    for number, person in enumerate(speakers[2:], start=2):
        life.speak(regency, told, person, number)
    assert life.close_review(regency, told).status_code == 422, "unanswered input closes nothing"
    life.answer_inputs(regency, told)
    assert life.close_review(regency, told).status_code == 200
    codes = [life.sign(regency, told) for _ in range(5)]
    assert codes == [
        "unit_head",
        "hrd_agency_head",
        "finance_officer",
        "authorised_official",
        "personnel_authority",
    ]
    assert regency.state(told.version) == "approved"


def _run(regency: Regency, told: Told) -> None:
    life.enrol(regency, told)
    eventually(lambda: {row.applied for row in life.enrolments(regency, told)} == {"active"})
    life.prepare_survey(regency, told)
    while regency.today() < told.starts - timedelta(days=3):
        regency.forward("week" if told.starts - regency.today() > timedelta(days=9) else "day")
    eventually(lambda: _wave_status(regency, told, "before") == "open")
    assert life.answer_wave(regency, told, "before", score=2) >= life.LEARNERS
    while regency.today() < told.starts:
        regency.forward("day")
    life.start(regency, told)
    life.close_wave(regency, told)
    regency.forward("sessions_end")
    while regency.today() < told.starts + timedelta(days=2):
        regency.forward("day")
    life.learn(regency, told)
    assert life.credited(regency, told) == [24] * life.LEARNERS
    learner = regency.as_person(told.learners[0])
    learner.open("/saya")
    assert life.TITLE in learner.text


def _measure(regency: Regency, told: Told) -> None:
    regency.forward("four_months")
    eventually(lambda: _wave_status(regency, told, "after") == "open")
    life.answer_wave(regency, told, "after", score=4)
    life.close_wave(regency, told)
    name = regency.ask(select(Survey.secret_name).where(Survey.version_id == told.version))
    secret = regency.demo.stack.places.survey_secrets / name
    assert secret.exists()
    life.evaluate(regency, told)
    assert not secret.exists()
    life.revise(regency, told)


def _look_back(regency: Regency, told: Told) -> None:
    assert regency.state(told.version) == "revised"
    with regency.looking() as session:
        following = session.get_one(ProgrammeVersion, told.following)
        assert (following.state, following.number, following.supersedes_id) == ("proposed", 2, told.version)
        happened = set(
            session.scalars(select(HistoryRow.name).where(HistoryRow.stream == version_stream(told.version)))
        )
        assert set(HISTORY) - happened == set()
        proofs = [
            json.loads(d.evidence)
            for d in session.scalars(select(Decision).order_by(Decision.id.desc()).limit(5))
        ]
        assert [proof["kind"] for proof in reversed(proofs)] == ["session", "session", "sso", "sso", "sso"]
        assert all(proof["acr"] == "otp" and proof["fingerprint"] for proof in proofs[:3])
        money = session.scalars(select(Reservation).where(Reservation.version_id == told.version)).one()
        assert (money.status, money.amount) == ("committed", 8_300_000)
        assert list(broken_links(session)) == []
    page = regency.as_label("tim mutu")
    page.open(f"/program/{told.following}/perbedaan")
    assert "Tambah satu hari praktik" in page.text


def _nothing_leaked(regency: Regency, caplog: pytest.LogCaptureFixture) -> None:
    """No number of a person, no token, no secret in anything that was logged."""
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert len(caplog.records) > 100
    assert [n for n in regency.by_number if n in logged] == []
    assert re.findall(r"eyJ[A-Za-z0-9_-]{20,}", logged) == []
    secrets = regency.demo.stack.secrets
    values = (secrets.secret_key, secrets.client_secret, secrets.site_token, secrets.xapi_secret)
    assert [value for value in values if value in logged] == []


def _wave_status(regency: Regency, told: Told, kind: str) -> str:
    with regency.looking() as session:
        survey = session.scalars(select(Survey).where(Survey.version_id == told.version)).one()
        return next(wave.status for wave in survey.waves if wave.kind == kind)
