"""The eight steps of one programme's life, each by the person it belongs to, in pages, over HTTP."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta

import requests
from sqlalchemy import select

from tests.flows.regency import Regency
from tests.support.running import eventually
from tests.support.scripted import ScriptedBrowser
from workflows.models import (
    Batch,
    Ceiling,
    Completion,
    Enrolment,
    Fact,
    InputItem,
    Invitation,
    JpEntry,
    Posting,
    ProgrammeVersion,
    Review,
    Unit,
    Wave,
)

TITLE = "Pelatihan Pengawasan Pekerjaan Jalan"
LEARNERS = 8
STEPPED_UP = {"finance_officer", "authorised_official", "personnel_authority"}


@dataclass
class Told:
    """What one step leaves for the next."""

    need: int = 0
    version: int = 0
    following: int = 0
    starts: date = date.max
    learners: list[uuid.UUID] = field(default_factory=list)


def number_in(browser: ScriptedBrowser) -> int:
    return int(re.findall(r"/(\d+)", browser.path)[0])


def fine(browser: ScriptedBrowser) -> None:
    assert browser.page.status_code == 200, (
        f"{browser.page.status_code} {browser.page.url}\n{browser.text[:4000]}"
    )


def file_need(regency: Regency, told: Told) -> None:
    proposer = regency.as_label("pengusul")
    proposer.open("/kebutuhan/baru")
    proposer.send(
        "/kebutuhan/baru",
        problem="Pekerjaan jalan sering terlambat; kami belum menguasai jadwal proyek.",
        since="Awal 2026",
        service="Perbaikan jalan antarkecamatan",
    )
    fine(proposer)
    told.need = number_in(proposer)


def propose(regency: Regency, told: Told) -> None:
    agency = regency.as_label("petugas")
    agency.open(f"/program/baru?need={told.need}")
    told.starts = regency.today() + timedelta(days=28)
    ceiling = regency.ask(
        select(Ceiling.id).where(
            Ceiling.fiscal_year == told.starts.year, Ceiling.amount - Ceiling.held >= 9_000_000
        )
    )
    agency.send("Usulkan program", press="Cari kelas", course_search="proyek", site_id="1")
    fine(agency)
    course = next(v for v in re.findall(r'name="course_ref" value="(\d+)"', agency.text))
    agency.send(
        "Usulkan program",
        press="Usulkan program",
        title=TITLE,
        aims="Pengawas menyusun dan memantau jadwal pekerjaan jalan.",
        basis="needs_analysis",
        target_group="Pengawas lapangan bidang bina marga",
        competency_id="10",
        level_required="3",
        competency_gap="Standar tingkat 3, terukur 2 pada 8 orang",
        performance_gap="4 dari 9 paket pekerjaan terlambat",
        form_code="technical_training",
        days="3",
        planned_jp="24",
        seats="10",
        starts_on=told.starts.isoformat(),
        ends_on=(told.starts + timedelta(days=2)).isoformat(),
        effect_threshold="5",
        ceiling_id=str(ceiling),
        course_ref=course,
        duplicates_checked="Tidak ada program serupa tahun ini.",
        cost_1_label="Narasumber",
        cost_1_quantity="8",
        cost_1_unit="OJ",
        cost_1_price="900000",
        cost_2_label="Konsumsi",
        cost_2_quantity="10",
        cost_2_unit="orang",
        cost_2_price="110000",
    )
    fine(agency)
    told.version = number_in(agency)
    assert regency.state(told.version) == "proposed"


def open_review(regency: Regency, told: Told, fields: list[int]) -> None:
    agency = regency.as_label("petugas")
    agency.open(f"/program/{told.version}/pembahasan")
    agency.send(
        "/pembahasan/buka",
        opens_on=regency.today().isoformat(),
        closes_on=(regency.today() + timedelta(days=10)).isoformat(),
        invited=[str(one) for one in fields],
    )
    fine(agency)
    assert regency.state(told.version) == "participatory_review"


def speak(regency: Regency, told: Told, person: uuid.UUID, number: int) -> None:
    speaker = regency.as_person(person)
    speaker.open(f"/program/{told.version}/pembahasan")
    speaker.send(
        "/pembahasan/masukan",
        kind="amendment" if number == 0 else "comment",
        text=f"Tambah praktik lapangan di ruas nomor {number + 1}.",
        importance=str(3 + number % 3),
    )
    fine(speaker)


def answer_inputs(regency: Regency, told: Told) -> None:
    agency = regency.as_label("petugas")
    review = regency.ask(select(Review.id).where(Review.version_id == told.version))
    with regency.looking() as session:
        open_items = session.scalars(
            select(InputItem.id).where(InputItem.review_id == review, InputItem.disposition.is_(None))
        ).all()
    for item in open_items:
        agency.open(f"/program/{told.version}/pembahasan")
        agency.send(
            f"/masukan/{item}/jawaban",
            disposition="accepted",
            answer="Diterima: praktik ditambah setengah hari.",
        )
        fine(agency)


def close_review(regency: Regency, told: Told) -> requests.Response:
    agency = regency.as_label("petugas")
    agency.open(f"/program/{told.version}/pembahasan")
    return agency.send("/pembahasan/tutup")


def sign(regency: Regency, told: Told) -> str:
    """The signature that is waited for, with the step-up where the step asks for one. The step's code."""
    task, sub, code = regency.signer(told.version)
    official = regency.as_sub(sub)
    official.open(f"/keputusan/{task}")
    fine(official)
    assert TITLE in official.text
    official.send("outcome=approve")
    if code in STEPPED_UP:
        assert official.page.url.startswith(regency.demo.stack.places.issuer), official.page.url
        official.confirm(sub)
    fine(official)
    return code


