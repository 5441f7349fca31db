"""A clerk of the secretariat prepares for the authorised official: appointed, sorts, marks "siap", leaves a note."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from sqlalchemy import select

from service.demo.seed.cast import Member
from service.demo.seed.mandates import agency, office_called
from service.demo.seed.stage import Stage
from workflows.actions import preparations, preparers
from workflows.actions.decisions import shown_fingerprint
from workflows.clock import today
from workflows.letters import Letter
from workflows.models import Need
from workflows.preparations import tasks_by_office

PREPARES_FOR = "authorised_official"
APPOINTED, PREPARED = date(2027, 3, 1), date(2027, 3, 12)
NOTE = "Berkas lengkap dan cocok dengan pagu. Yang satu lagi masih menunggu rincian transpor dari kecamatan."


def preparing_deeds(stage: Stage) -> Iterator[tuple[date, Callable[[], None]]]:
    yield APPOINTED, lambda: _appoint(stage)
    yield PREPARED, lambda: _prepare(stage)


def preparer_of(stage: Stage) -> Member:
    """The first of the secretariat's staff without a role who proposed nothing (R12)."""
    unit = stage.profile.unit_of("secretariat").code
    with stage.writing() as session:
        authors = set(session.scalars(select(Need.author_id)))
    staff: Sequence[Member] = [m for m in stage.cast if m.unit == unit and m.rank == "staff" and not m.roles]
    return next(member for member in staff if member.id not in authors)


def _appoint(stage: Stage) -> None:
    clerk = preparer_of(stage)
    with stage.writing() as session:
        office = office_called(session, PREPARES_FOR)
        preparers.appoint_preparer(
            session,
            actor=agency(stage, session),
            office_id=office.id,
            person_id=clerk.id,
            valid_from=APPOINTED,
            letter=Letter(f"800.1.{office.id}/TU/03/2027 (contoh)", APPOINTED),
        )
    clerk.roles.append("preparer")


def _prepare(stage: Stage) -> None:
    """The last by deadline goes to the top and is ready; the note says why."""
    [clerk] = stage.with_role("preparer")
    with stage.writing() as session:
        office = office_called(session, PREPARES_FOR)
        actor = stage.actor(session, clerk.id)
        tasks = [task for task, _ in tasks_by_office(session, [office.id], today(session))[office.id]]
        chosen = tasks[-1]
        for _place in tasks[1:]:
            preparations.sort_task(session, actor=actor, office_id=office.id, task_id=chosen.id, up=True)
            session.flush()
        shown = shown_fingerprint(chosen.request.version, chosen)
        on = {"office_id": office.id, "task_id": chosen.id}
        preparations.mark_ready(session, actor=actor, shown=shown, **on)
        preparations.comment(session, actor=actor, text=NOTE, **on)
