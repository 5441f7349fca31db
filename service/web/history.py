"""Pages: what happened with a programme, newest first."""

from __future__ import annotations

from flask import Blueprint

from service.db import reading
from service.web.history_view import timeline_page
from service.web.paging import before
from service.web.support import actor, page
from workflows.errors import N_, NotFound
from workflows.models import ProgrammeVersion

bp = Blueprint("history", __name__)


@bp.get("/program/<int(max=2147483647):version_id>/riwayat")
def show(version_id: int) -> str:
    with reading() as session:
        version = session.get(ProgrammeVersion, version_id)
        if version is None:
            raise NotFound("no_version", N_("Program ini tidak ada."))
        view = timeline_page(session, actor(), version, before())
        return page(
            "history/show.html",
            version=version,
            **view,
        )
