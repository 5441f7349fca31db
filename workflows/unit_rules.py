"""What must hold before a unit is made, renamed, moved, merged or closed. Each refusal says what to do."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.errors import N_, Conflict, Refused
from workflows.models import Unit, UnitChange
from workflows.unit_effects import Effects
from workflows.units import alive, units_below

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{1,39}")
LONGEST = {"name": 200, "short_name": 60, "head_title": 160}
_SPACES = re.compile(r"\s+")


def plain(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def must_be_new_code(session: Session, code: str) -> str:
    """Small letters and figures; a code belongs to one unit for ever, also after its end."""
    code = code.strip().casefold()
    if not CODE.fullmatch(code):
        raise Refused(
            "unit_code",
            N_("Kode terdiri atas 2 sampai 40 huruf kecil, angka, garis bawah, atau tanda hubung."),
            field="code",
        )
    if session.scalar(select(Unit.id).where(Unit.code == code)) is not None:
        raise Refused(
            "unit_code_taken",
            N_("Kode ini sudah dipakai sebuah unit, mungkin yang sudah ditutup. Pilih kode lain."),
            field="code",
        )
    return code


def must_be_text(field: str, text: str) -> str:
    found = plain(text)
    if not found:
        raise Refused("empty", N_("Isi bagian ini."), field=field)
    if len(found) > LONGEST[field]:
        raise Refused(
            "too_long",
            N_("Terlalu panjang: paling banyak %(most)s huruf."),
            field=field,
            most=LONGEST[field],
        )
    return found


def must_be_free_names(session: Session, unit_id: int | None, name: str, short_name: str, day: date) -> None:
    """No two units that are there on one day share a name: an import could not tell them apart."""
    asked = {name.casefold(), short_name.casefold()}
    rows = session.execute(select(Unit.id, Unit.name, Unit.short_name).where(alive(day))).all()
    planned = session.execute(
        select(UnitChange.unit_id, UnitChange.name, UnitChange.short_name).where(
            UnitChange.status == "planned", UnitChange.kind == "renamed"
        )
    ).all()
    for key, *words in (*rows, *planned):
        if key != unit_id and asked & {word.casefold() for word in words}:
            raise Refused(
                "unit_name_taken",
                N_("Unit lain sudah bernama %(name)s. Pilih nama atau singkatan lain."),
                field="name",
                name=words[0],
            )


def must_be_there(unit: Unit, day: date, field: str = "day") -> None:
    """The unit has begun before the day and has not ended."""
    if unit.valid_to is not None:
        raise Conflict(
            "unit_ended",
            N_("%(name)s sudah tidak ada; hari terakhirnya %(day)s."),
            rule="R8",
            name=unit.name,
            day=unit.valid_to,
        )
    if unit.valid_from is not None and unit.valid_from >= day:
        raise Refused(
            "unit_not_yet",
            N_("%(name)s baru ada sejak %(day)s. Pilih tanggal sesudahnya."),
            rule="R8",
            field=field,
            name=unit.name,
            day=unit.valid_from,
        )


def must_be_there_for(unit: Unit, day: date, field: str) -> None:
    """As a place to go to on the day: it may begin on that very day."""
    if unit.valid_to is not None or (unit.valid_from is not None and unit.valid_from > day):
        raise Refused(
            "unit_not_there",
            N_("%(name)s tidak ada pada tanggal itu. Pilih unit lain."),
            rule="R8",
            field=field,
            name=unit.name,
        )


def must_be_in_order(session: Session, unit: Unit, day: date, ends: bool) -> None:
    """After what changed it last, and not while its end is planned; what ends it waits for what is planned before."""
    rows = session.scalars(
        select(UnitChange)
        .where(UnitChange.unit_id == unit.id, UnitChange.status != "withdrawn")
        .order_by(UnitChange.day, UnitChange.id)
    ).all()
    for row in rows:
        if row.status == "planned" and (row.kind in ("merged", "closed") or ends):
            raise Conflict(
                "unit_change_waits",
                N_(
                    "Perubahan yang berlaku %(day)s sudah dicatat untuk %(name)s. Batalkan dahulu rencana itu."
                ),
                rule="R8",
                day=row.day,
                name=unit.name,
            )
        if row.status == "in_force" and row.day > day:
            raise Refused(
                "unit_changed_later",
                N_("%(name)s berubah lagi pada %(day)s. Pilih tanggal itu atau sesudahnya."),
                rule="R8",
                field="day",
                day=row.day,
                name=unit.name,
            )


def must_be_no_circle(session: Session, unit: Unit, parent: Unit, day: date) -> None:
    if parent.id in units_below(session, unit.id, day):
        raise Refused(
            "unit_circle",
            N_("Sebuah unit tidak dapat berada di bawah dirinya sendiri atau di bawah bagiannya."),
            rule="R8",
            field="parent_id",
        )


def must_be_empty(unit: Unit, effects: Effects) -> None:
    """Only a unit to which nothing belongs is closed without a successor."""
    for holding in effects.holdings:
        raise Refused(
            "office_held",
            N_("Jabatan %(office)s masih dipegang %(name)s pada tanggal itu. Akhiri dahulu mandatnya."),
            rule="R8",
            field="day",
            office=holding.office.title,
            name=holding.person.name,
        )
    for office in effects.kept:
        raise Refused(
            "office_of_chain",
            N_("Jabatan %(office)s ada di unit ini dan tetap diperlukan. Gabungkan unit ini ke unit lain."),
            rule="R8",
            field="day",
            office=office.title,
        )
    counts = {
        "people": effects.people,
        "programmes": len(effects.programmes),
        "needs": len(effects.needs),
        "children": len(effects.children),
    }
    if any(counts.values()):
        raise Refused(
            "unit_not_empty",
            N_(
                "Pada tanggal itu masih ada %(people)s pegawai, %(programmes)s program, %(needs)s kebutuhan, dan "
                "%(children)s unit di bawahnya. Gabungkan unit ini ke unit lain, atau pindahkan dahulu."
            ),
            rule="R8",
            field="day",
            **counts,
        )
