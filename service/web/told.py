"""A history row as a sentence for people, in their language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from service.dates import short_date
from service.web.mandate_words import ALARMS, KINDS, office_with_kind, with_behalf
from service.web.person_words import EMPLOYMENT, IDENTIFIERS
from service.web.profile_words import in_words, office_name
from service.web.support import say
from workflows.errors import WorkflowError
from workflows.events import EVENTS
from workflows.models import HistoryRow
from workflows.rules import ROLE_WORDS

FIELD_WORDS = {
    "title": _l("judul"),
    "aims": _l("tujuan"),
    "basis": _l("dasar usulan"),
    "competency_id": _l("kompetensi"),
    "level_required": _l("tingkat kompetensi"),
    "target_group": _l("kelompok sasaran"),
    "target_rules": _l("kelompok sasaran menurut data pegawai"),
    "target_only": _l("hanya untuk kelompok sasaran"),
    "competency_gap": _l("kesenjangan kompetensi"),
    "performance_gap": _l("kesenjangan kinerja"),
    "gap_reason": _l("alasan tentang kesenjangan"),
    "form_code": _l("bentuk pelatihan"),
    "days": _l("jumlah hari"),
    "planned_jp": _l("JP rencana"),
    "seats": _l("jumlah peserta"),
    "starts_on": _l("tanggal mulai"),
    "ends_on": _l("tanggal selesai"),
    "site_id": _l("situs Moodle"),
    "course_ref": _l("kelas Moodle"),
    "course_title": _l("nama kelas Moodle"),
    "ceiling_id": _l("pagu"),
    "effect_threshold": _l("ambang dampak"),
    "duplicates_checked": _l("pemeriksaan program serupa"),
}
"""What people call the parts of a programme's content."""

_CODES = {
    "disposition": {"accepted": _l("diterima"), "rejected": _l("ditolak"), "noted": _l("dicatat")},
    "outcome": {
        "improved": _l("kinerja membaik"),
        "no_improvement": _l("belum ada perbaikan"),
        "inconclusive": _l("belum dapat disimpulkan"),
    },
    "wave": {"before": _l("sebelum"), "after": _l("sesudah")},
    "verb": {"endorse": _l("menyetujui"), "initial": _l("memaraf"), "determine": _l("menetapkan")},
    "kind": KINDS,
    "alarm": ALARMS,
    "employment": EMPLOYMENT,
    "identifier": IDENTIFIERS,
    "touched": {"content": _l("isi"), "cost": _l("biaya"), "content, cost": _l("isi dan biaya")},
}


class _Known(dict[str, str]):
    """Values of a sentence; one that is erased, or not for this reader, leaves a mark instead of a failure."""

    mark = _l("(dihapus)")

    def __missing__(self, key: str) -> str:
        return str(self.mark)


class _Public(_Known):
    mark = _l("(tidak ditampilkan)")


def sentence(row: HistoryRow, *, personal: bool = True) -> str:
    """What happened, with its values in words; an event of a later release says its own name.

    ``personal`` False leaves out what people wrote themselves.
    """
    values = json.loads(row.payload)
    values.update({value.key: value.value for value in row.values} if personal else {})
    words = {key: _word(key, value) for key, value in values.items()}
    if "mandate" in values:
        signed = office_with_kind(words["office"], values["mandate"])
        words["office"] = with_behalf(signed, words.get("behalf_of", ""))
    return str(_(EVENTS.get(row.name, row.name))) % (_Known(words) if personal else _Public(words))


def said_of(error: WorkflowError, words: Mapping[str, Any]) -> dict[str, str]:
    """As ``support.say``; where the sentence is only "fill this in", the summary says what."""
    said = say(error)
    if error.code == "empty" and error.field in words:
        said["text"] = f"{str(words[error.field]).capitalize()}: {said['text'][:1].lower()}{said['text'][1:]}"
    return said


def field_words(names: str) -> str:
    """``title, aims`` -> ``judul, tujuan``."""
    return ", ".join(str(FIELD_WORDS.get(name, name)) for name in names.split(", "))


def _word(key: str, value: Any) -> str:
    if key == "fields":
        return field_words(str(value))
    if key in ("since", "until", "valid_to") and not value:
        return str(_("seterusnya"))
    if key in ("closes_on", "since", "until", "valid_from", "valid_to", "starts_on", "ends_on"):
        return short_date(date.fromisoformat(str(value)))
    if key == "role":
        return str(_(ROLE_WORDS[value])) if value in ROLE_WORDS else str(value)
    if key == "office":
        return office_name(str(value))
    if key in ("job_field", "assignment"):
        return in_words(str(value))
    words: Mapping[str, Any] = _CODES.get(key, {})
    return str(words.get(value, value)) if isinstance(value, str) else str(value)