def enrol(regency: Regency, told: Told) -> None:
    agency = regency.as_label("petugas")
    unit = regency.ask(select(Unit.id).join(Posting).group_by(Unit.id).where(Unit.short_name.like("%PUPR%")))
    people = regency.plain_staff(Posting.unit_id == unit)
    proposer = regency.as_label("pengusul")
    assert proposer is not None
    told.learners = people[:LEARNERS]
    if len(told.learners) < LEARNERS:
        told.learners += [p for p in regency.plain_staff() if p not in people][: LEARNERS - len(people)]
    units = {regency.ask(select(Posting.unit_id).where(Posting.person_id == p)) for p in told.learners}
    for one in sorted(units):
        agency.open(f"/program/{told.version}/peserta?unit={one}")
        here = [
            p
            for p in told.learners
            if regency.ask(select(Posting.unit_id).where(Posting.person_id == p)) == one
        ]
        asked = "cap_reason" in agency.form("person_ids").names
        agency.send(
            "person_ids",
            press="Daftarkan yang dipilih",
            person_ids=[str(p) for p in here],
            **({"cap_reason": "Satu-satunya pengelola pekerjaan di unitnya"} if asked else {}),
        )
        fine(agency)
    assert len(enrolments(regency, told)) == LEARNERS


def enrolments(regency: Regency, told: Told) -> list[Enrolment]:
    with regency.looking() as session:
        return list(session.scalars(select(Enrolment).join(Batch).where(Batch.version_id == told.version)))


def prepare_survey(regency: Regency, told: Told) -> None:
    agency = regency.as_label("petugas")
    agency.open(f"/program/{told.version}/survei")
    agency.send("questions", questions="Saya menyusun jadwal pekerjaan.\nSaya memantau kemajuan tiap pekan.")
    fine(agency)


def open_wave(regency: Regency, told: Told) -> None:
    team = regency.as_label("tim mutu")
    team.open(f"/program/{told.version}/survei")
    team.send("/survei/buka")
    fine(team)


def answer_wave(regency: Regency, told: Told, kind: str, score: int) -> int:
    """Every respondent answers; scores differ a little from person to person. How many answered."""
    with regency.looking() as session:
        invitations = [
            (row.id, row.respondent_id)
            for row in session.scalars(
                select(Invitation)
                .join(Wave)
                .where(
                    Wave.kind == kind,
                    Wave.survey.has(version_id=told.version),
                    Invitation.answered.is_(False),
                )
                .order_by(Invitation.id)
            )
        ]
    for number, (invitation, respondent) in enumerate(invitations):
        person = regency.as_person(respondent)
        person.open(f"/survei/{invitation}")
        names = sorted(name for name in person.form(f"/survei/{invitation}").names if name != "csrf_token")
        person.send(f"/survei/{invitation}", **{name: str(min(score + number % 2, 6)) for name in names})
        fine(person)
    return len(invitations)


def close_wave(regency: Regency, told: Told) -> None:
    team = regency.as_label("tim mutu")
    team.open(f"/program/{told.version}/survei")
    team.send("/survei/tutup")
    fine(team)


def start(regency: Regency, told: Told) -> None:
    agency = regency.as_label("petugas")
    agency.open(f"/program/{told.version}/peserta")
    agency.send("/mulai")
    fine(agency)
    assert regency.state(told.version) == "running"


def learn(regency: Regency, told: Told) -> None:
    """All complete the course on the Moodle stand-in, by its own page."""
    course = regency.ask(select(ProgrammeVersion.course_ref).where(ProgrammeVersion.id == told.version))
    moodle = ScriptedBrowser(regency.demo.stack.places.site_url)
    moodle.open(f"/course/view.php?id={course}")
    with_all = next(f for f in moodle.forms() if ("what", "all") in f.fields)
    moodle.session.post(f"{moodle.base}/complete", data=with_all.fields, timeout=60)
    eventually(lambda: completions(regency, told) == LEARNERS)


def completions(regency: Regency, told: Told) -> int:
    mine = select(Enrolment.id).join(Batch).where(Batch.version_id == told.version)
    return regency.count(Completion, Completion.enrolment_id.in_(mine))


def credited(regency: Regency, told: Told) -> list[int]:
    mine = select(Enrolment.id).join(Batch).where(Batch.version_id == told.version)
    with regency.looking() as session:
        return list(session.scalars(select(JpEntry.jp).where(JpEntry.enrolment_id.in_(mine))))


def unmatched(regency: Regency) -> int:
    return regency.count(Fact, Fact.status == "waiting")


def evaluate(regency: Regency, told: Told) -> None:
    team = regency.as_label("tim mutu")
    team.open(f"/program/{told.version}/evaluasi")
    team.send(
        "outcome", outcome="improved", reason="Perubahan berpasangan melewati ambang; jadwal kini dipantau."
    )
    fine(team)
    assert regency.state(told.version) == "evaluated"


def revise(regency: Regency, told: Told) -> None:
    team = regency.as_label("tim mutu")
    team.open(f"/program/{told.version}/pembaruan")
    team.send(
        "finding",
        finding="Praktik lapangan paling membantu.",
        cause="Hari kelas terlalu padat.",
        change="Tambah satu hari praktik dan pendampingan.",
    )
    fine(team)
    told.following = number_in(team)
