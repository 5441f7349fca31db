"""What must hold for a letter that gives, prolongs or ends a mandate (R8). Each refusal says what to do."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from workflows.actor import Actor
from workflows.clock import today
from workflows.errors import N_, Conflict, NotFound, Refused
from workflows.mandate_rules import latest_end, mandate_rules
from workflows.models import MandateRule, Office, OfficeHolding, Person

LONGEST_NUMBER = 120
LONGEST_REASON = 400


@dataclass(frozen=True, slots=True)
class Letter:
    """Number and day of a letter as they stand in the register of letters; entered, never made up."""

    number: str
    day: date


def lock_office(session: Session, office_id: int) -> Office:
    """The office, locked until the end of the transaction: its timeline changes one letter at a time."""
    office = session.scalars(select(Office).where(Office.id == office_id).with_for_update()).one_or_none()
    if office is None:
        raise NotFound("no_office", N_("Jabatan ini tidak ada."))
    return office


def must_be_open(office: Office) -> None:
    """A closed office takes no letter any more."""
    if office.valid_to is not None:
        raise Conflict(
            "office_closed",
            N_("Jabatan ini ditutup; hari terakhirnya %(day)s. Catat suratnya pada jabatan penerusnya."),
            rule="R8",
            day=office.valid_to,
        )


def timeline(session: Session, office_id: int) -> list[OfficeHolding]:
    """Every holding of the office, the first letter first."""
    return list(
        session.scalars(
            select(OfficeHolding)
            .where(OfficeHolding.office_id == office_id)
            .options(joinedload(OfficeHolding.person), joinedload(OfficeHolding.office))
            .order_by(OfficeHolding.valid_from, OfficeHolding.id)
        )
    )


def must_be_letter(session: Session, letter: Letter) -> Letter:
    """A number, and a day that has come."""
    number = letter.number.strip()
    if not number or len(number) > LONGEST_NUMBER:
        raise Refused(
            "letter_missing", N_("Isi nomor surat seperti tertulis pada surat."), rule="R8", field="letter_no"
        )
    if letter.day > today(session):
        raise Refused(
            "letter_day",
            N_("Tanggal surat belum tiba. Catat suratnya setelah terbit."),
            rule="R8",
            field="letter_date",
        )
    return Letter(number, letter.day)


def must_be_reason(reason: str) -> str:
    """A reason that fits its column."""
    text = reason.strip()
    if not text or len(text) > LONGEST_REASON:
        raise Refused(
            "reason_missing",
            N_("Tulis alasannya, paling banyak %(most)s huruf."),
            rule="R8",
            field="reason",
            most=LONGEST_REASON,
        )
    return text


def must_serve(session: Session, actor: Actor, person_id: uuid.UUID, first: date) -> Person:
    """In service on the first day, and not the one who enters the letter."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("no_person", N_("Orang ini tidak ada dalam daftar pegawai."))
    if person.left_on is not None and person.left_on < first:
        raise Refused(
            "person_left",
            N_("Orang ini sudah tidak bertugas pada tanggal itu."),
            rule="R8",
            field="person_id",
        )
    must_be_of_others(actor, person.id)
    return person


def must_be_of_others(actor: Actor, person_id: uuid.UUID) -> None:
    """Nobody enters a letter about themselves."""
    if actor.person_id == person_id:
        raise Refused(
            "own_letter",
            N_("Surat tentang Anda sendiri dicatat oleh petugas lain."),
            rule="R12",
            field="person_id",
        )


def rule_for(session: Session, office: Office, kind: str, day: date) -> MandateRule:
    """The rule of this kind for this office; a kind that no rule names is refused."""
    rule = mandate_rules(session, day).of(kind, office)
    if rule is None:
        raise Refused(
            "kind_unknown",
            N_(
                "Jenis mandat ini tidak dikenal untuk jabatan ini. Pilih yang lain, atau minta aturannya dilengkapi."
            ),
            rule="R8",
            field="kind",
        )
    return rule


def must_fit_term(rule: MandateRule, first: date, last: date | None) -> None:
    """An end after the beginning, and not beyond the longest term of the kind."""
    if last is not None and last < first:
        raise Refused(
            "days_swapped", N_("Hari terakhir tidak boleh sebelum hari pertama."), rule="R8", field="valid_to"
        )
    longest = latest_end(rule, first)
    if longest is None:
        return
    if last is None:
        raise Refused(
            "end_missing", N_("Isi hari terakhir: mandat ini berjangka waktu."), rule="R8", field="valid_to"
        )
    if last > longest:
        raise Refused(
            "term_too_long",
            N_(
                "Jangka waktu mandat ini paling lama sampai %(day)s (%(source)s). Perpanjang dengan surat baru."
            ),
            rule="R8",
            field="valid_to",
            day=longest,
            source=rule.source_document,
        )


def overlapping(
    holdings: Iterable[OfficeHolding], first: date, last: date | None, kinds: Iterable[str]
) -> list[OfficeHolding]:
    """Those of these kinds that are in force on at least one of the days."""
    wanted = set(kinds)
    return [
        one
        for one in holdings
        if one.kind in wanted
        and (last is None or one.valid_from <= last)
        and (one.last_day is None or (one.last_day >= first and one.last_day >= one.valid_from))
        and (one.person.left_on is None or one.person.left_on >= first)
    ]
