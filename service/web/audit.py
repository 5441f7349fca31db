"""Pages: the auditor's view of the whole history, and taking it along as a file (R39)."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from service.db import reading, writing
from service.web.audit_file import MIME, file_of
from service.web.audit_form import args_of, asked, wish_of
from service.web.audit_view import audit_page
from service.web.looks import looked
from service.web.support import actor, page, refused_page
from workflows.actions.audit import FORMATS, may_export, note_export
from workflows.audit_trail import Wish
from workflows.clock import today
from workflows.errors import N_, NotFound, Refused
from workflows.rules import require

bp = Blueprint("audit", __name__)


@bp.get("/audit")
def index() -> str:
    require(actor(), "audit.read")
    wish = wish_of(request.args)
    before = request.args.get("sebelum", type=int)
    with reading() as session:
        view = audit_page(session, wish, before if before and 0 < before < 2**63 else None)
        looked("audit", asked(wish), {line.person_id for line in view["lines"] if line.person_id} or None)
        return page("audit/index.html", **view, **_links(wish, view["next"], before))


@bp.post("/audit/unduh")
def export() -> ResponseReturnValue:
    """Fields: those of the filter, and ``format`` csv or xlsx. The file is noted before it is sent."""
    me, wish, kind = actor(), wish_of(request.form), request.form.get("format", "")
    require(me, "audit.export")
    if kind not in FORMATS:
        raise NotFound("no_format", N_("Tidak ada berkas sejenis itu."))
    with reading() as session:
        try:
            rows = may_export(session, actor=me, wish=wish)
        except Refused as error:
            view = audit_page(session, wish, None)
            return refused_page("audit/index.html", error, **view, **_links(wish, view["next"], None))
        made, day = file_of(session, wish, kind), today(session)
    with writing() as session:
        sha256 = hashlib.sha256(made).hexdigest()
        note_export(session, actor=me, wish=wish, kind=kind, rows=rows, sha256=sha256)
    answer = Response(made, mimetype=MIME[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="riwayat-{day.isoformat()}.{kind}"'
    return answer


def _links(wish: Wish, following: int | None, before: int | None) -> dict[str, str | None]:
    args = args_of(wish)
    return {
        "newer": url_for("audit.index", **args) if before else None,
        "older": url_for("audit.index", sebelum=following, **args) if following else None,
    }
