"""Use cases about an official's absence, announced in advance: who stands in, from when to when (R8, R11)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.actions.offices import end_substitutes, told_appointed
from workflows.actor import Actor
from workflows.clock import now, today
from workflows.errors import N_, Conflict, NotFound, Refused
from workflows.events import office_stream
from workflows.history import record
from workflows.letters import (
    Letter,
    lock_office,
    must_be_letter,
    must_be_reason,
    must_fit_term,
    must_serve,
    overlapping,
    rule_for,
    timeline,
)
from workflows.mandate_rules import mandate_rules, working_days
from workflows.mandates import FOR_THE_ABSENT
from workflows.models import MandateRule, Office, OfficeHolding, OfficeLeave
from workflows.rules import require


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who stands in (``plh``, or ``pj``/``pjs`` where the rule asks for it), by which letter."""

    person_id: uuid.UUID
    kind: str
    letter: Letter


def announce_leave(
    session: Session,
    *,
    actor: Actor,
    office_id: int,
    first_day: date,
    last_day: date,
    letter: Letter,
    stand_in: StandIn | None = None,
) -> OfficeLeave:
    """Whoever holds the office is away from first to last day; in every office that they hold.

    Tasks go to the stand-in within the days of the letter and back afterwards. A long absence without a stand-in is
    allowed (the letter may come later): its tasks wait in the queue, with an alarm.
    """
    require(actor, "leave.announce")
    letter = must_be_letter(session, letter)
    _must_be_days(session, first_day, last_day)
    holding = _holder(session, office_id, first_day)
    person = must_serve(session, actor, holding.person_id, first_day)
    offices = _offices_held(session, person.id, first_day)
    for office in offices:
        lock_office(session, office.id)
    _must_be_alone(session, person.id, first_day, last_day)
    days = working_days(session, first_day, last_day)
    leave = OfficeLeave(
        person=person,
        first_day=first_day,
        last_day=last_day,
        working_days=days,
        needs_substitute=any(_is_long(session, office, days, first_day) for office in offices),
        letter_no=letter.number,
        letter_date=letter.day,
        announced_by=actor.person_id,
        announced_at=now(session),
    )
    session.add(leave)
    session.flush()
    for office in offices:
        record(
            session,
            "office.leave_announced",
            stream=office_stream(office.id),
            actor=actor,
            personal={"name": person.name},
            leave=leave.id,
            since=first_day.isoformat(),
            until=last_day.isoformat(),
            days=days,
            letter=letter.number,
        )
    if stand_in is not None:
        name_stand_in(session, actor=actor, leave_id=leave.id, stand_in=stand_in)
    return leave


def name_stand_in(session: Session, *, actor: Actor, leave_id: int, stand_in: StandIn) -> list[OfficeHolding]:
    """By letter, in every office of the one who is away, from today on at the earliest when the leave has begun."""
    require(actor, "leave.announce")
    leave = _get_leave(session, leave_id)
    letter = must_be_letter(session, stand_in.letter)
    first = leave.first_day
    if leave.until < today(session):
        raise Conflict("leave_over", N_("Masa tidak di tempat ini sudah berakhir."), rule="R8")
    person = must_serve(session, actor, stand_in.person_id, first)
    if person.id == leave.person_id:
        raise Refused(
            "stands_in_for_self",
            N_("Pengganti harus orang lain daripada yang berhalangan."),
            rule="R8",
            field="person_id",
        )
    _must_be_there(session, person.id, first, leave.until)
    made = []
    for office in _offices_held(session, leave.person_id, first):
        lock_office(session, office.id)
        rule = rule_for(session, office, stand_in.kind, first)
        _must_suit(rule, leave.working_days)
        must_fit_term(rule, first, leave.until)
        if overlapping(timeline(session, office.id), first, leave.until, FOR_THE_ABSENT):
            raise Refused(
                "already_stood_in",
                N_("Pada tanggal itu sudah ada pengganti untuk jabatan ini."),
                rule="R8",
                field="person_id",
            )
        holding = OfficeHolding(
            office=office,
            person=person,
            kind=stand_in.kind,
            letter_no=letter.number,
            letter_date=letter.day,
            valid_from=first,
            valid_to=leave.until,
            leave=leave,
        )
        session.add(holding)
        made.append(told_appointed(session, actor, office, holding))
    return made


