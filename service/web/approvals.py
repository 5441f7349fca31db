"""Pages: approvals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from workflows.evidence import Evidence

bp = Blueprint("approvals", __name__)


@bp.get("/keputusan")
def waiting() -> str:
    return ""


def after_stepup(payload: Mapping[str, Any], evidence: Evidence) -> ResponseReturnValue:
    return ""
