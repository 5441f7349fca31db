"""Pages for everybody: the daily seals of the history, and each as the text that it is (R39)."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for

from service.db import reading
from service.seal_folder import file_name
from service.web.seals_view import seal_page
from service.web.support import page
from workflows.actions.seals import seals_of
from workflows.errors import N_, NotFound

bp = Blueprint("seals", __name__)


@bp.get("/segel")
def index() -> str:
    with reading() as session:
        before = request.args.get("sebelum", 0, type=int)
        view = seal_page(seals_of(session), before)
    older = url_for("seals.index", sebelum=view["next"]) if view["next"] else None
    return page("seals/index.html", older=older, newer=url_for("seals.index") if before else None, **view)


@bp.get("/segel/<int(max=2147483647):number>.txt")
def text(number: int) -> Response:
    """As it lies in the folder, byte by byte: its code can be worked out by anybody."""
    with reading() as session:
        store = seals_of(session)
        name = next((one for one in store.names() if one.number == number), None)
        if name is None:
            raise NotFound("no_seal", N_("Segel ini tidak ada."))
        answer = Response(store.read(number), mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'attachment; filename="segel-{file_name(name)}"'
    return answer
