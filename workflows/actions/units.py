"""Use cases about units: a letter makes, renames, moves, merges or closes one from a day on (R8).

A day that has come takes effect at once; one to come is planned, and the clock puts it into force.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.actions.unit_turning import turn
from workflows.actor import CLOCK, Actor
from workflows.clock import now, today
from workflows.errors import N_, Conflict, NotFound, Refused, WorkflowError
from workflows.events import unit_stream
from workflows.history import record
from workflows.letters import Letter, must_be_letter, must_be_reason
from workflows.mandates import office_by_role
from workflows.models import Office, Unit, UnitChange
from workflows.rules import require
from workflows.unit_rules import (
    must_be_free_names,
    must_be_in_order,
    must_be_new_code,
    must_be_no_circle,
    must_be_text,
    must_be_there,
    must_be_there_for,
)
from workflows.units import lock_units

KINDS = (
    "secretariat",
    "department",
    "regional_agency",
    "inspectorate",
    "district",
    "ward",
    "hospital",
    "health_centre",
    "technical_unit",
    "school",
    "division",
    "other",
)


@dataclass(frozen=True, slots=True)
class NewUnit:
    """``head_title``: how its head is called; empty where nobody signs for it."""

    code: str
    name: str
    short_name: str
    kind: str
    parent_id: int | None
    is_remote: bool
    head_title: str


def add_unit(session: Session, *, actor: Actor, new: NewUnit, day: date, letter: Letter) -> Unit:
    """A unit that begins on the day, with the office of its head."""
    require(actor, "unit.change")
    letter = must_be_letter(session, letter)
    code = must_be_new_code(session, new.code)
    name, short_name = must_be_text("name", new.name), must_be_text("short_name", new.short_name)
    if new.kind not in KINDS:
        raise Refused("unit_kind", N_("Pilih jenis unitnya."), field="kind")
    must_be_free_names(session, None, name, short_name, day)
    if new.parent_id is not None:
        must_be_there_for(lock_units(session, [new.parent_id])[new.parent_id], day, "parent_id")
    unit = Unit(
        code=code,
        name=name,
        short_name=short_name,
        kind=new.kind,
        is_remote=new.is_remote,
        parent_id=new.parent_id,
        valid_from=day,
    )
    session.add(unit)
    session.flush()
    if new.head_title.strip():
        _make_head(session, unit, new.head_title)
    change = _change(session, actor, unit, "added", day, letter, name=name, short_name=short_name)
    change.status, change.settled_at = "in_force", change.entered_at
    record(
        session,
        "unit.added",
        stream=unit_stream(unit.id),
        actor=actor,
        named=name,
        since=day.isoformat(),
        letter=letter.number,
    )
    return unit


def rename_unit(
    session: Session,
    *,
    actor: Actor,
    unit_id: int,
    name: str,
    short_name: str,
    head_title: str,
    day: date,
    letter: Letter,
) -> UnitChange:
    """Another name from the day on; it stays the same unit, and its old name is told for the days before."""
    unit, letter = _begin(session, actor, unit_id, day, letter)
    name, short_name = must_be_text("name", name), must_be_text("short_name", short_name)
    title = must_be_text("head_title", head_title) if head_title.strip() else ""
    if (name, short_name) == (unit.name, unit.short_name):
        raise Refused("same_name", N_("Nama dan singkatannya sudah seperti itu."), field="name")
    must_be_free_names(session, unit.id, name, short_name, day)
    change = _change(
        session, actor, unit, "renamed", day, letter, name=name, short_name=short_name, head_title=title
    )
    return _settle(session, actor, change)


def move_unit(
    session: Session, *, actor: Actor, unit_id: int, parent_id: int | None, day: date, letter: Letter
) -> UnitChange:
    """Under another unit from the day on, or to the top of the tree."""
    unit, letter = _begin(session, actor, unit_id, day, letter, parent_id)
    if parent_id == unit.parent_id:
        raise Refused("same_parent", N_("Unit ini sudah berada di sana."), field="parent_id")
    if parent_id is not None:
        parent = session.get_one(Unit, parent_id)
        must_be_there_for(parent, day, "parent_id")
        must_be_no_circle(session, unit, parent, day)
    change = _change(session, actor, unit, "moved", day, letter, parent_id=parent_id)
    return _settle(session, actor, change)


def merge_units(
    session: Session, *, actor: Actor, unit_ids: Sequence[int], into_id: int, day: date, letter: Letter
) -> list[UnitChange]:
    """These units end the day before and ``into_id`` takes over whatever hangs on them."""
    require(actor, "unit.change")
    letter = must_be_letter(session, letter)
    if not unit_ids or into_id in unit_ids:
        raise Refused(
            "merge_which", N_("Pilih unit yang digabung; bukan unit tujuannya sendiri."), field="unit_ids"
        )
    units = lock_units(session, [*unit_ids, into_id])
    must_be_there_for(units[into_id], day, "into_id")
    must_be_in_order(session, units[into_id], day, ends=False)
    changes = []
    for key in sorted(set(unit_ids)):
        must_be_there(units[key], day)
        must_be_in_order(session, units[key], day, ends=True)
        change = _change(session, actor, units[key], "merged", day, letter, into_id=into_id)
        changes.append(_settle(session, actor, change))
    return changes


def close_unit(session: Session, *, actor: Actor, unit_id: int, day: date, letter: Letter) -> UnitChange:
    """It is no longer there from the day on; only where nothing belongs to it any more."""
    unit, letter = _begin(session, actor, unit_id, day, letter, ends=True)
    return _settle(session, actor, _change(session, actor, unit, "closed", day, letter))


def add_head(session: Session, *, actor: Actor, unit_id: int, title: str) -> Office:
    """The office of a unit's head, where it has none: chains ask for its signature."""
    require(actor, "unit.change")
    unit = lock_units(session, [unit_id])[unit_id]
    if unit.valid_to is not None or office_by_role(session, "unit_head", unit.id) is not None:
        raise Conflict("head_there", N_("Unit ini sudah ditutup atau sudah punya jabatan kepala."), rule="R8")
    office = _make_head(session, unit, title)
    record(
        session,
        "unit.head_made",
        stream=unit_stream(unit.id),
        actor=actor,
        named=office.title,
    )
    return office


