"""Pages: approvals."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("approvals", __name__)


@bp.get("/keputusan")
def waiting() -> str:
    return ""


def after_stepup(payload, evidence):
    raise NotImplementedError
