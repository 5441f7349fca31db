"""Use cases about who holds an office: by letter, for some days, prolonged, ended (R8, R11)."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.actor import Actor
from workflows.clock import local_day
from workflows.errors import N_, Conflict, NotFound, Refused
from workflows.events import office_stream
from workflows.history import record
from workflows.letters import (
    Letter,
    lock_office,
    must_be_letter,
    must_be_of_others,
    must_be_open,
    must_be_reason,
    must_fit_term,
    must_serve,
    overlapping,
    rule_for,
    timeline,
)
from workflows.models import Decision, Office, OfficeHolding, OfficeLeave
from workflows.rules import require

FILLS_A_VACANCY = ("plt", "pj", "pjs")


def appoint(
    session: Session,
    *,
    actor: Actor,
    office_id: int,
    person_id: uuid.UUID,
    kind: str,
    letter: Letter,
    valid_from: date,
    valid_to: date | None = None,
) -> OfficeHolding:
    """A definitive holder, or somebody who fills a vacant office. Who stands in for an absent one: ``leaves``.

    A definitive holder ends what filled the vacancy. Raises Refused where the office is not vacant on one of the
    days, where somebody fills it already, or where the term is longer than the kind's rule allows.
    """
    require(actor, "office.appoint")
    office = lock_office(session, office_id)
    must_be_open(office)
    letter = must_be_letter(session, letter)
    person = must_serve(session, actor, person_id, valid_from)
    rule = rule_for(session, office, kind, valid_from)
    held = timeline(session, office.id)
    if rule.occasion == "absent" or (
        rule.occasion == "either" and overlapping(held, valid_from, valid_to, ["definitive"])
    ):
        raise Refused(
            "needs_leave",
            N_("Pengganti sementara ditunjuk bersama pemberitahuan cuti atau halangan pejabatnya."),
            rule="R8",
            field="kind",
        )
    must_fit_term(rule, valid_from, valid_to)
    _must_be_vacant(held, valid_from, valid_to)
    acting = overlapping(held, valid_from, valid_to, FILLS_A_VACANCY)
    if kind == "definitive":
        for one in acting:
            _end(session, actor, one, valid_from - timedelta(days=1), _replaced(letter))
    elif acting:
        raise Refused(
            "already_filled",
            N_("Pada tanggal itu jabatan ini sudah diisi %(name)s. Akhiri dahulu mandatnya."),
            rule="R8",
            field="valid_from",
            name=acting[0].person.name,
        )
    holding = OfficeHolding(
        office=office,
        person=person,
        kind=kind,
        letter_no=letter.number,
        letter_date=letter.day,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    session.add(holding)
    return told_appointed(session, actor, office, holding)


def prolong(
    session: Session, *, actor: Actor, holding_id: int, letter: Letter, valid_to: date
) -> OfficeHolding:
    """The same person, the day after the last letter's last day, as often and as long as the rule allows."""
    require(actor, "office.prolong")
    before = _lock_holding(session, holding_id)
    must_be_open(before.office)
    letter = must_be_letter(session, letter)
    if before.valid_to is None or before.ended_on is not None or before.leave_id is not None:
        raise Conflict("not_prolongable", N_("Mandat ini tidak dapat diperpanjang."), rule="R8")
    first = before.valid_to + timedelta(days=1)
    must_serve(session, actor, before.person_id, first)
    rule = rule_for(session, before.office, before.kind, first)
    held = timeline(session, before.office_id)
    if any(one.prolongs_id == before.id for one in held):
        raise Conflict("prolonged_already", N_("Mandat ini sudah diperpanjang."), rule="R8")
    if _times_prolonged(held, before) >= rule.prolongations:
        raise Refused(
            "prolonged_enough",
            N_("Mandat ini sudah diperpanjang %(times)s kali, sebanyak yang dibolehkan (%(source)s)."),
            rule="R8",
            field="valid_to",
            times=rule.prolongations,
            source=rule.source_document,
        )
    must_fit_term(rule, first, valid_to)
    _must_be_vacant(held, first, valid_to)
    if overlapping(held, first, valid_to, FILLS_A_VACANCY):
        raise Conflict("already_filled", N_("Sesudahnya jabatan ini diisi orang lain."), rule="R8")
    holding = OfficeHolding(
        office=before.office,
        person=before.person,
        kind=before.kind,
        letter_no=letter.number,
        letter_date=letter.day,
        valid_from=first,
        valid_to=valid_to,
        prolongs=before,
    )
    session.add(holding)
    session.flush()
    record(
        session,
        "office.prolonged",
        stream=office_stream(before.office_id),
        actor=actor,
        holding=holding.id,
        kind=holding.kind,
        letter=holding.letter_no,
        since=first.isoformat(),
        until=valid_to.isoformat(),
    )
    return holding


