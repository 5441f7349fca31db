"""Pages: what is held about me, why, how long; a copy as a file (UU 27/2022)."""

from __future__ import annotations

from flask import Blueprint, Response

from service.db import reading, writing
from service.web.copy_file import apart, copy_of
from service.web.data_requests_view import requests_of
from service.web.held_view import held_sections
from service.web.looks_view import looks_of_mine
from service.web.paging import before
from service.web.support import actor, page
from workflows.actions import privacy
from workflows.clock import today

bp = Blueprint("my_data", __name__)


@bp.get("/saya/data")
def index() -> str:
    me, older_than = actor(), before()
    with reading() as session:
        return page(
            "my_data/index.html",
            sections=held_sections(session, me.person),
            looks=looks_of_mine(session, me.person, older_than),
            paged=older_than is not None,
            requests=requests_of(session, me.person),
            apart=apart(),
        )


@bp.post("/saya/data/salinan")
def copy() -> Response:
    """By POST: it is written into the person's history, and how often is limited."""
    me = actor()
    with writing() as session:
        privacy.take_copy(session, actor=me)
        packed, day = copy_of(session, me.person), today(session)
    answer = Response(packed, mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="salinan-data-pribadi-{day:%Y-%m-%d}.zip"'
    return answer
