"""What a change of a unit does on its day: what hangs on a merged unit goes to its successor."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy.orm import Session

from workflows.actions.offices import last_decision_day, told_ended
from workflows.actions.versions import lock_version
from workflows.actor import Actor
from workflows.clock import now, today
from workflows.errors import N_, Refused
from workflows.events import office_stream, unit_stream
from workflows.history import record
from workflows.letters import lock_office
from workflows.mandates import office_by_role
from workflows.models import Office, OfficeHolding, Posting, Preparer, Unit, UnitChange
from workflows.unit_effects import Effects, effects_of, open_tasks_of
from workflows.unit_rules import must_be_empty, must_be_no_circle, must_be_there_for
from workflows.units import heir_of

ONE_DAY = timedelta(days=1)


def turn(session: Session, actor: Actor, change: UnitChange) -> None:
    """Put it into force; the unit is locked by the caller. Refused where a rule stands against it."""
    {"renamed": _rename, "moved": _move, "merged": _merge, "closed": _close}[change.kind](
        session, actor, change
    )
    change.status, change.settled_at, change.trouble = "in_force", now(session), ""
    session.flush()


def _rename(session: Session, actor: Actor, change: UnitChange) -> None:
    unit = change.unit
    change.name_before, change.short_name_before = unit.name, unit.short_name
    unit.name, unit.short_name = change.name, change.short_name
    head = office_by_role(session, "unit_head", unit.id)
    if head is not None and change.head_title:
        head.title = change.head_title
    record(
        session,
        "unit.renamed",
        stream=unit_stream(unit.id),
        actor=actor,
        before=change.name_before,
        named=change.name,
        since=change.day.isoformat(),
        letter=change.letter_no,
    )


def _move(session: Session, actor: Actor, change: UnitChange) -> None:
    unit, parent = change.unit, None
    if change.parent_id is not None:
        parent = session.get_one(Unit, heir_of(session, change.parent_id, change.day))
        must_be_there_for(parent, change.day, "parent_id")
        must_be_no_circle(session, unit, parent, change.day)
    _put_under(session, actor, unit, parent, change)


def _put_under(session: Session, actor: Actor, unit: Unit, parent: Unit | None, change: UnitChange) -> None:
    before = session.get(Unit, unit.parent_id) if unit.parent_id is not None else None
    if change.unit_id == unit.id:
        change.parent_before_id = unit.parent_id
    else:
        session.add(_followed(session, unit, parent, change))
    unit.parent_id = parent.id if parent else None
    record(
        session,
        "unit.moved",
        stream=unit_stream(unit.id),
        actor=actor,
        before=before.name if before else "-",
        named=parent.name if parent else "-",
        since=change.day.isoformat(),
        letter=change.letter_no,
    )


def _followed(session: Session, unit: Unit, parent: Unit | None, change: UnitChange) -> UnitChange:
    """A unit below a merged one goes with it, by the same letter."""
    return UnitChange(
        unit_id=unit.id,
        kind="moved",
        status="in_force",
        day=change.day,
        letter_no=change.letter_no,
        letter_date=change.letter_date,
        parent_id=parent.id if parent else None,
        parent_before_id=unit.parent_id,
        entered_by=change.entered_by,
        entered_at=change.entered_at,
        settled_at=now(session),
    )


def _merge(session: Session, actor: Actor, change: UnitChange) -> None:
    unit, day = change.unit, change.day
    into = session.get_one(Unit, heir_of(session, change.into_id or 0, day))
    must_be_there_for(into, day, "into_id")
    if into.id == unit.id:
        raise Refused(
            "merge_which", N_("Pilih unit yang digabung; bukan unit tujuannya sendiri."), field="into_id"
        )
    change.into_id = into.id
    effects = effects_of(session, unit, day)
    _move_tasks(session, effects, into)
    _move_people(session, effects.postings, into, day)
    for office in effects.kept:
        office.unit_id = into.id
    reason = f"{unit.short_name} digabung ke {into.short_name}, surat {change.letter_no}"
    for office in effects.closing:
        _close_office(session, actor, office, effects, day, reason)
    for programme in effects.programmes:
        programme.owner_unit_id = into.id
    for need in effects.needs:
        need.unit_id = into.id
    _move_children(session, actor, effects.children, into, change)
    unit.valid_to, unit.successor_id = day - ONE_DAY, into.id
    _tell_merged(session, actor, change, into, effects)


def _tell_merged(session: Session, actor: Actor, change: UnitChange, into: Unit, effects: Effects) -> None:
    since, letter = change.day.isoformat(), change.letter_no
    record(
        session,
        "unit.merged",
        stream=unit_stream(change.unit_id),
        actor=actor,
        named=into.name,
        into=into.id,
        since=since,
        letter=letter,
        people=effects.people,
        programmes=len(effects.programmes),
        needs=len(effects.needs),
        tasks=len(effects.tasks),
    )
    record(
        session,
        "unit.joined",
        stream=unit_stream(into.id),
        actor=actor,
        named=change.unit.name,
        unit=change.unit_id,
        since=since,
        letter=letter,
        people=effects.people,
    )


def _close(session: Session, actor: Actor, change: UnitChange) -> None:
    effects = effects_of(session, change.unit, change.day)
    must_be_empty(change.unit, effects)
    last = change.day - ONE_DAY
    reason = f"{change.unit.short_name} ditutup, surat {change.letter_no}"
    for office in effects.closing:
        _close_office(session, actor, office, effects, change.day, reason)
    change.unit.valid_to = last
    record(
        session,
        "unit.closed",
        stream=unit_stream(change.unit_id),
        actor=actor,
        until=last.isoformat(),
        letter=change.letter_no,
    )


def _move_tasks(session: Session, effects: Effects, into: Unit) -> None:
    """Signatures still asked of the ending offices are asked of the successor's head. Versions are locked in order."""
    if not effects.tasks:
        return
    head = office_by_role(session, "unit_head", into.id)
    if head is None:
        raise Refused(
            "no_head",
            N_(
                "%(tasks)s tugas persetujuan menunggu kepala unit ini, tetapi %(name)s belum punya jabatan kepala. "
                "Catat dahulu jabatannya pada halaman unit itu."
            ),
            rule="R11",
            field="into_id",
            tasks=len(effects.tasks),
            name=into.name,
        )
    for version_id in sorted({task.request.version_id for task in effects.tasks}):
        lock_version(session, version_id)
    for task in open_tasks_of(session, [office.id for office in effects.closing]):
        task.office_id = head.id


