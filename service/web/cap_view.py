"""What the pages say about the cap of contract staff: before somebody is enrolled, on the list, to the person (R3)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.web.enrolment_words import is_off
from workflows.batches import batches_of, is_over
from workflows.cap import Standing, standings
from workflows.clock import today
from workflows.models import CapException, Enrolment, ProgrammeVersion


@dataclass(frozen=True, slots=True)
class Flag:
    """A sentence about one person; ``asks`` where a reason is asked for, ``warns`` where somebody must do something."""

    text: str
    warns: bool = False
    asks: bool = False


def day_of(session: Session, version: ProgrammeVersion) -> date:
    """The day on which hours count that are not yet earned: the last of the first batch that is not over."""
    known, day = batches_of(session, version.id), today(session)
    first = next((batch for batch in known if not is_over(batch, day)), known[-1] if known else None)
    return first.ends_on if first is not None else version.ends_on


def flags_ahead(
    session: Session, version: ProgrammeVersion, person_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, Flag]:
    """What would hold of each of the contract staff among these people if they took part."""
    days = dict.fromkeys(person_ids, day_of(session, version))
    found = standings(session, days, apart_from=version.id)
    return {person: _ahead(one, version.jp or 0) for person, one in found.items()}


def flags_on(session: Session, version: ProgrammeVersion, rows: Sequence[Enrolment]) -> dict[int, Flag]:
    """By enrolment: the exception that was made, hours above the cap without one, a missing agreement."""
    active = {row.person_id: row for row in rows if not is_off(row)}
    found = standings(
        session, {person: row.batch.ends_on for person, row in active.items()}, apart_from=version.id
    )
    made = _exceptions(session, list(found))
    flags = {}
    for person, one in found.items():
        row = active[person]
        flag = _on(one, row.id, made.get(person, []), 0 if row.completion else version.jp or 0)
        if flag is not None:
            flags[row.id] = flag
    return flags


def _exceptions(session: Session, people: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[CapException]]:
    """What was let through for enrolments that still hold, of any programme, the newest first."""
    if not people:
        return {}
    rows = session.execute(
        select(Enrolment.person_id, CapException)
        .join(Enrolment, Enrolment.id == CapException.enrolment_id)
        .where(Enrolment.person_id.in_(people), Enrolment.desired == "active")
        .order_by(CapException.id.desc())
    )
    found: dict[uuid.UUID, list[CapException]] = {}
    for person, row in rows:
        found.setdefault(person, []).append(row)
    return found


def _ahead(one: Standing, added: int) -> Flag:
    if one.since is None or one.cap is None:
        return Flag(_unknown(one), warns=True)
    values = {"total": one.before + added, "cap": one.cap, "over": one.over(added)}
    if one.over(added):
        said = _("PPPK: akan menjadi %(total)s dari %(cap)s JP, %(over)s di atas batas", **values)
        return Flag(said + _doubt(one), warns=True, asks=True)
    return Flag(_("PPPK: akan menjadi %(total)s dari %(cap)s JP", **values) + _doubt(one))


def _on(one: Standing, enrolment_id: int, made: Sequence[CapException], added: int) -> Flag | None:
    own = next((row for row in made if row.enrolment_id == enrolment_id), None)
    if own is not None:
        total = own.jp_before + own.jp_added
        said = _(
            "%(total)s dari %(cap)s JP, %(over)s di atas batas, dengan alasan: %(reason)s",
            total=total,
            cap=own.cap,
            over=total - own.cap,
            reason=own.reason,
        )
        return Flag(said)
    if one.since is None or one.cap is None:
        return Flag(_unknown(one), warns=True)
    if not one.over(added):
        return None
    values = {"total": one.before + added, "cap": one.cap, "over": one.over(added)}
    if any(row.counted_from == one.since for row in made):
        return Flag(
            _("%(total)s dari %(cap)s JP, %(over)s di atas batas; alasannya pada program lain", **values)
        )
    said = _("%(total)s dari %(cap)s JP, %(over)s di atas batas, tanpa alasan tercatat", **values)
    return Flag(said + _doubt(one), warns=True)


def _unknown(one: Standing) -> str:
    if one.since is None:
        said = _(
            "PPPK, tanggal kontrak belum ada untuk hari itu: batas JP tidak dapat dihitung. "
            "Catat perjanjian kerjanya pada halaman orangnya."
        )
    else:
        said = _("PPPK, batas JP belum diisi: minta administrator mengisinya beserta sumbernya.")
    return str(said)


def _doubt(one: Standing) -> str:
    """Nobody has found the rule for part-time contract staff (KepmenPANRB 16/2025)."""
    doubtful = one.kind == "pppk_part_time" and not one.verified
    return " " + str(_("(batas belum diverifikasi)")) if doubtful else ""
