"""Use cases of a preparer: the order of an office's tasks, the mark "siap", private comments. None of them decides."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.actions.decisions import shown_fingerprint
from workflows.actor import Actor
from workflows.clock import now, today
from workflows.errors import N_, Conflict, Denied, NotFound, Refused
from workflows.events import preparation_stream
from workflows.history import record
from workflows.letters import lock_office
from workflows.models import ApprovalTask, Preparation, PreparerComment
from workflows.preparations import in_order, prepared, preparers_on, proposed_by, tasks_by_office
from workflows.rules import require

LONGEST_COMMENT = 1000


def sort_task(session: Session, *, actor: Actor, office_id: int, task_id: int, up: bool) -> int:
    """One place up or down among what the preparer sees; its place from 1. At the end of the list nothing moves."""
    _must_prepare(session, actor, "preparation.sort", office_id)
    tasks, seen = _tasks(session, actor, office_id)
    task = _among(session, tasks, seen, task_id)
    made = prepared(session, dict.fromkeys((one.id for one in tasks), office_id))
    order = in_order(tasks, made)
    at = order.index(task)
    beyond = range(at - 1, -1, -1) if up else range(at + 1, len(order))
    to = next((place for place in beyond if order[place].id in seen), None)
    if to is None:
        return at + 1
    order.insert(to, order.pop(at))
    moment = now(session)
    for place, one in enumerate(order, start=1):
        row = made[one.id].row or _new(session, office_id, one)
        if row.place != place:
            row.place, row.placed_by, row.placed_at = place, actor.person, moment
    record(
        session,
        "preparation.sorted",
        stream=preparation_stream(office_id),
        actor=actor,
        task=task_id,
        place=to + 1,
    )
    return to + 1


def mark_ready(session: Session, *, actor: Actor, office_id: int, task_id: int, shown: str) -> Preparation:
    """``shown``: the fingerprint of what the preparer read. A later change of the programme makes the mark fall."""
    _must_prepare(session, actor, "preparation.mark", office_id)
    task = _among(session, *_tasks(session, actor, office_id), task_id)
    if shown != shown_fingerprint(task.request.version, task):
        raise Conflict(
            "stale",
            N_("Program berubah sejak Anda membukanya. Baca lagi, lalu tandai siap."),
            rule="R20",
        )
    row = _row(session, office_id, task)
    if row.ready_shown != shown:
        row.ready_by, row.ready_at, row.ready_shown = actor.person, now(session), shown
        _tell(session, "preparation.marked", actor, office_id, task_id)
    return row


def take_mark_back(session: Session, *, actor: Actor, office_id: int, task_id: int) -> Preparation:
    """No longer ready; any of the office's preparers may say so."""
    _must_prepare(session, actor, "preparation.mark", office_id)
    task = _among(session, *_tasks(session, actor, office_id), task_id)
    row = _row(session, office_id, task)
    if row.ready_by is not None:
        row.ready_by, row.ready_at, row.ready_shown = None, None, ""
        _tell(session, "preparation.unmarked", actor, office_id, task_id)
    return row


def comment(session: Session, *, actor: Actor, office_id: int, task_id: int, text: str) -> PreparerComment:
    """For the office's holders and its preparers alone; the history says that there is one, not what it says."""
    _must_prepare(session, actor, "preparation.comment", office_id)
    _among(session, *_tasks(session, actor, office_id), task_id)
    text = text.strip()
    if not text or len(text) > LONGEST_COMMENT:
        raise Refused(
            "comment_length",
            N_("Tulis catatannya, paling banyak %(most)s huruf."),
            field="text",
            most=LONGEST_COMMENT,
        )
    row = PreparerComment(
        office_id=office_id, task_id=task_id, author_id=actor.person, text=text, written_at=now(session)
    )
    session.add(row)
    session.flush()
    _tell(session, "preparation.commented", actor, office_id, task_id)
    return row


def remove_comment(session: Session, *, actor: Actor, comment_id: int) -> None:
    """By its writer, who still prepares for the office."""
    row = session.get(PreparerComment, comment_id)
    if row is None:
        raise NotFound("no_comment", N_("Catatan ini tidak ada."))
    _must_prepare(session, actor, "preparation.comment", row.office_id)
    if row.author_id != actor.person_id:
        raise Denied("not_your_words", N_("Catatan hanya dapat dihapus oleh penulisnya."), rule="R39")
    session.delete(row)
    _tell(session, "preparation.comment_removed", actor, row.office_id, row.task_id)


def _must_prepare(session: Session, actor: Actor, action: str, office_id: int) -> None:
    """A preparer of this office today; the office locked, so that two of them sort one after the other."""
    lock_office(session, office_id)
    people = {one.person_id for one in preparers_on(session, today(session), [office_id])}
    require(actor, action, ["office_preparer"] if actor.person_id in people else [])


def _tasks(session: Session, actor: Actor, office_id: int) -> tuple[list[ApprovalTask], set[int]]:
    """What waits for the office by deadline, and the ids of those this preparer may see (R12)."""
    tasks = [task for task, _signer in tasks_by_office(session, [office_id], today(session))[office_id]]
    return tasks, {task.id for task in tasks} - proposed_by(session, actor.person, tasks)


def _among(session: Session, tasks: list[ApprovalTask], seen: set[int], task_id: int) -> ApprovalTask:
    found = next((task for task in tasks if task.id == task_id and task_id in seen), None)
    if found is None:
        if session.get(ApprovalTask, task_id) is None:
            raise NotFound("no_task", N_("Tugas ini tidak ada."))
        raise Conflict(
            "not_prepared",
            N_("Tugas ini tidak, atau tidak lagi, termasuk yang Anda siapkan untuk jabatan ini."),
            rule="R20",
        )
    return found


def _row(session: Session, office_id: int, task: ApprovalTask) -> Preparation:
    found = session.scalars(
        select(Preparation).where(Preparation.office_id == office_id, Preparation.task_id == task.id)
    ).one_or_none()
    return found or _new(session, office_id, task)


def _new(session: Session, office_id: int, task: ApprovalTask) -> Preparation:
    row = Preparation(office_id=office_id, task_id=task.id, ready_shown="")
    session.add(row)
    return row


def _tell(session: Session, event: str, actor: Actor, office_id: int, task_id: int) -> None:
    record(session, event, stream=preparation_stream(office_id), actor=actor, task=task_id)
