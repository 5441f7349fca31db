"""What a decision's code says to everybody: step, office, programme, day, outcome, and whether the history is whole."""

from __future__ import annotations

from typing import Any

import segno
from flask import url_for
from markupsafe import Markup

from service.current import bangkom
from service.dates import long_date, moment
from service.web.approvals_said import outcome_word
from service.web.mandate_words import office_with_kind
from service.web.seals_view import in_groups
from service.web.words import _
from workflows.authenticity import Proof
from workflows.codes import shown_code
from workflows.models import Decision


def proof_page(proof: Proof) -> dict[str, Any]:
    """No person, no reason, no letter: what stands on the paper can be compared, and nothing else is given away."""
    decision, task = proof.decision, proof.decision.task
    version = task.request.version
    return {
        "genuine": proof.genuine,
        "demo": decision.evidence_kind == "demo",
        "void": decision.void,
        "changed": (decision.content_no, decision.cost_no) != (version.content_no, version.cost_no),
        "rows": [
            (_("Kode keaslian"), shown_code(decision.code)),
            (_("Keputusan"), outcome_word(task.step, decision.outcome)),
            (_("Langkah"), task.step.title),
            (_("Jabatan"), office_with_kind(decision.office_title, decision.mandate_kind)),
            (_("Program"), _("%(title)s, versi %(number)s", title=version.title, number=version.number)),
            (_("Diputuskan"), moment(decision.decided_at)),
            (_("Kode isi yang diputuskan"), in_groups(decision.shown_sha256)),
        ],
        "history": _history(proof),
        "seal": proof.sealed.name if proof.sealed else None,
        "seal_day": long_date(proof.sealed.name.day) if proof.sealed else "",
    }


def check_url(decision: Decision) -> str:
    """The address that stands on paper; long enough to be typed only in need, the code is shorter."""
    base = bangkom().settings.public_url.rstrip("/")
    return str(base + url_for("authenticity.check", kode=shown_code(decision.code)))


def square(decision: Decision) -> Markup:
    """The address as a QR code: dark on white in light and dark mode alike."""
    code = segno.make(check_url(decision), error="m", micro=False)
    drawn = code.svg_inline(scale=1, border=3, dark="#000000", light="#ffffff", omitsize=True, svgclass="qr")
    return Markup(drawn)  # noqa: S704  made of numbers by the library


def _history(proof: Proof) -> list[tuple[str, Any]]:
    if proof.row is None:
        return []
    return [
        (_("Mata rantai"), _("nomor %(number)s", number=proof.row.seq)),
        (_("Kode mata rantai"), in_groups(proof.row.digest)),
        (_("Dicatat"), moment(proof.row.at)),
    ]
