"""Use cases of the breach register and its clock (UU 27/2022 art. 46, R39)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.actor import Actor
from workflows.clock import local_day, now
from workflows.errors import N_, Conflict, NotFound, Refused
from workflows.events import PRIVACY_REGISTER
from workflows.history import record
from workflows.models import Breach
from workflows.parameters import whole_number
from workflows.rules import require

LAW = "UU 27/2022 pasal 46"
LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of a breach: when and how, which data and whose, how many people (None: unknown), what is done."""

    happened: str
    revealed: str
    people_count: int | None
    measures: str


def report_breach(session: Session, *, actor: Actor, known_at: datetime, account: Account) -> Breach:
    """Into the register. The clock runs from ``known_at``, not from the entry; it may not lie ahead."""
    require(actor, "breach.report")
    moment = now(session)
    _must_be_past("known_at", known_at, moment)
    _must_tell(account)
    hours = whole_number(session, "breach.notice_hours", local_day(session, known_at))
    breach = Breach(
        known_at=known_at,
        deadline_at=known_at + timedelta(hours=hours),
        reported_by=actor.person,
        reported_at=moment,
        **_columns(account),
    )
    session.add(breach)
    session.flush()
    _tell(session, "breach.reported", breach, actor, hours=hours, personal=_words(account))
    return breach


def amend_breach(session: Session, *, actor: Actor, breach_id: int, account: Account) -> Breach:
    """The officer knows more. What was written before stays in the history; the clock does not change."""
    require(actor, "breach.handle")
    breach = _locked(session, breach_id)
    _must_tell(account)
    for name, value in _columns(account).items():
        setattr(breach, name, value)
    _tell(session, "breach.amended", breach, actor, personal=_words(account))
    return breach


def note_notice(
    session: Session, *, actor: Actor, breach_id: int, to: str, sent_at: datetime, note: str
) -> Breach:
    """``to``: authority | people. Both told: ``notified``. Late is noted as late, never refused."""
    require(actor, "breach.handle")
    breach = _locked(session, breach_id)
    if to not in ("authority", "people"):
        raise Refused("to", N_("Pilih siapa yang diberi tahu."), field="to")
    _must_be_past("sent_at", sent_at, now(session))
    if sent_at < breach.known_at:
        raise Refused(
            "sent_early",
            N_("Pemberitahuan tidak mungkin dikirim sebelum insidennya diketahui."),
            field="sent_at",
        )
    _must_be_text("note", note)
    if not breach.measures.strip():
        raise Refused(
            "no_measures",
            N_("Tulis dahulu upaya penanganan dan pemulihan: pemberitahuan wajib memuatnya."),
            rule=LAW,
            field="measures",
        )
    setattr(breach, f"{to}_at", sent_at)
    setattr(breach, f"{to}_note", note.strip())
    if breach.authority_at is not None and breach.people_at is not None:
        breach.status = "notified"
    late = sent_at > breach.deadline_at
    _tell(session, "breach.told", breach, actor, to=to, late=late, personal={"note": note.strip()})
    return breach


def close_breach(
    session: Session, *, actor: Actor, breach_id: int, closed_as: str, conclusion: str
) -> Breach:
    """``handled`` after both were told; ``no_breach``: looked into, and it was none. For good."""
    require(actor, "breach.handle")
    breach = _locked(session, breach_id)
    if closed_as not in ("handled", "no_breach"):
        raise Refused("closed_as", N_("Pilih bagaimana insiden ini berakhir."), field="closed_as")
    if closed_as == "handled" and breach.status != "notified":
        raise Refused(
            "not_told",
            N_("Lembaga dan orang yang terdampak harus diberi tahu secara tertulis sebelum insiden ditutup."),
            rule=LAW,
            field="closed_as",
        )
    if closed_as == "no_breach" and (breach.authority_at or breach.people_at):
        raise Refused(
            "told",
            N_("Pemberitahuan sudah dikirim; tutup sebagai insiden yang ditangani."),
            field="closed_as",
        )
    _must_be_text("conclusion", conclusion)
    breach.status, breach.closed_as, breach.conclusion = "closed", closed_as, conclusion.strip()
    breach.closed_at = now(session)
    personal = {"conclusion": breach.conclusion}
    _tell(session, "breach.closed", breach, actor, closed_as=closed_as, personal=personal)
    return breach


def note_overdue(session: Session, *, actor: Actor) -> int:
    """Breaches whose time is over and not everybody was told: noted once each. How many."""
    require(actor, "breach.alarm")
    moment = now(session)
    late = session.scalars(
        select(Breach)
        .where(Breach.status == "open", Breach.deadline_at < moment, Breach.overdue_at.is_(None))
        .order_by(Breach.id)
        .with_for_update()
    ).all()
    for breach in late:
        breach.overdue_at = moment
        _tell(session, "breach.overdue", breach, actor)
    return len(late)


def get_breach(session: Session, breach_id: int) -> Breach:
    """NotFound when there is none."""
    found = session.get(Breach, breach_id)
    if found is None:
        raise NotFound("no_breach", N_("Insiden ini tidak ada dalam daftar."))
    return found


def _locked(session: Session, breach_id: int) -> Breach:
    breach = get_breach(session, breach_id)
    session.refresh(breach, with_for_update=True)
    if breach.status == "closed":
        raise Conflict("breach_closed", N_("Insiden ini sudah ditutup."))
    return breach


def _must_be_past(field: str, instant: datetime, moment: datetime) -> None:
    if instant > moment:
        raise Refused("future", N_("Waktu ini belum tiba."), field=field)


def _must_tell(account: Account) -> None:
    _must_be_text("happened", account.happened)
    _must_be_text("revealed", account.revealed)
    if len(account.measures) > LONGEST:
        _must_be_text("measures", account.measures)
    if account.people_count is not None and not 0 <= account.people_count < 2**31:
        raise Refused("people_count", N_("Jumlah orang adalah bilangan bulat."), field="people_count")


def _must_be_text(field: str, text: str) -> None:
    if not text.strip():
        raise Refused("empty", N_("Isi bagian ini."), field=field)
    if len(text) > LONGEST:
        raise Refused(
            "too_long", N_("Terlalu panjang: paling banyak %(most)s huruf."), field=field, most=LONGEST
        )


def _columns(account: Account) -> dict[str, object]:
    return {
        "happened": account.happened.strip(),
        "revealed": account.revealed.strip(),
        "people_count": account.people_count,
        "measures": account.measures.strip(),
    }


def _words(account: Account) -> dict[str, str]:
    return {name: str(value) for name, value in _columns(account).items() if value not in ("", None)}


def _tell(
    session: Session,
    name: str,
    breach: Breach,
    actor: Actor,
    *,
    personal: dict[str, str] | None = None,
    **payload: Any,
) -> None:
    record(
        session, name, stream=PRIVACY_REGISTER, actor=actor, personal=personal, breach=breach.id, **payload
    )
