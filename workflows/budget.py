"""Money held against a ceiling: reserve, commit, release; never over it, also when many ask at once (R21)."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workflows.actor import Actor
from workflows.clock import now
from workflows.errors import N_, Refused
from workflows.events import version_stream
from workflows.history import record
from workflows.models import Ceiling, ProgrammeVersion, Reservation


def rupiah(amount: int) -> str:
    """``Rp94.500.000``."""
    return "Rp" + f"{amount:,}".replace(",", ".")


def live_reservation(session: Session, version_id: int) -> Reservation | None:
    return session.scalars(
        select(Reservation).where(Reservation.version_id == version_id, Reservation.status != "released")
    ).one_or_none()


def reserve(session: Session, version: ProgrammeVersion, *, actor: Actor) -> Reservation:
    """Hold the version's cost. The database itself compares with the ceiling, in one statement."""
    release(session, version, actor=actor)
    amount = version.cost
    _take(session, version.ceiling_id, amount)
    reservation = Reservation(
        version_id=version.id,
        ceiling_id=version.ceiling_id,
        amount=amount,
        status="reserved",
        reserved_at=now(session),
    )
    session.add(reservation)
    _tell(session, "budget.reserved", version, actor, amount)
    session.flush()
    return reservation


def commit(session: Session, version: ProgrammeVersion, *, actor: Actor) -> None:
    """Make the reservation firm; the guard of ``approve`` has seen that it is there and right."""
    reservation = live_reservation(session, version.id)
    if reservation is None:
        raise Refused("no_reservation", N_("Belum ada dana yang dicadangkan untuk program ini."), rule="R21")
    reservation.status = "committed"
    _tell(session, "budget.committed", version, actor, reservation.amount)


def release(session: Session, version: ProgrammeVersion, *, actor: Actor) -> None:
    """Give back what the version holds, if anything."""
    reservation = live_reservation(session, version.id)
    if reservation is None:
        return
    reservation.status = "released"
    reservation.released_at = now(session)
    session.execute(
        update(Ceiling)
        .where(Ceiling.id == reservation.ceiling_id)
        .values(held=Ceiling.held - reservation.amount)
        .execution_options(synchronize_session="fetch")
    )
    _tell(session, "budget.released", version, actor, reservation.amount)
    session.flush()


def _take(session: Session, ceiling_id: int, amount: int) -> None:
    taken = session.execute(
        update(Ceiling)
        .where(Ceiling.id == ceiling_id, Ceiling.held + amount <= Ceiling.amount)
        .values(held=Ceiling.held + amount)
        .execution_options(synchronize_session="fetch")
    )
    if taken.rowcount == 1:  # type: ignore[attr-defined]
        return
    ceiling = session.get_one(Ceiling, ceiling_id, populate_existing=True)
    left = ceiling.amount - ceiling.held
    raise Refused(
        "shortfall",
        N_(
            "Dana tidak cukup: biaya %(cost)s, sisa pagu %(left)s, kurang %(short)s. "
            "Kurangi peserta, ubah bentuk, cari dukungan mitra, atau tunda ke tahun berikutnya."
        ),
        rule="R22",
        cost=rupiah(amount),
        left=rupiah(left),
        short=rupiah(amount - left),
    )


def _tell(session: Session, event: str, version: ProgrammeVersion, actor: Actor, amount: int) -> None:
    record(session, event, stream=version_stream(version.id), actor=actor, amount=rupiah(amount))
