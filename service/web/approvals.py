"""Pages: what waits for a decision, one decision, and deciding one or a list (R14, R19, R20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from service.db import reading
from service.sso import ProviderDown, start_stepup
from service.web.approvals_form import decide_now, decide_proven, items_in, items_of, payload_of, row_id
from service.web.approvals_said import told
from service.web.approvals_task import task_of, task_page
from service.web.approvals_view import groups_by_verb, order_words, orphan_rows, waiting_rows
from service.web.preparations_view import preparing_count
from service.web.rail import rail_steps
from service.web.support import actor, page, say
from workflows.actions.decisions import Item, Result
from workflows.errors import WorkflowError
from workflows.evidence import Evidence
from workflows.rules import allowed

bp = Blueprint("approvals", __name__)

FIELD_IDS = {("return", "reason"): "decision-reason-1", ("return", "return_to"): "decision-to-1",
             ("reject", "reason"): "decision-reason-2"}  # fmt: skip
"""(outcome, field of an error) -> where it stands on the page."""


@bp.get("/keputusan")
def waiting() -> str:
    return _list()


@bp.get("/keputusan/<int(max=2147483647):task_id>")
def show(task_id: int) -> str:
    return _task(task_id)


@bp.post("/keputusan")
def decide() -> ResponseReturnValue:
    """Fields: see ``approvals_form.items_of``. Goes to the provider where a step asks for it."""
    try:
        items = items_of(request.form)
        results = decide_now(items)
    except WorkflowError as error:
        return _refused(error)
    if results is not None:
        return _answer(results)
    try:
        return start_stepup([item.leaf for item in items], payload_of(items), _result_path(items))
    except ProviderDown:
        return _provider_down()


def after_stepup(payload: Mapping[str, Any], evidence: Evidence) -> ResponseReturnValue:
    """The person is back from the provider: decide in the same breath, exactly the list that was shown."""
    return _answer(decide_proven(items_in(payload), evidence))


def _result_path(items: Sequence[Item]) -> str:
    """Where a decision can be seen later: the one task, or what is left of the list."""
    return (
        url_for("approvals.show", task_id=items[0].task_id)
        if len(items) == 1
        else url_for("approvals.waiting")
    )


def _answer(results: Sequence[Result]) -> ResponseReturnValue:
    """One that failed comes back as its page; a list as what was decided and what dropped out."""
    if len(results) == 1 and results[0].error is not None:
        return _refused(results[0].error, results[0].item)
    decided = [result for result in results if result.error is None]
    if decided:
        flash(_("Keputusan Anda sudah dicatat."), "success")
    with reading() as session:
        rows, following = told(session, results), waiting_rows(session, actor())
        status = 200 if decided else max(result.error.status for result in results if result.error)
        return page("approvals/result.html", rows=rows, following=following), status


def _refused(error: WorkflowError, item: Item | None = None) -> ResponseReturnValue:
    """The same page again with what was typed; who may not even look gets the general page."""
    if error.status in (403, 404):
        raise error
    tasks = [item.task_id] if item else request.form.getlist("task", type=row_id)
    typed = _typed(item)
    if len(tasks) == 1:
        return _task(tasks[0], errors=[say(error)], typed=typed), error.status
    return _list(errors=[say(error)], chosen=tasks), error.status


def _provider_down() -> ResponseReturnValue:
    tasks = request.form.getlist("task", type=row_id)
    text = _(
        "Penyedia masuk (SSO) sedang tidak menjawab, jadi belum ada yang diputuskan. "
        "Isian Anda masih ada; coba lagi beberapa menit lagi."
    )
    errors = [{"text": text, "field": "", "rule": ""}]
    if len(tasks) == 1:
        return _task(tasks[0], errors=errors, typed=_typed(None)), 503
    return _list(errors=errors, chosen=tasks), 503


def _typed(item: Item | None) -> dict[str, Any]:
    if item is not None:
        return {"outcome": item.outcome, "reason": item.reason, "return_to": item.return_to}
    return {name: request.form.get(name, "") for name in ("outcome", "reason", "return_to")}


def _task(task_id: int, **more: Any) -> str:
    with reading() as session:
        task = task_of(session, actor(), task_id)
        rail = rail_steps(session, task.request.version)
        outcome = more.get("typed", {}).get("outcome", "")
        shown = [
            {**one, "field": FIELD_IDS.get((outcome, one["field"]), "")} for one in more.get("errors", [])
        ]
        view = task_page(session, actor(), task)
        return page("approvals/task.html", rail_steps=rail, shown_errors=shown, **view, **more)


def _list(**more: Any) -> str:
    with reading() as session:
        by_deadline = request.args.get("urut") == "tenggat"
        rows = waiting_rows(session, actor(), by_deadline=by_deadline)
        sorted_by, groups = order_words(rows), groups_by_verb(rows)
        preparing = preparing_count(session, actor())
        oversees = allowed(actor(), "approval.oversee")
        orphans = orphan_rows(session) if oversees else []
        return page(
            "approvals/waiting.html",
            groups=groups,
            by_deadline=by_deadline,
            sorted_by=sorted_by,
            preparing=preparing,
            oversees=oversees,
            orphans=orphans,
            **more,
        )
