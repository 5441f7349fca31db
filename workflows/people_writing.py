"""A whole difference goes into the register with a few statements for all people together."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, or_, update
from sqlalchemy.orm import Session

from workflows.accounts import data_changed
from workflows.models import Assignment, Base, Employment, Identifier, Person, Posting, RoleGrant
from workflows.people_difference import Outcome, Superior
from workflows.people_register import Known, Register

CHUNK = 500
Progress = Callable[[str, int, int], None]


class _Lists:
    """Rows to insert and values to change, by table."""

    def __init__(self) -> None:
        self.new: dict[type[Base], list[dict[str, Any]]] = {}
        self.changed: dict[type[Base], list[dict[str, Any]]] = {}

    def add(self, model: type[Base], **values: Any) -> None:
        self.new.setdefault(model, []).append(values)

    def change(self, model: type[Base], key: Any, **values: Any) -> None:
        self.changed.setdefault(model, []).append({"id": key, **values})


def write_outcomes(
    session: Session,
    register: Register,
    outcomes: Sequence[Outcome],
    mark_left: bool,
    on_progress: Progress = lambda what, done, total: None,
) -> int:
    """Write every plan; how many people were marked as having left. Nobody is deleted."""
    lists, gone = _Lists(), []
    ids = {one.number: uuid.uuid4() for one in outcomes if one.kind == "new"}
    for one in outcomes:
        if one.kind == "new":
            _add(lists, register, one, ids[one.number], ids)
        elif one.kind == "changed" and one.person_id is not None:
            known = register.people[one.person_id]
            _change(lists, register, one, known, ids)
            if one.plan.person.get("left_on") is not None:
                gone.append((known.id, one.plan.person["left_on"]))
        elif _leaves(register, one, mark_left) and one.person_id is not None:
            lists.change(Person, one.person_id, left_on=register.day)
            gone.append((one.person_id, register.day))
    _send(session, lists, on_progress)
    data_changed(session, _others_to_sites(outcomes))
    _close(session, gone)
    return len(gone)


def _others_to_sites(outcomes: Sequence[Outcome]) -> list[uuid.UUID]:
    """Whose name, e-mail or number is another one now: learning sites know people by these."""
    return [
        one.person_id
        for one in outcomes
        if one.kind == "changed"
        and one.person_id is not None
        and (one.plan.number or {"name", "email"} & set(one.plan.person))
    ]


def _leaves(register: Register, one: Outcome, mark_left: bool) -> bool:
    """Missing, and so asked for; whoever holds an office that signs is never marked by a file."""
    if one.kind != "left" or not mark_left or one.person_id is None:
        return False
    return not register.people[one.person_id].in_office


def _add(
    lists: _Lists, register: Register, one: Outcome, person_id: uuid.UUID, ids: dict[str, uuid.UUID]
) -> None:
    plan = one.plan
    lists.add(Person, id=person_id, left_on=None, **plan.person)
    since = plan.posting[4] if plan.posting else register.day
    first = min(since, plan.employment[3] if plan.employment else since, register.day)
    if plan.number:
        _number(lists, person_id, plan.number, first)
    _write_work(lists, one, person_id, ids)
    _write_assignments(lists, register, one, person_id)


def _change(lists: _Lists, register: Register, one: Outcome, known: Known, ids: dict[str, uuid.UUID]) -> None:
    plan, day = one.plan, register.day
    if plan.person:
        lists.change(Person, known.id, **_whole(known, plan.person))
    if plan.number:
        for key, _, _, begins, until in known.numbers:
            if until is None or until >= day:
                lists.change(Identifier, key, valid_to=max(begins, day - timedelta(days=1)))
        _number(lists, known.id, plan.number, day)
    if plan.contract_filled:
        key, agreed_from, agreed_to = plan.contract_filled
        lists.change(Employment, key, contract_from=agreed_from, contract_to=agreed_to, valid_to=None)
    if plan.employment and known.employed:
        old = known.employed
        lists.change(
            Employment,
            old.id,
            contract_from=old.contract_from,
            contract_to=old.contract_to,
            valid_to=plan.employment[3] - timedelta(days=1),
        )
    if plan.posting and known.placed:
        lists.change(Posting, known.placed.id, valid_to=_day_before(plan.posting[4], known.placed.valid_to))
    _write_work(lists, one, known.id, ids)
    _write_assignments(lists, register, one, known.id)


def _number(lists: _Lists, person_id: uuid.UUID, number: tuple[str, str], first: date) -> None:
    kind, value = number
    lists.add(Identifier, person_id=person_id, kind=kind, value=value, valid_from=first, valid_to=None)


def _whole(known: Known, person: dict[str, Any]) -> dict[str, Any]:
    """All columns, so that one statement serves everybody."""
    present = {
        "name": known.name,
        "email": known.email,
        "employment_kind": known.kind,
        "left_on": known.left_on,
    }
    return {**present, **person}


def _day_before(begins: date, ends: date | None) -> date:
    last = begins - timedelta(days=1)
    return min(last, ends) if ends else last


def _write_work(lists: _Lists, one: Outcome, person_id: uuid.UUID, ids: dict[str, uuid.UUID]) -> None:
    plan = one.plan
    if plan.employment:
        kind, begins, ends, first = plan.employment
        lists.add(
            Employment,
            person_id=person_id,
            kind=kind,
            contract_from=begins,
            contract_to=ends,
            valid_from=first,
            valid_to=None,
        )
    if plan.posting:
        unit, job_field, post, superior, first = plan.posting
        lists.add(
            Posting,
            person_id=person_id,
            unit_id=unit,
            job_field_id=job_field,
            post_title=post,
            superior_id=_superior(superior, ids),
            valid_from=first,
            valid_to=None,
        )


def _superior(superior: Superior, ids: dict[str, uuid.UUID]) -> uuid.UUID | None:
    """Somebody new in the same file whose row was refused leads nobody yet."""
    return ids.get(superior) if isinstance(superior, str) else superior


def _write_assignments(lists: _Lists, register: Register, one: Outcome, person_id: uuid.UUID) -> None:
    for kind in one.plan.assignments:
        lists.add(
            Assignment,
            person_id=person_id,
            kind_id=kind,
            letter_no="",
            valid_from=register.day,
            valid_to=None,
        )


def _send(session: Session, lists: _Lists, on_progress: Progress) -> None:
    """People first, then what belongs to them; old rows end before new ones begin."""
    order = (Person, Identifier, Employment, Posting, Assignment)
    total = sum(map(len, lists.new.values())) + sum(map(len, lists.changed.values()))
    done = 0
    for statement, rows in ((update, lists.changed), (insert, lists.new)):
        for model in order:
            values = rows.get(model, [])
            for start in range(0, len(values), CHUNK):
                part = values[start : start + CHUNK]
                for same in _alike(part) if statement is update else [part]:
                    session.execute(statement(model), same)
                done += len(part)
                on_progress("write", done, total)


def _alike(rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Bulk changes go together when they set the same columns."""
    groups: dict[frozenset[str], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(frozenset(row), []).append(row)
    return list(groups.values())


def _close(session: Session, gone: Sequence[tuple[uuid.UUID, date]]) -> None:
    """Whoever left works nowhere and has no role from the next day on; the rows stay readable."""
    by_day: dict[date, list[uuid.UUID]] = {}
    for person_id, last in gone:
        by_day.setdefault(last, []).append(person_id)
    for last, people in by_day.items():
        for start in range(0, len(people), CHUNK):
            part = people[start : start + CHUNK]
            for model in (Posting, Employment, Assignment, RoleGrant):
                still = or_(model.valid_to.is_(None), model.valid_to > last)
                session.execute(
                    update(model)
                    .where(model.person_id.in_(part), still, model.valid_from <= last)
                    .values(valid_to=last)
                )
