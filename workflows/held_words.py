"""Words that many tables of personal data share, and the way from a row to its programme."""

from __future__ import annotations

from typing import Any

from workflows.errors import N_
from workflows.models import Base, InputItem, ProgrammeVersion, Review

Joins = tuple[tuple[type[Base], Any], ...]

KIND, FROM, TO = N_("Jenis"), N_("Berlaku dari"), N_("Berlaku sampai")
PROGRAMME, REASON, TEXT, AT, STATE = N_("Program"), N_("Alasan"), N_("Isi"), N_("Waktu"), N_("Keadaan")
UNIT, SITE = N_("Unit kerja"), N_("Situs Moodle")
DETAILS, WHOLE, PROOF = N_("Rincian"), N_("Isi lengkap"), N_("Bukti masuk")
RAW = frozenset({DETAILS, WHOLE, PROOF})
"""Words of columns for programs: they stand in the file of a copy, not on the page."""

OF_INPUT: Joins = (
    (Review, Review.id == InputItem.review_id),
    (ProgrammeVersion, ProgrammeVersion.id == Review.version_id),
)
