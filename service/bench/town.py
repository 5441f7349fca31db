"""A made-up office with programmes that wait for its step-up signature: what a benchmark decides about."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from workflows.clock import now, today
from workflows.models import (
    ApprovalRequest,
    ApprovalStep,
    ApprovalTask,
    Ceiling,
    Competency,
    CostLine,
    Identifier,
    Office,
    OfficeHolding,
    Person,
    Programme,
    ProgrammeVersion,
    Unit,
)

LONG_AGO = date(2020, 1, 1)
NIP = "198001012005011001"
STEPS = (("before", "none", False), ("signs", "reserve", True), ("after", "commit", True))


def build_town(session: Session, programmes: int) -> tuple[uuid.UUID, list[int]]:
    """(the person who signs, ids of the tasks that wait for them)."""
    officer = Person(name="Pejabat Contoh", email="pejabat@example.test", employment_kind="pns")
    officer.identifiers = [Identifier(kind="nip", value=NIP, valid_from=LONG_AGO)]
    other = Person(name="Pengusul Contoh", email="pengusul@example.test", employment_kind="pns")
    session.add_all([officer, other])
    session.flush()
    offices, steps = _chain(session, officer)
    places = places_for(session)
    requests = [_request(session, number, other, places, offices, steps) for number in range(programmes)]
    session.flush()
    return officer.id, [request.tasks[1].id for request in requests]


def _chain(session: Session, officer: Person) -> tuple[list[Office], list[ApprovalStep]]:
    offices = [Office(code=code, role=code, title=f"Jabatan {code}") for code, _, _ in STEPS]
    steps = [
        ApprovalStep(
            chain="bench", seq=seq, code=code, office_role=code, title=code, verb="endorse", concerns="cost",
            money=money, step_up=step_up, days=3,
        )
        for seq, (code, money, step_up) in enumerate(STEPS, start=1)
    ]  # fmt: skip
    session.add_all([*offices, *steps])
    session.flush()
    letter: dict[str, Any] = {"kind": "definitive", "letter_no": "800/1", "valid_from": LONG_AGO}
    session.add(OfficeHolding(office_id=offices[1].id, person_id=officer.id, **letter))
    return offices, steps


def places_for(session: Session) -> dict[str, Any]:
    """What every programme refers to."""
    unit = Unit(code="u", name="Unit contoh", short_name="Unit", kind="department")
    competency = Competency(code="c", name="Data", kind="technical", source_document="contoh")
    ceiling = Ceiling(
        fiscal_year=2027, code="5", name="Pelatihan", amount=10**12, held=0, source_document="contoh"
    )
    session.add_all([unit, competency, ceiling])
    session.flush()
    return {"unit": unit.id, "competency": competency.id, "ceiling": ceiling.id}


def _request(
    session: Session,
    number: int,
    author: Person,
    places: dict[str, Any],
    offices: list[Office],
    steps: list[ApprovalStep],
) -> ApprovalRequest:
    version = version_of(session, number, author, places)
    version.cost_lines = [CostLine(seq=1, label="Narasumber", quantity=20, unit="jam", unit_price=900_000)]
    version.programme = Programme(owner_unit_id=places["unit"])
    request = ApprovalRequest(version=version, chain="bench", status="open", opened_at=now(session))
    states = ("granted", "open", "waiting")
    request.tasks = [
        ApprovalTask(step=step, seq=step.seq, office=office, status=state, opened_on=today(session))
        for step, office, state in zip(steps, offices, states, strict=True)
    ]
    session.add(request)
    return request


def version_of(session: Session, number: int, author: Person, places: dict[str, Any]) -> ProgrammeVersion:
    """A programme's only version, its review over; not yet in the session."""
    starts = today(session) + timedelta(days=60)
    return ProgrammeVersion(
        number=1, kind="initial", state="participatory_review", created_by=author.id, created_at=now(session),
        title=f"Program {number}", aims="Data terbit tepat waktu", basis="needs_analysis",
        competency_id=places["competency"], level_required=3, target_group="Pengelola data", competency_gap="ada",
        performance_gap="ada", form_code="classroom", days=2, planned_jp=16, jp=16, seats=10, starts_on=starts,
        ends_on=starts + timedelta(days=1), ceiling_id=places["ceiling"], effect_threshold=5,
    )  # fmt: skip
