"""Page for everybody: is a decision on paper genuine? By its code, without any name (R39)."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from service.db import reading
from service.web.authenticity_view import proof_page
from service.web.support import page
from workflows.authenticity import prove

bp = Blueprint("authenticity", __name__)


@bp.get("/keaslian")
def check() -> ResponseReturnValue:
    """``kode``: as typed, or as the printed square leads here. An unknown one is answered as such, with 404."""
    typed = request.args.get("kode", "")[:100].strip()
    if not typed:
        return page("authenticity/check.html", typed="", proof=None)
    with reading() as session:
        proof = prove(session, typed)
        shown = proof_page(proof) if proof is not None else None
        return page("authenticity/check.html", typed=typed, proof=shown), 200 if shown else 404
