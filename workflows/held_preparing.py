"""What is held about people who prepare for an official: whom they appointed, what they marked, sorted and wrote."""

from __future__ import annotations

from workflows.errors import N_
from workflows.held import Held
from workflows.held_words import AT, PROGRAMME, TEXT, Joins
from workflows.models import (
    ApprovalRequest,
    ApprovalTask,
    Office,
    Preparation,
    Preparer,
    PreparerComment,
    ProgrammeVersion,
)


def _to_programme(task_id: object) -> Joins:
    return (
        (ApprovalTask, ApprovalTask.id == task_id),
        (ApprovalRequest, ApprovalRequest.id == ApprovalTask.request_id),
        (ProgrammeVersion, ProgrammeVersion.id == ApprovalRequest.version_id),
    )


PREPARING = (
    Held(
        "deeds",
        N_("Penyiap yang Anda tunjuk"),
        Preparer,
        Preparer.appointed_by,
        ((N_("Jabatan"), Office.title), (AT, Preparer.appointed_at)),
        ((Office, Office.id == Preparer.office_id),),
    ),
    Held(
        "deeds",
        N_("Tugas pejabat yang Anda tandai siap"),
        Preparation,
        Preparation.ready_by,
        ((PROGRAMME, ProgrammeVersion.title), (AT, Preparation.ready_at)),
        _to_programme(Preparation.task_id),
    ),
    Held(
        "deeds",
        N_("Tugas pejabat yang Anda urutkan"),
        Preparation,
        Preparation.placed_by,
        ((PROGRAMME, ProgrammeVersion.title), (AT, Preparation.placed_at)),
        _to_programme(Preparation.task_id),
    ),
    Held(
        "own_words",
        N_("Catatan pribadi Anda sebagai penyiap"),
        PreparerComment,
        PreparerComment.author_id,
        ((PROGRAMME, ProgrammeVersion.title), (TEXT, PreparerComment.text), (AT, PreparerComment.written_at)),
        _to_programme(PreparerComment.task_id),
    ),
)
