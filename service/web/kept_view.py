"""A kept form as people read it: which form it is, and the words that they typed."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from service.sso.models import KeptForm
from workflows.errors import N_

FORMS: dict[str, str] = {
    "approvals": N_("Keputusan"),
    "needs": N_("Usulan kebutuhan"),
    "programmes": N_("Program"),
    "reviews": N_("Pembahasan bersama"),
    "participants": N_("Peserta"),
    "batches": N_("Angkatan"),
    "courses": N_("Kelas Moodle"),
    "evaluations": N_("Evaluasi"),
    "facts": N_("Laporan selesai"),
    "sync": N_("Moodle"),
    "devices": N_("Perangkat yang masuk"),
    "devices_admin": N_("Perangkat yang masuk"),
    "sign_ins": N_("Gagal masuk"),
}
LABELS: dict[str, str] = {
    "aims": N_("Tujuan"),
    "answer": N_("Jawaban resmi"),
    "cause": N_("Sebab"),
    "change": N_("Perubahan"),
    "competency_gap": N_("Kesenjangan kompetensi"),
    "course_search": N_("Nama kelas"),
    "duplicates_checked": N_("Pemeriksaan program serupa"),
    "finding": N_("Temuan"),
    "gap_reason": N_("Alasan"),
    "performance_gap": N_("Kesenjangan kinerja"),
    "problem": N_("Apa yang sulit"),
    "reason": N_("Alasan"),
    "service": N_("Layanan mana yang terganggu"),
    "since": N_("Sejak kapan"),
    "target_group": N_("Kelompok sasaran"),
    "text": N_("Masukan"),
    "title": N_("Judul"),
}
OUTCOMES: dict[str, str] = {
    "approve": N_("Setujui"),
    "return": N_("Kembalikan"),
    "reject": N_("Tolak"),
}
_TYPED = re.compile(r"[^\W\d_]+[ \r\n]")
"""Words with a space between them were typed by somebody; ids, numbers and codes were chosen."""


def form_view(row: KeptForm) -> dict[str, Any]:
    """``shown``: (label, words); ``others``: how many choices go along; ``fields``: everything, in order."""
    said = [_said(name, value) for name, value in row.fields]
    shown = [one for one in said if one]
    return {
        "path": row.path,
        "fields": row.fields,
        "form_name": _form_name(row.path),
        "shown": shown,
        "others": sum(1 for (_name, value), one in zip(row.fields, said, strict=True) if value and not one),
        "page_url": page_of(row.path),
        "until": row.expires_at,
    }


def page_of(path: str) -> str:
    """The page at the same address, where the form can be looked at first; empty where there is none."""
    return path if _endpoint(path, "GET") else ""


def _said(name: str, value: str) -> tuple[str, str] | None:
    if not value.strip():
        return None
    if name == "outcome" and value in OUTCOMES:
        return _("Keputusan"), _(OUTCOMES[value])
    label = LABELS.get(name.rstrip("0123456789").rstrip("_-"))
    if label:
        return _(label), value
    return (_("Isian"), value) if _TYPED.search(value) else None


def _form_name(path: str) -> str:
    endpoint = _endpoint(path, "POST")
    name = FORMS.get(endpoint.partition(".")[0])
    return str(_(name) if name else _("Formulir"))


def _endpoint(path: str, method: str) -> str:
    try:
        endpoint, _values = current_app.url_map.bind("").match(urlsplit(path).path, method=method)
    except HTTPException:
        return ""
    return str(endpoint)
