"""The people of a running demo, found by what they are: the tests' own look into its database."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.db import reading
from tests.support.running import Running
from tests.support.scripted import ScriptedBrowser
from workflows.clock import today
from workflows.models import (
    ApprovalRequest,
    ApprovalTask,
    Identifier,
    JobField,
    Office,
    Person,
    Posting,
    ProgrammeVersion,
    RoleGrant,
    Unit,
)
from workflows.signers import signers_of


class Regency:
    """Browsers by person; each person signs in once."""

    def __init__(self, demo: Running) -> None:
        self.demo = demo
        self.by_number = {account["nip"]: account["sub"] for account in demo.accounts}
        self.browsers: dict[str, ScriptedBrowser] = {}

    @contextmanager
    def looking(self) -> Iterator[Session]:
        with self.demo.stack.app.app_context(), reading() as session:
            yield session

    def ask(self, query: Any) -> Any:
        """The first column of the first row."""
        with self.looking() as session:
            return session.execute(query).scalars().first()

    def ask_row(self, query: Any) -> Any:
        """The first row."""
        with self.looking() as session:
            row = session.execute(query).first()
        assert row is not None
        return row

    def as_label(self, label: str) -> ScriptedBrowser:
        return self.as_sub(self.demo.sub(label))

    def as_person(self, person_id: uuid.UUID) -> ScriptedBrowser:
        return self.as_sub(self.sub_of(person_id))

    def as_sub(self, sub: str) -> ScriptedBrowser:
        if sub not in self.browsers:
            self.browsers[sub] = self.demo.browser()
            self.browsers[sub].sign_in(sub)
        return self.browsers[sub]

    def sub_of(self, person_id: uuid.UUID) -> str:
        with self.looking() as session:
            numbers = session.scalars(select(Identifier.value).where(Identifier.person_id == person_id)).all()
        return next(self.by_number[number] for number in numbers if number in self.by_number)

    def plain_staff(self, *conditions: Any) -> list[uuid.UUID]:
        """People without office or role who meet the conditions, in a fixed order."""
        with self.looking() as session:
            rows = session.scalars(
                select(Person.id)
                .join(Posting, Posting.person_id == Person.id)
                .join(Unit, Unit.id == Posting.unit_id)
                .where(
                    Person.left_on.is_(None),
                    Posting.valid_to.is_(None),
                    Person.id.not_in(select(RoleGrant.person_id)),
                    Posting.superior_id.is_not(None),
                    *conditions,
                )
                .order_by(Person.name, Person.id)
            ).all()
        return list(rows)

    def speakers(self, fields: list[int]) -> list[uuid.UUID]:
        """One person a job field, among them somebody of a remote district and somebody on contract."""
        found: list[uuid.UUID] = []
        for number, field in enumerate(fields):
            wanted = [(Unit.is_remote,), (Person.employment_kind != "pns",)][number : number + 1] or [()]
            people = self.plain_staff(Posting.job_field_id == field, *wanted[0])
            found.append((people or self.plain_staff(Posting.job_field_id == field))[0])
        return found

    def signer(self, version_id: int) -> tuple[int, str, str]:
        """(task, account, step code) of the signature that is waited for now."""
        with self.looking() as session:
            task = session.scalars(
                select(ApprovalTask)
                .join(ApprovalRequest)
                .where(ApprovalRequest.version_id == version_id, ApprovalTask.status == "open")
            ).one()
            holding = signers_of(session, [task], today(session))[task.id].holding
            assert holding is not None, f"nobody signs {task.office.title}"
            person, code, number = holding.person_id, task.step.office_role, task.id
        return number, self.sub_of(person), code

    def state(self, version_id: int) -> str:
        return str(self.ask(select(ProgrammeVersion.state).where(ProgrammeVersion.id == version_id)))

    def job_fields(self) -> list[int]:
        with self.looking() as session:
            return list(session.scalars(select(JobField.id).order_by(JobField.id)))

    def count(self, model: Any, *conditions: Any) -> int:
        return int(self.ask(select(func.count()).select_from(model).where(*conditions)) or 0)

    def office(self, role: str) -> str:
        return str(self.ask(select(Office.title).where(Office.role == role)))

    def forward(self, by: str) -> None:
        """The demo's bar: day, week, sessions_end, four_months."""
        agency = self.as_label("administrator")
        agency.open("/saya")
        agency.send("/peragaan/jam", press=by)
        assert agency.page.status_code == 200, agency.text[:500]

    def today(self) -> Any:
        with self.looking() as session:
            return today(session)
