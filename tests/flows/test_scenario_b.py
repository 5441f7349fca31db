"""Scenario B, 18 January to 22 February 2027: a Plt runs out, is prolonged late, a Plh stands in for a head on leave.

Letters are entered and decisions made in the pages, by the people whose part it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.jobs.context import JobContext
from service.jobs.offices import note_alarms
from tests.support import walk
from tests.support.web import browser, running_app
from tests.support.world import STARTS, World
from workflows.actions import programmes, reviews
from workflows.audit import broken_links
from workflows.clock import today
from workflows.content import Cost
from workflows.events import office_stream
from workflows.mandates import acting_on
from workflows.models import Decision, HistoryRow, OfficeHolding, ProgrammeVersion
from workflows.office_alarms import alarms_on
from workflows.signers import orphan_tasks

Visit = Callable[[str], FlaskClient]


@pytest.fixture
def visit(world: World, tmp_path: Path) -> Iterator[Visit]:
    with running_app(world, tmp_path) as app:
        yield lambda name: browser(app, world, name)


def sweep(world: World) -> None:
    note_alarms(JobContext(world.writing, lambda _site: None, None))


def queue(world: World) -> list[tuple[str, str]]:
    with world.trying() as session:
        return [(task.step.code, why) for task, why in orphan_tasks(session, today(session))]


def press(browser: FlaskClient, world: World, version_id: int, role: str) -> int:
    """The button of the task's page, where it is offered; 0 where it is not."""
    with world.trying() as session:
        task, item = walk.task_of(session, version_id, role).id, walk.item_for(session, version_id, role)
    if 'value="approve"' not in browser.get(f"/keputusan/{task}").text:
        return 0
    given = {"task": task, f"shown-{task}": item.shown, "outcome": "approve"}
    return browser.post("/keputusan", data=given).status_code


def alarms(world: World) -> list[tuple[str, date]]:
    with world.trying() as session:
        return [(one.kind, one.day) for one in alarms_on(session, today(session))]


def signs_in(world: World, office_id: int) -> str:
    """Who acts in the office today; empty for nobody."""
    with world.trying() as session:
        acting = acting_on(session, today(session)).get(office_id)
        return world.name_of(acting.person_id) if acting else ""


def shown(world: World, version_id: int) -> str:
    with world.trying() as session:
        return walk.item_for(session, version_id, "hrd_agency_head").shown


def _change_cost(world: World, name: str, version_id: int) -> None:
    with world.writing() as session:
        programmes.change_costs(
            session,
            actor=world.actor(session, name),
            version_id=version_id,
            costs=[Cost("Asisten praktik", 12, "jam", 900_000)],
            seen_cost_no=session.get_one(ProgrammeVersion, version_id).cost_no,
        )


def decision(session: Session, role: str) -> Decision:
    return walk.select_decisions(session, role)[-1]


