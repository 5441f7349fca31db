"""Decisions as people read them: who, in which office, when, on what proof, and what became of a list."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from service import languages
from service.current import bangkom
from service.dates import moment
from service.web.mandate_words import office_words
from service.web.profile_words import office_name
from service.web.support import say
from service.web.words import _
from workflows.actions.decisions import Result
from workflows.models import ApprovalRequest, ApprovalStep, ApprovalTask, Decision

FACTORS = {"pwd": _l("kata sandi"), "otp": "OTP", "mfa": _l("dua faktor"), "hwk": _l("kunci perangkat"),
           "passkey": "passkey"}  # fmt: skip
DONE = {"endorse": _l("Disetujui"), "initial": _l("Diparaf"), "determine": _l("Ditetapkan")}
OTHER = {"return": _l("Dikembalikan"), "reject": _l("Ditolak")}
TONES = {"approve": ("leaf", "check"), "return": ("sun", "return"), "reject": ("rust", "cross")}


def outcome_word(step: ApprovalStep, outcome: str) -> str:
    return str(OTHER.get(outcome) or DONE.get(step.verb, DONE["endorse"]))


def proof(decision: Decision) -> str:
    """One sentence about how the person was known to be who they are (R19)."""
    if not decision.evidence:
        return _("Buktinya sudah dihapus.")
    seen = json.loads(decision.evidence)
    if decision.evidence_kind == "demo":
        return _("Bukti peragaan; tidak berlaku di luar peragaan.")
    said = seen.get("amr") or [seen.get("level")]
    how = ", ".join(str(FACTORS[one]) for one in said if one in FACTORS)
    when = moment(datetime.fromtimestamp(seen["auth_time"], UTC)) if seen.get("auth_time") else ""
    if decision.evidence_kind == "session":
        return (
            _("Masuk lewat SSO pukul %(when)s, tanpa masuk ulang.", when=when)
            if when
            else _("Masuk lewat SSO.")
        )
    text = _("Masuk ulang lewat SSO pukul %(when)s", when=when) + (f", {how}." if how else ".")
    if seen.get("acr_by_auth_time"):
        text += " " + _("Penyedia masuk tidak menyebut tingkat jaminan.")
    return text  # fmt: skip


def steps_of(request: ApprovalRequest) -> list[dict[str, Any]]:
    """The chain from first to last for the macro ``timeline``: decided, open, still to come."""
    return [_step(task) for task in request.tasks]


def _step(task: ApprovalTask) -> dict[str, Any]:
    valid = [one for one in task.decisions if not one.void]
    last = valid[-1] if valid else None
    if last is None or (last.outcome == "approve" and task.status != "granted"):
        waits = _("menunggu keputusan") if task.status == "open" else _("belum gilirannya")
        sign = "clock" if task.status == "open" else "dot"
        return {
            "what": office_name(task.office.title),
            "who": waits,
            "sign": sign,
            "tone": "sea" if sign == "clock" else "plain",
        }
    tone, sign = TONES[last.outcome]
    return {
        "what": f"{outcome_word(task.step, last.outcome)} · {office_words(last)}",
        "who": last.person.name,
        "when": moment(last.decided_at),
        "why": last.reason,
        "tone": tone,
        "sign": sign,
    }  # fmt: skip


def told(session: Session, results: Sequence[Result]) -> list[dict[str, Any]]:
    """Each item of a list with its sentence, in the order shown."""
    tasks = {task.id: task for task in session.scalars(_with_all(result.item.task_id for result in results))}
    return [_told(result, tasks.get(result.item.task_id)) for result in results]


def _with_all(ids: Any) -> Any:
    request = joinedload(ApprovalTask.request)
    return (
        select(ApprovalTask)
        .where(ApprovalTask.id.in_(list(ids)))
        .options(
            joinedload(ApprovalTask.step),
            request.joinedload(ApprovalRequest.version),
            request.selectinload(ApprovalRequest.tasks).joinedload(ApprovalTask.office),
            selectinload(ApprovalTask.decisions),
        )
    )


def _told(result: Result, task: ApprovalTask | None) -> dict[str, Any]:
    item = result.item
    row: dict[str, Any] = {"title": "", "url": "", "reason": item.reason, "done": result.error is None}
    if task is not None:
        row["title"] = task.request.version.title
        row["url"] = url_for("approvals.show", task_id=task.id)
        row["verb"] = bangkom().profile.verbs[task.step.verb].in_(languages.chosen())
    if result.error is not None:
        return {**row, **say(result.error)}
    assert task is not None
    return {**row, "word": outcome_word(task.step, item.outcome), "text": _after(task, item.outcome)}


def _after(task: ApprovalTask, outcome: str) -> str:
    """What happens now."""
    agency = bangkom().profile.agencies["hrd_agency"]
    if outcome == "return":
        return _("%(agency)s memperbaiki lalu mengajukannya kembali.", agency=agency.in_(languages.chosen()))
    if outcome == "reject":
        return _("Program berakhir; dana yang dicadangkan dilepas.")
    waits = next((other for other in task.request.tasks if other.status == "open"), None)
    if waits is not None:
        return _("Sekarang menunggu %(office)s.", office=office_name(waits.office.title))
    return _("Semua langkah selesai: program disetujui dan dananya ditetapkan.")
