"""The operator of a unit types a need for a colleague, who has not said yet whether it is theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from sqlalchemy import select

from service.demo.seed.cast import Member
from service.demo.seed.stage import Stage
from workflows.actions import needs
from workflows.actions.roles import grant_role
from workflows.models import InputItem, Need

GRANTED, ENTERED = date(2027, 3, 3), date(2027, 3, 11)
WHERE = "health"
PROBLEM = "Laporan bulanan puskesmas masih disalin dari buku, sehingga angkanya sering berbeda."
SINCE, SERVICE = "sejak laporan bulanan diminta lewat aplikasi", "Laporan layanan kesehatan"


def entering_deeds(stage: Stage) -> Iterator[tuple[date, Callable[[], None]]]:
    yield GRANTED, lambda: _grant(stage)
    yield ENTERED, lambda: _enter(stage)


def _operator(stage: Stage) -> Member:
    """One of the unit's staff without a role, rather somebody who said and proposed nothing yet."""
    unit = stage.profile.unit_of(WHERE).code
    with stage.writing() as session:
        heard = {*session.scalars(select(Need.author_id)), *session.scalars(select(InputItem.author_id))}
    staff = [m for m in stage.staff() if m.unit == unit and m.rank == "staff"]
    return min(reversed(staff), key=lambda m: m.id in heard)


def _grant(stage: Stage) -> None:
    operator = _operator(stage)
    with stage.writing() as session:
        grant_role(
            session,
            actor=stage.actor(session, stage.with_role("administrator")[0].id),
            person_id=operator.id,
            role="unit_operator",
            reason="Surat tugas operator (contoh)",
        )
    operator.roles.append("unit_operator")


def _enter(stage: Stage) -> None:
    [operator] = stage.with_role("unit_operator")
    unit = stage.profile.unit_of(WHERE).code
    colleague = next(m for m in reversed(stage.cast) if m.unit == unit and m.rank == "section")
    with stage.writing() as session:
        needs.file_need(
            session,
            actor=stage.actor(session, operator.id),
            author_id=colleague.id,
            problem=PROBLEM,
            since=SINCE,
            service=SERVICE,
        )
