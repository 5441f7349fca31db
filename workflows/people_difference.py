"""An export beside the register: who is new, changed, the same, missing, and which rows are refused and why.

Pure: nothing is written. ``Outcome.plan`` holds what applying would write; what is shown is ``changes``.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workflows.errors import N_, Refused, WorkflowError
from workflows.people_register import Employed, Known, Placed, Register, folded
from workflows.people_rows import SOMEBODY_ELSE, Read, Words, read_row
from workflows.ports import PersonRecord

Superior = uuid.UUID | str | None
"""A person's id, or the number of somebody who is new in the same file."""
STEP = 250


@dataclass(slots=True)
class Plan:
    """What applying writes for one person; None: stays."""

    person: dict[str, Any] = field(default_factory=dict)
    """Columns of person: name, email, employment_kind, left_on."""
    number: tuple[str, str] | None = None
    employment: tuple[str, date | None, date | None, date] | None = None
    """kind, contract from, contract to, first day"""
    contract_filled: tuple[int, date | None, date | None] | None = None
    """Employment id whose agreement becomes known or longer, in place."""
    posting: tuple[int, int, str, Superior, date] | None = None
    """unit, job field, post, superior, first day"""
    assignments: tuple[int, ...] = ()


@dataclass(slots=True)
class Outcome:
    """One row. ``changes``: (field, before, after) as texts; ``notes``: sentences that do not refuse."""

    row: int
    kind: str
    name: str = ""
    person_id: uuid.UUID | None = None
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    refusal: WorkflowError | None = None
    notes: list[str] = field(default_factory=list)
    plan: Plan = field(default_factory=Plan)
    number: str = ""


def compare(
    register: Register,
    records: Iterable[PersonRecord],
    words: Words,
    on_progress: Callable[[int], None] = lambda done: None,
) -> list[Outcome]:
    """One outcome a record, in order, then one ``left`` for each person in service whom the file lacks."""
    rows = list(records)
    read = [_read(record, register, words) for record in rows]
    twice = {
        n for n, count in Counter(one.number for one in read if isinstance(one, Read)).items() if count > 1
    }
    read_numbers = {one.number for one in read if isinstance(one, Read)}
    outcomes = _outcomes(_Comparing(register, read_numbers), rows, read, twice, on_progress)
    added = {one.number for one in outcomes if one.kind == "new"}
    led_by = {one.plan.posting[3] for one in outcomes if one.plan.posting}
    if led_by & (read_numbers - added):  # a superior who is new, and whose own row is refused
        outcomes = _outcomes(_Comparing(register, added), rows, read, twice, on_progress)
    return outcomes


def _outcomes(
    comparing: _Comparing,
    rows: Sequence[PersonRecord],
    read: Sequence[Read | Refused],
    twice: set[str],
    on_progress: Callable[[int], None],
) -> list[Outcome]:
    outcomes = []
    for place, (record, one) in enumerate(zip(rows, read, strict=True), start=1):
        outcomes.append(_outcome(record, one, twice, comparing))
        if place % STEP == 0 or place == len(rows):
            on_progress(place)
    return [*outcomes, *comparing.missing()]


def fingerprint(outcomes: Sequence[Outcome]) -> str:
    """The same difference gives the same text, whatever day it is compared on."""
    lines = [
        [one.row, one.kind, one.person_id.hex if one.person_id else "", one.changes,
         one.refusal.code if one.refusal else ""]
        for one in outcomes
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(lines, ensure_ascii=False).encode()).hexdigest()


def _read(record: PersonRecord, register: Register, words: Words) -> Read | Refused:
    try:
        return read_row(record, register, words)
    except Refused as error:
        return error


