"""What the pages of offices show: who acts, the timeline as a picture and as a list, what may be entered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from service.dates import moment, short_date
from service.web.mandate_words import ALARMS, KINDS, with_kind
from service.web.offices_picture import picture
from service.web.people_search import people_to_choose, plain_words
from service.web.preparations_view import appointed
from service.web.profile_words import office_name
from service.web.told import sentence
from service.web.words import _
from workflows.actions.preparers import holder_relation
from workflows.actor import Actor
from workflows.clock import today
from workflows.errors import N_, NotFound
from workflows.events import office_stream
from workflows.letters import timeline
from workflows.mandate_rules import MandateRules, mandate_rules
from workflows.mandates import effective, holdings_on, on_behalf_of
from workflows.models import HistoryRow, MandateRule, Office, OfficeHolding, OfficeLeave, Preparer
from workflows.office_alarms import Alarm, alarms_on
from workflows.preparations import preparers_from
from workflows.preparers_left import Left, left_for, preparers_left
from workflows.rules import allowed

PAGE = 40
EVENTS = 20


def listed(session: Session, actor: Actor, after: int) -> dict[str, Any]:
    """Offices by key, 40 a page, with who acts today; what must be seen to comes first, for those who oversee."""
    day = today(session)
    query = (
        select(Office)
        .where(Office.id > after, or_(Office.valid_to.is_(None), Office.valid_to >= day))
        .order_by(Office.id)
        .limit(PAGE + 1)
    )
    found = session.scalars(query.options(joinedload(Office.unit))).all()
    held = holdings_on(session, day, [office.id for office in found[:PAGE]])
    return {
        "rows": [_row(office, held.get(office.id, [])) for office in found[:PAGE]],
        "older": url_for("offices.index", sesudah=found[PAGE - 1].id) if len(found) > PAGE else None,
        "newer": url_for("offices.index") if after else None,
        "alarms": alarm_rows(session, day) if allowed(actor, "office.oversee") else [],
        "oversees": allowed(actor, "office.oversee"),
    }


def alarm_rows(session: Session, day: date) -> list[dict[str, Any]]:
    """For the macro ``task_item``: the most urgent first."""
    left = [_left_alarm(one, day) for one in preparers_left(session, day)]
    return [_alarm(alarm, day) for alarm in alarms_on(session, day)] + left


def shown(session: Session, actor: Actor, office_id: int, words: str, chosen: str = "") -> dict[str, Any]:
    """What the template ``offices/show.html`` shows."""
    office = session.get(Office, office_id, options=[joinedload(Office.unit), joinedload(Office.above)])
    if office is None:
        raise NotFound("no_office", N_("Jabatan ini tidak ada."))
    day, words = today(session), plain_words(words)
    held, rules = timeline(session, office.id), mandate_rules(session, day)
    may = allowed(actor, "office.appoint") and office.valid_to is None
    holds = holder_relation(session, actor, office_id, day)
    may_prepare = allowed(actor, "preparer.appoint", holds) and office.valid_to is None
    return {
        "office": office,
        "title": office_name(office.title),
        "closed": short_date(office.valid_to),
        "today": _today([one for one in held if one.in_force(day)]),
        "alarms": [_alarm(one, day) for one in alarms_on(session, day) if one.office.id == office.id],
        "picture": picture(held, day),
        "letters": [_letter(one, day) for one in reversed(held)],
        "leaves": _leaves(session, held, day),
        "running": _running(held, rules, office, day) if may else [],
        "rules": [_rule(rule) for rule in rules.kinds_for(office)],
        "vacancy_kinds": _kinds(rules, office, ("vacant", "either")),
        "absence_kinds": _kinds(rules, office, ("absent", "either")),
        "people": people_to_choose(session, words=words, unit_id=None if words else office.unit_id, chosen=chosen)
        if may or may_prepare
        else [],
        "words": words,
        "may": may,
        "may_prepare": may_prepare,
        "preparers": _preparers(session, actor, office_id, day, may_prepare),
        "left": [_left(one) for one in left_for(session, office, day)] if may_prepare else [],
        "events": _events(session, office.id) if allowed(actor, "office.oversee") else [],
        "day": day.isoformat(),
    }  # fmt: skip


def must_be_of(session: Session, office_id: int, holding_id: int) -> None:
    """The mandate belongs to the office in the address."""
    found = session.get(OfficeHolding, holding_id)
    if found is None or found.office_id != office_id:
        raise NotFound("no_holding", N_("Mandat ini tidak ada."))


def must_prepare_for(session: Session, office_id: int, preparer_id: int) -> None:
    """The preparer belongs to the office in the address."""
    found = session.get(Preparer, preparer_id)
    if found is None or found.office_id != office_id:
        raise NotFound("no_preparer", N_("Penyiap ini tidak ada."))


def _preparers(
    session: Session, actor: Actor, office_id: int, day: date, may: bool
) -> list[dict[str, Any]] | None:
    """Who prepares, or will: for those who appoint or oversee, and for the preparers themselves; None for others."""
    rows = appointed(preparers_from(session, office_id, day), day)
    shown = may or allowed(actor, "office.oversee") or actor.person in {row["person_id"] for row in rows}
    return rows if shown else None


def _row(office: Office, held: list[OfficeHolding]) -> dict[str, Any]:
    acting = effective(held)
    return {
        "title": office_name(office.title),
        "unit": office.unit.short_name if office.unit else "",
        "url": url_for("offices.show", office_id=office.id),
        **_acts(acting, held),
    }


def _today(held: list[OfficeHolding]) -> dict[str, Any]:
    acting = effective(held)
    return {**_acts(acting, held), "letter": acting.letter_no if acting else ""}


def acts(held: list[OfficeHolding]) -> dict[str, Any]:
    """Who acts today, by which mandate, until when; from the holdings in force."""
    return _acts(effective(held), held)


def _acts(acting: OfficeHolding | None, held: list[OfficeHolding]) -> dict[str, Any]:
    if acting is None:
        return {"name": "", "kind": _("kosong"), "tone": "rust", "until": "", "behalf": ""}
    behalf = on_behalf_of(acting, held)
    return {
        "name": acting.person.name,
        "kind": str(KINDS[acting.kind]),
        "tone": "leaf" if acting.kind == "definitive" else "sun",
        "until": short_date(acting.last_day),
        "behalf": behalf.person.name if behalf else "",
    }


def _alarm(alarm: Alarm, day: date) -> dict[str, Any]:
    words = str(ALARMS[alarm.kind])
    who = with_kind(alarm.holding.person.name, alarm.holding.kind) if alarm.holding else ""
    if who and alarm.kind in ("vacant", "expired"):
        who = _("Terakhir: %(who)s", who=who)
    since = (
        _("mulai %(day)s", day=short_date(alarm.day))
        if alarm.day > day
        else _("sejak %(day)s", day=short_date(alarm.day))
    )
    return {
        "title": office_name(alarm.office.title),
        "url": url_for("offices.show", office_id=alarm.office.id),
        "words": words[0].upper() + words[1:],
        "who": who,
        "since": since,
        "tone": "rust" if alarm.day <= day else "sun",
    }  # fmt: skip


def _left(one: Left) -> dict[str, Any]:
    """A preparer of an office that closed, whom the holder of this one may appoint anew."""
    return {
        "id": one.preparer.id,
        "person_id": one.preparer.person_id,
        "name": one.preparer.person.name,
        "until": one.preparer.valid_to.isoformat() if one.preparer.valid_to else "",
        "before": _(
            "Menyiapkan tugas %(office)s sampai %(day)s.",
            office=office_name(one.preparer.office.title),
            day=short_date(one.preparer.ended_on),
        ),
    }


def _left_alarm(one: Left, day: date) -> dict[str, Any]:
    office = one.office or one.preparer.office
    return {
        "title": office_name(office.title),
        "url": url_for("offices.show", office_id=office.id),
        "words": _("Penyiap dari unit yang digabung belum ditunjuk lagi"),
        "who": one.preparer.person.name,
        "since": _("sejak %(day)s", day=short_date(one.preparer.ended_on)),
        "tone": "sun",
    }


def _letter(one: OfficeHolding, day: date) -> dict[str, Any]:
    """One letter for the macro ``timeline``."""
    until = short_date(one.valid_to) or _("seterusnya")
    letter = _("surat %(letter)s", letter=one.letter_no)
    dated = f"{letter}, {short_date(one.letter_date)}" if one.letter_date else letter
    now = one.in_force(day)
    why = (
        _("Berakhir %(day)s: %(why)s", day=short_date(one.ended_on), why=one.end_reason)
        if one.ended_on
        else ""
    )
    return {
        "what": f"{KINDS[one.kind]} · {one.person.name}",
        "who": dated,
        "when": f"{short_date(one.valid_from)} – {until}" + (" · " + _("perpanjangan") if one.prolongs_id else ""),
        "why": why,
        "tone": "leaf" if now else "plain",
        "sign": "check" if now else "clock" if one.valid_from > day else "dot",
    }  # fmt: skip


def _leaves(session: Session, held: Sequence[OfficeHolding], day: date) -> list[dict[str, Any]]:
    """Absences that run or are to come, of those whose office it is."""
    people = {
        one.person_id
        for one in held
        if one.leave_id is None and (one.last_day is None or one.last_day >= day)
    }
    rows = session.scalars(
        select(OfficeLeave)
        .where(OfficeLeave.person_id.in_(people), OfficeLeave.last_day >= day)
        .options(
            joinedload(OfficeLeave.person),
            selectinload(OfficeLeave.substitutes).joinedload(OfficeHolding.person),
        )
        .order_by(OfficeLeave.first_day)
    )
    office_ids = {one.office_id for one in held}
    return [_leave(row, office_ids) for row in rows if row.until >= max(day, row.first_day)]  # fmt: skip


def _leave(row: OfficeLeave, office_ids: set[int]) -> dict[str, Any]:
    living = [
        one
        for one in row.substitutes
        if one.office_id in office_ids and (one.last_day or date.max) >= one.valid_from
    ]
    stands = [with_kind(one.person.name, one.kind) for one in living]
    return {
        "id": row.id,
        "name": row.person.name,
        "span": f"{short_date(row.first_day)} – {short_date(row.until)}",
        "days": row.working_days,
        "letter": row.letter_no,
        "stand_in": ", ".join(stands),
        "missing": row.needs_substitute and not stands,
    }


def _running(
    held: Sequence[OfficeHolding], rules: MandateRules, office: Office, day: date
) -> list[dict[str, Any]]:
    """Mandates that run, are to come, or ran out and may still be prolonged (a letter often comes late)."""
    prolonged = {one.prolongs_id for one in held}
    rows = []
    for one in held:
        rule = rules.of(one.kind, office)
        over = one.last_day is not None and one.last_day < day
        prolongable = (
            one.valid_to is not None
            and one.ended_on is None
            and one.leave_id is None
            and one.id not in prolonged
            and rule is not None
            and rule.prolongations > 0
            and one.prolongs_id is None
        )
        newest = one is held[-1]
        if not over or (prolongable and newest):
            words = with_kind(one.person.name, one.kind)
            ends = not over and one.leave_id is None
            rows.append({"id": one.id, "words": words, "prolongable": prolongable, "endable": ends})
    return [row for row in rows if row["prolongable"] or row["endable"]]


def _kinds(rules: MandateRules, office: Office, occasions: Sequence[str]) -> list[tuple[str, str]]:
    """Options of a form."""
    return [
        (rule.kind, str(KINDS[rule.kind])) for rule in rules.kinds_for(office) if rule.occasion in occasions
    ]


def _rule(rule: MandateRule) -> list[str]:
    term = {
        None: _("tanpa batas"),
        "months": _("%(count)s bulan", count=rule.longest),
        "days": _("%(count)s hari", count=rule.longest),
    }[rule.longest_unit]
    if rule.prolongations:
        term += ", " + _("diperpanjang %(times)s kali", times=rule.prolongations)
    source = rule.source_document
    if not rule.verified:
        source += "; " + _("belum diverifikasi")
    power = _("rutin dan strategis") if rule.strategic else _("rutin saja")
    return [str(KINDS[rule.kind]), term, _absence(rule), power, source]


def _absence(rule: MandateRule) -> str:
    if rule.occasion == "vacant":
        return _("jabatan kosong")
    least, most = rule.least_absence or 0, rule.most_absence
    days = (
        _("%(least)s–%(most)s hari kerja", least=least, most=most)
        if most
        else _("mulai %(least)s hari kerja", least=least)
    )
    return days if rule.occasion == "absent" else days + ", " + _("atau jabatan kosong")


def _events(session: Session, office_id: int) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(HistoryRow)
        .where(HistoryRow.stream == office_stream(office_id))
        .options(joinedload(HistoryRow.actor), selectinload(HistoryRow.values))
        .order_by(HistoryRow.seq.desc())
        .limit(EVENTS)
    )
    return [
        {"what": sentence(row), "who": row.actor.name if row.actor else _("Sistem"), "when": moment(row.at)}
        for row in rows
    ]  # fmt: skip
