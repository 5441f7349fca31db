"""A small part of a page: how many people a target group selects, while it is being picked."""

from __future__ import annotations

from flask import Blueprint, request

from service.db import reading
from service.web.support import actor, page
from service.web.targets_form import rules_typed, start_typed
from service.web.targets_view import counted
from workflows.rules import require

bp = Blueprint("targets", __name__)


@bp.get("/program/sasaran")
def show() -> str:
    """The number for the boxes ticked so far; the form's own button does the same without scripts."""
    require(actor(), "programme.change")
    with reading() as session:
        found = counted(session, rules_typed(request.args), start_typed(session, request.args))
        return page("programmes/_counted.html", counted=found)
