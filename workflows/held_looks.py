"""What the access log holds about people: looks at their data, and looks of theirs."""

from __future__ import annotations

from workflows.errors import N_
from workflows.held import Held
from workflows.held_words import AT
from workflows.models import Look, LookedAt

LOOKS = (
    Held(
        "access_log",
        N_("Data Anda dilihat"),
        LookedAt,
        LookedAt.person_id,
        ((N_("Yang dilihat"), Look.what), (AT, Look.at)),
        ((Look, Look.id == LookedAt.look_id),),
    ),
    Held(
        "access_log",
        N_("Data orang lain yang Anda lihat"),
        Look,
        Look.viewer_id,
        ((N_("Yang dilihat"), Look.what), (N_("Tentang"), Look.ref), (AT, Look.at)),
    ),
)