def withdraw_change(session: Session, *, actor: Actor, change_id: int, reason: str) -> UnitChange:
    """A plan is taken back before its day."""
    require(actor, "unit.change")
    change = session.get(UnitChange, change_id)
    if change is None:
        raise NotFound("no_change", N_("Rencana perubahan ini tidak ada."))
    lock_units(session, [change.unit_id])
    session.refresh(change)
    if change.status != "planned":
        raise Conflict("change_settled", N_("Perubahan ini sudah berlaku atau sudah dibatalkan."), rule="R8")
    words = must_be_reason(reason)
    change.status, change.settled_at, change.trouble = "withdrawn", now(session), ""
    record(
        session,
        "unit.change_withdrawn",
        stream=unit_stream(change.unit_id),
        actor=actor,
        personal={"reason": words},
        change=change.id,
        since=change.day.isoformat(),
    )
    return change


def due_changes(session: Session) -> list[int]:
    """Ids of plans whose day has come, in the order in which they take effect."""
    return list(
        session.scalars(
            select(UnitChange.id)
            .where(UnitChange.status == "planned", UnitChange.day <= today(session))
            .order_by(UnitChange.day, UnitChange.id)
        )
    )


def turn_due(session: Session, *, change_id: int) -> bool:
    """The clock puts one plan into force. False where it is settled already."""
    require(CLOCK, "unit.turn")
    change = session.get_one(UnitChange, change_id)
    lock_units(
        session, [key for key in (change.unit_id, change.into_id, change.parent_id) if key is not None]
    )
    session.refresh(change)
    if change.status != "planned" or change.day > today(session):
        return False
    turn(session, CLOCK, change)
    return True


def hold_up(session: Session, *, change_id: int, error: WorkflowError) -> bool:
    """Note what keeps a plan from its day, once; the page of units shows it until it is mended."""
    change = session.get_one(UnitChange, change_id, with_for_update=True)
    if change.status != "planned" or change.trouble == error.code:
        return False
    change.trouble = error.code
    record(
        session,
        "unit.change_held_up",
        stream=unit_stream(change.unit_id),
        actor=CLOCK,
        change=change.id,
        code=error.code,
        since=change.day.isoformat(),
    )
    return True


def _begin(
    session: Session,
    actor: Actor,
    unit_id: int,
    day: date,
    letter: Letter,
    other_id: int | None = None,
    *,
    ends: bool = False,
) -> tuple[Unit, Letter]:
    require(actor, "unit.change")
    letter = must_be_letter(session, letter)
    units = lock_units(session, [key for key in (unit_id, other_id) if key is not None])
    unit = units[unit_id]
    must_be_there(unit, day)
    must_be_in_order(session, unit, day, ends=ends)
    return unit, letter


def _change(
    session: Session,
    actor: Actor,
    unit: Unit,
    kind: str,
    day: date,
    letter: Letter,
    *,
    name: str = "",
    short_name: str = "",
    head_title: str = "",
    parent_id: int | None = None,
    into_id: int | None = None,
) -> UnitChange:
    change = UnitChange(
        unit_id=unit.id,
        kind=kind,
        status="planned",
        day=day,
        letter_no=letter.number,
        letter_date=letter.day,
        name=name,
        short_name=short_name,
        head_title=head_title,
        parent_id=parent_id,
        into_id=into_id,
        entered_by=actor.person,
        entered_at=now(session),
    )
    session.add(change)
    session.flush()
    return change


def _settle(session: Session, actor: Actor, change: UnitChange) -> UnitChange:
    """At once where the day has come, else planned."""
    if change.day <= today(session):
        turn(session, actor, change)
        return change
    record(
        session,
        "unit.change_planned",
        stream=unit_stream(change.unit_id),
        actor=actor,
        change=change.id,
        change_kind=change.kind,
        since=change.day.isoformat(),
        letter=change.letter_no,
    )
    return change


def _make_head(session: Session, unit: Unit, title: str) -> Office:
    """Above it stands what stands above its neighbours' heads, else the authorised official."""
    parent = office_by_role(session, "unit_head", unit.parent_id) if unit.parent_id else None
    above = parent or office_by_role(session, "authorised_official")
    office = Office(
        code=f"head_{unit.code}",
        role="unit_head",
        title=must_be_text("head_title", title),
        unit_id=unit.id,
        above_id=above.id if above else None,
    )
    session.add(office)
    session.flush()
    return office
