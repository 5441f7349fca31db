"""Pages: programmes."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("programmes", __name__)


@bp.get("/program")
def index() -> str:
    return ""
