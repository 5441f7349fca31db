"""What was tried for each row: when, what was sent, what came back, and of which class the error was (R26).

One row of history for each participant and run. It holds no secret and no name: accounts are the site's own numbers,
and the connector takes tokens out of every message. Kept for a set number of days.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from workflows.clock import now, real_now, today
from workflows.errors import Refused
from workflows.models import SyncAttempt
from workflows.parameters import whole_number
from workflows.ports import AccountResult, Concern, RowResult, RowStatus
from workflows.sync_plan import Wish

KEPT_DAYS = "sync.attempt_days"
LONGEST_ANSWER = 500
ROWS_A_PRUNING = 5_000
INTERRUPTED: Mapping[str, Any] = {
    "doing": "send",
    "sent": "",
    "outcome": "waiting",
    "code": "run_interrupted",
    "answer": "",
    "kind": "transient",
}
"""The run before this one never came to its end: its worker was killed, or the database was away."""
OVERTAKEN: Mapping[str, Any] = {**INTERRUPTED, "code": "run_overtaken"}
"""The run stood still for longer than its lease, and another worker took the course before its end."""


def of_row(wish: Wish | None, result: RowResult, status: str, *, compared: bool = False) -> dict[str, Any]:
    """``status``: where the row stands after it. ``compared``: the site was found to hold it as wished."""
    return {
        "doing": "compare" if compared else "send" if wish is not None else "none",
        "sent": as_sent(wish) if wish is not None else "",
        "outcome": status,
        "code": result.code,
        "answer": result.message[:LONGEST_ANSWER],
        "kind": kind_of(result),
    }


def of_account(result: AccountResult, status: str) -> dict[str, Any]:
    """The try at finding or making the account of a row's person."""
    return {
        "doing": "account",
        "sent": "",
        "outcome": status,
        "code": result.status.value,
        "answer": result.reason[:LONGEST_ANSWER],
        "kind": result.concerns.value,
    }


def of_group(account: str, group: str, result: RowResult, status: str) -> dict[str, Any]:
    """Putting a participant into the group of the batch; ``group`` by its name."""
    sent = json.dumps({"account": account, "group": group})
    return {**of_row(None, result, status), "doing": "send", "sent": sent}


def as_sent(wish: Wish) -> str:
    """What the site is asked for, as JSON: the account's number there, the wish, the dates."""
    asked = {"account": wish.remote_id, "wish": wish.desired}
    for name, moment in zip(("from", "to"), wish.access, strict=True):
        if moment is not None and wish.desired != "removed":
            asked[name] = moment.isoformat(timespec="minutes")
    return json.dumps(asked)


def kind_of(result: RowResult) -> str:
    """transient | row | course | rights | site; empty where nothing went wrong."""
    if result.status is RowStatus.APPLIED:
        return ""
    if result.status is RowStatus.RETRY and result.concerns is Concern.ROW:
        return "transient"
    return result.concerns.value


def note(session: Session, run: str, told: Mapping[int, Mapping[str, Any]]) -> None:
    """Keep what one run did about these rows (by enrolment id)."""
    moment, machine = now(session), real_now(session)
    rows = [
        {"enrolment_id": row, "run": run, "tried_at": moment, "machine_at": machine, **values}
        for row, values in told.items()
    ]
    if rows:
        session.execute(insert(SyncAttempt), rows)


def attempts_of(
    session: Session, enrolment_id: int, *, before: int | None, most: int
) -> Sequence[SyncAttempt]:
    """The newest first, a page at a time by key."""
    query = select(SyncAttempt).where(SyncAttempt.enrolment_id == enrolment_id)
    if before is not None:
        query = query.where(SyncAttempt.id < before)
    return session.scalars(query.order_by(SyncAttempt.id.desc()).limit(most)).all()


def forget_old(session: Session) -> int:
    """Forget what is older than the parameter says, some at a time; quiet where no parameter is set."""
    try:
        days = whole_number(session, KEPT_DAYS, today(session))
    except Refused:
        return 0
    old = select(SyncAttempt.id).where(SyncAttempt.tried_at < now(session) - timedelta(days=days))
    ids = session.scalars(old.order_by(SyncAttempt.tried_at).limit(ROWS_A_PRUNING)).all()
    if ids:
        session.execute(delete(SyncAttempt).where(SyncAttempt.id.in_(ids)))
    return len(ids)
