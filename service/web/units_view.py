"""What the pages about one unit show: its past, what is planned, what may be entered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from service.dates import short_date
from service.web.offices_view import acts
from service.web.profile_words import office_name
from service.web.units_form import TOP
from service.web.units_words import CHANGES, DONE, KINDS, TITLES
from service.web.words import _
from workflows.actor import Actor
from workflows.clock import today
from workflows.errors import N_, NotFound
from workflows.mandates import holdings_on
from workflows.models import Office, Posting, Unit, UnitChange
from workflows.rules import allowed
from workflows.units import alive, is_alive, unit_by_code


def shown(session: Session, me: Actor, unit: Unit) -> dict[str, Any]:
    """One unit: what it is today, who came before and after, letters, offices and who acts in them."""
    day = today(session)
    people = session.scalar(
        select(func.count(Posting.person_id.distinct())).where(Posting.unit_id == unit.id, works_on(day))
    )
    alive_today = is_alive(unit, day)
    may = allowed(me, "unit.change") and unit.valid_to is None
    return {
        "unit": unit,
        "kind": str(KINDS.get(unit.kind, unit.kind)),
        "parent": session.get(Unit, unit.parent_id) if unit.parent_id else None,
        "successor": session.get(Unit, unit.successor_id) if unit.successor_id else None,
        "predecessors": session.scalars(
            select(Unit).where(Unit.successor_id == unit.id).order_by(Unit.id)
        ).all(),
        "children": session.scalars(
            select(Unit).where(Unit.parent_id == unit.id, alive(day)).order_by(Unit.name)
        ).all(),
        "alive": alive_today,
        "people": people or 0,
        "people_url": url_for("persons.index", unit=unit.id) if allowed(me, "person.oversee") else "",
        "offices": _offices(session, unit, day),
        "timeline": _timeline(session, unit, day),
        "planned": waiting(session, unit_id=unit.id),
        "may": may,
        "may_withdraw": allowed(me, "unit.change"),
        "needs_head": may and not _has_head(session, unit),
        "day": day.isoformat(),
    }


def asked(session: Session, kind: str, code: str) -> dict[str, Any]:
    """What the form of a change offers."""
    day = today(session)
    unit = unit_by_code(session, code) if code else None
    units = session.scalars(select(Unit).where(Unit.valid_to.is_(None)).order_by(Unit.name)).all()
    listed = [(one.id, one.name) for one in units]
    return {
        "kind": kind,
        "unit": unit,
        "title": str(TITLES[kind]),
        "units": listed,
        "parents": [(TOP, _("Tidak di bawah unit lain")), *(pair for pair in listed if not unit or pair[0] != unit.id)],
        "kinds": [(key, str(word)) for key, word in KINDS.items()],
        "day": day.isoformat(),
        "head_title": _head_title(session, unit) if unit else "",
        "back": url_for("units.show", code=code) if code else url_for("units.index"),
    }  # fmt: skip


def done(kind: str) -> str:
    return str(DONE[kind])


def must_be_of(session: Session, code: str, change_id: int) -> None:
    """The plan belongs to the unit in the address."""
    change = session.get(UnitChange, change_id)
    if change is None or change.unit.code != code:
        raise NotFound("no_change", N_("Rencana perubahan ini tidak ada."))


def works_on(day: date) -> Any:
    return (Posting.valid_from <= day) & or_(Posting.valid_to.is_(None), Posting.valid_to >= day)


def _offices(session: Session, unit: Unit, day: date) -> list[dict[str, Any]]:
    found = session.scalars(select(Office).where(Office.unit_id == unit.id).order_by(Office.id)).all()
    held = holdings_on(session, day, [office.id for office in found])
    return [
        {
            "title": office_name(office.title),
            "url": url_for("offices.show", office_id=office.id),
            "closed": short_date(office.valid_to),
            **acts(held.get(office.id, [])),
        }
        for office in found
    ]


def _has_head(session: Session, unit: Unit) -> bool:
    return _head(session, unit) is not None


def _head(session: Session, unit: Unit) -> Office | None:
    query = select(Office).where(
        Office.unit_id == unit.id, Office.role == "unit_head", Office.valid_to.is_(None)
    )
    return session.scalars(query.order_by(Office.id)).first()


def _head_title(session: Session, unit: Unit) -> str:
    head = _head(session, unit)
    return head.title if head else ""


def _timeline(session: Session, unit: Unit, day: date) -> list[dict[str, Any]]:
    """Letters that hold for this unit, and those that brought others into it, the newest first."""
    rows = session.scalars(
        select(UnitChange)
        .where(
            UnitChange.status == "in_force",
            or_(
                UnitChange.unit_id == unit.id, (UnitChange.into_id == unit.id) & (UnitChange.kind == "merged")
            ),
        )
        .options(
            joinedload(UnitChange.unit),
            joinedload(UnitChange.into),
            joinedload(UnitChange.parent),
            joinedload(UnitChange.parent_before),
        )
        .order_by(UnitChange.day.desc(), UnitChange.id.desc())
    )
    return [
        {
            "what": _what(row, unit),
            "who": _("surat %(letter)s, %(day)s", letter=row.letter_no, day=short_date(row.letter_date)),
            "when": _("sejak %(day)s", day=short_date(row.day)),
            "tone": "sun" if row.kind in ("merged", "closed") and row.unit_id == unit.id else "leaf",
            "sign": "clock" if row.day > day else "check",
        }
        for row in rows
    ]


def _what(row: UnitChange, unit: Unit) -> str:
    if row.kind == "renamed":
        return _("%(before)s menjadi %(name)s.", before=row.name_before, name=row.name)
    if row.kind == "moved":
        return _(
            "Pindah dari bawah %(before)s ke bawah %(name)s",
            before=row.parent_before.name if row.parent_before else "–",
            name=row.parent.name if row.parent else "–",
        )
    if row.kind == "merged" and row.unit_id != unit.id:
        return _("%(name)s digabung ke unit ini", name=row.unit.name)
    if row.kind == "merged":
        return _("Digabung ke %(name)s", name=row.into.name if row.into else "")
    return str(CHANGES[row.kind])


def waiting(
    session: Session, *, unit_id: int | None = None, only_trouble: bool = False
) -> list[dict[str, Any]]:
    """Planned changes, the next first."""
    query = select(UnitChange).where(UnitChange.status == "planned")
    if unit_id is not None:
        query = query.where(or_(UnitChange.unit_id == unit_id, UnitChange.into_id == unit_id))
    if only_trouble:
        query = query.where(UnitChange.trouble != "")
    rows: Sequence[UnitChange] = session.scalars(
        query.options(joinedload(UnitChange.unit), joinedload(UnitChange.into)).order_by(
            UnitChange.day, UnitChange.id
        )
    ).all()
    return [
        {
            "id": row.id,
            "code": row.unit.code,
            "url": url_for("units.show", code=row.unit.code),
            "what": _planned_words(row),
            "when": short_date(row.day),
            "letter": row.letter_no,
            "trouble": _trouble(row),
            "own": row.unit_id == unit_id,
        }
        for row in rows
    ]


def _trouble(row: UnitChange) -> str:
    return str(TROUBLES.get(row.trouble, OTHER_TROUBLE)) if row.trouble else ""


def _planned_words(row: UnitChange) -> str:
    if row.kind == "merged":
        into = row.into.name if row.into else ""
        return _("%(unit)s digabung ke %(into)s", unit=row.unit.name, into=into)
    if row.kind == "renamed":
        return _("%(before)s menjadi %(name)s.", before=row.unit.name, name=row.name)
    return f"{row.unit.name}: {str(CHANGES[row.kind]).lower()}"


TROUBLES = {
    "no_head": _l("Unit tujuan belum punya jabatan kepala, padahal ada tugas persetujuan yang menunggunya."),
    "unit_not_empty": _l("Masih ada pegawai, program, kebutuhan, atau unit di bawahnya."),
    "office_held": _l("Jabatannya masih dipegang seseorang; akhiri dahulu mandatnya."),
    "unit_circle": _l("Unit tujuan sekarang berada di bawah unit ini."),
    "unit_not_there": _l("Unit tujuan tidak ada lagi pada tanggal itu."),
    "merge_which": _l("Unit tujuan sudah digabung ke unit ini."),
}
"""Why a plan whose day has come does not take effect, in words that say what to mend."""
OTHER_TROUBLE = _l("Ada aturan yang menahannya.")