def end_mandate(
    session: Session, *, actor: Actor, holding_id: int, last_day: date, reason: str
) -> OfficeHolding:
    """It ends on ``last_day`` instead of its own; not before a decision that was made under it."""
    require(actor, "office.end")
    holding = _lock_holding(session, holding_id)
    reason = must_be_reason(reason)
    must_be_of_others(actor, holding.person_id)
    last = holding.last_day
    if last is not None and last_day >= last:
        raise Conflict("ended_already", N_("Mandat ini sudah berakhir pada tanggal itu."), rule="R8")
    if last_day < holding.valid_from - timedelta(days=1):
        raise Refused(
            "end_before_start",
            N_("Hari terakhir tidak boleh sebelum hari pertama."),
            rule="R8",
            field="last_day",
        )
    _end(session, actor, holding, last_day, reason)
    return holding


def told_appointed(session: Session, actor: Actor, office: Office, holding: OfficeHolding) -> OfficeHolding:
    """Write the holding and note it in the office's history; also for who stands in during a leave."""
    session.flush()
    record(
        session,
        "office.appointed",
        stream=office_stream(office.id),
        actor=actor,
        personal={"name": holding.person.name},
        holding=holding.id,
        kind=holding.kind,
        letter=holding.letter_no,
        since=holding.valid_from.isoformat(),
        until=holding.valid_to.isoformat() if holding.valid_to else "",
    )
    return holding


def end_substitutes(session: Session, actor: Actor, leave: OfficeLeave, last_day: date, reason: str) -> None:
    """Those who stand in for a leave end with it."""
    for holding in leave.substitutes:
        if holding.last_day is None or holding.last_day > last_day:
            lock_office(session, holding.office_id)
            _end(session, actor, holding, max(last_day, holding.valid_from - timedelta(days=1)), reason)


def _end(session: Session, actor: Actor, holding: OfficeHolding, last_day: date, reason: str) -> None:
    decided = last_decision_day(session, holding)
    if decided is not None and decided > last_day:
        raise Refused(
            "decided_later",
            N_("Pada %(day)s masih ada keputusan dengan mandat ini. Pilih tanggal itu atau sesudahnya."),
            rule="R8",
            field="last_day",
            day=decided,
        )
    told_ended(session, actor, holding, last_day, reason)


def last_decision_day(session: Session, holding: OfficeHolding) -> date | None:
    """The day of the newest decision under this mandate; no mandate ends before it."""
    newest = session.scalar(select(func.max(Decision.decided_at)).where(Decision.holding_id == holding.id))
    return None if newest is None else local_day(session, newest)


def told_ended(session: Session, actor: Actor, holding: OfficeHolding, last_day: date, reason: str) -> None:
    """Write the mandate's last day and note it in the office's history."""
    holding.ended_on, holding.end_reason = last_day, reason
    record(
        session,
        "office.mandate_ended",
        stream=office_stream(holding.office_id),
        actor=actor,
        personal={"reason": reason},
        holding=holding.id,
        kind=holding.kind,
        until=last_day.isoformat(),
    )


def _lock_holding(session: Session, holding_id: int) -> OfficeHolding:
    """The holding, its office locked first, as every letter does."""
    office_id = session.scalar(select(OfficeHolding.office_id).where(OfficeHolding.id == holding_id))
    if office_id is None:
        raise NotFound("no_holding", N_("Mandat ini tidak ada."))
    lock_office(session, office_id)
    return session.get_one(OfficeHolding, holding_id, populate_existing=True)


def _must_be_vacant(held: list[OfficeHolding], first: date, last: date | None) -> None:
    there = overlapping(held, first, last, ["definitive"])
    if there:
        raise Refused(
            "not_vacant",
            N_("Jabatan ini masih dipegang %(name)s pada tanggal itu. Akhiri dahulu, atau umumkan cutinya."),
            rule="R8",
            field="valid_from",
            name=there[0].person.name,
        )


def _times_prolonged(held: list[OfficeHolding], holding: OfficeHolding) -> int:
    by_id, times, one = {row.id: row for row in held}, 0, holding
    while one.prolongs_id is not None and one.prolongs_id in by_id:
        one, times = by_id[one.prolongs_id], times + 1
    return times


def _replaced(letter: Letter) -> str:
    return f"Pejabat definitif diangkat dengan surat {letter.number}"