def _outcome(record: PersonRecord, one: Read | Refused, twice: set[str], comparing: _Comparing) -> Outcome:
    name = " ".join(record.name.split())[:200]
    try:
        if isinstance(one, Refused):
            comparing.seen_by_text(record.number)
            raise one
        if one.number in twice:
            comparing.seen_by_text(one.number)
            raise Refused(
                "number_twice", N_("Nomor ini ada pada lebih dari satu baris. Sisakan satu."), rule="R7"
            )
        return comparing.outcome(one)
    except Refused as error:
        return Outcome(record.row, "refused", name, refusal=error)


class _Comparing:
    """Remembers whom and which addresses the file has named so far."""

    def __init__(self, register: Register, in_file: set[str]) -> None:
        self.register = register
        self.in_file = in_file
        self.seen: set[uuid.UUID] = set()
        self.emails: dict[str, int] = {}
        self.births: dict[tuple[str, str], int] = {}

    def seen_by_text(self, number: str) -> None:
        """A refused row still names its person: nobody is missing because of a bad cell."""
        self.seen |= self.register.by_number.get("".join(number.split()), set())

    def outcome(self, one: Read) -> Outcome:
        known = self._person(one)
        if known is None:
            return self._new(one)
        self.seen.add(known.id)
        return self._known(one, known)

    def missing(self) -> list[Outcome]:
        people = [
            known for known in self.register.people.values()
            if known.id not in self.seen and known.left_on is None and known.numbers
        ]  # fmt: skip
        return [
            Outcome(0, "left", known.name, known.id, notes=[IN_OFFICE] if known.in_office else [])
            for known in sorted(people, key=lambda known: (known.name, known.id))
        ]

    def _person(self, one: Read) -> Known | None:
        """By this number, else by the number before it. Two people with one number are nobody's guess."""
        found = self.register.by_number.get(one.number, set())
        if not found and one.previous_number not in ("", SOMEBODY_ELSE):
            found = self.register.by_number.get(one.previous_number, set())
            if not found:
                raise Refused("previous_unknown", N_("Nomor lama pada baris ini tidak tercatat."), rule="R7")
        if len(found) > 1:
            raise Refused(
                "number_shared",
                N_("Dua orang tercatat dengan nomor ini. Periksa surat keputusannya lebih dahulu."),
                rule="R7",
            )
        known = self.register.people[next(iter(found))] if found else None
        if known is not None and _is_old_number(known, one.number, self.register.day):
            raise Refused(
                "number_replaced",
                N_("Nomor ini sudah diganti dengan yang baru. Berkasnya mungkin lama."),
                rule="R7",
            )
        return known

    def _email(self, one: Read, own: uuid.UUID | None) -> None:
        if one.email is None:
            return
        owner = self.register.by_email.get(one.email)
        if (owner is not None and owner != own) or one.email in self.emails:
            raise Refused(
                "email_taken",
                N_("Surel ini milik orang lain. Bila orangnya sama dan nomornya baru, isi kolom nomor lama."),
                rule="R7",
            )
        self.emails[one.email] = one.row

    def _new(self, one: Read) -> Outcome:
        birth = (folded(one.name or ""), one.number[:8])
        if one.previous_number != SOMEBODY_ELSE and (birth in self.register.by_birth or birth in self.births):
            raise Refused(
                "maybe_the_same",
                N_(
                    "Nama dan tanggal lahirnya sama dengan orang yang sudah tercatat. Bila orangnya sama, isi kolom "
                    "nomor lama; bila bukan, isi kolom itu dengan tanda -."
                ),
                rule="R12",
            )
        for name, value in (
            ("name", one.name),
            ("email", one.email),
            ("unit", one.unit_id),
            ("post", one.post),
        ):
            if value is None:
                raise Refused(
                    "column_missing", N_("Kolom %(column)s kosong untuk orang baru."), column=COLUMNS[name]
                )
        if one.job_field_id is None:
            raise Refused(
                "job_field_unknown",
                N_(
                    "Rumpun jabatan tidak dapat disimpulkan dari jabatan %(word)s. Padankan pada halaman impor."
                ),
                word=one.post or "",
            )
        if one.left_on is not None and one.left_on <= self.register.day:
            raise Refused(
                "left_before", N_("Orang ini sudah berhenti dan belum pernah tercatat: tidak perlu diimpor.")
            )
        self._email(one, None)
        self.births[birth] = one.row
        outcome = Outcome(one.row, "new", one.name or "", number=one.number)
        kind = one.kind or ("pns" if one.number_kind == "nip" else "pppk")
        outcome.plan.person = {"name": one.name, "email": one.email, "employment_kind": kind}
        outcome.plan.number = (one.number_kind, one.number)
        begins = one.contract_from if one.contract_from and one.contract_from <= self.register.day else None
        first = begins or _first_day(one.since, self.register.day)
        outcome.plan.employment = (kind, one.contract_from, one.contract_to, first)
        superior = self._superior(one, None, outcome)
        since = one.since or self.register.day
        outcome.plan.posting = (one.unit_id or 0, one.job_field_id, one.post or "", superior, since)
        outcome.plan.assignments = one.assignments
        outcome.changes = self._told(outcome.plan, None)
        return outcome

    def _known(self, one: Read, known: Known) -> Outcome:
        self._email(one, known.id)
        outcome = Outcome(one.row, "same", one.name or known.name, known.id, number=one.number)
        plan, day = outcome.plan, self.register.day
        if one.name is not None and one.name != known.name:
            plan.person["name"] = one.name
        if one.email is not None and one.email != known.email.casefold():
            plan.person["email"] = one.email
        if all(value != one.number for _, _, value, _, _ in known.numbers):
            plan.number = (one.number_kind, one.number)
        _plan_employment(plan, one, known, day)
        self._plan_posting(outcome, one, known)
        plan.assignments = tuple(kind for kind in one.assignments if kind not in known.assigned)
        _plan_leaving(outcome, one, known, day)
        outcome.changes = self._told(plan, known)
        outcome.kind = "changed" if outcome.changes else "same"
        return outcome

    def _plan_posting(self, outcome: Outcome, one: Read, known: Known) -> None:
        old = known.placed
        unit = one.unit_id or (old.unit_id if old else None)
        post = one.post or (old.post if old else None)
        field_id = one.job_field_id if one.post and (old is None or one.post != old.post) else None
        field_id = field_id or (old.job_field_id if old else one.job_field_id)
        if unit is None or post is None or field_id is None:
            return
        superior = self._superior(one, old.superior_id if old else None, outcome)
        if old and (unit, field_id, post, superior) == (
            old.unit_id,
            old.job_field_id,
            old.post,
            old.superior_id,
        ):
            return
        day = self.register.day
        begins = one.since if one.since and (old is None or one.since > old.valid_from) else day
        outcome.plan.posting = (unit, field_id, post, superior, begins)

    def _superior(self, one: Read, present: uuid.UUID | None, outcome: Outcome) -> Superior:
        """The person of that number; one that leads to nobody changes nothing and is noted."""
        if not one.superior_number:
            return present
        found = self.register.by_number.get(one.superior_number, set())
        if len(found) == 1 and one.number != one.superior_number:
            return next(iter(found))
        if one.superior_number in self.in_file and not found and one.number != one.superior_number:
            return one.superior_number
        outcome.notes.append(NO_SUPERIOR)
        return present

    def _told(self, plan: Plan, known: Known | None) -> list[tuple[str, str, str]]:
        """What is shown, field by field."""
        register = self.register
        told: list[tuple[str, str, str]] = []
        before: dict[str, Any] = (
            {"name": known.name, "email": known.email, "left_on": known.left_on} if known else {}
        )
        for name in ("name", "email"):
            if name in plan.person:
                told.append((name, str(before.get(name, "")), str(plan.person[name])))
        if plan.number is not None:
            told.append(("number", known.numbers[-1][2] if known and known.numbers else "", plan.number[1]))
        if plan.employment is not None:
            told.append(
                ("employment", _contract(known.employed) if known else "", _agreed(*plan.employment[:3]))
            )
        if plan.contract_filled is not None and known and known.employed:
            after = _agreed(known.employed.kind, *plan.contract_filled[1:])
            told.append(("employment", _contract(known.employed), after))
        if plan.posting is not None:
            told += self._told_posting(plan.posting, known.placed if known else None)
        for kind in plan.assignments:
            told.append(("assignment", "", register.assignment_names[kind]))
        if "left_on" in plan.person:
            told.append(("left_on", _day(before.get("left_on")), _day(plan.person["left_on"])))
        return told

    def _told_posting(
        self, new: tuple[int, int, str, Superior, date], old: Placed | None
    ) -> list[tuple[str, str, str]]:
        register = self.register
        pairs = (
            ("post", old.post if old else "", new[2]),
            ("unit", register.unit_names.get(old.unit_id, "?") if old else "", register.unit_names[new[0]]),
            (
                "job_field",
                register.job_field_names.get(old.job_field_id, "") if old else "",
                register.job_field_names[new[1]],
            ),
            ("superior", self._name(old.superior_id if old else None), self._name(new[3])),
        )
        return [(name, before, after) for name, before, after in pairs if before != after]

    def _name(self, superior: Superior) -> str:
        if superior is None:
            return ""
        if isinstance(superior, str):
            return superior
        known = self.register.people.get(superior)
        return known.name if known else ""


