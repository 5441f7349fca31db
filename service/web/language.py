"""The language switch."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from service.languages import choose as keep_choice
from service.web.support import back_path

bp = Blueprint("language", __name__)


@bp.post("/bahasa")
def choose() -> ResponseReturnValue:
    keep_choice(request.form.get("language", ""))
    return redirect(back_path(), 303)
