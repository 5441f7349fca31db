"""What is held about people who take part: needs, contributions, invitations to surveys."""

from __future__ import annotations

from workflows.errors import N_
from workflows.held import Held
from workflows.held_words import AT, KIND, OF_INPUT, PROGRAMME, STATE, TEXT, Joins
from workflows.models import InputItem, Invitation, Need, ProgrammeVersion, Survey, Wave

OF_INVITATION: Joins = (
    (Wave, Wave.id == Invitation.wave_id),
    (Survey, Survey.id == Wave.survey_id),
    (ProgrammeVersion, ProgrammeVersion.id == Survey.version_id),
)

TAKING_PART = (
    Held(
        "participation",
        N_("Kesulitan dan kebutuhan yang disampaikan"),
        Need,
        Need.author_id,
        (
            (N_("Yang sulit"), Need.problem),
            (N_("Sejak kapan"), Need.since),
            (N_("Layanan"), Need.service),
            (AT, Need.filed_at),
            (STATE, Need.status),
            (N_("Jawaban"), Need.answer),
            (N_("Kesenjangan kinerja"), Need.performance_gap),
        ),
    ),
    Held(
        "participation",
        N_("Masukan dalam pembahasan bersama"),
        InputItem,
        InputItem.author_id,
        (
            (PROGRAMME, ProgrammeVersion.title),
            (KIND, InputItem.kind),
            (TEXT, InputItem.text),
            (N_("Kepentingan"), InputItem.importance),
            (AT, InputItem.given_at),
            (N_("Tanggapan"), InputItem.disposition),
            (N_("Jawaban"), InputItem.answer),
        ),
        OF_INPUT,
    ),
    Held(
        "participation",
        N_("Kebutuhan yang Anda input untuk rekan"),
        Need,
        Need.entered_by,
        ((AT, Need.filed_at), (STATE, Need.status)),
    ),
    Held(
        "participation",
        N_("Masukan yang Anda input untuk rekan"),
        InputItem,
        InputItem.entered_by,
        ((PROGRAMME, ProgrammeVersion.title), (KIND, InputItem.kind), (AT, InputItem.given_at)),
        OF_INPUT,
    ),
    Held(
        "survey",
        N_("Undangan mengisi survei"),
        Invitation,
        Invitation.respondent_id,
        (
            (PROGRAMME, ProgrammeVersion.title),
            (N_("Survei"), Wave.kind),
            (N_("Sebagai"), Invitation.relation),
        ),
        OF_INVITATION,
    ),
    Held(
        "survey",
        N_("Undangan orang lain menjawab tentang Anda"),
        Invitation,
        Invitation.assessed_id,
        (
            (PROGRAMME, ProgrammeVersion.title),
            (N_("Survei"), Wave.kind),
            (N_("Yang diundang"), Invitation.relation),
        ),
        OF_INVITATION,
    ),
)
