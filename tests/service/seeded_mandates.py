"""What the demo's data must show of letters and of preparing (called by test_seed.py)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.profiles import Profile
from workflows.actions.decisions import shown_fingerprint
from workflows.models import HistoryRow, OfficeHolding, Preparer
from workflows.office_alarms import alarms_on
from workflows.preparations import in_order, prepared, tasks_by_office
from workflows.signers import open_tasks, signers_of

DEMO_DAY = date(2027, 3, 15)


def letters_are_entered_by_people(session: Session) -> None:
    """Plt appointed and prolonged, one of them soon over; a leave with its Plh, whose task waits "a.n."."""
    plts = session.scalars(select(OfficeHolding).where(OfficeHolding.kind == "plt")).all()
    longer = [one for one in plts if one.prolongs is not None]
    assert len(longer) * 2 == len(plts)
    for one in longer:
        assert one.prolongs is not None
        assert (one.person_id, one.valid_from) == (
            one.prolongs.person_id,
            one.prolongs.valid_to + timedelta(days=1),
        )
    running_out = [alarm for alarm in alarms_on(session, DEMO_DAY) if alarm.kind == "expiring"]
    assert [alarm.holding in longer for alarm in running_out] == [True]
    [plh] = session.scalars(select(OfficeHolding).where(OfficeHolding.kind == "plh"))
    assert plh.leave is not None
    assert plh.leave.first_day < DEMO_DAY < plh.leave.last_day
    signers = signers_of(session, open_tasks(session), DEMO_DAY).values()
    behalf = [one.behalf.person_id for one in signers if one.behalf is not None]
    assert behalf == [plh.leave.person_id], "a task to see that is signed a.n."
    told = Counter(session.scalars(select(HistoryRow.name).where(HistoryRow.stream.startswith("office:"))))
    assert told["office.appointed"] == len(longer) + 1
    assert told["office.prolonged"] == len(longer)
    assert told["office.leave_announced"] == told["office.preparer_appointed"] == 1
    entered = session.scalars(select(HistoryRow.actor_id).where(HistoryRow.stream.startswith("office:")))
    assert None not in set(entered)


def somebody_prepares(session: Session, profile: Profile, accounts: Sequence[dict[str, Any]]) -> None:
    [preparer] = session.scalars(select(Preparer)).all()
    assert preparer.office.role == "authorised_official"
    waiting = tasks_by_office(session, [preparer.office_id], DEMO_DAY)[preparer.office_id]
    assert len(waiting) >= 2
    made = prepared(session, {task.id: preparer.office_id for task, _ in waiting})
    first = in_order([task for task, _ in waiting], made)[0]
    assert first is not waiting[0][0], "sorted otherwise than by deadline"
    assert made[first.id].ready(shown_fingerprint(first.request.version, first))
    assert [comment.author_id for comment in made[first.id].comments] == [preparer.person_id]
    labels = {account["name"]: account["label"] for account in accounts}
    assert labels[preparer.person.name] == profile.titles["preparer"].id
    plh = session.scalars(select(OfficeHolding).where(OfficeHolding.kind == "plh")).one()
    assert str(labels[plh.person.name]).startswith("Plh. ")
    assert sum(str(label).startswith("Plt. ") for label in labels.values()) == 2