IN_OFFICE = N_("Masih memegang jabatan yang menandatangani: tidak ditandai berhenti oleh impor.")
NO_SUPERIOR = N_("Nomor atasan tidak ditemukan; atasan tidak diubah.")
AHEAD = N_("Tanggal berhenti belum tiba; impor sesudah hari itu yang menandainya.")
COLUMNS = {"name": N_("nama"), "email": N_("surel"), "unit": N_("unit kerja"), "post": N_("jabatan")}


def _is_old_number(known: Known, number: str, day: date) -> bool:
    ends = [until for _, _, value, _, until in known.numbers if value == number]
    return bool(ends) and all(until is not None and until < day for until in ends)


def _plan_employment(plan: Plan, one: Read, known: Known, day: date) -> None:
    old = known.employed
    kind = one.kind or (known.kind if one.contract_from else None)
    if kind is None:
        return
    if old is not None and old.kind == kind:
        begins, ends = one.contract_from or old.contract_from, one.contract_to or old.contract_to
        if (begins, ends) == (old.contract_from, old.contract_to):
            return
        if old.contract_from is None or begins == old.contract_from:
            plan.contract_filled = (old.id, begins, ends)
            return
    elif old is None and kind == known.kind and one.contract_from is None:
        return
    begins = one.contract_from if one.contract_from and one.contract_from <= day else None
    first = begins or _first_day(one.since, day)
    if old is not None and first <= old.valid_from:
        first = day
    plan.employment = (kind, one.contract_from, one.contract_to, first)
    if kind != known.kind:
        plan.person["employment_kind"] = kind


def _plan_leaving(outcome: Outcome, one: Read, known: Known, day: date) -> None:
    if one.left_on is not None and one.left_on > day:
        outcome.notes.append(AHEAD)
    elif one.left_on is not None and one.left_on != known.left_on:
        outcome.plan.person["left_on"] = one.left_on
    elif one.left_on is None and known.left_on is not None:
        outcome.plan.person["left_on"] = None


def _first_day(since: date | None, day: date) -> date:
    return since if since and since <= day else day


def _contract(old: Employed | None) -> str:
    return _agreed(old.kind, old.contract_from, old.contract_to) if old else ""


def _agreed(kind: str, begins: date | None, ends: date | None) -> str:
    """``pppk 2025-03-01/2030-02-28``: codes and days, for whoever shows it to write out."""
    return f"{kind} {_day(begins)}/{_day(ends)}" if begins or ends else kind


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
