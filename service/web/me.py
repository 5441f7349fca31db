"""Pages: me."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("me", __name__)


@bp.get("/saya")
def index() -> str:
    return ""
