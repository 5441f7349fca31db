"""What preparers see of an office's tasks, and what its officials read of their work on one task."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from service.dates import moment, short_date
from service.web.approvals_view import load_versions, prepared_words, task_row
from service.web.mandate_words import with_behalf, with_kind
from service.web.profile_words import office_name
from service.web.words import _
from workflows.actions.decisions import shown_fingerprint
from workflows.actor import Actor
from workflows.clock import today
from workflows.mandates import effective, holdings_on, on_behalf_of
from workflows.models import ApprovalTask, Office, OfficeHolding, Preparer, PreparerComment
from workflows.preparations import (
    NOTHING,
    Prepared,
    in_order,
    may_read,
    office_of,
    prepared,
    prepared_by,
    proposed_by,
    tasks_by_office,
)
from workflows.signers import Signer


def preparing(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """By office: whom it is prepared for today, and its tasks in order. The queries do not grow with the tasks."""
    day = today(session)
    offices = {one.office_id: one.office for one in prepared_by(session, actor.person, day)}
    if not offices:
        return []
    waiting = tasks_by_office(session, offices, day)
    tasks = [task for group in waiting.values() for task, _signer in group]
    load_versions(session, tasks)
    hidden = proposed_by(session, actor.person, tasks)
    made = prepared(
        session, {task.id: office for office, group in waiting.items() for task, _signer in group}
    )
    held = holdings_on(session, day, offices)
    return [
        _office(office, held.get(key, []), [task for task, _signer in waiting[key]], hidden, made, actor, day)
        for key, office in offices.items()
    ]


def preparing_count(session: Session, actor: Actor) -> int | None:
    """How many tasks wait to be prepared; None for whoever prepares for nobody (one query)."""
    day = today(session)
    offices = [one.office_id for one in prepared_by(session, actor.person, day)]
    if not offices:
        return None
    return sum(len(group) for group in tasks_by_office(session, offices, day).values())


def prepared_for(session: Session, actor: Actor, task: ApprovalTask, signer: Signer) -> dict[str, Any] | None:
    """For the page of one task: mark and private comments; None for whoever may not read them, or without any."""
    day, office = today(session), office_of(task, signer)
    if office is None or not may_read(session, actor.person, task, office, day):
        return None
    made = prepared(session, {task.id: office})[task.id]
    shown = shown_fingerprint(task.request.version, task)
    if not made.comments and not made.ready(shown) and not made.lapsed(shown):
        return None
    return {
        "ready": made.ready(shown),
        "lapsed": made.lapsed(shown),
        "by": _by(made),
        "comments": [_comment(one, actor) for one in made.comments],
    }


def _office(
    office: Office,
    held: Sequence[OfficeHolding],
    tasks: Sequence[ApprovalTask],
    hidden: set[int],
    made: dict[int, Prepared],
    actor: Actor,
    day: date,
) -> dict[str, Any]:
    order = [task for task in in_order(tasks, made) if task.id not in hidden]
    return {
        "id": office.id,
        "title": office_name(office.title),
        "official": _official(held),
        "rows": [_row(task, made.get(task.id, NOTHING), day, actor) for task in order],
        "hidden": len(tasks) - len(order),
    }


def _official(held: Sequence[OfficeHolding]) -> str:
    """``Plh. Nama a.n. Nama`` of whoever signs there today; empty where nobody does."""
    acting = effective(held)
    if acting is None:
        return ""
    behalf = on_behalf_of(acting, held)
    return with_behalf(with_kind(acting.person.name, acting.kind), behalf.person.name if behalf else "")


def _row(task: ApprovalTask, made: Prepared, day: date, actor: Actor) -> dict[str, Any]:
    return {
        **task_row(task, day, None),
        **prepared_words(task, made),
        "by": _by(made),
        "new": made.place is None,
        "comments": [_comment(one, actor) for one in made.comments],
    }


def _by(made: Prepared) -> str:
    row = made.row
    if row is None or row.readier is None or row.ready_at is None:
        return ""
    return _("%(name)s, %(when)s", name=row.readier.name, when=moment(row.ready_at))


def _comment(one: PreparerComment, actor: Actor) -> dict[str, Any]:
    return {
        "id": one.id,
        "text": one.text,
        "who": one.author.name,
        "when": moment(one.written_at),
        "mine": one.author_id == actor.person,
    }


def appointed(rows: Sequence[Preparer], day: date) -> list[dict[str, Any]]:
    """For the page of an office: who prepares, or will."""
    forever = _("seterusnya")
    return [
        {
            "id": one.id,
            "person_id": one.person_id,
            "name": one.person.name,
            "span": f"{short_date(one.valid_from)} – {short_date(one.valid_to) or forever}",
            "letter": one.letter_no,
            "to_come": one.valid_from > day,
        }
        for one in rows
    ]
