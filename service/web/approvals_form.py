"""What a decision form says, and deciding it: at once, or after signing in again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from service.db import writing
from service.sso import current_login
from service.sso.keys import device_of, real_now
from service.web.support import actor
from workflows.actions.decisions import OUTCOMES, Item, Result, decide
from workflows.actor import load_actor
from workflows.errors import N_, NotFound, Refused
from workflows.evidence import Evidence
from workflows.guards import must_have_reason


class _AskAgain(Exception):
    """One of the items needs a fresh sign-in: nothing is kept of what was decided so far."""


def items_of(form: MultiDict[str, str]) -> list[Item]:
    """Fields: ``task`` (one or many), ``shown-<task>``, ``outcome``, ``reason``, ``return_to`` (a step's seq)."""
    tasks = dict.fromkeys(form.getlist("task", type=row_id))
    if not tasks:
        raise Refused("nothing_chosen", N_("Pilih sekurangnya satu program."), field="chosen")
    outcome, reason = form.get("outcome", ""), form.get("reason", "").strip()
    if outcome not in OUTCOMES:
        raise NotFound("unknown_outcome", N_("Tidak ada keputusan bernama itu."))
    if outcome != "approve":
        must_have_reason(reason)
    back = form.get("return_to", type=row_id) if outcome == "return" else None
    return [Item(task, outcome, form.get(f"shown-{task}", ""), reason, back) for task in tasks]


def row_id(text: str) -> int:
    """A number that can be an id in both databases; ValueError otherwise."""
    number = int(text)
    if not 0 < number < 2**31:
        raise ValueError(text)
    return number


def decide_now(items: Sequence[Item]) -> list[Result] | None:
    """The results; None where the list needs step-up (R19): then nothing was decided."""
    by, evidence = actor(), session_evidence()
    try:
        with writing() as session:
            results = decide(session, actor=by, items=items, evidence=evidence)
            if any(result.error and result.error.code == "step_up_needed" for result in results):
                raise _AskAgain
    except _AskAgain:
        return None
    return results


def decide_proven(items: Sequence[Item], evidence: Evidence) -> list[Result]:
    """After a step-up: the roles are those of the fresh token."""
    login = current_login()
    assert login is not None
    with writing() as session:
        by = load_actor(session, login.person_id, evidence.roles)
        return decide(session, actor=by, items=items, evidence=evidence)


def session_evidence() -> Evidence:
    """Who is signed in, since when; for steps that need no step-up."""
    login = current_login()
    assert login is not None
    return Evidence(
        kind="session",
        iss=login.iss,
        sub=login.sub,
        sid=login.sid or "",
        auth_time=int(login.auth_time.timestamp()) if login.auth_time else None,
        acr=login.acr or "",
        amr=login.amr,
        roles=login.roles,
        server_time=real_now(),
        device=device_of(request.user_agent.string),
        address=request.remote_addr or "",
    )


def payload_of(items: Sequence[Item]) -> dict[str, Any]:
    """What waits in our table while the person is at the provider."""
    return {"items": [[i.task_id, i.outcome, i.shown, i.reason, i.return_to] for i in items]}


def items_in(payload: Mapping[str, Any]) -> list[Item]:
    return [Item(*values) for values in payload["items"]]