def end_leave(session: Session, *, actor: Actor, leave_id: int, last_day: date, reason: str) -> OfficeLeave:
    """Back sooner: the leave and whoever stands in end on ``last_day``; the day after, tasks go back.

    A day before the first takes the announcement back.
    """
    require(actor, "leave.end")
    leave = _get_leave(session, leave_id)
    reason = must_be_reason(reason)
    if last_day >= leave.until:
        raise Refused(
            "leave_ends_then",
            N_("Pilih hari sebelum %(day)s: pada hari itu masa tidak di tempat berakhir sendiri."),
            rule="R8",
            field="last_day",
            day=leave.until,
        )
    leave.ended_on, leave.end_reason = last_day, reason
    end_substitutes(session, actor, leave, last_day, reason)
    for office in _offices_held(session, leave.person_id, leave.first_day):
        record(
            session,
            "office.leave_ended",
            stream=office_stream(office.id),
            actor=actor,
            personal={"reason": reason},
            leave=leave.id,
            until=last_day.isoformat(),
        )
    return leave


def _get_leave(session: Session, leave_id: int) -> OfficeLeave:
    leave = session.get(OfficeLeave, leave_id, with_for_update=True)
    if leave is None:
        raise NotFound("no_leave", N_("Masa tidak di tempat ini tidak ada."))
    return leave


def _must_be_days(session: Session, first_day: date, last_day: date) -> None:
    if last_day < first_day:
        raise Refused(
            "days_swapped", N_("Hari terakhir tidak boleh sebelum hari pertama."), rule="R8", field="last_day"
        )
    if last_day < today(session):
        raise Refused(
            "leave_over", N_("Masa tidak di tempat ini sudah berakhir."), rule="R8", field="last_day"
        )


def _holder(session: Session, office_id: int, day: date) -> OfficeHolding:
    """Whose absence it is: who holds the office in their own right, definitive or filling the vacancy."""
    held = [one for one in timeline(session, office_id) if one.leave_id is None and one.in_force(day)]
    if not held:
        raise Refused(
            "nobody_to_leave",
            N_("Pada hari pertama itu jabatan ini tidak ada pejabatnya."),
            rule="R11",
            field="first_day",
        )
    return held[-1]


def _offices_held(session: Session, person_id: uuid.UUID, day: date) -> list[Office]:
    held = session.scalars(
        select(OfficeHolding)
        .where(OfficeHolding.person_id == person_id, OfficeHolding.leave_id.is_(None))
        .order_by(OfficeHolding.office_id)
    )
    return list({one.office_id: one.office for one in held if one.in_force(day)}.values())


def _must_be_alone(session: Session, person_id: uuid.UUID, first_day: date, last_day: date) -> None:
    """One absence at a time."""
    if _away_between(session, person_id, first_day, last_day):
        raise Refused(
            "away_already",
            N_("Untuk tanggal itu sudah dicatat bahwa pejabat ini tidak di tempat."),
            rule="R8",
            field="first_day",
        )


def _must_be_there(session: Session, person_id: uuid.UUID, first_day: date, last_day: date) -> None:
    if _away_between(session, person_id, first_day, last_day):
        raise Refused(
            "stand_in_away",
            N_("Pengganti ini sendiri tidak di tempat pada tanggal itu."),
            rule="R8",
            field="person_id",
        )


def _away_between(session: Session, person_id: uuid.UUID, first_day: date, last_day: date) -> bool:
    leaves = session.scalars(
        select(OfficeLeave).where(OfficeLeave.person_id == person_id, OfficeLeave.first_day <= last_day)
    )
    return any(leave.until >= max(first_day, leave.first_day) for leave in leaves)


def _is_long(session: Session, office: Office, days: int, day: date) -> bool:
    """Long enough that some kind of stand-in is given for this office."""
    kinds = mandate_rules(session, day).kinds_for(office)
    return any(rule.occasion != "vacant" and _suits(rule, days) for rule in kinds)


def _suits(rule: MandateRule, days: int) -> bool:
    return days >= (rule.least_absence or 0) and (rule.most_absence is None or days <= rule.most_absence)


def _must_suit(rule: MandateRule, days: int) -> None:
    if rule.occasion == "vacant":
        raise Refused(
            "for_vacancy", N_("Jenis mandat ini untuk jabatan yang kosong."), rule="R8", field="stand_in_kind"
        )
    if days < (rule.least_absence or 0):
        raise Refused(
            "absence_too_short",
            N_(
                "Halangan %(days)s hari kerja terlalu singkat: mandat ini mulai %(least)s hari kerja (%(source)s)."
            ),
            rule="R8",
            field="stand_in_kind",
            days=days,
            least=rule.least_absence,
            source=rule.source_document,
        )
    if rule.most_absence is not None and days > rule.most_absence:
        raise Refused(
            "absence_too_long",
            N_(
                "Halangan %(days)s hari kerja terlalu lama untuk mandat ini, paling lama %(most)s (%(source)s). "
                "Pilih jenis yang lain."
            ),
            rule="R8",
            field="stand_in_kind",
            days=days,
            most=rule.most_absence,
            source=rule.source_document,
        )
