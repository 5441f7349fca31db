"""What hangs on a unit on the day on which it ends: shown before a merger is confirmed, and moved by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from workflows.models import (
    ApprovalRequest,
    ApprovalTask,
    Need,
    Office,
    OfficeHolding,
    Posting,
    Preparer,
    Programme,
    ProgrammeVersion,
    Unit,
)
from workflows.units import alive


@dataclass(frozen=True, slots=True)
class Effects:
    """``closing``: offices of heads, which end with the unit, and ``holdings`` those who hold them on or after the day.

    ``kept``: offices of other roles (finance, the agency's head), which go on in the successor. ``programmes``: those
    with a version that may still go through a chain; ``needs``: those that wait for an answer; ``tasks``: signatures
    still asked of the closing offices; ``preparers``: whoever prepares for these on or after the day.
    """

    postings: Sequence[Posting]
    closing: Sequence[Office]
    holdings: Sequence[OfficeHolding]
    kept: Sequence[Office]
    programmes: Sequence[Programme]
    needs: Sequence[Need]
    tasks: Sequence[ApprovalTask]
    children: Sequence[Unit]
    preparers: Sequence[Preparer]

    @property
    def people(self) -> int:
        return len({posting.person_id for posting in self.postings})


def effects_of(session: Session, unit: Unit, day: date) -> Effects:
    """Nine queries, whatever the size."""
    offices = session.scalars(
        select(Office).where(Office.unit_id == unit.id, Office.valid_to.is_(None)).order_by(Office.id)
    ).all()
    closing = [office for office in offices if office.role == "unit_head"]
    closing_ids = [office.id for office in closing]
    return Effects(
        postings=_postings(session, unit, day),
        closing=closing,
        holdings=_holdings(session, closing_ids, day),
        kept=[office for office in offices if office.role != "unit_head"],
        programmes=_programmes(session, unit),
        needs=session.scalars(
            select(Need).where(Need.unit_id == unit.id, Need.status == "filed").order_by(Need.id)
        ).all(),
        tasks=open_tasks_of(session, closing_ids),
        children=session.scalars(
            select(Unit).where(Unit.parent_id == unit.id, alive(day)).order_by(Unit.id)
        ).all(),
        preparers=_preparers(session, closing_ids, day),
    )


def open_tasks_of(session: Session, office_ids: Sequence[int]) -> Sequence[ApprovalTask]:
    """Signatures that are still asked of these offices, as the database has them now."""
    return session.scalars(
        select(ApprovalTask)
        .join(ApprovalTask.request)
        .where(
            ApprovalTask.office_id.in_(office_ids),
            ApprovalTask.status.in_(("waiting", "open")),
            ApprovalRequest.status.in_(("open", "returned")),
        )
        .options(joinedload(ApprovalTask.request))
        .order_by(ApprovalTask.id)
        .execution_options(populate_existing=True)
    ).all()


def _postings(session: Session, unit: Unit, day: date) -> Sequence[Posting]:
    return session.scalars(
        select(Posting)
        .where(Posting.unit_id == unit.id, or_(Posting.valid_to.is_(None), Posting.valid_to >= day))
        .order_by(Posting.id)
    ).all()


def _holdings(session: Session, office_ids: Sequence[int], day: date) -> Sequence[OfficeHolding]:
    return session.scalars(
        select(OfficeHolding)
        .where(
            OfficeHolding.office_id.in_(office_ids),
            or_(OfficeHolding.valid_to.is_(None), OfficeHolding.valid_to >= day),
            or_(OfficeHolding.ended_on.is_(None), OfficeHolding.ended_on >= day),
        )
        .options(joinedload(OfficeHolding.person), joinedload(OfficeHolding.office))
        .order_by(OfficeHolding.id)
    ).all()


def _preparers(session: Session, office_ids: Sequence[int], day: date) -> Sequence[Preparer]:
    return session.scalars(
        select(Preparer)
        .where(
            Preparer.office_id.in_(office_ids),
            or_(Preparer.valid_to.is_(None), Preparer.valid_to >= day),
            or_(Preparer.ended_on.is_(None), Preparer.ended_on >= day),
        )
        .options(joinedload(Preparer.person))
        .order_by(Preparer.id)
    ).all()


def _programmes(session: Session, unit: Unit) -> Sequence[Programme]:
    goes_on = (
        select(ProgrammeVersion.id)
        .where(
            ProgrammeVersion.programme_id == Programme.id,
            ProgrammeVersion.closed_as.is_(None),
            ProgrammeVersion.state != "revised",
        )
        .exists()
    )
    return session.scalars(
        select(Programme).where(Programme.owner_unit_id == unit.id, goes_on).order_by(Programme.id)
    ).all()
