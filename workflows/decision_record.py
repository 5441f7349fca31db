"""What the history holds of a decision: a digest over its row and evidence, so that neither can be changed unseen."""

from __future__ import annotations

import hashlib
from typing import Any

from workflows.history import canonical
from workflows.models import Decision, HistoryRow


def evidence_hash(evidence: str) -> str:
    return hashlib.sha256(evidence.encode()).hexdigest()


def record_hash(decision: Decision, evidence_sha256: str) -> str:
    """SHA-256 (hex) over all that never changes. The reason is a personal value of the row; ``void`` may change."""
    covered = {
        "task": decision.task_id,
        "outcome": decision.outcome,
        "person": decision.person_id.hex,
        "holding": decision.holding_id,
        "mandate": decision.mandate_kind,
        "letter": decision.letter_no,
        "office": decision.office_title,
        "decided_at": decision.decided_at.isoformat(timespec="microseconds"),
        "real_at": decision.real_at.isoformat(timespec="microseconds"),
        "content_no": decision.content_no,
        "cost_no": decision.cost_no,
        "amount": decision.amount,
        "shown": decision.shown_sha256,
        "evidence_kind": decision.evidence_kind,
        "evidence": evidence_sha256,
        "code": decision.code,
        "behalf_of": decision.behalf_of_id.hex if decision.behalf_of_id else None,
    }
    return hashlib.sha256(canonical(covered).encode()).hexdigest()


def noted(decision: Decision) -> dict[str, Any]:
    """The part of the event's payload that holds the decision; it must have its id already."""
    evidence = evidence_hash(decision.evidence)
    return {
        "decision": decision.id,
        "code": decision.code,
        "evidence": evidence,
        "record": record_hash(decision, evidence),
    }


def fits(row: HistoryRow, payload: dict[str, Any]) -> bool:
    """Whether the decision of this row is what was noted; erased evidence and an erased reason are no fault."""
    decision = row.decision
    if "record" not in payload:
        return payload.get("decision") in (None, row.decision_id)
    if decision is None or decision.id != payload["decision"]:
        return False
    if decision.evidence and evidence_hash(decision.evidence) != payload["evidence"]:
        return False
    reasons = {value.value for value in row.values if value.key == "reason"}
    if reasons and decision.reason and decision.reason not in reasons:
        return False
    return bool(record_hash(decision, payload["evidence"]) == payload["record"])