def test_mandates_of_scenario_b(world: World, visit: Visit) -> None:
    planner, deputy, stand_in = visit("planner"), visit("deputy"), visit("stranger")
    unit, agency = world.offices["unit_head"], world.offices["hrd_agency_head"]

    # 18 January: the head's post is vacant, a Plt since 2 November; three months end on 2 February
    world.end_mandate("unit_head", date(2026, 11, 1))
    world.appoint("unit_head", "deputy", "plt", date(2026, 11, 2), date(2027, 2, 2))
    for day, told in ((date(2027, 1, 3), []), (date(2027, 1, 4), [("expiring", date(2027, 2, 3))])):
        world.clock.go(day)
        assert alarms(world) == told, "from January on: thirty days before the first day without anybody"
    world.clock.go(date(2027, 1, 18))
    sweep(world)
    assert "Mandat habis dan belum ada penggantinya" in planner.get("/").text
    assert "Plt. Deputy Contoh" in planner.get("/jabatan").text
    version_id = walk.to_review(world)
    walk.speak(world, version_id)

    # 2 February is the letter's last day
    world.clock.go(date(2027, 2, 2))
    assert signs_in(world, unit) == "deputy"
    world.clock.go(date(2027, 2, 3))
    assert signs_in(world, unit) == ""

    # 5 February: the review closes, and nobody may sign
    world.clock.go(date(2027, 2, 5))
    walk.answer_all(world, version_id)
    walk.close_review(world, version_id)
    sweep(world)
    assert queue(world) == [("unit_head", "vacant")]
    assert "Tanpa pejabat berwenang" in planner.get("/keputusan").text
    assert "Mandat sudah habis" in planner.get("/").text
    assert "Tidak ada yang menunggu Anda" in deputy.get("/keputusan").text
    assert press(deputy, world, version_id, "unit_head") == 0

    # the agency's head will be away from 8 to 19 February: ten working days, so a Plh by letter
    letter = {"letter_no": "850/3/2027", "letter_date": "2027-02-05"}
    absent = {
        **letter,
        "first_day": "2027-02-08",
        "last_day": "2027-02-19",
        "person_id": str(world.people["stranger"]),
        "stand_in_kind": "plh",
        "stand_in_letter_no": "851/4/2027",
        "stand_in_letter_date": "2027-02-05",
    }
    assert planner.post(f"/jabatan/{agency}/cuti", data=absent).status_code == 303

    assert signs_in(world, agency) == "hrd_agency_head", "until the leave begins"

    # 9 February: the prolongation arrives, valid from 3 February on; the task goes to the Plt
    world.clock.go(date(2027, 2, 9))
    with world.trying() as session:
        plt = session.scalars(select(OfficeHolding).where(OfficeHolding.kind == "plt")).one().id
    longer = {"letter_no": "800/9/2027", "letter_date": "2027-02-09", "valid_to": "2027-05-02"}
    assert planner.post(f"/jabatan/{unit}/mandat/{plt}/perpanjang", data=longer).status_code == 303
    with world.trying() as session:
        longer_one = session.scalars(select(OfficeHolding).where(OfficeHolding.prolongs_id == plt)).one()
        assert (longer_one.valid_from, longer_one.valid_to) == (date(2027, 2, 3), date(2027, 5, 2))
    sweep(world)
    assert queue(world) == []
    assert press(deputy, world, version_id, "unit_head") == 200
    with world.trying() as session:
        signed = decision(session, "unit_head")
        assert (signed.mandate_kind, signed.letter_no, signed.behalf_of_id) == ("plt", "800/9/2027", None)
        told = session.scalars(
            select(HistoryRow.name).where(HistoryRow.stream == office_stream(unit)).order_by(HistoryRow.seq)
        ).all()
        assert told == [
            "office.alarm_raised",
            "office.alarm_raised",
            "office.alarm_cleared",
            "office.prolonged",
            "office.alarm_cleared",
        ] or sorted(told) == sorted(
            ["office.alarm_raised"] * 2 + ["office.alarm_cleared"] * 2 + ["office.prolonged"]
        )

    # 10 February: the Plh verifies, a.n. the head, who does not see the task
    world.clock.go(date(2027, 2, 10))
    assert "Tidak ada yang menunggu Anda" in visit("hrd_agency_head").get("/keputusan").text
    with world.trying() as session:
        task = walk.task_of(session, version_id, "hrd_agency_head").id
    page = stand_in.get(f"/keputusan/{task}").text
    assert (
        "Anda memutuskan sebagai Plh. Kepala Badan Contoh a.n. Hrd_agency_head Contoh, surat 851/4/2027."
        in page
    )
    waiting = stand_in.get("/keputusan").text
    assert "Plh. Kepala Badan Contoh a.n. Hrd_agency_head Contoh" in waiting
    overseen = visit("inspector").get(f"/keputusan/{task}").text
    assert (
        "Menunggu keputusan Stranger Contoh, Plh. Kepala Badan Contoh a.n. Hrd_agency_head Contoh."
        in overseen
    )
    assert "a.n. Hrd_agency_head Contoh" in planner.get("/jabatan").text
    assert press(stand_in, world, version_id, "hrd_agency_head") == 200
    with world.trying() as session:
        signed = decision(session, "hrd_agency_head")
        names = [world.name_of(one) for one in (signed.person_id, signed.behalf_of_id)]
        assert (names, signed.letter_no) == (["stranger", "hrd_agency_head"], "851/4/2027")
        assert signed.mandate_kind == "plh"
    history = planner.get(f"/program/{version_id}/riwayat").text
    assert "Plh. Kepala Badan Contoh a.n. Hrd_agency_head Contoh menyetujui." in history

    # 11 February: what is strategic is not offered to the Plh; it goes to the office above, with the reason
    world.clock.go(date(2027, 2, 11))
    other = _strategic(world, deputy)
    assert press(stand_in, world, other, "hrd_agency_head") == 0
    assert walk.decide(world, "stranger", other, "hrd_agency_head").error.code == "not_yours"
    secretary = visit("authorised_official")
    with world.trying() as session:
        task = walk.task_of(session, other, "hrd_agency_head").id
    assert (
        "Keputusan strategis tidak boleh diambil pejabat sementara ini."
        in secretary.get(f"/keputusan/{task}").text
    )
    assert 'value="approve"' not in stand_in.get("/keputusan").text

    # 12 February: the secretary declines; it is returned for revision, not rejected
    world.clock.go(date(2027, 2, 12))
    form = {"task": task, f"shown-{task}": shown(world, other), "outcome": "return", "return_to": 1,
            "reason": "Cukup satu angkatan; jangan geser dana."}  # fmt: skip
    assert secretary.post("/keputusan", data=form).status_code == 200
    with world.trying() as session:
        back = decision(session, "hrd_agency_head")
        assert (back.outcome, world.name_of(back.person_id)) == ("return", "authorised_official")
        assert back.task.request.status == "returned"
        assert session.get_one(ProgrammeVersion, other).closed_as is None

    # the Plh who changes the cost is a proposer from then on: not theirs to sign, routine or not
    world.set_step("hrd_agency_head", strategic=False)
    changed = _at_agency(world, deputy)
    _change_cost(world, "stranger", changed)
    assert press(stand_in, world, changed, "hrd_agency_head") == 0
    assert walk.decide(world, "stranger", changed, "hrd_agency_head").error.code == "not_yours"
    assert press(secretary, world, changed, "hrd_agency_head") == 200

    # 19 February is the Plh's last day, and on the 20th the head is back
    for day, name in ((date(2027, 2, 19), "stranger"), (date(2027, 2, 20), "hrd_agency_head")):
        world.clock.go(day)
        assert signs_in(world, agency) == name

    # 22 February: the head is back, and so are the tasks
    world.clock.go(date(2027, 2, 22))
    third = _at_agency(world, deputy)
    assert press(stand_in, world, third, "hrd_agency_head") == 0
    assert press(visit("hrd_agency_head"), world, third, "hrd_agency_head") == 200
    with world.trying() as session:
        assert decision(session, "hrd_agency_head").behalf_of_id is None
        assert not list(broken_links(session))


def _strategic(world: World, deputy: FlaskClient) -> int:
    world.set_step("hrd_agency_head", strategic=True)
    return _at_agency(world, deputy)


def _at_agency(world: World, deputy: FlaskClient) -> int:
    """One more version whose agency step is open; its review was held in these days."""
    version_id = walk.to_proposed(world)
    with world.writing() as session:
        reviews.open_review(
            session,
            actor=world.actor(session, "planner"),
            version_id=version_id,
            opens_on=today(session),
            closes_on=STARTS.replace(day=1),
            invited=list(world.fields.values()),
        )
    walk.speak(world, version_id)
    walk.answer_all(world, version_id)
    walk.close_review(world, version_id)
    assert press(deputy, world, version_id, "unit_head") == 200
    return version_id
