"""Pages: home."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("home", __name__)


@bp.get("/sehat")
def healthy() -> str:
    """For a load balancer: the process answers. ``doctor`` says more."""
    return "ok\n"


@bp.get("/")
def index() -> str:
    return "home"