def _move_people(session: Session, postings: Iterable[Posting], into: Unit, day: date) -> None:
    """Whoever works there that day goes on in the successor; what begins later begins there."""
    for old in postings:
        if old.valid_from >= day:
            old.unit_id = into.id
            continue
        session.add(
            Posting(
                person_id=old.person_id,
                unit_id=into.id,
                job_field_id=old.job_field_id,
                post_title=old.post_title,
                superior_id=old.superior_id,
                valid_from=day,
                valid_to=old.valid_to,
            )
        )
        old.valid_to = day - ONE_DAY


def _close_office(
    session: Session, actor: Actor, office: Office, effects: Effects, day: date, reason: str
) -> None:
    """The office ends with its unit, and every mandate in it, and whoever prepares for it."""
    lock_office(session, office.id)
    for holding in effects.holdings:
        if holding.office_id == office.id:
            _end_mandate(session, actor, holding, day - ONE_DAY, reason)
    for preparer in effects.preparers:
        if preparer.office_id == office.id:
            _end_preparer(session, actor, preparer, day - ONE_DAY, reason)
    office.valid_to = day - ONE_DAY


def _end_preparer(session: Session, actor: Actor, preparer: Preparer, last: date, reason: str) -> None:
    """Not moved: an official chooses who reads the tasks. A letter that came late ends them yesterday."""
    preparer.ended_on = max(last, today(session) - ONE_DAY)
    preparer.end_reason = reason[:400]
    record(
        session,
        "office.preparer_ended",
        stream=office_stream(preparer.office_id),
        actor=actor,
        personal={"name": preparer.person.name, "reason": preparer.end_reason},
        preparer=preparer.id,
    )


def _end_mandate(session: Session, actor: Actor, holding: OfficeHolding, last: date, reason: str) -> None:
    """Not before a decision made under it: people choose another day, the clock (which came late) takes that one."""
    decided = last_decision_day(session, holding)
    if decided is not None and decided > last:
        if actor.person_id is not None:
            raise Refused(
                "decided_later",
                N_("Pada %(day)s masih ada keputusan %(office)s. Pilih tanggal sesudahnya."),
                rule="R8",
                field="day",
                day=decided,
                office=holding.office.title,
            )
        last = decided
    told_ended(session, actor, holding, last, reason[:400])


def _move_children(
    session: Session, actor: Actor, children: Iterable[Unit], into: Unit, change: UnitChange
) -> None:
    """Units below go with it; where the successor itself was below, it comes up to where the merged one was."""
    from_above = session.get(Unit, change.unit.parent_id) if change.unit.parent_id is not None else None
    below = {child.id: child for child in children}
    step: Unit | None = into
    while step is not None and step.id not in below:
        step = session.get(Unit, step.parent_id) if step.parent_id is not None else None
    for child in below.values():
        inside = step is not None and child.id == step.id
        _put_under(session, actor, child, from_above if inside else into, change)
