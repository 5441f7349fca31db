"""What people asked about their data, and what was done about data protection on duty."""

from __future__ import annotations

from workflows.errors import N_
from workflows.held import Held
from workflows.held_words import AT, KIND, TEXT
from workflows.models import Breach, DataRequest

PRIVACY = (
    Held(
        "requests",
        N_("Permintaan tentang data Anda"),
        DataRequest,
        DataRequest.person_id,
        (
            (KIND, DataRequest.kind),
            (TEXT, DataRequest.text),
            (AT, DataRequest.filed_at),
            (N_("Tanggapan"), DataRequest.outcome),
            (N_("Jawaban"), DataRequest.answer),
            (N_("Dihapus"), DataRequest.erased),
        ),
    ),
    Held(
        "deeds",
        N_("Permintaan yang dijawab"),
        DataRequest,
        DataRequest.answered_by,
        ((N_("Jawaban"), DataRequest.answer), (AT, DataRequest.answered_at)),
    ),
    Held(
        "deeds",
        N_("Insiden data pribadi yang dilaporkan"),
        Breach,
        Breach.reported_by,
        ((N_("Yang terjadi"), Breach.happened), (AT, Breach.reported_at)),
    ),
)
